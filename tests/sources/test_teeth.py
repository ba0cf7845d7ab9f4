"""The contract suite bites: sources that break the contract in one way each fail the test that is about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from rewards.sdk import hmac_hex
from rewards.sdk.testing import Call, Case, Contract, Fact, House, Step

MANIFEST = """
name = "{name}"
api = 1
reads = "live"
gives = ["spend"]
"""
GOOD = (
    """
from itertools import count
from rewards.sdk import (
    Answer, Draft, Field, FieldKind, Identity, Kind, LiveSource, Normalised, Notice, Refused, Route, check_hmac,
    check_time, pick, read_json, settle, timestamp,
)

COUNT = count()


class Source(LiveSource):
    fields = (Field("secret", FieldKind.SECRET, {"en": "Secret", "nl": "Geheim"}),)
    routes = (Route("POST", "/two", "two"),)

    def verify(self, message, settings):
        stamp = message.header("x-time")
        check_time(timestamp(stamp), message)
        check_hmac(message.header("x-sign"), settings.secrets("secret"), stamp.encode() + message.body)

    def parse(self, message, settings):
        body = read_json(message.body)
        kept = {"id": pick(body, "id", str), "version": pick(body, "version", int), "cents": pick(body, "cents", int)}
        kept["card"] = pick(body, "card", str)
        return [Notice(f"{kept['id']}/{kept['version']}", "bill", kept["id"], kept)]

    def normalise(self, state, last, context):
        if last and state["version"] <= last["version"]:
            return Normalised(state=last)
        fact = Draft(
            Kind.SPEND, f"bill/{state['id']}", (Identity("card", state["card"]),), "harbour", context.now,
            amount_minor=state["cents"], currency="EUR",
        )
        drafts, standing = settle(last and last["facts"], [fact] if state["cents"] > 0 else [])
        return Normalised(drafts, {"version": state["version"], "facts": standing})

    def two(self, message, desk):
        body = read_json(message.body)
        card = pick(body, "card", str)
        both = [
            Draft(Kind.SPEND, f"{card}/{part}", (Identity("card", card),), "harbour", desk.link.now, amount_minor=cents,
                  currency="EUR")
            for part, cents in (("first", pick(body, "first", int)), ("second", pick(body, "second", int)))
        ]
        desk.record(both)
        return Answer.json({})


source = Source()
""".replace("context.now", "FIXED")
    .replace("desk.link.now", "FIXED")
    .replace(
        "COUNT = count()",
        "COUNT = count()\nfrom datetime import UTC, datetime\nFIXED = datetime(2026, 11, 20, tzinfo=UTC)",
    )
)


class Bills(Contract):
    """The contract of the source above; not collected by itself."""

    settings: ClassVar[Mapping[str, Any]] = {"secret": "harbour"}
    other_settings: ClassVar[Mapping[str, Any]] = {"secret": "seaside"}
    tolerance = timedelta(minutes=5)

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        stamp = str(int(at.timestamp()))
        signed = hmac_hex(settings["secret"], stamp.encode() + body)
        return Call(body, {"x-time": stamp, "x-sign": signed})

    def cases(self) -> Sequence[Case]:
        first = Step(b'{"id": "B1", "version": 1, "cents": 1000, "card": "00412"}')
        second = Step(b'{"id": "B1", "version": 2, "cents": 700, "card": "00412"}')
        two = Step(b'{"card": "00413", "first": 100, "second": 200}', path="/two")
        return [
            Case("a bill, lowered", [first, second], [Fact("spend", guest="card:00412", amount_minor=700)]),
            Case("two at once", [two], [Fact("spend", amount_minor=100), Fact("spend", amount_minor=200)]),
        ]

    def time_passes(self, house: House) -> None:
        """Not a test of the contract: a story whose second step comes ten minutes after its first."""
        begun, steps = house.clock.now(), self.cases()[0].steps
        self.tell(house, self.fresh(house), [steps[0], replace(steps[1], after=timedelta(minutes=10))])
        assert house.clock.now() == begun + timedelta(minutes=10)


def run_on(tmp_path: Path, name: str, code: str, test: str) -> None:
    """Run one test of the contract on a source of this code."""
    folder = tmp_path / "plugins" / name.replace("-", "_")
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(MANIFEST.format(name=name), encoding="utf-8")
    (folder / "__init__.py").write_text(code, encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    house = House(folder, home)
    contract = type("OfThis", (Bills,), {"folder": folder})()
    try:
        getattr(contract, test)(house)
    finally:
        house.close()


TESTS = sorted(name for name in dir(Contract) if name.startswith("test_"))

NOTICE = "f\"{kept['id']}/{kept['version']}\""
FACT = "f\"bill/{state['id']}\""
NEWER = 'if last and state["version"] <= last["version"]:'
NO_KEYS = [
    (NOTICE, "str(next(COUNT))"), (FACT, 'f"bill/{next(COUNT)}"'), (NEWER, "if False:"),
    ('last and last["facts"]', "None"),
]  # fmt: skip
SIGNED = ("check_hmac(message", "(message")
LOADED = "import json\n        body = json.loads(message.body)\n        kept"
HALF = "desk.record(both[:1])\n        pick(body, 'more', str, '')\n        desk.record(both[1:])"
FAILING = "def answer(self, message, settings, taken):\n        return Answer(500)\n\n    def two(self"

# What is broken, where, and the test that must notice.
BROKEN = {
    "forgets-the-key": (NO_KEYS, "test_each_message_twice_is_once"),
    "counts-each-time": (NO_KEYS, "test_fifty_at_once_are_once"),
    "trusts-the-body": ([SIGNED], "test_a_signature_off_by_a_byte_is_refused"),
    "knows-no-secret": ([SIGNED], "test_another_houses_secret_is_refused"),
    "signs-a-part": (
        [('message.header("x-sign")', 'message.header("x-sign")[:64]')],
        "test_a_signature_off_by_a_byte_is_refused",
    ),
    "ignores-the-time": (
        [("check_time(timestamp(stamp), message)", "timestamp(stamp)")],
        "test_timestamps_at_the_edges",
    ),
    "raises-in-verify": (
        [('stamp = message.header("x-time")', 'stamp = message.headers["x-time"]')],
        "test_another_houses_secret_is_refused",
    ),
    "raises-in-parse": ([('pick(body, "id", str)', 'body["id"]')], "test_a_field_that_is_missing_or_wrong"),
    "raises-on-garbage": (
        [("body = read_json(message.body)\n        kept", LOADED)],
        "test_garbage_is_refused_or_says_nothing",
    ),
    "raises-in-normalise": (
        [('pick(body, "cents", int)', 'body.get("cents")')],
        "test_a_field_that_is_missing_or_wrong",
    ),
    "takes-the-last-that-comes": ([(NEWER, "if False:")], "test_every_order_ends_the_same"),
    "half-an-effect": (
        [("desk.record(both)", HALF), ('("second", pick(body, "second", int))', '("second", body.get("second"))')],
        "test_a_field_that_is_missing_or_wrong",
    ),
    "answers-with-a-failure": ([("def two(self", FAILING)], "test_stories_end_as_they_should"),
    "records-elsewhere": (
        [('"harbour", FIXED,\n            amount', '"nowhere", FIXED,\n            amount')],
        "test_stories_end_as_they_should",
    ),
    "never-ends-a-notice": (
        [("return Normalised(drafts,", "return None and (drafts,")],
        "test_stories_end_as_they_should",
    ),
}


@pytest.mark.parametrize("test", TESTS)
def test_the_sound_source_passes(tmp_path: Path, test: str) -> None:
    run_on(tmp_path, f"sound-{TESTS.index(test)}", GOOD, test)


def test_time_passes_where_a_story_says_so(tmp_path: Path) -> None:
    run_on(tmp_path, "waits", GOOD, "time_passes")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_source_is_caught(tmp_path: Path, name: str) -> None:
    changes, test = BROKEN[name]
    code = GOOD
    for old, new in changes:
        assert old in code
        code = code.replace(old, new)
    with pytest.raises(AssertionError):
        run_on(tmp_path, name, code, test)
