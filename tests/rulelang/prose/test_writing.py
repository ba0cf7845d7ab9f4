"""Numbers, money, dates, names, markers and the linking of numbers to their fields."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from rewards.domain.perk import Perk, PerkKind
from rewards.rulelang.nodes import Comparison, FactTest, Give, Measure, MeasureTest, Op, Rule, Series
from rewards.rulelang.prose import Names, condition_text, outcome_text, sentence, sentence_parts
from rewards.rulelang.prose.markers import marker
from rewards.rulelang.prose.numbers import day, money, number, ordinal
from tests.rulelang.prose.generate import NAMES
from tests.rulelang.prose.stories import RULES


@pytest.mark.parametrize(
    ("minor", "currency", "english", "dutch"),
    [
        (125050, "EUR", "€1,250.50", "€ 1.250,50"),
        (200000, "EUR", "€2,000", "€ 2.000"),
        (900600, "EUR", "€9,006", "€ 9.006"),
        (5, "USD", "$0.05", "$ 0,05"),
        (1250, "JPY", "¥1,250", "¥ 1.250"),
        (1250505, "KWD", "KWD 1,250.505", "KWD 1.250,505"),
        (-1050, "GBP", "−£10.50", "−£ 10,50"),
        (Fraction(501, 2), "EUR", "€2.51", "€ 2,51"),
    ],
)
def test_money_is_written_as_people_write_it(minor, currency, english, dutch):
    assert (money(minor, currency, "en"), money(minor, currency, "nl")) == (english, dutch)


def test_numbers_dates_and_places_in_a_row():
    assert [number(1234567, each) for each in ("en", "nl")] == ["1,234,567", "1.234.567"]
    assert [number(Fraction(5, 2), each) for each in ("en", "nl")] == ["2.5", "2,5"]
    assert [day(date(2027, 3, 14), each) for each in ("en", "nl")] == ["14 March 2027", "14 maart 2027"]
    assert [ordinal(each, "en") for each in (1, 2, 3, 4, 11, 12, 21, 112)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "112th",
    ]  # fmt: skip
    assert ordinal(21, "nl") == "21e"


def test_markers_tell_their_whole_place():
    assert [marker(place) for place in ((0,), (1, 1), (1, 1, 0), (26,), (27,))] == [
        "(a)", "(b2)", "(b2a)", "(aa)", "(ab)",
    ]  # fmt: skip
    assert marker((1, 0), numbers_first=True) == "(2a)"


def test_two_hotels_of_one_name_are_told_apart():
    names = Names(properties={"harbour": "Harbour Hotel", "harbour-2": "Harbour Hotel", "inn": "Garden Inn"})
    at = FactTest("property.code", Comparison(Op.IN, ("harbour", "inn")))
    assert condition_text(at, "en", names) == "hotel Harbour Hotel (“harbour”) or Garden Inn"


def test_a_code_without_a_name_stands_in_quotes():
    assert condition_text(FactTest("property.code", Comparison(Op.IS, ("harbour",))), "en") == "hotel “harbour”"


def test_two_upgrades_are_told_apart_by_their_titles():
    give = Give("upgrade", (("levels", 1),))
    alone = Perk("upgrade", PerkKind.UPGRADE, {"en": "Room upgrade"})
    assert outcome_text(give, alone, "en") == "a room one class up"
    assert sentence(Rule("r", ("arrival",), RULES[0].when, (give,)), "en", NAMES).endswith(
        "give them a room one class up (“Room upgrade”)."
    )


@pytest.mark.parametrize(
    ("currency", "names", "said"),
    [
        ("EUR", Names(), "at least €500 spent at this hotel"),
        ("EUR", Names(currency="USD"), "at least €500 spent at this hotel"),
        (None, Names(currency="USD"), "at least $500 spent at this hotel"),
        (None, Names(), "at least 500 in the hotel's currency spent at this hotel"),
    ],
)
def test_an_amount_says_in_which_currency_it_is(currency, names, said):
    test = RULES[4].when
    assert isinstance(test, MeasureTest)
    spent = MeasureTest(
        Measure(Series.SPEND, test.measure.aggregate, currency=currency), Comparison(Op.AT_LEAST, (50000,))
    )
    assert condition_text(spent, "en", names) == said


def test_every_number_of_the_regular_knows_its_field():
    parts = {part.path: part.text for part in sentence_parts(RULES[0], "en", NAMES)}
    assert parts["when", 0, "at_least"] == "at least 6 times"
    assert parts["when", 0, "within"] == "in the last 180 days"
    assert parts["when", 0, "where"] == "at this hotel"
    assert parts["when", 1, "is"] == "directly with us"
    assert parts["give", 0, "levels"] == "one"
    assert parts["give", 0, "until"] == " until checkout"
    assert parts["limits", 1, "at_most"] == "5 times"
    assert parts["limits", 2, "budget"] == "€2,000"
    dutch = {part.path: part.text for part in sentence_parts(RULES[0], "nl", NAMES)}
    assert dutch["when", 0, "at_least"] == "minstens 6 keer"
    assert dutch["limits", 2, "budget"] == "€ 2.000"


def test_both_ends_of_a_range_know_their_fields():
    rule = Rule("r", ("arrival",), FactTest("stay.nights", Comparison(Op.BETWEEN, (2, 4))), (Give("drink"),))
    parts = {part.path: part.text for part in sentence_parts(rule, "en", NAMES)}
    assert (parts["when", "between", 0], parts["when", "between", 1]) == ("2", "4")
