"""What alembic runs: the migrations, on the connection that ui.storage.migration gives."""

from __future__ import annotations

from alembic import context

from ui.storage.areas import whole_metadata


def run() -> None:
    """Runs them in the transaction that the connection is in."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=whole_metadata())
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name alembic loads this file under: importing it does nothing
    run()
