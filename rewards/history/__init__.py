"""A guest's past in small: one digest per guest, and measures over windows answered from it. No SQL, no I/O."""
