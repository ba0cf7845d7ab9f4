"""Facts × rule set → outcome with reasons; pure."""
