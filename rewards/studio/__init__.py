"""Use cases of the people who write rules."""
