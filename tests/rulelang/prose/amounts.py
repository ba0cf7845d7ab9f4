"""Rules whose amounts are read aloud, by what each shows."""

from __future__ import annotations

PRICE = "{fact: stay.amount}"
NIGHTS = "{fact: stay.nights}"
TEN = f"{{rate: 10, per: EUR 1, of: {PRICE}}}"


def points(amount: str) -> str:
    """What gives so many points."""
    return f"when: always\ngive: {{perk: points, points: {amount}}}\n"


def credit(amount: str) -> str:
    """What gives a dinner credit of so much."""
    return f"when: always\ngive: {{perk: dinner, amount: {amount}}}\n"


def when(amount: str, comparison: str) -> str:
    """What asks for an amount."""
    return f"when: {{amount: {amount}, {comparison}}}\ngive: drink\n"


AMOUNTS: dict[str, str] = {
    "points for each whole euro": points(TEN),
    "at most so many": points(f"{{smallest: [{TEN}, 5000]}}"),
    "at least so many": points(f"{{largest: [{TEN}, 500]}}"),
    "a cap inside": points(f"{{rate: 10, per: EUR 1, of: {{smallest: [{PRICE}, EUR 500]}}}}"),
    "for each night": points(f"{{rate: 500, per: 1, of: {NIGHTS}}}"),
    "for every second night": points(f"{{rate: 3000, per: 2, of: {NIGHTS}}}"),
    "half as much again": points(f"{{percent: 150, of: {TEN}}}"),
    "five times the base": points(f"{{sum: [{{times: 5, of: {TEN}}}, 500]}}"),
    "five times all of it": points(f"{{times: 5, of: {{sum: [{TEN}, 500]}}}}"),
    "what was done beyond": points("{less: [{measure: visits, in: this year}, 10]}"),
    "the smallest of three": points(f"{{smallest: [{NIGHTS}, {{fact: stay.rooms}}, 9]}}"),
    "a table": points(f"{{bands: [{{from: 0, give: 100}}, {{from: 7, give: {TEN}}}], of: {NIGHTS}}}"),
    "a table of money": points(f"{{bands: [{{from: EUR 100, give: 1}}, {{from: EUR 500, give: 3}}], of: {PRICE}}}"),
    "slices": points(f"{{marginal: [{{above: 0, percent: 1000}}, {{above: 6, percent: 500}}], of: {NIGHTS}}}"),
    "one slice": points(f"{{marginal: [{{above: 6, percent: 50}}], of: {NIGHTS}}}"),
    "pro rata": points(f"{{share: {NIGHTS}, of: 1000, whole: {{measure: nights, in: this year, including: this}}}}"),
    "a credit in the currency of the house": credit(f"{{percent: 5, of: {PRICE}}}"),
    "a credit with a cap": credit(f"{{smallest: [{{percent: 5, of: {PRICE}}}, EUR 50]}}"),
    "a credit from nights": credit(f"{{rate: EUR 5, per: 1, of: {NIGHTS}}}"),
    "pieces": "when: always\ngive: {perk: drink, quantity: {fact: stay.adults}}\n",
    "with an alternative": f"when: always\ngive: {{perk: points, points: {TEN}, or_else: drink}}\n",
    "a score": when("{sum: [{measure: stays, within: 1 year}, {measure: referrals, where: group}]}", "at_least: 12"),
    "a share of spend": when(
        "{share: {measure: spend, category: bar, in: this year}, of: 100, whole: {measure: spend, in: this year}}",
        "more_than: 30",
    ),
    "an average": when("{measure: spend, average: true, where: group, currency: EUR}", "at_least: EUR 80"),
    "days and different cities": when(
        "{sum: [{measure: stays, days_since: last}, {measure: stays, distinct: city, where: group}]}", "between: [3, 9]"
    ),
    "a streak": when("{times: 2, of: {measure: visits, streak: week}}", "every: 5"),
    "not so much": f"when: {{not: {{amount: {TEN}, at_least: 100}}}}\ngive: drink\n",
    **{
        f"the fact {name}": when(f"{{fact: {name}}}", "at_most: 5")
        for name in (
            "stay.rooms", "stay.adults", "stay.children", "stay.weekend_nights", "stay.days_ahead",
            "stay.booked_room_class_position", "guest.days_enrolled", "guest.days_since_anniversary",
            "guest.years_enrolled", "guest.days_to_birthday",
            "guest.days_since_birthday", "guest.age", "moment.severity", "day.month",
        )
    },
    "the amount just spent": when("{fact: spend.amount}", "at_most: EUR 5"),
    "months of two stays": points(
        "{rate: 100, per: 1, of: {measure: stays, in: this year, groups: {of: month, at_least: 2}}}"
    ),
    "days in a row": points(
        "{rate: 100, per: 1, of: {measure: visits, groups: {of: day, in_a_row: true, at_least: 2}}}"
    ),
    "one amount against another": (
        "when: {amount: {measure: nights}, at_least: {fact: guest.number.task-nights}}\ngive: drink"
    ),
    "a sum against a share": (
        "when: {amount: {sum: [{measure: nights}, 3]}, exactly: {percent: 50, of: {measure: stays}}}\ngive: drink"
    ),
    "a level's bonus": points(
        f"{{sum: [{TEN}, {{if: {{measure: held, perk: gold, at_least: 1}}, then: {{percent: 50, of: {TEN}}}}}]}}"
    ),
    "one or the other": points(
        f"{{if: {{all: [{{fact: stay.nights, at_least: 2}}, {{measure: stays, first: true}}]}}, then: 5, else: {TEN}}}"
    ),
}  # fmt: skip
