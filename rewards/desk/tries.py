"""What waits is tried again when it is due, each in a transaction of its own under the guest's lock.

Whoever comes second finds it moved and does nothing, so any number of workers may try at once. A try takes limits,
stock and budgets as an answer does; the condition was settled by the answer, and what is promised comes from the rule
set that answered. At its end the `or_else` is given, and it is over; nothing is tried after the end, however late.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from rewards.clock import Clock, to_us
from rewards.decisions.facts import RecordedFacts
from rewards.decisions.options import Chain, chains
from rewards.decisions.patience import Patience, next_try_us
from rewards.decisions.propose import Candidate, reckoner
from rewards.decisions.resolve import Award, Resolution, try_again
from rewards.decisions.situation import Situation, place_in_time
from rewards.desk import holds, waits
from rewards.desk.counter import counter
from rewards.desk.grants import grants_of
from rewards.desk.installation import Installation
from rewards.desk.reassess import stored_situation
from rewards.domain.perk import Perk, StockPolicy
from rewards.errors import RewardsError
from rewards.history.ports import GuestHead
from rewards.ledger import life
from rewards.ledger.funds import LiveFunds
from rewards.ledger.ports import Database, DecisionRow, GrantRow, Store
from rewards.ledger.take_rows import STANDING
from rewards.ledger.taker import RuleTaker
from rewards.ledger.waits import OPEN, WaitRow, WaitState

AFTER_ERROR = timedelta(hours=1)

log = logging.getLogger(__name__)


def try_due(database: Database, clock: Clock, installation: Installation, limit: int) -> int:
    """Try up to `limit` that are due; how many were looked at."""
    now = clock.now()
    with database.reading() as store:
        due = store.waits.due(to_us(now), limit)
    for row in due:
        _try_alone(database, installation, row, now)
    return len(due)


def _try_alone(database: Database, installation: Installation, row: WaitRow, now: datetime) -> None:
    try:
        database.run_writing(lambda store: _Try(store, installation, now).run(row.id))
    except RewardsError as error:
        if error.retry_after_s is not None:
            raise
        # One that cannot be tried keeps no other waiting.
        log.warning("%s cannot be tried: %s", row.id, error)
        database.run_writing(lambda store: _put_off(store, row, now))


def _put_off(store: Store, row: WaitRow, now: datetime) -> None:
    found = waits.get(store, row.id)
    later_us = max(found.next_us, to_us(now + AFTER_ERROR))
    store.waits.move(replace(found, next_us=later_us, reason="error"), (found.state,))


class _Try:
    """One try, in one transaction."""

    def __init__(self, store: Store, installation: Installation, now: datetime) -> None:
        self._store = store
        self._installation = installation
        self._now = now
        self._now_us = to_us(now)

    def run(self, wait_id: str) -> None:
        """Do what is due, if it still is."""
        store = self._store
        store.guests.lock(waits.get(store, wait_id).guest)
        row = waits.get(store, wait_id)
        head = store.guests.head(row.guest)
        if row.state not in OPEN or row.next_us > self._now_us:
            return
        if head is None or row.state is WaitState.HELD:
            waits.call_off(store, row, "the hold lapsed" if head else "the guest is gone", self._now)
        elif self._now_us >= row.end_us:
            self._end(row, head)
        else:
            self._once_more(row, head)

    def _once_more(self, row: WaitRow, head: GuestHead) -> None:
        attempt = _Attempt(self._store, self._installation, row, head, self._now)
        found = attempt.of(lambda chain: chain[:1])
        if isinstance(found, GrantRow):
            tries = row.tries + 1
            had = replace(
                row, state=WaitState.HAD, grant=found.grant.id, reason=None, tries=tries, over_us=self._now_us
            )
            self._store.waits.move(had, OPEN)
            waits.announce(self._store, "wait.had", had, self._now)
            return
        patience = Patience(row.first_us, row.end_us, row.hourly, True)
        upcoming = next_try_us(patience, attempt.it.property, self._now_us)
        self._store.waits.move(replace(row, next_us=upcoming, tries=row.tries + 1, reason=found), OPEN)

    def _end(self, row: WaitRow, head: GuestHead) -> None:
        ended = replace(row, state=WaitState.ENDED, over_us=self._now_us)
        self._store.waits.move(ended, OPEN)
        # First, so that the limits which came back with it are there for what is given in its place.
        waits.give_back(self._store, ended, self._now)
        found = _Attempt(self._store, self._installation, row, head, self._now).of(lambda chain: chain[1:])
        grant = found.grant.id if isinstance(found, GrantRow) else None
        given = replace(ended, grant=grant)
        self._store.waits.move(given, (WaitState.ENDED,))
        waits.announce(self._store, "wait.ended", given, self._now)


class _Attempt:
    """What a rule gives at one of its outcomes, as it would be given now."""

    def __init__(self, store: Store, installation: Installation, row: WaitRow, head: GuestHead, now: datetime) -> None:
        self._store = store
        self._ground = installation.ground(store)
        self._row = row
        self._now = now
        self._decision = holds.get(store, row.decision)
        rule_set = installation.version(store, self._decision.rule_set).rule_set
        self._rule = next(rule for rule in rule_set.rules if rule.id == row.rule)
        self._perks = rule_set.perks
        self.it = _as_of(self._decision, head, now, self._perks[row.perk])

    def of(self, part: Callable[[Chain], Chain]) -> GrantRow | str:
        """The grant of the first that can be had of a part of the chain, else why there is none."""
        store, it = self._store, self.it
        facts = RecordedFacts(json.loads(self._decision.facts)["record"])
        chain = chains(self._rule.give, self._perks, it, reckoner(self._rule, facts))[self._row.outcome]
        funds = LiveFunds(store, self._now)
        taker = RuleTaker(it, funds, counter(store, it), self._ground.convert)
        found = try_again(Candidate(self._rule, (chain,), ()), part(chain), taker, counted=self._counted())
        if not isinstance(found, Award):
            funds.post(f"{self._row.id}: not had")
            return found.reason
        [row] = grants_of(Resolution((found,), ()), it, self._row.decision, self._now, None)
        store.grants.add([row])
        funds.post(f"{self._row.id}: had")
        row = life.credit_points(store, row, self._now)
        store.guests.bump(it.guest.id)
        payload = {"grant": row.grant.id, "guest": it.guest.id, "state": row.grant.state.value}
        store.outbox.add("grant.granted", it.guest.id, json.dumps(payload), self._now)
        return row

    def _counted(self) -> bool:
        """Whether the rule gave or took in this decision before: all of it counts once."""
        given = self._store.grants.of_decision(self._row.decision)
        taken = self._store.takes.of_decision(self._row.decision)
        return any(one.grant.rule == self._row.rule and life.counts(one) for one in given) or any(
            one.rule == self._row.rule and one.state in STANDING for one in taken
        )


def _as_of(decision: DecisionRow, head: GuestHead, now: datetime, perk: Perk) -> Situation:
    """The situation of a decision at another instant. Of free rooms the stock tells, where the perk has one."""
    then = stored_situation(decision)
    day, minute = place_in_time(then.property, to_us(now))
    stay = then.stay
    if stay is not None and perk.stock is not StockPolicy.UNLIMITED:
        stay = replace(stay, free_classes=None)
    return replace(
        then, guest=head.guest, verified=head.verified, at_us=to_us(now), day=day, minute_of_day=minute, stay=stay
    )
