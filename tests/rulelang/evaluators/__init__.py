"""The evaluators: what a rule means, what is compiled from it, and how near a guest is."""
