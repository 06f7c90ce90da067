"""How far each channel was read, written together with what was read there: a post is kept or it is read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ui.mattermost.ledger.question import Incoming
from ui.mattermost.ledger.questions import insert
from ui.mattermost.ledger.tables import CursorRow, MomentRow
from ui.storage.database import Database

MARGIN = 10_000
"""Milliseconds between an anchor and the last post read: what the server wrote late, or within one millisecond of
another post, stands after the anchor, and is met again."""
SKEW = 120_000
"""Milliseconds that our clock may be ahead of the server's, where a moment of ours says from when to read."""
_ALIVE = "alive"


@dataclass(frozen=True, slots=True)
class Seen:
    """A post that was read, whoever wrote it."""

    post_id: str
    channel_id: str
    create_at: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to read a channel from: after the anchor, or back to `floor_at` while there is none."""

    anchor_id: str
    last_at: int
    floor_at: int


class Reading:
    """The cursors of one database. Thread-safe; every method raises StorageError alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, seen: Sequence[Seen], incoming: Incoming | None, now: int) -> bool:
        """Keeps a question and moves the cursors over what was read, in one transaction; True when it is new."""
        with self._database.writing() as session:
            new = insert(session, incoming, now) if incoming is not None else False
            _advance(session, seen)
            return new

    def caught_up(self, seen: Sequence[Seen], incoming: Sequence[Incoming], now: int) -> list[str]:
        """Keeps a page of a channel, oldest first, and moves its cursor; returns the ids of the new questions."""
        with self._database.writing() as session:
            new = [i.post_id for i in incoming if insert(session, i, now)]
            _advance(session, seen)
            return new

    def begin(self, channel_id: str, floor: int) -> None:
        """Gives a channel that has none a cursor, to be read from a moment on."""
        with self._database.writing() as session:
            if session.get(CursorRow, channel_id) is None:
                session.add(_new_cursor(channel_id, floor))

    def cursors(self) -> dict[str, Cursor]:
        """Channel → cursor."""
        with self._database.reading() as session:
            rows = session.scalars(select(CursorRow)).all()
            return {r.channel_id: Cursor(r.anchor_id, r.last_at, r.floor_at) for r in rows}

    def alive(self, now: int) -> None:
        """The stream is whole until now."""
        self.remember(_ALIVE, now)

    def last_alive(self) -> int:
        """When the stream was last known to be whole; 0: never."""
        return self.moment(_ALIVE)

    def remember(self, name: str, at: int) -> None:
        """Notes a moment under a name."""
        with self._database.writing() as session:
            row = session.get(MomentRow, name)
            if row is None:
                session.add(MomentRow(name=name, at=at))
            else:
                row.at = at

    def moment(self, name: str) -> int:
        """The moment of that name; 0 when there is none."""
        with self._database.reading() as session:
            row = session.get(MomentRow, name)
            return row.at if row is not None else 0


def _new_cursor(channel_id: str, floor: int) -> CursorRow:
    return CursorRow(
        channel_id=channel_id, anchor_id="", candidate_id="", candidate_at=0, last_at=0, floor_at=max(0, floor)
    )


def _advance(session: Session, seen: Sequence[Seen]) -> None:
    for one in seen:
        row = session.get(CursorRow, one.channel_id)
        if row is None:
            row = _new_cursor(one.channel_id, one.create_at - 1)
            session.add(row)
        row.last_at = max(row.last_at, one.create_at)
        if not row.candidate_id:
            row.candidate_id, row.candidate_at = one.post_id, one.create_at
        elif one.create_at - row.candidate_at >= MARGIN:
            row.anchor_id = row.candidate_id
            row.candidate_id, row.candidate_at = one.post_id, one.create_at
