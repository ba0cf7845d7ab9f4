"""The rule language, room by room."""
