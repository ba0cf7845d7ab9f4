"""The compiler's parts, in the order a rule goes through them: slots, source, chunks, places."""
