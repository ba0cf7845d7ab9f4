"""Facts × rule set → outcome."""
