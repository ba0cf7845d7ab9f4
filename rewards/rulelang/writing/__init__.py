"""From nodes to text: what a document would say, and in which layout."""
