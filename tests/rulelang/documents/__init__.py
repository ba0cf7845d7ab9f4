"""Rule documents: what can be read, what is refused and in which words."""
