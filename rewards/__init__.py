"""Rewards: a loyalty rewards engine for hotels.

`create_app()` makes the whole application, `Rewards` mounts it in a Flask application of one's own. Both are found only
when they are asked for, so that the rule language, the ledger and the command line can be used without importing Flask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rewards.app import create_app
    from rewards.extension import Rewards

__version__ = "0.1.0"
__all__ = ["Rewards", "__version__", "create_app"]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        from rewards.app import create_app

        return create_app
    if name == "Rewards":
        from rewards.extension import Rewards

        return Rewards
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
