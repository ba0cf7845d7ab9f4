"""Revisions of the tables, the oldest first; a released one is never edited."""
