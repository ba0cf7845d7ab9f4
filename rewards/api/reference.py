"""The tables of the API's reference page, made from the declarations that serve and refuse."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rewards.api.blueprint import ENDPOINTS
from rewards.api.keys import SCOPES
from rewards.api.once import is_kept
from rewards.api.problems import status_of
from rewards.errors import Code, RewardsError, all_codes

_MARK = re.compile(r"<!-- table: ([a-z]+) -->\n.*?<!-- end -->", re.DOTALL)

# Codes that other faces use: the command line, plugins, the process that serves.
ELSEWHERE = ("setting_invalid", "plugin_invalid", "file_invalid", "valkey_locked")

SCOPE_ABOUT = {
    "decisions:write": "ask, hold, confirm, cancel",
    "decisions:read": "what was decided",
    "activities:write": "report what guests do, and take it back",
    "activities:read": "what guests did",
    "guests:write": "add guests and identities, unite, part and link them, enrol",
    "guests:read": "who guests are, and how near they are to the next reward",
    "spend:read": "amounts of money in any answer; without it they are left out",
    "grants:write": "redeem, deliver, replace, take back; choose; spend points",
    "grants:approve": "say yes or no to what waits for an approval of the key's role",
    "grants:read": "grants, points and stock",
    "rules:read": "live rules, perks and properties; check and read drafts aloud",
    "rules:write": "kept for drafts that are stored",
    "rules:publish": "make rules live",
    "stock:write": "set the stock of a day",
    "admin": "all of these, properties, rates, sources, keys, jobs and the trail of changes",
}


def _rows(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def routes() -> str:
    """Every route: what it does, its scope, whether it asks for an idempotency key."""
    return _rows(
        ("Route", "What it does", "Scope", "Idempotency-Key"),
        (
            (
                f"`{one.method} {one.path}`",
                one.summary,
                f"`{one.scope}`",
                "needed" if one.writes else "in the body" if one.rule == "/decisions/batch" else "",
            )
            for one in ENDPOINTS
        ),
    )


def problems() -> str:
    """Every code that the API answers with: its status, its title, whether the refusal is kept under the key."""
    return _rows(
        ("Code", "Status", "Title", "Kept under the key"), (_problem(code) for code in all_codes() if _told(code))
    )


def _told(code: Code) -> bool:
    return code.name not in ELSEWHERE


def _problem(code: Code) -> tuple[str, ...]:
    error = RewardsError(code, "")
    return f"`{code.name}`", str(status_of(error)), code.title, "yes" if is_kept(error) else ""


def scopes() -> str:
    """Every scope and what it opens."""
    return _rows(("Scope", "What it opens"), ((f"`{scope}`", SCOPE_ABOUT[scope]) for scope in SCOPES))


TABLES: dict[str, Callable[[], str]] = {"routes": routes, "problems": problems, "scopes": scopes}


def named_in(text: str) -> list[str]:
    """The tables that a page names."""
    return _MARK.findall(text)


def filled(text: str) -> str:
    """A page with its tables made anew; KeyError for a table that does not exist."""

    def table(found: re.Match[str]) -> str:
        name = found.group(1)
        return f"<!-- table: {name} -->\n{TABLES[name]()}\n<!-- end -->"

    return _MARK.sub(table, text)
