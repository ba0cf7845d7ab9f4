"""`rewards …`: the commands, and how a refusal or a failure ends one.

Exit status: 0 good, 1 a "no" (a difference, a refusal of what was asked), 2 wrong use, 3 a failure.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

import click

from rewards import __version__
from rewards.cli import (
    admin,
    connections,
    decisions,
    doctor,
    hotels,
    importing,
    ledger,
    mappings,
    people,
    rules,
    running,
    sources,
)
from rewards.cli.session import FAILURE, GOOD, NO, USAGE, refuse
from rewards.cli.tools import Tools
from rewards.errors import SETTING_INVALID, Category, RewardsError

_NO = frozenset({Category.CONFLICT, Category.INVALID, Category.MISSING, Category.FORBIDDEN, Category.MALFORMED})
ROOMS = (running, doctor, importing, hotels, people, sources, connections, mappings, rules, decisions, ledger, admin)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rewards")
def cli() -> None:
    """A loyalty rewards engine for hotels.

    Every command takes --json and --lang. Exit status: 0 good, 1 a "no", 2 wrong use, 3 a failure.
    """


for _room in ROOMS:
    for _command in _room.commands:
        cli.add_command(_command)


def run(tools: Tools, arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status. A failure of ours is told with its trace, for whoever mends it."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = cli.main(given, prog_name="rewards", standalone_mode=False, obj=tools)
    except click.exceptions.Abort:
        return FAILURE
    except click.ClickException as wrong_use:
        wrong_use.show()
        return USAGE
    except RewardsError as error:
        refuse(error, as_json="--json" in given)
        return status_of(error)
    except Exception:  # noqa: BLE001 - whatever went wrong, the caller's script must see a failure and not a "no"
        traceback.print_exc()
        return FAILURE
    return status if isinstance(status, int) else GOOD


def status_of(error: RewardsError) -> int:
    """How a refusal ends a command: a wrong setting is wrong use, what is our side's is a failure, the rest a "no"."""
    if error.code is SETTING_INVALID:
        return USAGE
    return NO if error.code.category in _NO else FAILURE
