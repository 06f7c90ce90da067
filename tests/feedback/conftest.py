"""The databases of these tests."""

from __future__ import annotations

from tests.databases import database, empty_settings, open_again, postgresql_server

__all__ = ["database", "empty_settings", "open_again", "postgresql_server"]
