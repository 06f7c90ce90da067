"""Which revision was told to which channel. Every method raises StorageError alone."""

from __future__ import annotations

from sqlalchemy import select

from ui.mattermost.ledger.tables import AnnouncementRow
from ui.storage.database import Database

_BEGINNING = ""
"""Stands for the channel of the revision that served when the bot first looked."""
_REFUSED = ":refused"


class Announced:
    """What was told, in one database. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def told(self, name: str, channel_id: str) -> bool:
        """True when that channel knows."""
        with self._database.reading() as session:
            return session.get(AnnouncementRow, (name, channel_id)) is not None

    def tell(self, name: str, channel_id: str, post_id: str, now: int) -> None:
        """Notes that the channel knows."""
        with self._database.writing() as session:
            if session.get(AnnouncementRow, (name, channel_id)) is None:
                session.add(AnnouncementRow(revision=name, channel_id=channel_id, post_id=post_id, at=now))

    def begin(self, source_id: str, commit: str, now: int) -> None:
        """The revision that served when the bot first looked: no news to anybody."""
        self.tell(f"{source_id}@{commit}", _BEGINNING, "", now)

    def is_beginning(self, name: str) -> bool:
        """True for that revision."""
        return self.told(name, _BEGINNING)

    def newest(self, source_id: str) -> str | None:
        """The commit of a source that was noted last; None when none was."""
        return self._last(source_id, "")

    def before(self, source_id: str, commit: str) -> str | None:
        """The commit that was noted last before another one."""
        return self._last(source_id, commit)

    def _last(self, source_id: str, other_than: str) -> str | None:
        with self._database.reading() as session:
            names = session.scalars(
                select(AnnouncementRow.revision)
                .where(AnnouncementRow.revision.startswith(f"{source_id}@", autoescape=True))
                .order_by(AnnouncementRow.at.desc())
            )
            commits = (n.partition("@")[2] for n in names if not n.endswith(_REFUSED))
            return next((c for c in commits if c != other_than), None)
