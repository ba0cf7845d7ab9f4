"""What storage promises, on SQLite and on PostgreSQL: each repository, each race, each crash."""
