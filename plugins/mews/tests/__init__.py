"""Tests of the source mews."""
