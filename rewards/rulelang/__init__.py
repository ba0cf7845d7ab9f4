"""A rule document becomes nodes, and nodes become evaluators and sentences. No I/O, no framework, no SQL."""
