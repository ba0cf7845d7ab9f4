"""Accounts, entries and grants: what was promised, handed over, taken back; append-only and in balance."""
