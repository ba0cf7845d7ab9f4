"""Documentation that cannot rot."""
