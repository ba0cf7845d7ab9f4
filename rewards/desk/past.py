"""A guest's past as a decision reads it: from the digest, or, for "what was known then", from the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cached_property

from rewards.clock import to_us
from rewards.decisions.extending import is_mark
from rewards.decisions.situation import Situation
from rewards.desk.as_known import CheckInsAsKnown, LinksAsKnown
from rewards.desk.installation import Ground
from rewards.domain.grant import Approval, GrantState
from rewards.history.answers import GuestHistory
from rewards.history.digest import build
from rewards.history.grants import Given, GivenHistory
from rewards.history.ports import GuestHead
from rewards.history.presence import Companions
from rewards.history.ranks import GuestsHere
from rewards.history.standpoint import AtHand, Standpoint, activity_at_hand, stand, stay_at_hand
from rewards.ledger import life, takes
from rewards.ledger.ports import GrantRow, Store
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading
from rewards.rulelang.nodes import AMONG_GUESTS, GIVEN, Aggregate, BetterOf, Measure, Series, SinceLastGrant, Window


class Past:
    """Answers measures for one situation.

    `known_at`: only what was recorded up to then. `grants_before_us`: no grant of that instant (microseconds since
    1970) or later is seen, so that a decision looked at again does not find itself. What is left of each grant is kept
    for today only: seen from before that it is unknown, unless `left_now` says that nothing lies between.
    """

    def __init__(
        self,
        store: Store,
        ground: Ground,
        head: GuestHead,
        situation: Situation,
        *,
        known_at: datetime | None = None,
        grants_before_us: int | None = None,
        left_now: bool = False,
    ) -> None:
        self._left_now = left_now or (known_at is None and grants_before_us is None)
        self._store = store
        self._guest = head.guest.id
        self._known_at = known_at
        self._before_us = grants_before_us
        self._guests = GuestsHere(store.tallies, head.guest.id)
        self._companions = _companions(store, head.guest.id, known_at)
        self._history = _as_known(store, head, known_at) if known_at else _from_digest(store, head)
        enrolled = head.guest.enrolled_at
        self._here: Standpoint = stand(
            ground.group,
            situation.property,
            situation.at_us,
            enrolled_us=to_us(enrolled) if enrolled else None,
            last_grant=self._last_grant,
            this=_at_hand(situation),
        )
        self._last: dict[str, int | None] = {}

    def read(self, measure: Measure, rule: str, day: date) -> Reading:
        """The reading of a measure for a rule as of a hotel day of the property."""
        at = self._here if day == self._here.day else self._here.on(day)
        if measure.aggregate is Aggregate.COMPANIONS:
            return self._companions.read(measure, at)
        if measure.aggregate in AMONG_GUESTS:
            # Tallies hold what is known today: who stood where by what was known then, nobody kept.
            return UNKNOWN_READING if self._known_at else self._guests.read(measure, at)
        window = _named(measure.window, rule)
        asked = measure if window is measure.window else replace(measure, window=window)
        if measure.series is Series.LEFT:
            return self._left.read(asked, at) if self._left_now else UNKNOWN_READING
        history = self._gifts if measure.series in GIVEN else self._history
        return history.read(asked, at)

    @cached_property
    def _left(self) -> GivenHistory:
        lots = {lot.id: lot.left for lot in self._store.lots.open_of(self._records)}
        rows = [row for row in self._given if self._is_seen(row)]
        return GivenHistory(_given(row, None)._replace(left=_left(row, lots)) for row in rows)

    @cached_property
    def _gifts(self) -> GivenHistory:
        ends = self._ends
        return GivenHistory(_given(row, ends.get(row.grant.id)) for row in self._given if self._is_seen(row))

    @cached_property
    def _ends(self) -> dict[str, int]:
        """The ends of grants that were moved since, as they were before; of a question asked now none."""
        found: dict[str, int] = {}
        if self._before_us is not None:
            for moved in self._store.grants.extended(self._records):
                if to_us(moved.at) >= self._before_us:
                    found.setdefault(moved.grant, moved.from_us)
        return found

    def _is_seen(self, row: GrantRow) -> bool:
        approval = row.grant.approval
        if approval is not None and not self._was_approved(approval):
            return False
        if self._before_us is None:
            return life.counts(row)
        return to_us(row.grant.granted_at) < self._before_us and self._stood(row)

    def _was_approved(self, approval: Approval) -> bool:
        """Whether somebody had said yes; what waits is not given yet, so nothing counts it that counts what was."""
        at = approval.given_at
        return at is not None and (self._before_us is None or to_us(at) < self._before_us)

    @cached_property
    def _records(self) -> tuple[str, ...]:
        return self._store.guests.records(self._guest)

    @cached_property
    def _given(self) -> list[GrantRow]:
        return self._store.grants.of_guest(self._records)

    def _last_grant(self, rule: str) -> int | None:
        if rule not in self._last:
            self._last[rule] = self._find_last(rule)
        return self._last[rule]

    def _find_last(self, rule: str) -> int | None:
        if self._before_us is None:
            return self._store.grants.last_us(self._records, rule)
        for row in self._given:
            at_us = to_us(row.grant.granted_at)
            if row.grant.rule == rule and at_us < self._before_us and self._stood(row):
                return at_us
        return None

    def _stood(self, row: GrantRow) -> bool:
        """Whether a grant counts today; as known then, also whether it did until after that."""
        if life.counts(row):
            return True
        if self._known_at is None:
            return False
        # Units that come back to what was taken back change nothing of that.
        ended = [event.at for event in self._store.grants.events(row.grant.id) if event.kind != takes.GIVEN_BACK]
        return ended[-1] > self._known_at


def _given(row: GrantRow, until_us: int | None) -> Given:
    grant = row.grant
    held = grant.state not in (GrantState.HELD, GrantState.SUBSTITUTED) and not is_mark(grant.perk)
    return Given(
        grant.id, grant.perk, grant.rule, grant.property, to_us(grant.granted_at), row.granted_day,
        to_us(grant.valid_from), to_us(grant.valid_until) if until_us is None else until_us, grant.quantity, held,
    )  # fmt: skip


def _left(row: GrantRow, lots: dict[str, int]) -> int:
    """What is not used of a grant; of points, what is left of its lot."""
    return lots.get(row.grant.id, row.grant.quantity - row.used)


def _named(window: Window, rule: str) -> Window:
    """A window since the last grant of "this rule" names the rule."""
    if isinstance(window, SinceLastGrant) and window.rule is None:
        return SinceLastGrant(rule)
    if isinstance(window, BetterOf):
        return BetterOf(tuple(_named(one, rule) for one in window.windows))
    return window


def _companions(store: Store, guest: str, known_at: datetime | None) -> Companions:
    if known_at is None:
        return Companions(store.tallies, store.links, guest)
    return Companions(CheckInsAsKnown(store, known_at), LinksAsKnown(store, known_at), guest)


def _from_digest(store: Store, head: GuestHead) -> GuestHistory:
    return GuestHistory(head.head, lambda first: store.histories.chunks(head.guest.id, first))


def _as_known(store: Store, head: GuestHead, known_at: datetime) -> GuestHistory:
    activities = store.activities.of_guest(store.guests.records(head.guest.id), known_at=known_at)
    history = build(head.guest.id, activities)
    return GuestHistory(history.head, lambda first: history.chunks[first:])


def _at_hand(situation: Situation) -> AtHand | None:
    if situation.activity is not None:
        return activity_at_hand(situation.activity)
    if situation.stay is not None:
        return stay_at_hand(situation.property, situation.stay, situation.at_us)
    return None
