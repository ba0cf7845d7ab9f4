"""Rules go live, or are refused."""
