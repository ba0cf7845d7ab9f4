"""The desk's use cases behind one name, as faces call them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from rewards.clock import Clock, from_us
from rewards.decisions.facts import RecordedFacts
from rewards.decisions.options import Unavailable, cost_of, resolve_give
from rewards.decisions.propose import reckoner
from rewards.desk import approvals, holds, waits
from rewards.desk.approvals import Approver
from rewards.desk.ask import Answered, Asked, Asker, Key
from rewards.desk.cohort import Cohort, Page, extend_page
from rewards.desk.idle import lapse_idle
from rewards.desk.installation import Ground, Installation, Programme
from rewards.desk.reassess import Reassessor, stored_situation
from rewards.desk.replay import Replayed, Replayer
from rewards.desk.reply import Reader
from rewards.desk.tries import try_due
from rewards.desk.wire import Question
from rewards.domain.grant import Grant, GrantState
from rewards.domain.perk import Perk, PerkKind
from rewards.errors import FIELD_INVALID, GRANT_NOT_REDEEMABLE, PERK_UNKNOWN, RATE_UNKNOWN, STOCK_GONE, RewardsError
from rewards.ledger import life, points
from rewards.ledger.accounts import COUNT, points_account, stock_account
from rewards.ledger.lots import Lot
from rewards.ledger.ports import Database, Entry, GrantRow, Store
from rewards.ledger.stock import pieces, stock_days
from rewards.ledger.waits import WaitRow
from rewards.rulelang.nodes import Choose, Give, Rule

A_TRANSACTION = 32
"""Questions of a batch that share a transaction: one wait for the disk, and nobody else waits long for their turn."""


class Desk:
    """Ask, hold, confirm, cancel, approve, refuse, redeem, deliver, fail, substitute, void, choose, replay."""

    def __init__(self, database: Database, clock: Clock, programme: Programme, *, hold_minutes: int = 30) -> None:
        self._database = database
        self._clock = clock
        self.installation = Installation(clock, programme)
        self._asker = Asker(database, clock, self.installation, hold_minutes)
        self._replayer = Replayer(self.installation)
        self._reassessor = Reassessor(self.installation)

    def ground(self, store: Store) -> Ground:
        """The house as of this transaction."""
        return self.installation.ground(store)

    def catalogue(self, store: Store) -> dict[str, Perk]:
        """The live perk catalogue, empty before the first publication."""
        compiled = self.ground(store).compiled
        return compiled.rule_set.perks if compiled else {}

    def ask(
        self, question: Question, reader: Reader, key: Key | None = None, *, at: datetime | None = None
    ) -> Answered:
        """Answer a question. `key` is the caller's name of a hold or commit; `at` its instant (default: now)."""
        if question.mode == "preview":
            return self._asker.preview(question, reader)
        return self._asker.settle_twice(question, reader, key, at=at)

    def ask_all(self, asked: Sequence[Asked]) -> list[Answered | RewardsError]:
        """Answer holds and commits, a few in each transaction; each has its own answer or refusal, in order."""
        found: list[Answered | RewardsError] = []
        for start in range(0, len(asked), A_TRANSACTION):
            found += self._asker.settle_all(asked[start : start + A_TRANSACTION], self._clock.now())
        return found

    def previewed(self, store: Store, question: Question, reader: Reader) -> dict[str, Any]:
        """A preview's answer before it is bytes, in the caller's transaction; nothing is written."""
        return self._asker.previewed(store, question, reader)

    def points(self, store: Store, guest: str) -> tuple[int, int]:
        """Points that a guest has, and points that are owed, over all records merged into the guest."""
        return points.balance_of(store, store.guests.records(guest), self._clock.now())

    def lapsing(self, store: Store, guest: str) -> list[Lot]:
        """The lots of points that a guest can spend, the first to lapse first."""
        return points.lapsing(store, store.guests.records(guest), self._clock.now())

    def points_by_perk(self, store: Store, guest: str) -> dict[str, int]:
        """Points that a guest has by perk, "" where it is not known; what is owed is not taken off."""
        return points.by_perk(store, store.guests.records(guest), self._clock.now())

    def spend_points(
        self, store: Store, guest: str, amount: int, reference: str, why: str, *, perk: str | None = None
    ) -> None:
        """Spend a guest's points, with `perk` those of that perk only.

        `reference` names this use of them for ever: a second one is `already_exists`. `balance_too_low` when they do
        not cover it.
        """
        kept, _ = store.guests.hold(guest)
        store.guests.bump(kept)
        records, now = store.guests.records(guest), self._clock.now()
        points.spend_of(store, records, amount, reference=reference, why=why, at=now, perk=perk)

    def confirm(self, store: Store, decision: str, by: str) -> list[GrantRow]:
        """Make a hold's perks grants."""
        return holds.confirm(store, decision, by=by, now=self._clock.now())

    def cancel(self, store: Store, decision: str, by: str) -> list[GrantRow]:
        """Let a hold's perks go."""
        return holds.cancel(store, decision, by=by, now=self._clock.now())

    def expire_due(self, limit: int = 200) -> int:
        """Let what is past its end lapse, in one transaction; returns how many."""
        return self._database.run_writing(lambda store: holds.expire_due(store, self._clock.now(), limit))

    def try_waiting(self, limit: int = 200) -> int:
        """Try what waits and is due, each in a transaction of its own; returns how many were looked at."""
        return try_due(self._database, self._clock, self.installation, limit)

    def stop_waiting(self, store: Store, wait: str, by: str, reason: str) -> WaitRow:
        """Call off what waits; `wait_not_open` where it is over already."""
        return waits.cancel(store, wait, f"{reason} ({by})", self._clock.now())

    def lapse_idle(self) -> int:
        """Let points lapse whose guests were idle for too long; how many lots did. Meant for once a day."""
        return lapse_idle(self._database, self._clock, self.installation)

    def corrected(self, store: Store, guest: str, activity: str) -> None:
        """A fact of a guest was taken back: what rested on it follows."""
        self._reassessor.corrected(store, guest, activity, self._clock.now_us())

    def redeem(
        self, store: Store, grant: str, reference: str, quantity: int | None, by: str, where: str | None = None
    ) -> GrantRow:
        """Use a grant, whole or in part."""
        self._lock(store, grant)
        return life.redeem(
            store, grant, reference=reference, quantity=quantity, by=by, at=self._clock.now(), where=where
        )

    def deliver(self, store: Store, grant: str, by: str, reason: str) -> GrantRow:
        """A clerk handed it over."""
        self._lock(store, grant)
        return life.deliver(store, grant, by=by, reason=reason, at=self._clock.now())

    def fail(self, store: Store, grant: str, by: str, reason: str) -> GrantRow:
        """The house could not."""
        self._lock(store, grant)
        return life.fail(store, grant, by=by, reason=reason, at=self._clock.now())

    def void(self, store: Store, grant: str, by: str, reason: str) -> GrantRow:
        """Take it back."""
        self._lock(store, grant)
        return life.void(store, grant, by=by, reason=reason, at=self._clock.now())

    def approve(self, store: Store, grant: str, approver: Approver, by: str, reason: str) -> GrantRow:
        """Give what waited for an approval."""
        return approvals.approve(store, grant, approver, by=by, reason=reason, now=self._clock.now())

    def refuse(self, store: Store, grant: str, approver: Approver, by: str, reason: str) -> GrantRow:
        """Say no to what waits for an approval."""
        return approvals.refuse(store, grant, approver, by=by, reason=reason, now=self._clock.now())

    def extend_page(self, store: Store, cohort: Cohort, after: str, by: str, *, dry_run: bool = False) -> Page:
        """Let the next guests of a cohort use longer what they hold."""
        ground, now = self.ground(store), self._clock.now()
        return extend_page(store, ground, cohort, after=after, by=by, now=now, dry_run=dry_run)

    def _lock(self, store: Store, grant: str) -> GrantRow:
        """The grant, under its guest's lock; whoever considered a question meanwhile considers it again.

        What is left of a grant may be what a rule asks about.
        """
        row = life.get(store, grant)
        kept, _ = store.guests.hold(row.grant.guest)
        store.guests.bump(kept)
        return row

    def substitute(self, store: Store, grant: str, perk: str, quantity: int, by: str, reason: str) -> GrantRow:
        """Another perk in its place, from stock where it has one, and on the budgets of the old one.

        `quantity` is pieces of an item, minor units of a credit in the property's currency, points; 1 of anything else.
        """
        row = self._lock(store, grant)
        found = self.catalogue(store).get(perk)
        if found is None:
            raise RewardsError(PERK_UNKNOWN, f"“{perk[:60]}” is not in the live catalogue.", field="perk")
        if quantity != 1 and found.kind not in _COUNTED:
            raise RewardsError(FIELD_INVALID, f"There is one of “{perk}” at a time.", field="quantity")
        cost, currency = self._cost(store, row, found, quantity)
        new = replace(
            row.grant,
            perk=perk,
            quantity=quantity,
            params={"instead_of": row.grant.perk},
            cost_minor=cost,
            currency=currency,
            state=GrantState.GRANTED,
        )
        return self._replace(store, row, new, found, by, reason)

    def _cost(self, store: Store, row: GrantRow, perk: Perk, quantity: int) -> tuple[int, str]:
        prop = self.ground(store).property(row.grant.property)
        if perk.kind is PerkKind.CREDIT:
            return quantity, prop.currency
        return cost_of(perk, prop, quantity)

    def _replace(self, store: Store, row: GrantRow, new: Grant, perk: Perk, by: str, reason: str) -> GrantRow:
        """Put a grant in the place of another, with what it takes from stock and from the old one's budgets."""
        ground, now = self.ground(store), self._clock.now()
        day = ground.group.day_of(self._clock.now_us(), row.grant.property)
        claims = []
        it = replace(stored_situation(holds.get(store, row.grant.decision)), day=day)
        days = stock_days(perk, it)
        if days is None:
            raise RewardsError(STOCK_GONE, f"“{perk.code}” is for the nights of a stay; none is left.", field="perk")
        for each in days:
            account = stock_account(row.grant.property, perk.code, each)
            claims.append(Entry(account, pieces(perk, new.quantity, it), f"perk:{perk.code}"))
        if perk.kind is PerkKind.POINTS:
            claims.append(Entry(points_account(new.guest), -new.quantity, points.UNIT))
        for claim in row.claims:
            if life.is_money(claim):
                cost = ground.convert(new.cost_minor, new.currency or claim.unit, claim.unit, day)
                if cost is None:
                    raise RewardsError(RATE_UNKNOWN, f"There is no rate from {new.currency} to {claim.unit}.")
                claims += [Entry(claim.account, cost, claim.unit)] if cost else []
        return life.substitute(store, row.grant.id, new, claims, by=by, reason=reason, at=now)

    def choose(self, store: Store, grant: str, perk: str, by: str) -> GrantRow:
        """The guest chooses among the options of a grant, until its last day to choose."""
        row = self._lock(store, grant)
        options = str(row.grant.params.get("choose_of", "")).split(",")
        if perk not in options:
            raise RewardsError(
                FIELD_INVALID,
                f"“{perk[:60]}” is not among the options.",
                hint=f"Choose {', '.join(options)}." if options != [""] else "This grant leaves no choice.",
                field="perk",
            )
        today = self.ground(store).group.day_of(self._clock.now_us(), row.grant.property)
        if today.isoformat() > str(row.grant.params["choose_by"]):
            raise RewardsError(GRANT_NOT_REDEEMABLE, f"It could be chosen until {row.grant.params['choose_by']}.")
        if perk in _chosen_beside(store, row):
            raise RewardsError(FIELD_INVALID, f"“{perk}” is the guest's already.", field="perk")
        return self._chosen(store, row, perk, by)

    def _chosen(self, store: Store, row: GrantRow, perk: str, by: str) -> GrantRow:
        decision = holds.get(store, row.grant.decision)
        # The version that gave it: what the guest may choose does not change with a later publication.
        rule_set = self.installation.version(store, decision.rule_set).rule_set
        rule, choose, give = _option(rule_set.rules, row.grant.rule, perk)
        same = perk == row.grant.perk
        if same and choose.default is not None:
            return row
        facts = RecordedFacts(json.loads(decision.facts)["record"])
        option = resolve_give(give, rule_set.perks, stored_situation(decision), reckoner(rule, facts))
        if isinstance(option, Unavailable):
            raise RewardsError(STOCK_GONE, f"“{perk}” cannot be had now: {option.reason}.", field="perk")
        new = replace(
            row.grant,
            perk=perk,
            quantity=option.quantity,
            params={**dict(option.params), "chosen": True},
            cost_minor=option.cost_minor,
            currency=option.currency,
            valid_until=from_us(option.valid_until_us),
            state=GrantState.GRANTED,
        )
        if not same:
            return self._replace(store, row, new, option.perk, by, "chosen by the guest")
        # What stood until the guest chose is the guest's now, from the stock and the budgets that it was taken from.
        claims = [claim for claim in row.claims if claim.unit != COUNT]
        at = self._clock.now()
        return life.substitute(store, row.grant.id, new, claims, by=by, reason="chosen by the guest", at=at)

    def replay(self, store: Store, *, deep: bool = False, page: int = 200) -> Iterator[Replayed]:
        """Replay every stored decision, oldest first."""
        after: str | None = None
        while rows := store.decisions.page(after, page):
            for row in rows:
                yield self._replayer.replay(store, row, deep=deep)
            after = rows[-1].id

    def replay_one(self, store: Store, decision: str, *, deep: bool = False) -> Replayed:
        """Replay one decision."""
        return self._replayer.replay(store, holds.get(store, decision), deep=deep)


_COUNTED = (PerkKind.ITEM, PerkKind.CREDIT, PerkKind.POINTS)


def _chosen_beside(store: Store, row: GrantRow) -> set[str]:
    """What the guest has of the same choice beside `row`: no option is given twice."""
    given = store.grants.of_decision(row.grant.decision)
    return {
        one.grant.perk
        for one in given
        if one.grant.id != row.grant.id
        and one.grant.rule == row.grant.rule
        and one.grant.state in life.HAD
        and ("chosen" in one.grant.params or "choose_of" in one.grant.params)
    }


def _option(rules: tuple[Rule, ...], rule_id: str, perk: str) -> tuple[Rule, Choose, Give]:
    for rule in rules:
        if rule.id == rule_id:
            for outcome in rule.give:
                for give in outcome.options if isinstance(outcome, Choose) else ():
                    if isinstance(outcome, Choose) and give.perk == perk:
                        return rule, outcome, give
    raise RewardsError(PERK_UNKNOWN, f"“{perk}” is not an option of “{rule_id}”.", field="perk")
