"""How long something can be used, as a document says it."""

from __future__ import annotations

from rewards.domain.validity import EndOf, Idleness, Lasting, Until, Validity
from rewards.rulelang.writing.layout import Plain, Word
from rewards.rulelang.writing.measures import length, year_start


def validity(node: Validity) -> Plain:
    """The value of `valid`."""
    match node:
        case Lasting(amount=amount, term=term):
            return length(amount, str(term))
        case Until(day=day):
            return {"until": Word(day.isoformat())}
        case EndOf():
            return _end_of(node)


def lapses(node: Idleness) -> Plain:
    """The value of `lapses`."""
    keys: dict[str, Plain] = {"after": validity(node.after), "without": [Word(each) for each in node.without]}
    ends = {"from": node.paused_from, "until": node.paused_until}
    paused: dict[str, Plain] = {key: Word(day.isoformat()) for key, day in ends.items() if day is not None}
    return keys | {"paused": paused} if paused else keys


def _end_of(node: EndOf) -> Plain:
    end: Plain = Word(node.term) if node.starts is None else {"year_from": year_start(*node.starts)}
    keys: dict[str, Plain] = {"end_of": end}
    if node.plus is not None:
        keys["plus"] = validity(node.plus)
    return keys
