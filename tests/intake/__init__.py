"""Facts arrive."""
