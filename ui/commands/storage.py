"""`cct storage`: the version of the database, and how to bring it to this program's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ui.startup import open_corpus, say

if TYPE_CHECKING:
    from ui.storage.database import Database

app = typer.Typer(help="La base des avis et des commentaires.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Met les tables à la version de ce programme ; sans effet si elles y sont."""
    from ui.storage.migration import upgrade as bring

    database = _database()
    version = bring(database)
    if version.current:
        say(f"{database.name} : déjà à la version {version.wanted}.")
    else:
        say(f"{database.name} : {_told(version.found)} → version {version.wanted}.")


@app.command()
def status() -> None:
    """Dit où est la base et à quelle version ; code 1 si elle est en retard sur ce programme."""
    from ui.storage.migration import version_of

    database = _database()
    version = version_of(database)
    print(f"Base : {database.name}")
    print(
        f"Version : {_told(version.found)}" + (" (à jour)" if version.current else f", attendue : {version.wanted}")
    )
    if not version.current:
        say("« cct storage upgrade » la met à jour ; « cct serve » le fait aussi en démarrant.")
        raise typer.Exit(1)


def _database() -> Database:
    from ui.storage.opening import connect
    from ui.storage.settings import database_address, load_storage_settings

    return connect(database_address(load_storage_settings(), open_corpus().settings.home))


def _told(version: str) -> str:
    return f"version {version}" if version else "vide"
