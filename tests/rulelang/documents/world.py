"""The houses and perks that the documents of these tests name."""

from __future__ import annotations

from rewards.domain.perk import Perk
from rewards.domain.property import Property
from rewards.rulelang.catalogue import load_perks

PROPERTIES = (
    Property("harbour", "Harbour Hotel", "Grand", "Rotterdam", "NL", "Europe/Amsterdam", "EUR"),
    Property("canal", "Canal House", "Grand", "Amsterdam", "NL", "Europe/Amsterdam", "EUR"),
    Property("abbey", "Abbey Inn", "Inn", "London", "GB", "Europe/London", "GBP"),
)

PERKS_TEXT = """\
room-upgrade: {kind: upgrade, title: {en: Room upgrade, nl: Kamerupgrade}, cost: EUR 35, stock: daily}
late-checkout: {kind: late-checkout, title: {en: Late checkout, nl: Laat uitchecken}, cost: EUR 15}
welcome-drink: {kind: item, title: {en: Welcome drink, nl: Welkomstdrankje}, cost: EUR 4.50}
dinner-credit: {kind: credit, title: {en: Dinner credit, nl: Dinertegoed}, payer: programme, valid: 90 days}
bonus-points: {kind: points, title: {en: Bonus points, nl: Bonuspunten}}
priority-care: {kind: priority, title: {en: Helped first, nl: Eerst geholpen}}
handwritten-card: {kind: custom, title: {en: Handwritten card, nl: Geschreven kaart}}
"""


def perks() -> dict[str, Perk]:
    """The catalogue of perks, one of each kind."""
    found, problems = load_perks(PERKS_TEXT, "perks.yaml")
    assert not problems
    return found
