"""Measures of all guests of a house together: a guest's rank, the way to first place, the crowd, companions."""

from __future__ import annotations

from rewards.domain.link import LinkKind
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import (
    RANKED,
    RANKS,
    Aggregate,
    BetterOf,
    Measure,
    MembershipYear,
    RollingHours,
    Scope,
    ScopeKind,
    Series,
    SinceEnrolment,
    SinceLastGrant,
    Ties,
    Window,
)
from rewards.rulelang.reading.fields import Fields
from rewards.rulelang.reading.names import (
    AGGREGATE_KEYS,
    BEHIND,
    COMPANIONS,
    CROWD,
    FIRST_KEY,
    KEY_OWNERS,
    NARROWING_KEYS,
    RANK,
    RANK_KEYS,
    WINDOW_KEYS,
    listed,
)
from rewards.rulelang.reading.scalars import choice, evidence, several
from rewards.rulelang.reading.windows import scope, window
from rewards.rulelang.wording.entry import Phrase

_BY_TIES = {ties: aggregate for aggregate, ties in RANKS.items()}
_OWN_KEYS = {
    RANK: ("of", "ties", "where", "evidence"),
    BEHIND: ("of", "where", "evidence"),
    CROWD: ("where", "evidence"),
    COMPANIONS: ("where", "evidence", "linked"),
}
RANK_WINDOW_KEYS = ("within", "in", "during", "ever")
CROWD_WINDOW_KEYS = ("within",)
_HERE_NOW = (CROWD, COMPANIONS)
LINKED = tuple(str(kind) for kind in LinkKind)
_OWN_WINDOWS = (MembershipYear, SinceEnrolment, SinceLastGrant, BetterOf)
"""Windows that are not the same for every guest, or are several."""


def rank_measure(word: str, fields: Fields, report: Report) -> Measure:
    """The measure that `rank`, `behind`, `crowd` or `companions` names; every problem is noted."""
    _refuse_foreign_keys(word, fields, report)
    series = Series.CHECK_INS
    if word not in _HERE_NOW:
        series = Series(fields.read_needed("of", choice(tuple(str(each) for each in RANKED)), str(Series.VISITS)))
        _refuse_evidence(series, fields, report)
    looked = window(fields, report)
    _refuse_window(word, looked, fields, report)
    where = fields.read("where", scope, Scope())
    _refuse_scope(word, where, fields, report)
    return Measure(
        series,
        _aggregate(word, series, fields),
        scope=where,
        window=looked,
        evidence=fields.read("evidence", evidence, None),
        linked=read_linked(fields) if word == COMPANIONS else (),
    )


def read_linked(fields: Fields) -> tuple[LinkKind, ...]:
    """The kinds of links under the key `linked`; none where it is left out."""
    return tuple(LinkKind(word) for word in fields.read("linked", several(choice(LINKED)), ()))


def _refuse_scope(word: str, where: Scope, fields: Fields, report: Report) -> None:
    """Who is here is here; places are held among the houses of the group, of which everything is known."""
    if word in _HERE_NOW and where.kind is not ScopeKind.HERE:
        report.add("scope_not_for_measure", fields.place("where"), name=word)
    elif where.kind is ScopeKind.ANYWHERE:
        report.add("scope_outside", fields.place("where"), name=word)


def _aggregate(word: str, series: Series, fields: Fields) -> Aggregate:
    if word in _HERE_NOW:
        return Aggregate(word)
    if word == BEHIND:
        return Aggregate.BEHIND_AMOUNT if series is Series.SPEND else Aggregate.BEHIND
    return _BY_TIES[Ties(fields.read("ties", choice(tuple(str(each) for each in Ties)), str(Ties.SHARED)))]


def _refuse_foreign_keys(word: str, fields: Fields, report: Report) -> None:
    own = _OWN_KEYS[word]
    for key in fields.present((*RANK_KEYS, *AGGREGATE_KEYS, *NARROWING_KEYS, FIRST_KEY)):
        if key not in own:
            report.add("key_not_for_measure", fields.place(key), key=key, series=word, owners=_owners(key))


def _owners(key: str) -> str | Phrase:
    ranks = [word for word, keys in _OWN_KEYS.items() if key in keys]
    series = [str(each) for each in KEY_OWNERS.get(key, ())]
    return listed([*series, *ranks]) if series or ranks else Phrase("measures of one guest", "metingen van één gast")


def _refuse_evidence(series: Series, fields: Fields, report: Report) -> None:
    if "evidence" in fields and series not in KEY_OWNERS["evidence"]:
        owners = listed([Series.VISITS, Series.CHECK_INS])
        report.add("key_not_for_measure", fields.place("evidence"), key="evidence", series=series, owners=owners)


_OF_HOURS = {
    CROWD: Phrase("a crowd is of the last hours", "een menigte is van de laatste uren"),
    COMPANIONS: Phrase("who came along is told by the last hours", "wie er meekwam blijkt uit de laatste uren"),
}


def _refuse_window(word: str, looked: Window, fields: Fields, report: Report) -> None:
    """Who is here is told by the last hours; a rank is over hotel days that are the same for every guest."""
    why = None
    if word in _HERE_NOW:
        why = None if isinstance(looked, RollingHours) else _OF_HOURS[word]
    elif isinstance(looked, _OWN_WINDOWS):
        why = Phrase("it is not one and the same for every guest", "het is niet voor elke gast hetzelfde")
    elif isinstance(looked, RollingHours):
        why = Phrase("places are held by hotel days", "plaatsen gelden per hoteldag")
    if why is None:
        return
    keys = fields.present(WINDOW_KEYS)
    span = fields.place(keys[0]) if keys else fields.span
    example = "within: 3 hours" if word in _HERE_NOW else "within: 60 days"
    report.add("window_not_for_measure", span, name=word, why=why, example=example)
