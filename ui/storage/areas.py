"""The modules that hold models: importing them all makes the metadata whole."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy import MetaData

from ui.storage.base import Base

AREAS = ("ui.feedback.tables", "ui.mattermost.ledger.tables")


def whole_metadata() -> MetaData:
    """The metadata with the tables of every area."""
    for area in AREAS:
        import_module(area)
    return Base.metadata
