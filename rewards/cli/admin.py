"""Commands of the operator: keys, backup."""

from __future__ import annotations

from pathlib import Path

import click

from rewards.cli.tools import GOOD, USAGE, json_option, show, tools_of
from rewards.errors import ALREADY_EXISTS, RewardsError
from rewards.ids import new_id


@click.group()
def keys() -> None:
    """API keys."""


@keys.command("new")
@click.option("--name", required=True)
@click.option("--scope", "scopes", multiple=True, required=True, help="Repeat; `admin` includes all.")
@click.option("--property", "properties", multiple=True, help="Bind the key to a hotel; repeat. None: all hotels.")
@json_option
@click.pass_context
def keys_new(
    context: click.Context, name: str, scopes: tuple[str, ...], properties: tuple[str, ...], *, as_json: bool
) -> int:
    """Make a key; it is shown this once."""
    tools = tools_of(context)
    engine = tools.make_engine()
    tools.check_scopes(list(scopes))
    secret, key_id = tools.new_secret(), new_id("key")
    with engine.database.writing() as store:
        store.keys.add(key_id, tools.hash_secret(secret), name, list(scopes), list(properties), engine.clock.now())
        store.audit.add("command line", "key.add", key_id, None, None, engine.clock.now())
    show({"id": key_id, "secret": secret}, secret, as_json=as_json)
    return GOOD


@keys.command("revoke")
@click.argument("key_id")
@json_option
@click.pass_context
def keys_revoke(context: click.Context, key_id: str, *, as_json: bool) -> int:
    """Revoke a key; calls with it are refused from now on."""
    engine = tools_of(context).make_engine()
    with engine.database.writing() as store:
        done = store.keys.revoke(key_id, engine.clock.now())
    show({"revoked": done}, f"{key_id} is revoked." if done else f"No valid key {key_id}.", as_json=as_json)
    return GOOD if done else 1


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def backup(context: click.Context, file: Path, *, as_json: bool) -> int:
    """Copy the SQLite database while it is in use. PostgreSQL is backed up by pg_dump."""
    engine = tools_of(context).make_engine()
    if engine.database.dialect != "sqlite":
        click.echo("This installation is on PostgreSQL: use pg_dump.", err=True)
        return USAGE
    if file.exists():
        raise RewardsError(ALREADY_EXISTS, f"{file} is there already.", hint="Name a new file.")
    engine.database.backup(file)
    show({"file": str(file)}, f"The database is copied to {file}.", as_json=as_json)
    return GOOD


commands = (keys, backup)
