"""Accounts, claims, grants."""
