"""Use cases of arriving facts: record, correct, unite guests, keep what is known of each property."""
