"""The house that is tortured: two hotels, the bundled packs beside rules with small stocks and limits, and a key.

What is scarce is also written to a file in plain JSON, which is all that the checker is told about it.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from rewards.api.keys import hash_secret
from rewards.clock import SystemClock
from rewards.domain.perk import StockPolicy
from rewards.ids import new_id
from rewards.ledger.ports import Store
from rewards.ledger.stock import set_stock
from rewards.paths import bundled
from rewards.rulelang import packs
from rewards.storage.engine import open_database
from rewards.studio.publish import Draft, publish, read_packs
from tests.stage import HARBOUR, HUDSON, open_hotels

HOTELS = (HARBOUR, HUDSON)
SCARCE_PERK, SCARCE_RULE = "torture-drink", "torture-cake"
CAKES_A_DAY, CAKES_A_GUEST = 60, 1
FINES_A_DAY = 50

PERKS = """
torture-drink: {kind: item, title: {en: a drink, nl: een drankje}, cost: EUR 5, stock: daily, valid: 30 days}
torture-card: {kind: item, title: {en: a card, nl: een kaartje}, cost: EUR 1, valid: 30 days}
torture-toast: {kind: item, title: {en: a toast, nl: een toost}, cost: EUR 2, valid: 30 days}
torture-cake: {kind: item, title: {en: a cake, nl: een taart}, cost: EUR 12, valid: 30 days}
torture-dinner: {kind: credit, title: {en: a dinner, nl: een diner}, valid: 90 days}
torture-voucher: {kind: item, title: {en: a voucher, nl: een bon}, cost: EUR 3, valid: 30 days}
torture-points: {kind: points, title: {en: points, nl: punten}, valid: 730 days}
"""
# The card has no limit, so nothing but the claim on the question keeps it from being given twice.
RULES = f"""
rule: torture-drink
title: {{en: A drink, nl: Een drankje}}
at: arrival
when: {{fact: stay.channel, is: direct}}
give: [{{perk: torture-drink}}]
---
rule: torture-card
title: {{en: A card, nl: Een kaartje}}
at: arrival
when: {{fact: stay.channel, is: direct}}
give: [{{perk: torture-card}}]
---
rule: torture-cake
title: {{en: A cake, nl: Een taart}}
at: arrival
when: {{measure: stays, where: here, ever: true, at_least: 1}}
give: [{{perk: torture-cake}}]
limits: [{{per: guest, at_most: {CAKES_A_GUEST}, every: day}}, {{per: property, at_most: {CAKES_A_DAY}, every: day}}]
---
rule: torture-dinner
title: {{en: A dinner, nl: Een diner}}
at: arrival
when: {{measure: stays, where: here, ever: true, at_least: 2}}
give: [{{perk: torture-dinner, amount: EUR 10}}]
limits: [{{per: stay, at_most: 1}}, {{budget: EUR 20000, every: month}}]
---
rule: torture-voucher
title: {{en: A voucher, nl: Een bon}}
at: arrival
when: {{fact: stay.channel, is: direct}}
give: [{{perk: torture-voucher, quantity: 2}}]
limits: [{{budget: EUR 20000, every: month}}]
approval: {{by: manager, within: 1 day}}
---
rule: torture-more-points
title: {{en: More points, nl: Meer punten}}
at: checkout
when: {{fact: stay.channel, is: direct}}
give: [{{perk: torture-points, points: 30}}]
approval: manager
---
rule: torture-points
title: {{en: Points, nl: Punten}}
at: checkout
when: {{measure: stays, where: group, ever: true, at_least: 1}}
give: [{{perk: torture-points, points: 100}}]
---
rule: torture-toast
title: {{en: A toast for two cards, nl: Een toost voor twee kaartjes}}
at: [arrival, checkout]
when: {{measure: left, perk: torture-card, where: group, at_least: 2}}
give: [{{perk: torture-toast}}]
take: [{{perk: torture-card, quantity: 2}}, {{perk: torture-points, points: 30, short: part}}]
---
rule: torture-fine
title: {{en: A fine, nl: Een boete}}
at: checkout
when: {{measure: earned, perk: torture-points, where: group, at_least: 200}}
take: [{{perk: torture-points, points: 170, short: debt}}]
limits: [{{per: property, at_most: {FINES_A_DAY}, every: day}}]
"""


def prepare(url: str, home: Path, secret: str, stock: int) -> None:
    """Make tables and house, `stock` drinks a hotel and day, and write down what is scarce."""
    home.mkdir(parents=True, exist_ok=True)
    database = open_database(url)
    database.migrate()
    now = SystemClock().now()
    days = [now.date() + timedelta(days=ahead) for ahead in (-1, 0, 1)]
    with database.writing() as store:
        open_hotels(store, now, now + timedelta(days=1))
        for base, quote, rate in (("USD", "EUR", Fraction(9, 10)), ("EUR", "USD", Fraction(10, 9))):
            store.properties.put_rate(base, quote, datetime(2020, 1, 1, tzinfo=UTC).date(), rate)
        draft = _rules(home)
        publish(store, draft, by="torture", note="", now=now)
        _stock(store, draft, days, stock, now)
        store.keys.add(new_id("key"), hash_secret(secret), "torture", ["admin"], [], now)
    database.close()
    limits = {"rule": SCARCE_RULE, "a_day": CAKES_A_DAY, "a_guest_a_day": CAKES_A_GUEST}
    scarce = {"perk": SCARCE_PERK, "a_day": stock}
    (home / "scarce.json").write_text(json.dumps({"stock": scarce, "limit": limits}), encoding="utf-8")


def _rules(home: Path) -> Draft:
    folder = home / "packs" / "torture"
    folder.mkdir(parents=True)
    (folder / packs.RULES_FILE).write_text(RULES, encoding="utf-8")
    (folder / packs.PERKS_FILE).write_text(PERKS, encoding="utf-8")
    return read_packs([*packs.pack_folders(bundled("rules")), folder], HOTELS)


def _stock(store: Store, draft: Draft, days: list[date], quantity: int, now: datetime) -> None:
    for code, perk in draft.perks.items():
        if perk.stock is not StockPolicy.UNLIMITED:
            for hotel in HOTELS:
                for day in days:
                    set_stock(store, hotel.code, code, day, quantity, "torture", now)
