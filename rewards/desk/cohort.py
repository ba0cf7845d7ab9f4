"""An operator lets a cohort use longer what it holds: everybody with a perk, or those whom one rule or hotel gave it.

Page by page, each in a transaction of its own and guest by guest under their locks. A `reference` names the whole of it
for ever: what it extended before is left alone, so that it can be begun again wherever it was broken off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime

from rewards.clock import to_us
from rewards.decisions.extending import longer
from rewards.desk.installation import Ground
from rewards.domain.validity import Lasting, Term, Until
from rewards.errors import FIELD_INVALID, PERK_UNKNOWN, RewardsError
from rewards.ledger import extensions
from rewards.ledger.ports import GrantRow, Store

PAGE = 200


@dataclass(frozen=True, slots=True)
class Cohort:
    """Whose grants: of a perk, and where it is said only of a rule, of a property, of what was held on a hotel day.

    They end so much later or on a day, never sooner. `reference` is the operator's name for it.
    """

    perk: str
    longer: Lasting | Until
    reference: str
    rule: str | None = None
    property: str | None = None
    held_on: date | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a page: guests looked at, grants extended, extended under this reference before, left alone."""

    guests: int = 0
    extended: int = 0
    before: int = 0
    unchanged: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(
            self.guests + other.guests, self.extended + other.extended, self.before + other.before,
            self.unchanged + other.unchanged,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """The counts of a page, and the guest record after which the next begins; None at the end."""

    counts: Counts
    after: str | None


_BY = re.compile(r"([1-9][0-9]{0,4}) (day|week|month|year)s?")
_MOST_DAYS = 36_525


def read_longer(by: str | None, until: date | None) -> Lasting | Until:
    """`12 months` or a day; `field_invalid` for neither, both, or a length that is none (to a hundred years)."""
    if (by is None) == (until is None):
        raise RewardsError(FIELD_INVALID, "It ends so much later, or on a day.", hint="Give by or until.", field="by")
    if until is not None:
        return Until(until)
    found = _BY.fullmatch(by or "")
    amount, unit = (int(found[1]), found[2]) if found else (0, "day")
    if not 0 < amount * {"day": 1, "week": 7, "month": 30, "year": 365}[unit] <= _MOST_DAYS:
        raise RewardsError(FIELD_INVALID, f"“{(by or '')[:30]}” is no length.", hint="Write 12 months.", field="by")
    return Lasting(amount * 7) if unit == "week" else Lasting(amount, Term(unit))


def check(ground: Ground, cohort: Cohort) -> None:
    """Errors: `perk_unknown` for a perk that is not live, `property_unknown`, `field_invalid` without a reference."""
    if cohort.perk not in ground.rules().rule_set.perks:
        raise RewardsError(PERK_UNKNOWN, f"“{cohort.perk[:60]}” is not in the live catalogue.", field="perk")
    if cohort.property is not None:
        ground.property(cohort.property)
    if not cohort.reference.strip():
        raise RewardsError(FIELD_INVALID, "An extension has a name.", hint="Give a reference.", field="reference")


def extend_page(
    store: Store, ground: Ground, cohort: Cohort, *, after: str, by: str, now: datetime, dry_run: bool = False
) -> Page:
    """Extend what the next guests hold, in the caller's transaction; a dry run only counts."""
    check(ground, cohort)
    guests = store.grants.holders(cohort.perk, cohort.rule, cohort.property, after, PAGE)
    counts = Counts()
    for guest in guests:
        counts = counts.plus(_guest(store, ground, cohort, guest, by, now, dry_run=dry_run))
    if counts.extended and not dry_run:
        told = {"by" if isinstance(cohort.longer, Lasting) else "until": _said(cohort.longer), **asdict(counts)}
        store.audit.add(by, "grants.extend", f"{cohort.perk} {cohort.reference}", None, json.dumps(told), now)
    return Page(counts, guests[-1] if len(guests) == PAGE else None)


def _said(term: Lasting | Until) -> str:
    return f"{term.amount} {term.term}" if isinstance(term, Lasting) else term.day.isoformat()


def _guest(
    store: Store, ground: Ground, cohort: Cohort, guest: str, by: str, now: datetime, *, dry_run: bool
) -> Counts:
    kept, _ = (guest, 0) if dry_run else store.guests.hold(guest)
    done = {moved.grant for moved in store.grants.extended([guest]) if moved.reference == cohort.reference}
    calendars = extensions.calendars(ground.group)
    extended = before = unchanged = 0
    for row in _of_cohort(store, ground, cohort, guest, now):
        end_us = to_us(row.grant.valid_until)
        until_us = longer(cohort.longer, end_us, row.grant.property, calendars)
        if row.grant.id in done:
            before += 1
        elif until_us == end_us:
            unchanged += 1
        else:
            extended += 1
            if not dry_run:
                extensions.extend(
                    store, row, until_us, by=by, reason="extended for a cohort", reference=cohort.reference, at=now
                )
    if extended and not dry_run:
        store.guests.bump(kept)
    return Counts(1, extended, before, unchanged)


def _of_cohort(store: Store, ground: Ground, cohort: Cohort, guest: str, now: datetime) -> Iterator[GrantRow]:
    perks, day_of = ground.rules().rule_set.perks, ground.group.day_of
    for row in extensions.held(store, perks, [guest], to_us(now)):
        grant = row.grant
        if grant.perk != cohort.perk or cohort.rule not in (None, grant.rule):
            continue
        if cohort.property not in (None, grant.property):
            continue
        first = day_of(to_us(grant.valid_from), grant.property)
        if cohort.held_on is None or first <= cohort.held_on:
            yield row
