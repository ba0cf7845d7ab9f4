"""The nouns of a loyalty programme: frozen dataclasses and enums that need nothing but the standard library."""
