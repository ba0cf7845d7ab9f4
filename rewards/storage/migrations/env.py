"""How Alembic runs our revisions: on the connection it is handed, inside the transaction that is open on it."""

from __future__ import annotations

from alembic import context

from rewards.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
context.run_migrations()
