"""Many at once for what is scarce."""
