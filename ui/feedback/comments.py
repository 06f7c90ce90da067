"""Comments on requirements, kept in the database until they go to the CCT's own form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ingest.comments.comment import Comment, Importance
from ui.errors import RefusedRequest
from ui.feedback import comment_wording as wording
from ui.feedback.feedback import plain_text
from ui.feedback.tables import CommentRow
from ui.storage.database import Database

LONGEST_PROPOSAL = 5000
LONGEST_NAME = 200
IMPORTANCES: tuple[Importance, ...] = ("haute", "moyenne", "basse")
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class RequirementComment:
    """A comment as it is left; `id` is drawn with the form, so that sending it twice leaves one."""

    id: str
    source: str
    document: str
    line: int | None
    record: str
    """ "EXI-ORG-17#2"; empty for a document as a whole."""
    commit: str
    """Empty for the demonstration edition."""
    extract: str
    proposal: str
    importance: Importance
    author: str
    """The name that the person chose to sign with; empty: they stay unnamed."""
    user: str
    """Pseudonym."""
    created_at: datetime

    @property
    def signature(self) -> str:
        """What the form's column of authors shows."""
        return self.author or wording.UNNAMED.format(pseudonym=self.user[:8])

    def for_form(self) -> Comment:
        """The comment as a row of the CCT's form."""
        named = f"{self.record} : " if self.record else ""
        return Comment(
            source=self.source,
            document=self.document,
            line=self.line,
            extract=self.extract,
            proposal=f"{named}{self.proposal}",
            importance=self.importance,
            author=self.signature,
            date=f"{self.created_at:%Y-%m-%d}",
        )


class StoredComments:
    """The comments of a database: a CommentCollection (ingest.comments)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def comments(self) -> Iterator[Comment]:
        """Every comment, by document and line. Raises StorageError."""
        for left in sorted(self.left(), key=lambda c: (c.source, c.document, c.line or 0, c.created_at)):
            yield left.for_form()

    def left(self) -> list[RequirementComment]:
        """Every comment, the latest first. Raises StorageError."""
        with self._database.reading() as session:
            rows = session.scalars(select(CommentRow).order_by(CommentRow.created_at.desc(), CommentRow.id))
            return [_comment(row) for row in rows]

    def add(self, comment: RequirementComment) -> None:
        """Keeps it, unless it is there already. Raises RefusedRequest (empty, too long), or StorageError."""
        checked = _checked(comment)
        dialect = postgresql if self._database.shared else sqlite
        with self._database.writing() as session:
            statement = dialect.insert(CommentRow).values(**checked)
            session.execute(statement.on_conflict_do_nothing(index_elements=["id"]))

    def get(self, comment_id: str) -> RequirementComment | None:
        """The comment of that id. Raises StorageError."""
        with self._database.reading() as session:
            row = session.get(CommentRow, comment_id)
            return _comment(row) if row else None

    def remove(self, comment_id: str, user: str) -> bool:
        """Forgets it, if it is that person's. Raises StorageError."""
        with self._database.writing() as session:
            its_author = (CommentRow.id == comment_id, CommentRow.user_hash == user)
            return bool(session.execute(delete(CommentRow).where(*its_author).returning(CommentRow.id)).all())


def _checked(comment: RequirementComment) -> dict[str, object]:
    if not _TOKEN.fullmatch(comment.id):
        raise RefusedRequest(wording.DAMAGED_FORM, wording.OPEN_AGAIN, 422)
    proposal = plain_text(comment.proposal, LONGEST_PROPOSAL + 1)
    if not proposal:
        raise RefusedRequest(wording.EMPTY_PROPOSAL, status=422)
    if len(proposal) > LONGEST_PROPOSAL:
        raise RefusedRequest(wording.LONG_PROPOSAL.format(longest=LONGEST_PROPOSAL), status=422)
    if comment.importance not in IMPORTANCES:
        raise RefusedRequest(wording.DAMAGED_FORM, wording.OPEN_AGAIN, 422)
    return {
        "id": comment.id,
        "source": comment.source,
        "document": comment.document,
        "line": comment.line,
        "record": comment.record,
        "commit": comment.commit,
        "extract": comment.extract,
        "proposal": proposal,
        "importance": comment.importance,
        "author": " ".join(plain_text(comment.author, LONGEST_NAME).split()),
        "user_hash": comment.user,
        "created_at": comment.created_at,
    }


def _comment(row: CommentRow) -> RequirementComment:
    return RequirementComment(
        id=row.id,
        source=row.source,
        document=row.document,
        line=row.line,
        record=row.record,
        commit=row.commit,
        extract=row.extract,
        proposal=row.proposal,
        importance=cast(Importance, row.importance),
        author=row.author,
        user=row.user_hash,
        created_at=row.created_at,
    )
