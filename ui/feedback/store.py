"""Where votes are kept: what the rest of the program asks of it, and how the database does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol, cast

from sqlalchemy import CursorResult, Insert, Select, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assistant.answer import Mode, Status
from ui.feedback.feedback import Ballot, Channel, Feedback, Minutes, RatedAnswer, Reason, Vote
from ui.feedback.outbox import enqueue, forget
from ui.feedback.tables import FeedbackRow, PushRow
from ui.storage.database import Database

_AT_ONCE = 500


class FeedbackStore(Protocol):
    """Votes, one for an answer and a person. Every method may raise StorageError."""

    def put(self, feedback: Feedback) -> Feedback:
        """Keeps the vote in place of the same person's earlier one, and gives back what is kept.

        `created_at` stays the first one's; a vote that says nothing new changes nothing, not even `changed_at`.
        """

    def get(self, answer_id: str, user: str) -> Feedback | None:
        """That person's vote."""

    def remove(self, answer_id: str, user: str) -> bool:
        """Forgets it; False when there was none."""

    def all(self, since: datetime | None = None, vote: Vote | None = None) -> Iterator[Feedback]:
        """Every vote last changed since that moment, oldest change first."""

    def purge(self, before: datetime) -> int:
        """Forgets what was last changed before that moment; returns how many votes."""


class SqlFeedbackStore:
    """Votes in a database; with `pushes`, each change is also to be sent to MirAI (ui.feedback.outbox)."""

    def __init__(self, database: Database, pushes: bool = False) -> None:
        self._database = database
        self._pushes = pushes

    def put(self, feedback: Feedback) -> Feedback:
        """See FeedbackStore."""
        with self._database.writing() as session:
            before = _locked(session, feedback.answer.id, feedback.user)
            if before is not None and before.ballot == feedback.ballot:
                return before
            session.execute(_upsert(session, feedback))
            if self._pushes:
                enqueue(session, feedback.answer.id, feedback.user, feedback.changed_at)
            key = (feedback.answer.id, feedback.user)
            return _feedback(session.get_one(FeedbackRow, key, populate_existing=True))

    def get(self, answer_id: str, user: str) -> Feedback | None:
        """See FeedbackStore."""
        with self._database.reading() as session:
            row = session.get(FeedbackRow, (answer_id, user))
            return _feedback(row) if row else None

    def remove(self, answer_id: str, user: str) -> bool:
        """See FeedbackStore."""
        with self._database.writing() as session:
            row = session.get(FeedbackRow, (answer_id, user), with_for_update=True)
            if row is None:
                return False
            session.delete(row)
            forget(session, answer_id, user)
            return True

    def all(self, since: datetime | None = None, vote: Vote | None = None) -> Iterator[Feedback]:
        """See FeedbackStore."""
        wanted = select(FeedbackRow).order_by(FeedbackRow.changed_at, FeedbackRow.answer_id, FeedbackRow.user_hash)
        if since is not None:
            wanted = wanted.where(FeedbackRow.changed_at >= since)
        if vote is not None:
            wanted = wanted.where(FeedbackRow.vote == vote)
        yield from self._read(wanted)

    def purge(self, before: datetime) -> int:
        """See FeedbackStore."""
        with self._database.writing() as session:
            gone = session.execute(delete(FeedbackRow).where(FeedbackRow.changed_at < before))
            voted = exists().where(
                FeedbackRow.answer_id == PushRow.answer_id, FeedbackRow.user_hash == PushRow.user_hash
            )
            session.execute(delete(PushRow).where(~voted))
            return cast(CursorResult[Any], gone).rowcount

    def _read(self, wanted: Select[FeedbackRow]) -> Iterator[Feedback]:
        with self._database.reading() as session:
            for row in session.scalars(wanted.execution_options(yield_per=_AT_ONCE)):
                yield _feedback(row)


def _locked(session: Session, answer_id: str, user: str) -> Feedback | None:
    row = session.get(FeedbackRow, (answer_id, user), with_for_update=True)
    return _feedback(row) if row else None


def _upsert(session: Session, feedback: Feedback) -> Insert:
    """Two replicas may insert the same vote at once: the later one replaces, and `created_at` stays."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    values = _values(feedback)
    kept = {"answer_id", "user_hash", "created_at"}
    statement = dialect.insert(FeedbackRow).values(**values)
    changed = {name: statement.excluded[name] for name in values if name not in kept}
    upsert: Insert = statement.on_conflict_do_update(index_elements=["answer_id", "user_hash"], set_=changed)
    return upsert


def _values(feedback: Feedback) -> Mapping[str, Any]:
    answer = asdict(feedback.answer)
    answer |= {"answer_id": answer.pop("id"), "answer": answer.pop("text")}
    answer |= {"citations": list(feedback.answer.citations), "revisions": list(feedback.answer.revisions)}
    ballot = asdict(feedback.ballot) | {"reasons": list(feedback.ballot.reasons)}
    moments = {"created_at": feedback.created_at, "changed_at": feedback.changed_at}
    return {**answer, **ballot, **moments, "user_hash": feedback.user}


def _feedback(row: FeedbackRow) -> Feedback:
    answer = RatedAnswer(
        id=row.answer_id,
        question=row.question,
        text=row.answer,
        status=cast(Status, row.status),
        mode=cast(Mode, row.mode),
        model=row.model,
        citations=tuple(row.citations),
        revisions=tuple(row.revisions),
        channel=cast(Channel, row.channel),
        answered_at=row.answered_at,
    )
    ballot = Ballot(
        cast(Vote, row.vote),
        cast(tuple[Reason, ...], tuple(row.reasons)),
        row.comment,
        cast(Minutes | None, row.minutes_saved),
    )
    return Feedback(answer, row.user_hash, ballot, row.created_at, row.changed_at)
