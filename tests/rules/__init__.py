"""Every rule pack is played."""
