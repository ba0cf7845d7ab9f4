"""Points that lapse because nothing happened: looked at once a day of the programme, guest by guest.

What is not known keeps points: where a source is silent the guest may have stayed, so nothing lapses.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import partial

from rewards.clock import Clock, to_us
from rewards.decisions.validity import idle_on
from rewards.desk.installation import Installation
from rewards.desk.paging import in_pages
from rewards.domain.perk import Perk
from rewards.domain.validity import EARNING, SPENDING, Idleness
from rewards.history.answers import GuestHistory
from rewards.history.standpoint import Standpoint, stand
from rewards.ledger import points
from rewards.ledger.lots import Lot
from rewards.ledger.ports import Database, Store
from rewards.rulelang.nodes import Aggregate, Measure, Scope, ScopeKind, Series
from rewards.rulelang.reading.names import CUSTOM_PREFIX

PAGE = 200
EVER_US = 2**62


def lapse_idle(database: Database, clock: Clock, installation: Installation) -> int:
    """Let points lapse whose guests were idle for as long as their perk says; how many lots did."""
    with database.reading() as store:
        compiled = installation.ground(store).compiled
    perks = compiled.rule_set.perks.values() if compiled is not None else ()
    return sum(_of_perk(database, clock, installation, perk) for perk in perks if perk.lapses is not None)


def _of_perk(database: Database, clock: Clock, installation: Installation, perk: Perk) -> int:
    done = 0
    for guest in in_pages(database, PAGE, lambda store, after: store.lots.of_perk(perk.code, after, PAGE)):
        look = partial(_look, installation=installation, guest=guest, perk=perk, clock=clock)
        done += database.run_writing(look)
    return done


def _look(store: Store, installation: Installation, guest: str, perk: Perk, clock: Clock) -> int:
    """One guest, under the guest's lock."""
    ground = installation.ground(store)
    kept, _ = store.guests.hold(guest)
    records, now = store.guests.records(kept), clock.now()
    lots = [lot for lot in store.lots.open_of(records) if lot.perk == perk.code]
    head = store.guests.head(kept)
    if head is None or perk.lapses is None or not lots or not ground.properties:
        return 0
    prop = next(iter(ground.properties.values()))
    here = stand(ground.group, prop, to_us(now))
    history = GuestHistory(head.head, lambda first: store.histories.chunks(kept, first))
    last = _last_kept(perk.lapses, history, here, lots, store.lots.last_spent_us(records))
    if here.programme_day < idle_on(perk.lapses, last):
        return 0
    return sum(points.lapse(store, lot, now, until_us=EVER_US) for lot in lots)


def _last_kept(
    idleness: Idleness, history: GuestHistory, here: Standpoint, lots: list[Lot], spent_us: int | None
) -> date:
    """The latest day on which something may have kept the points; at the earliest that on which the first came."""
    days = [_day(here, min(lot.earned_us for lot in lots))]
    for name in idleness.without:
        if name == EARNING:
            days.append(_day(here, max(lot.earned_us for lot in lots)))
        elif name == SPENDING:
            days += [_day(here, spent_us)] if spent_us is not None else []
        else:
            days += _last_of(name, history, here)
    return max(days)


def _last_of(name: str, history: GuestHistory, here: Standpoint) -> list[date]:
    """The latest day on which the guest may have done this; none where the guest surely never did."""
    custom = name.removeprefix(CUSTOM_PREFIX)
    series = Series.CUSTOM if custom != name else Series(name)
    own = custom if series is Series.CUSTOM else None
    group = Scope(ScopeKind.GROUP)
    if history.read(Measure(series, Aggregate.COUNT, scope=group, custom=own), here).high == 0:
        return []
    since = history.read(Measure(series, Aggregate.DAYS_SINCE_LAST, scope=group, custom=own), here).low
    return [here.programme_day - timedelta(days=0 if math.isinf(since) else int(since))]


def _day(here: Standpoint, us: int) -> date:
    return here.group.day_of(us, None)
