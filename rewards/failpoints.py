"""Places where a test may kill the process, so that what a crash leaves behind can be looked at.

A failpoint is named in the code and does nothing until it is armed; only a process in test mode can arm one.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

from rewards.errors import SETTING_INVALID, RewardsError

NAMES = ("after_begin", "after_idempotency", "before_commit", "after_commit")
EXIT_STATUS = 70


class FailpointHit(RuntimeError):
    """Raised by a failpoint with the action `raise`."""


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _exit() -> None:
    os._exit(EXIT_STATUS)


def _raise() -> None:
    raise FailpointHit("the armed failpoint was reached")


_ACTIONS: dict[str, Callable[[], None]] = {"kill": _kill, "exit": _exit, "raise": _raise}


@dataclass(slots=True)
class _Armed:
    name: str
    act: Callable[[], None]
    hits_left: int


_armed: list[_Armed] = []


def arm(text: str, *, test_mode: bool) -> None:
    """Arm the failpoint that `text` describes, `name:kill|exit|raise[@n]` (`@n`: at its n-th hit, from 1).

    An empty text disarms. `setting_invalid` where the text cannot be read or `test_mode` is off.
    """
    _armed.clear()
    if not text:
        return
    if not test_mode:
        raise _invalid(text, "Failpoints work only with REWARDS_TEST=1, never in production.")
    name, _, rest = text.partition(":")
    action, _, number = rest.partition("@")
    if name not in NAMES or action not in _ACTIONS or not (number or "1").isdecimal() or number == "0":
        raise _invalid(text, f"Write name:kill|exit|raise[@n]; names: {', '.join(NAMES)}.")
    _armed.append(_Armed(name, _ACTIONS[action], int(number or "1")))


def _invalid(text: str, hint: str) -> RewardsError:
    return RewardsError(SETTING_INVALID, f"REWARDS_FAILPOINT is “{text[:80]}”.", hint=hint, field="test_failpoint")


def hit(name: str) -> None:
    """Say that the failpoint `name` was reached; acts where it is armed and its turn has come."""
    for armed in _armed:
        if armed.name == name:
            armed.hits_left -= 1
            if armed.hits_left == 0:
                armed.act()
