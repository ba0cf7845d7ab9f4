"""The only SQL. SQLite embedded, PostgreSQL in production; both hold the same promises."""
