"""A new source: a folder that works, with tests that pass, to be changed line by line into the real one."""

from __future__ import annotations

import re
from pathlib import Path

from rewards.errors import ALREADY_EXISTS, FIELD_INVALID, RewardsError

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_MANIFEST = """\
name = "NAME"
summary = "What it tells of, in a line"
version = "1"
api = 1
reads = "live"
gives = ["spend"]
evidence = ["recorded"]
"""

_CODE = '''\
"""Bills of CLASS, each told again whenever it changes."""

from __future__ import annotations

from decimal import Decimal

from rewards.sdk import (
    Context,
    Draft,
    Field,
    FieldKind,
    Identity,
    Json,
    Kind,
    LiveSource,
    Normalised,
    Notice,
    RawMessage,
    Values,
    check_hmac,
    instant,
    minor_units,
    pick,
    read_json,
    settle,
)


class CLASS(LiveSource):
    """A signed message for each bill that was closed, refunded or voided."""

    fields = (
        Field("signing_secret", FieldKind.SECRET, {"en": "Signing secret", "nl": "Ondertekeningsgeheim"}),
        Field("outlets", FieldKind.MAPPING, {"en": "Outlet to property", "nl": "Verkooppunt naar hotel"}),
    )

    def verify(self, message: RawMessage, settings: Values) -> None:
        """The HMAC of the body in a header, in hex."""
        check_hmac(message.header("X-Signature"), settings.secrets("signing_secret"), message.body)

    def parse(self, message: RawMessage, settings: Values) -> list[Notice]:
        """One bill; what is not read here is never stored."""
        bill = pick(read_json(message.body), "bill", dict)
        currency = pick(bill, "currency", str)
        kept = {
            "id": pick(bill, "id", str),
            "version": pick(bill, "version", int),
            "closed_at": pick(bill, "closed_at", str),
            "outlet": pick(bill, "outlet", str),
            "card": pick(bill, "card", str, None),
            "cents": minor_units(pick(bill, "total", Decimal), currency),
            "refunded": minor_units(pick(bill, "refunded", Decimal, Decimal(0)), currency),
            "currency": currency,
        }
        return [Notice(f"{kept['id']}/{kept['version']}", "bill", kept["id"], kept)]

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """What the bill comes to now, against what was recorded of it."""
        if last and state["version"] <= last["version"]:
            return Normalised(state=last, note="an older version")
        drafts, standing = settle(last and last["facts"], _facts(state, context))
        return Normalised(drafts, {"version": state["version"], "facts": standing})


def _facts(bill: Json, context: Context) -> list[Draft]:
    code = context.settings.mapping("outlets").get(bill["outlet"])
    left = bill["cents"] - bill["refunded"]
    if code is None or not bill["card"] or left <= 0:
        return []
    return [
        Draft(
            Kind.SPEND,
            f"bill/{bill['id']}",
            (Identity("card", bill["card"]),),
            code,
            instant(bill["closed_at"]),
            amount_minor=left,
            currency=bill["currency"],
        )
    ]


source = CLASS()
'''

_README = """\
# NAME

What it is for, in a sentence.

    rewards sources add NAME --property harbour --set signing_secret=env:SECRET --set outlets=bar:harbour

## In the other system

1. Where to click, and what to paste: the address that the command above prints.

| setting | where it comes from |
|---|---|
| `signing_secret` | shown once when the webhook is made |
| `outlets` | their outlets to your hotels |

## What is recorded

A bill of a member is a spend; a refund takes back a part of it, a void all of it.

## What is not

Bills without a card, and outlets that are not mapped.
"""

_TEST = '''\
"""The contract of sources, on NAME."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from rewards.sdk import hmac_hex
from rewards.sdk.testing import Call, Case, Contract, Fact, Step

HERE = Path(__file__).parent


def payload(name: str) -> bytes:
    return (HERE / "payloads" / name).read_bytes()


class TestContract(Contract):
    folder = HERE.parent
    settings: ClassVar[Mapping[str, Any]] = {"signing_secret": "harbour", "outlets": {"bar": "harbour"}}
    other_settings: ClassVar[Mapping[str, Any]] = {"signing_secret": "seaside", "outlets": {"bar": "harbour"}}

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        return Call(body, {"X-Signature": hmac_hex(settings["signing_secret"], body)})

    def cases(self) -> Sequence[Case]:
        closed = Step(payload("closed.json"))
        return [
            Case("a bill", [closed], [Fact("spend", guest="card:00412", property="harbour", amount_minor=4_250)]),
            Case("a refund", [closed, Step(payload("refunded.json"))], [Fact("spend", amount_minor=2_550)]),
            Case("a void", [closed, Step(payload("voided.json"))], []),
        ]
'''

_BILL = """\
{"bill": {"id": "B-1", "version": VERSION, "closed_at": "2026-11-23T20:10:00+01:00", "outlet": "bar", "card": "00412",
          "total": 42.50, "refunded": REFUNDED, "currency": "EUR"}}
"""


def new_plugin(name: str, parent: Path) -> Path:
    """Write a new source's folder into `parent`; which it is.

    Errors: `field_invalid` for a name that is none, `already_exists` where the folder is there.
    """
    if not _NAME.fullmatch(name) or len(name) > 40:
        raise RewardsError(FIELD_INVALID, f"“{name[:60]}” is not a name.", hint="Write acme-till.", field="name")
    folder = parent / name.replace("-", "_")
    if folder.exists():
        raise RewardsError(ALREADY_EXISTS, f"{folder} is there already.", hint="Choose another name.", field="name")
    for path, text in _files(name).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def _files(name: str) -> dict[str, str]:
    title = "".join(part.capitalize() for part in name.split("-"))
    bills = {"closed": (1, "0"), "refunded": (2, "17.00"), "voided": (2, "42.50")}
    texts = {
        "plugin.toml": _MANIFEST, "__init__.py": _CODE, "README.md": _README, "tests/__init__.py": "",
        "tests/test_contract.py": _TEST,
    }  # fmt: skip
    written = {path: text.replace("NAME", name).replace("CLASS", title) for path, text in texts.items()}
    for bill, (version, refunded) in bills.items():
        said = _BILL.replace("VERSION", str(version)).replace("REFUNDED", refunded)
        written[f"tests/payloads/{bill}.json"] = said
    return written
