"""The reference of the rule language as data: every key with its type, default and meaning.

The JSON Schema takes its descriptions from here and `docs/rule-language.md` its tables, so neither can lag behind.
"""
