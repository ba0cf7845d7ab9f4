"""`rewards …`: the commands, and how a refusal ends one.

Exit status: 0 good, 1 a "no" (a difference, a refusal of what was asked), 2 wrong use, 3 a failure.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from rewards import __version__
from rewards.cli.admin import commands as admin_commands
from rewards.cli.data import commands as data_commands
from rewards.cli.decisions import commands as decision_commands
from rewards.cli.rules import rules
from rewards.cli.running import commands as running_commands
from rewards.cli.tools import FAILURE, NO, USAGE, Tools, refuse
from rewards.errors import Category, RewardsError

_NO = (Category.CONFLICT, Category.INVALID, Category.MISSING, Category.FORBIDDEN)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rewards")
def cli() -> None:
    """A loyalty rewards engine for hotels."""


for _command in (*running_commands, *data_commands, *decision_commands, *admin_commands, rules):
    cli.add_command(_command)


def run(tools: Tools, arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = cli.main(given, prog_name="rewards", standalone_mode=False, obj=tools)
    except click.exceptions.Abort:
        return FAILURE
    except click.exceptions.NoArgsIsHelpError as help_wanted:
        click.echo(help_wanted.format_message(), err=True)
        return USAGE
    except click.ClickException as wrong_use:
        wrong_use.show()
        return USAGE
    except RewardsError as error:
        refuse(error, as_json="--json" in given)
        return NO if error.code.category in _NO else FAILURE
    return status if isinstance(status, int) else 0
