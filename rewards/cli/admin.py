"""`rewards keys` and `rewards backup`: what an operator keeps in hand."""

from __future__ import annotations

from pathlib import Path

import click

from rewards.cli.session import GOOD, NO, USAGE, Session, answering
from rewards.errors import ALREADY_EXISTS, PROPERTY_UNKNOWN, RewardsError
from rewards.ids import new_id
from rewards.storage.store import SqlStore

BY = "command line"


@click.group()
def keys() -> None:
    """API keys."""


@keys.command("new")
@click.option("--name", required=True, help="What the key is for.")
@click.option("--scope", "scopes", multiple=True, required=True, help="Such as decisions:write; repeat. admin: all.")
@click.option("--property", "properties", multiple=True, help="Bind it to a hotel; repeat.  [default: all hotels]")
@click.option("--role", help="What who has it is in the house, such as supervisor; some rules ask for an approval.")
@answering
def keys_new(
    session: Session, name: str, scopes: tuple[str, ...], properties: tuple[str, ...], role: str | None
) -> int:
    """Make a key; it is shown this once and stored as a hash."""
    tools = session.tools
    tools.check_scopes(list(scopes))
    tools.check_role(role)
    engine = session.engine()
    secret, key_id, now = tools.new_secret(), new_id("key"), engine.clock.now()

    def work(store: SqlStore) -> None:
        _check_properties(store, properties)
        store.keys.add(key_id, tools.hash_secret(secret), name, list(scopes), list(properties), now, role)
        store.audit.add(BY, "key.add", key_id, None, None, now)

    engine.database.run_writing(work)
    made = {"id": key_id, "name": name, "scopes": scopes, "properties": properties, "role": role}
    session.show(made | {"secret": secret}, secret)
    return GOOD


def _check_properties(store: SqlStore, properties: tuple[str, ...]) -> None:
    present = {prop.code for prop in store.properties.all()}
    for code in properties:
        if code not in present:
            hint = f"There are {', '.join(sorted(present)) or 'none yet'}."
            raise RewardsError(PROPERTY_UNKNOWN, f"“{code}” is not a property.", hint=hint, field="property")


@keys.command("list")
@answering
def keys_list(session: Session) -> int:
    """Every key, without its secret."""
    with session.engine().database.reading() as store:
        found = store.keys.all()
    lines = [
        f"{one.id}  {one.name}  {', '.join(one.scopes)}  {', '.join(one.properties) or session.say('all_properties')}"
        + (f"  {one.role}" if one.role else "")
        + (f"  {session.say('revoked')}" if one.revoked_at else "")
        for one in found
    ]
    session.show(found, "\n".join(lines) or session.say("no_keys"))
    return GOOD


@keys.command("revoke")
@click.argument("key_id", metavar="KEY")
@answering
def keys_revoke(session: Session, key_id: str) -> int:
    """Revoke a key, named by its id (key_…); calls with it are refused from now on."""
    engine = session.engine()
    now = engine.clock.now()

    def work(store: SqlStore) -> bool:
        done = store.keys.revoke(key_id, now)
        if done:
            store.audit.add(BY, "key.revoke", key_id, None, None, now)
        return done

    done = engine.database.run_writing(work)
    session.show({"key": key_id, "revoked": done}, session.say("key_revoked" if done else "no_such_key", key=key_id))
    return GOOD if done else NO


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@answering
def backup(session: Session, file: Path) -> int:
    """Copy the SQLite database into a new FILE while it is in use."""
    engine = session.engine()
    if engine.database.dialect != "sqlite":
        click.echo(session.say("pg_dump"), err=True)
        return USAGE
    if file.exists():
        raise RewardsError(ALREADY_EXISTS, f"{file} is there already.", hint="Name a new file.", field="file")
    engine.database.backup(file)
    session.show({"file": file, "bytes": file.stat().st_size}, session.say("backed_up", file=file))
    return GOOD


commands = (keys, backup)
