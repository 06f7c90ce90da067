"""How long what people left is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete

from ui.feedback.store import SqlFeedbackStore
from ui.feedback.tables import CommentRow, UnansweredRow
from ui.storage.database import Database


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was forgotten."""

    votes: int
    comments: int
    unanswered: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.votes + self.comments + self.unanswered


def purge(database: Database, before: datetime) -> Purged:
    """Forgets votes, comments and unanswered questions last changed before that moment. Raises StorageError."""
    votes = SqlFeedbackStore(database).purge(before)
    with database.writing() as session:
        comments = session.execute(delete(CommentRow).where(CommentRow.created_at < before))
        unanswered = session.execute(delete(UnansweredRow).where(UnansweredRow.asked_at < before))
        return Purged(votes, _count(comments), _count(unanswered))


def _count(result: object) -> int:
    return cast(CursorResult[Any], result).rowcount
