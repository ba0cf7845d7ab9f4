"""Distances and addresses."""
