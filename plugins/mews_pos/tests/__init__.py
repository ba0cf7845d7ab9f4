"""Tests of the source mews-pos."""
