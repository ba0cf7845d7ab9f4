"""Finds what a child process is made of by name, since only the application, above us, constructs.

A name is `package.module:callable`; it comes from the supervisor's own command line, never from a queue or a request.
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Callable
from typing import Any

from rewards.errors import SETTING_INVALID, RewardsError


def find_factory(name: str) -> Callable[[], Any]:
    """The callable `module:attribute`; `setting_invalid` names what cannot be found."""
    module, _, attribute = name.partition(":")
    try:
        factory = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise RewardsError(
            SETTING_INVALID,
            f"The factory “{name}” cannot be found: {error}.",
            hint="Name it like rewards.app:create_app.",
            field="factory",
        ) from error
    if not callable(factory):
        raise RewardsError(SETTING_INVALID, f"“{name}” is not callable.", field="factory")
    return factory  # type: ignore[no-any-return]


def log_to_stderr(name: str, level: str = "INFO") -> None:
    """One readable line per event on stderr, with the process's name; no effect where logging is set up already."""
    logging.basicConfig(stream=sys.stderr, level=level, format=f"%(asctime)s %(levelname)-7s {name}: %(message)s")
    # The migration tool announces each of its own parts at every start.
    logging.getLogger("alembic").setLevel(logging.WARNING)
