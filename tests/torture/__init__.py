"""Kills real processes under load and looks, with eyes of its own, for what was lost or doubled."""
