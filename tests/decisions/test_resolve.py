"""Who gives and who gives way: priority, groups, rules that stay alone, the higher of two upgrades, and what is gone.

Nothing is stored here: a house that can be out of things says what can be had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rewards.decisions.options import Option, Unavailable
from rewards.decisions.propose import Candidate, Proposal
from rewards.decisions.resolve import Claims, Refusal, Resolution, Settled, resolve
from rewards.domain.perk import Perk, PerkKind
from rewards.rulelang.nodes import All, Rule

UPGRADE = Perk("upgrade", PerkKind.UPGRADE, {})
LATE = Perk("late", PerkKind.LATE_CHECKOUT, {})
CAKE = Perk("cake", PerkKind.ITEM, {})
TEA = Perk("tea", PerkKind.ITEM, {})
EVERYWHERE = All(())


@dataclass
class House:
    """A taker with so many of each perk, and rules that have been given as often as they may."""

    left: dict[str, int] = field(default_factory=dict)
    full: tuple[str, ...] = ()

    def begin(self, rule: Rule) -> Claims | Refusal:
        return Refusal("limit_reached") if rule.id in self.full else ((f"limit:{rule.id}", 1, "grants"),)

    def take(self, rule: Rule, option: Option) -> Claims | Refusal:
        left = self.left.setdefault(option.perk.code, 9)
        if left < 1:
            return Refusal("stock_gone")
        self.left[option.perk.code] = left - 1
        return ((f"stock:{option.perk.code}", 1, "perk"),)

    def give_back(self, claims: Claims) -> None:
        for account, amount, _ in claims:
            kind, _, name = account.partition(":")
            if kind == "stock":
                self.left[name] += amount


def up(levels: int) -> Option:
    return Option(UPGRADE, (("levels", levels),), 1, 0, "EUR", 0, rank=levels)


def one(perk: Perk) -> Option:
    return Option(perk, (), 1, 0, "EUR", 0)


def rule(
    name: str, *chains: Sequence[Option | Unavailable], group: str | None = None, alone: bool = False
) -> Candidate:
    asked = Rule(name, ("arrival",), EVERYWHERE, (), group=group, combines=not alone)
    return Candidate(asked, tuple(tuple(chain) for chain in chains), ())


def given(resolution: Resolution) -> list[tuple[str, str, int]]:
    return [(one.candidate.rule.id, one.option.perk.code, one.option.rank) for one in resolution.awards]


def reasons(resolution: Resolution) -> list[tuple[str, str]]:
    return [(one.rule, one.reason) for one in resolution.withheld]


def decide(*candidates: Candidate, house: House | None = None, settled: Settled | None = None) -> Resolution:
    return resolve(Proposal(candidates), house or House(), settled or Settled())


# --- the higher of two upgrades ---


def test_of_two_upgrades_only_the_higher_counts_whatever_their_priority() -> None:
    for order in ((1, 2), (2, 1)):
        answer = decide(*(rule(f"by-{levels}", [up(levels)]) for levels in order))
        assert given(answer) == [("by-2", "upgrade", 2)]
        assert reasons(answer) == [("by-1", "better_given")]


def test_of_two_equal_upgrades_the_first_by_priority_counts() -> None:
    answer = decide(rule("first", [up(1)]), rule("second", [up(1)]))
    assert given(answer) == [("first", "upgrade", 1)]
    assert reasons(answer) == [("second", "better_given")]


def test_the_lower_upgrade_stands_where_the_higher_cannot_be_had() -> None:
    answer = decide(rule("small", [up(1)]), rule("great", [up(2)]), house=House(full=("great",)))
    assert given(answer) == [("small", "upgrade", 1)]
    assert reasons(answer) == [("great", "limit_reached")]


def test_the_last_upgrade_goes_to_the_higher_and_is_not_taken_twice() -> None:
    house = House({"upgrade": 1})
    assert given(decide(rule("small", [up(1)]), rule("great", [up(2)]), house=house)) == [("great", "upgrade", 2)]
    assert house.left["upgrade"] == 0


def test_what_is_given_is_told_by_priority_though_the_higher_upgrade_was_asked_first() -> None:
    answer = decide(rule("small", [up(1), one(LATE)], [one(CAKE)]), rule("great", [up(2)]))
    assert given(answer) == [("small", "late", 0), ("small", "cake", 0), ("great", "upgrade", 2)]


def test_within_a_group_the_first_gives_though_another_upgrade_is_higher() -> None:
    answer = decide(rule("small", [up(1)], group="room"), rule("great", [up(2)], group="room"))
    assert given(answer) == [("small", "upgrade", 1)]
    assert reasons(answer) == [("great", "group_taken")]


def test_a_higher_upgrade_does_not_pass_the_first_of_its_own_group() -> None:
    answer = decide(
        rule("small", [up(1)]), rule("treat", [one(CAKE)], group="sweet"), rule("great", [up(2)], group="sweet")
    )
    assert given(answer) == [("small", "upgrade", 1), ("treat", "cake", 0)]
    assert reasons(answer) == [("great", "group_taken")]


def test_a_higher_upgrade_does_not_pass_a_rule_that_gives_alone() -> None:
    answer = decide(rule("small", [up(1)], alone=True), rule("great", [up(2)]))
    assert given(answer) == [("small", "upgrade", 1)]
    assert reasons(answer) == [("great", "not_combinable")]
    answer = decide(rule("small", [up(1)]), rule("great", [up(2)], alone=True))
    assert given(answer) == [("small", "upgrade", 1)]
    assert reasons(answer) == [("great", "not_combinable")]


def test_the_highest_of_three_is_found() -> None:
    answer = decide(rule("by-1", [up(1)]), rule("by-3", [up(3)]), rule("by-2", [up(2)]))
    assert given(answer) == [("by-3", "upgrade", 3)]
    assert sorted(reasons(answer)) == [("by-1", "better_given"), ("by-2", "better_given")]


# --- groups, rules that stay alone, what is gone ---


def test_a_group_falls_to_its_next_rule_when_the_first_can_give_nothing() -> None:
    first, second = rule("first", [one(CAKE)], group="sweet"), rule("second", [one(TEA)], group="sweet")
    answer = decide(first, second, house=House({"cake": 0}))
    assert given(answer) == [("second", "tea", 0)]
    assert reasons(answer) == [("first", "stock_gone")]


def test_a_rule_that_gives_in_part_keeps_its_group() -> None:
    first, second = rule("first", [one(CAKE)], [one(TEA)], group="sweet"), rule("second", [one(TEA)], group="sweet")
    answer = decide(first, second, house=House({"cake": 0}))
    assert given(answer) == [("first", "tea", 0)]
    assert reasons(answer) == [("first", "stock_gone"), ("second", "group_taken")]


def test_what_cannot_be_had_falls_along_its_chain_with_every_reason() -> None:
    no_room = Unavailable("upgrade", "no_higher_class_free")
    answer = decide(rule("regular", [no_room, one(LATE), one(CAKE)]), house=House({"late": 0}))
    assert given(answer) == [("regular", "cake", 0)]
    assert reasons(answer) == [("regular", "no_higher_class_free"), ("regular", "stock_gone")]


def test_the_perks_of_one_choice_share_what_may_stand_for_them_and_none_stands_twice() -> None:
    spare = one(LATE)
    choice = rule("choice", [one(CAKE), spare], [one(TEA), spare])
    answer = decide(choice, house=House({"cake": 0, "tea": 0}))
    assert given(answer) == [("choice", "late", 0)]
    assert reasons(answer) == [("choice", "stock_gone"), ("choice", "stock_gone")]
    assert given(decide(choice)) == [("choice", "cake", 0), ("choice", "tea", 0)]


def test_a_rule_that_gives_nothing_gives_its_limits_back() -> None:
    returned: list[Claims] = []

    class Counting(House):
        def give_back(self, claims: Claims) -> None:
            returned.append(claims)
            super().give_back(claims)

    decide(rule("sweet", [one(CAKE)]), house=Counting({"cake": 0}))
    assert returned == [(("limit:sweet", 1, "grants"),)]


def test_the_limits_are_claimed_once_for_all_perks_of_a_rule() -> None:
    answer = decide(rule("both", [one(CAKE)], [one(TEA)]))
    assert [award.claims for award in answer.awards] == [
        (("limit:both", 1, "grants"), ("stock:cake", 1, "perk")),
        (("stock:tea", 1, "perk"),),
    ]


def test_a_rule_that_gives_alone_gives_nothing_beside_others() -> None:
    answer = decide(rule("first", [one(CAKE)]), rule("alone", [one(TEA)], alone=True), rule("last", [one(LATE)]))
    assert given(answer) == [("first", "cake", 0), ("last", "late", 0)]
    assert reasons(answer) == [("alone", "not_combinable")]


def test_a_rule_that_wanted_to_be_alone_and_gave_nothing_leaves_room() -> None:
    answer = decide(rule("alone", [one(CAKE)], alone=True), rule("other", [one(TEA)]), house=House({"cake": 0}))
    assert given(answer) == [("other", "tea", 0)]


def test_what_stands_already_shuts_out_what_it_would_have_shut_out() -> None:
    candidates = (rule("again", [one(CAKE)]), rule("grouped", [one(TEA)], group="sweet"), rule("higher", [up(2)]))
    settled = Settled(fired=("again",), groups=(("sweet", "earlier"),), upgraded_by="earlier")
    answer = decide(*candidates, settled=settled)
    assert given(answer) == []
    assert reasons(answer) == [("grouped", "group_taken"), ("higher", "better_given")]
    answer = decide(*candidates, settled=replace(Settled(), alone="earlier"))
    assert {reason for _, reason in reasons(answer)} == {"not_combinable"}
