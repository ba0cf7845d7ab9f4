"""A document as a JSON instance: what a YAML 1.2 reader, and so an editor with the schema, would see."""

from __future__ import annotations

import re

from rewards.rulelang.reading.tree import Block, Items, Text, Tree

Instance = None | bool | int | float | str | list["Instance"] | dict[str, "Instance"]

_WHOLE = re.compile(r"[-+]?[0-9]+")
_FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def instance(tree: Tree) -> Instance:
    """The tree with its scalars resolved by YAML's core schema (https://yaml.org/spec/1.2.2/#103-core-schema)."""
    if isinstance(tree, Block):
        return {entry.key.text: instance(entry.value) for entry in tree.entries}
    if isinstance(tree, Items):
        return [instance(item) for item in tree.items]
    return _resolved(tree)


def _resolved(scalar: Text) -> Instance:
    if not scalar.plain:
        return scalar.text
    if scalar.empty:
        return None
    if scalar.text.lower() in ("true", "false"):
        return scalar.text.lower() == "true"
    if _WHOLE.fullmatch(scalar.text):
        return int(scalar.text)
    return float(scalar.text) if _FRACTION.fullmatch(scalar.text) else scalar.text
