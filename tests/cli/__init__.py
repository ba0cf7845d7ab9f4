"""The command line on a real SQLite database."""
