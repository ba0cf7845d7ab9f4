"""`cases.yaml`: a list of worked cases, each read like everything else, every problem with its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import partial

from rewards.domain.activity import Evidence, Kind
from rewards.domain.property import Property
from rewards.rulelang import limits
from rewards.rulelang.cases import (
    DEFAULT_PROPERTY,
    EXPECTED,
    Case,
    CaseActivity,
    CaseGive,
    CaseGrant,
    CaseGuest,
    CaseOther,
    Scalar,
)
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.reading.case_later import later_reader, read_stock
from rewards.rulelang.reading.case_questions import a_stay, extended, in_hand
from rewards.rulelang.reading.fields import Fields, block_of, items_of, text_of
from rewards.rulelang.reading.ranks import read_linked
from rewards.rulelang.reading.scalars import (
    a_date,
    any_number,
    any_text,
    choice,
    code,
    currency_code,
    evidence,
    money,
    name,
    number,
    several,
    word,
    yes_no,
)
from rewards.rulelang.reading.tree import Block, Entry, Items, Text, Tree
from rewards.rulelang.wording.entry import Phrase, Piece
from rewards.rulelang.wording.phrases import A_CASE

CASE_KEYS = (
    "case", "why", "rule", "moment", "as_of", "property", "properties", "enrolled", "guest", "activities", "others",
    "grants", "stay", "checkin", "spend", "request", "covered", "known_from", "expect", "perks", "gives", "takes",
    "extends", "missing", "stock", "then",
)  # fmt: skip
KINDS = tuple(str(kind) for kind in Kind if kind not in (Kind.REVERSAL, Kind.ENROLMENT, Kind.OPENING))
_EXAMPLE = "{case: six stays are enough, rule: fortnightly-regular, as_of: 2026-11-22, expect: granted}"
_NOON = time(12)


def read_cases(tree: Tree, report: Report) -> tuple[Case, ...]:
    """The cases of a list; an entry with `defaults` in place of `case` fills in what later cases leave out."""
    what = Phrase("“cases.yaml”", "“cases.yaml”")
    defaults: Block | None = None
    cases: list[Case] = []
    for item in items_of(tree, what, f"[{_EXAMPLE}]", report, most=limits.MAX_CASES):
        block = block_of(item, A_CASE, _EXAMPLE, report)
        if block is None:
            continue
        if "defaults" in block:
            inner = Fields(block, ("defaults",), A_CASE, report).tree("defaults")
            defaults = block_of(inner, "“defaults”", "{as_of: 2026-11-22}", report) if inner is not None else None
            continue
        case = _case(_with_defaults(block, defaults), report)
        if not report.faulty(block.span):
            cases.append(case)
    return tuple(cases)


def _with_defaults(block: Block, defaults: Block | None) -> Block:
    extra = [entry for entry in defaults.entries if entry.key.text not in block] if defaults is not None else []
    return Block((*block.entries, *extra), block.span)


def _case(block: Block, report: Report) -> Case:
    fields = Fields(block, CASE_KEYS, A_CASE, report)
    # The clock first: whole days count back from it.
    as_of = fields.read_needed("as_of", moment_of, datetime(2000, 1, 1, 12))  # noqa: DTZ001 — wall clock of the house
    activities = fields.tree("activities")
    return Case(
        fields.read_needed("case", any_text, ""),
        fields.read_needed("rule", name, ""),
        fields.read_needed("moment", word, ""),
        as_of,
        fields.read_needed("expect", choice(EXPECTED), ""),
        fields.read("property", a_property, DEFAULT_PROPERTY),
        fields.read("properties", _properties, ()),
        _guest(fields, report),
        _activities(activities, as_of.date(), report) if activities is not None else (),
        fields.read("grants", _grants, ()),
        fields.read("stay", a_stay, None),
        in_hand(fields),
        fields.read("covered", yes_no, "known_from" not in fields),
        fields.read("known_from", a_date, None),
        fields.read("perks", several_or_none, None),
        fields.read("missing", any_text, None),
        fields.read("why", any_text, None),
        block.span.line,
        fields.read("gives", _gives, None),
        fields.read("others", partial(_others, as_of.date()), ()),
        fields.read("takes", _takes, None),
        stock=fields.read("stock", read_stock, ()),
        later=fields.read("then", later_reader(moment_of), ()),
        extends=fields.read("extends", extended, None),
    )


COUNT_KEYS = ("points", "quantity", "amount")
GIVE_KEYS = ("perk", *COUNT_KEYS, "until")
TAKE_KEYS = GIVE_KEYS[:-1]
_GIVE = "{perk: points, points: 500}"


def _gives(tree: Tree, what: Piece, report: Report, *, keys: tuple[str, ...] = GIVE_KEYS) -> tuple[CaseGive, ...]:
    items = items_of(tree, what, f"[{_GIVE}]", report, most=limits.MAX_GIVE)
    found = (_give(item, what, report, keys) for item in items)
    return tuple(each for each in found if each is not None)


def _takes(tree: Tree, what: Piece, report: Report) -> tuple[CaseGive, ...]:
    """As what is given; an empty list says that nothing is taken."""
    if isinstance(tree, Items) and not tree.items:
        return ()
    return _gives(tree, what, report, keys=TAKE_KEYS)


def _give(tree: Tree, what: Piece, report: Report, keys: tuple[str, ...]) -> CaseGive | None:
    block = block_of(tree, what, _GIVE, report)
    if block is None:
        return None
    fields = Fields(block, keys, what, report)
    perk = fields.read_needed("perk", code, "")
    counts = fields.present(COUNT_KEYS)
    if len(counts) > 1:
        why = Phrase("a perk has one of them", "een voordeel heeft er één")
        advice = Phrase("Keep one of them.", "Houd er één.")
        report.add("parameters_contradict", block.span, one=counts[0], other=counts[1], why=why, advice=advice)
    amount = fields.read("amount", money, None)
    until = fields.read("until", a_date, None) if "until" in keys else None
    if amount is not None:
        return CaseGive(perk, amount.minor, amount.currency, until)
    counted = number(1, limits.MAX_NUMBER)
    count = fields.read("points", counted, None) or fields.read("quantity", counted, None)
    return CaseGive(perk, count, until=until)


def several_or_none(tree: Tree, what: Piece, report: Report) -> tuple[str, ...] | None:
    """Perk codes; an empty list says that none is given."""
    if isinstance(tree, Items) and not tree.items:
        return ()
    return several(code)(tree, what, report)


def moment_of(tree: Tree, what: Piece, report: Report) -> datetime | None:
    """A day (at noon), or a day with a wall-clock time: 2026-11-22 or 2026-11-22T14:03."""
    text = text_of(tree, what, "2026-11-22T14:03", report)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None or not limits.FIRST_YEAR <= found.year <= limits.LAST_YEAR:
        least, most = limits.FIRST_YEAR, limits.LAST_YEAR
        report.add("date_expected", text.span, what=what, value=text.text, least=least, most=most)
        return None
    return found if "T" in text.text or " " in text.text else datetime.combine(found.date(), _NOON)


# --- houses ---------------------------------------------------------------------------------------------------------

PROPERTY_KEYS = ("code", "brand", "city", "country", "zone", "currency", "room_classes", "kind", "rollover_hour")


def a_property(tree: Tree, what: Piece, report: Report) -> Property | None:
    """A house by its facts; what is left out is as at the Harbour Hotel."""
    block = block_of(tree, what, "{code: harbour, city: Rotterdam}", report)
    if block is None:
        return None
    fields, usual = Fields(block, PROPERTY_KEYS, what, report), DEFAULT_PROPERTY
    key = fields.read("code", name, usual.code)
    return Property(
        key,
        key.replace("-", " ").title(),
        fields.read("brand", any_text, usual.brand),
        fields.read("city", any_text, usual.city),
        fields.read("country", any_text, usual.country),
        fields.read("zone", any_text, usual.zone),
        fields.read("currency", currency_code, usual.currency),
        fields.read("room_classes", several(any_text), usual.room_classes),
        fields.read("rollover_hour", number(0, 12), usual.rollover_hour),
        kind=fields.read("kind", any_text, usual.kind),
    )


def _properties(tree: Tree, what: Piece, report: Report) -> tuple[Property, ...]:
    items = items_of(tree, what, "[{code: canal}]", report, most=100)
    found = (a_property(item, what, report) for item in items)
    return tuple(each for each in found if each is not None)


# --- the guest ------------------------------------------------------------------------------------------------------

GUEST_KEYS = ("birthday", "country", "language", "verified", "attributes")


def _guest(fields: Fields, report: Report) -> CaseGuest:
    enrolled = fields.read("enrolled", a_date, None)
    tree = fields.tree("guest")
    block = block_of(tree, "“guest”", "{birthday: 1980-05-01}", report) if tree is not None else None
    if block is None:
        return CaseGuest(enrolled)
    inner = Fields(block, GUEST_KEYS, "“guest”", report)
    return CaseGuest(
        enrolled,
        inner.read("birthday", a_date, None),
        inner.read("country", any_text, None),
        inner.read("language", choice(("en", "nl")), "en"),
        inner.read("verified", yes_no, True),
        inner.read("attributes", _attributes, {}),
    )


def _attributes(tree: Tree, what: Piece, report: Report) -> dict[str, Scalar] | None:
    block = block_of(tree, what, "{company: Acme}", report)
    if block is None:
        return None
    return {entry.key.text: value for entry in block.entries if (value := _attribute(entry, report)) is not None}


def _attribute(entry: Entry, report: Report) -> Scalar | None:
    what, value = f"“{entry.key.text}”", entry.value
    if isinstance(value, Text) and value.plain and value.text in ("true", "false"):
        return yes_no(value, what, report)
    if isinstance(value, Text) and value.plain and value.text.lstrip("-").isdigit():
        return any_number(value, what, report)
    return any_text(value, what, report)


# --- what the guest did ---------------------------------------------------------------------------------------------

OTHER_KEYS = ("guest", "linked", "activities", "times")
MAX_OTHERS = limits.MAX_CASE_OTHERS
ACTIVITY_KEYS = (
    "kind", "day", "at", "days_ago", "times", "days_apart", "nights", "rooms", "amount", "property", "place",
    "category", "evidence", "on_time", "channel", "rate_code", "room_class",
)  # fmt: skip


def _activities(tree: Tree, today: date, report: Report) -> tuple[CaseActivity, ...]:
    items = items_of(tree, "“activities”", "[{kind: stay, days_ago: 14, nights: 1}]", report,
                     most=limits.MAX_CASE_ACTIVITIES)  # fmt: skip
    found = [each for item in items for each in _activity(item, today, report)]
    if len(found) > limits.MAX_CASE_ACTIVITIES:
        most = limits.MAX_CASE_ACTIVITIES
        report.add("list_too_long", tree.span, what="“activities”", size=len(found), most=most)
    return tuple(found[: limits.MAX_CASE_ACTIVITIES])


def _others(today: date, tree: Tree, what: Piece, report: Report) -> tuple[CaseOther, ...]:
    """Other guests of the house; `times` makes so many of one kind."""
    items = items_of(tree, what, "[{guest: Ben, activities: [{kind: visit, days_ago: 1}]}]", report, most=MAX_OTHERS)
    found = [each for item in items for each in _other(item, today, what, report)]
    if len(found) > MAX_OTHERS:
        report.add("list_too_long", tree.span, what=what, size=len(found), most=MAX_OTHERS)
    most = limits.MAX_CASE_OTHER_ACTIVITIES
    if sum(len(other.activities) for other in found) > most:
        size = sum(len(other.activities) for other in found)
        report.add("list_too_long", tree.span, what=what, size=size, most=most)
        return ()
    _refuse_namesakes(found, tree, what, report)
    return tuple(found[:MAX_OTHERS])


def _other(tree: Tree, today: date, what: Piece, report: Report) -> Iterator[CaseOther]:
    block = block_of(tree, what, "{guest: Ben, activities: [{kind: visit, days_ago: 1}]}", report)
    if block is None:
        return
    fields = Fields(block, OTHER_KEYS, Phrase("Another guest", "Een andere gast"), report)
    named = fields.read_needed("guest", any_text, "")
    did = fields.tree("activities")
    activities = _activities(did, today, report) if did is not None else ()
    linked = read_linked(fields)
    times = fields.read("times", number(1, MAX_OTHERS), 1)
    for index in range(times):
        yield CaseOther(f"{named} {index + 1}" if times > 1 else named, activities, linked)


def _refuse_namesakes(others: list[CaseOther], tree: Tree, what: Piece, report: Report) -> None:
    seen: set[str] = set()
    for other in others:
        if other.name in seen:
            report.add("value_repeated", tree.span, value=other.name, what=what)
            return
        seen.add(other.name)


def _activity(tree: Tree, today: date, report: Report) -> Iterator[CaseActivity]:
    what = Phrase("An activity", "Een activiteit")
    block = block_of(tree, what, "{kind: stay, days_ago: 14, nights: 1}", report)
    if block is None:
        return
    fields = Fields(block, ACTIVITY_KEYS, what, report)
    first = _read_activity(fields, today, report)
    times = fields.read("times", number(1, limits.MAX_CASE_ACTIVITIES), 1)
    apart = fields.read("days_apart", number(0, 3_650), 0)
    for index in range(times):
        yield first.earlier(index * apart)


def _read_activity(fields: Fields, today: date, report: Report) -> CaseActivity:
    kind = Kind(fields.read_needed("kind", choice(KINDS), "stay"))
    day, at = _when(fields, today, report)
    usual = Evidence.RECORDED if kind is not Kind.CHECK_IN else Evidence.WITNESSED
    return CaseActivity(
        kind,
        day,
        at,
        fields.read("nights", number(0, 365), 1 if kind is Kind.STAY else 0),
        fields.read("rooms", number(1, 100), 1),
        fields.read("amount", money, None),
        fields.read("property", name, None),
        fields.read("place", any_text, None),
        fields.read("category", any_text, None),
        fields.read("evidence", evidence, usual),
        fields.read("on_time", yes_no, None),
        fields.read("channel", any_text, None),
        fields.read("rate_code", any_text, None),
        fields.read("room_class", any_text, None),
    )


def _when(fields: Fields, today: date, report: Report) -> tuple[date, datetime | None]:
    """The hotel day, stated, counted back from the day of the case, or that of the instant."""
    stated = fields.present(("day", "at", "days_ago"))
    if not stated:
        fields.need("day")
    if len(stated) > 1:
        why = Phrase("each says when it was", "elk zegt wanneer het was")
        advice = Phrase("Keep one of them.", "Houd er één.")
        one, other = stated[0], stated[1]
        report.add("parameters_contradict", fields.span, one=one, other=other, why=why, advice=advice)
    at = fields.read("at", moment_of, None)
    if at is not None:
        return at.date(), at
    back = fields.read("days_ago", number(0, 36_525), 0)
    return fields.read("day", a_date, date.fromordinal(max(1, today.toordinal() - back))), None


GRANT_KEYS = ("day", "rule", "perk", "quantity", "used", "until", "property")


def _grants(tree: Tree, what: Piece, report: Report) -> tuple[CaseGrant, ...]:
    items = items_of(tree, what, "[{day: 2026-05-01}]", report, most=limits.MAX_CASE_ACTIVITIES)
    return tuple(grant for grant in (_grant(item, what, report) for item in items) if grant is not None)


def _grant(tree: Tree, what: Piece, report: Report) -> CaseGrant | None:
    block = block_of(tree, what, "{day: 2026-05-01}", report)
    if block is None:
        return None
    fields = Fields(block, GRANT_KEYS, what, report)
    day = fields.read_needed("day", a_date, None)
    if day is None:
        return None
    return CaseGrant(
        day,
        fields.read("rule", name, None),
        fields.read("perk", code, None),
        fields.read("quantity", number(1, limits.MAX_NUMBER), 1),
        fields.read("until", a_date, None),
        fields.read("property", name, None),
        fields.read("used", number(0, limits.MAX_NUMBER), 0),
    )
