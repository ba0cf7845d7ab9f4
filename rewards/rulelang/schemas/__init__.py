"""The pieces of the JSON Schema: how it is put together, the values, the tests of facts and measures."""
