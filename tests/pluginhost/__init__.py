"""Plugins, and what falls due by itself."""
