"""Checks of nodes, one module for each thing that a rule must agree with."""
