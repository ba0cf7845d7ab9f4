"""The names that plugins are built from."""
