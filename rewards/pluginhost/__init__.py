"""Finds, checks and calls plugins; a failing one is named and takes nothing else down."""
