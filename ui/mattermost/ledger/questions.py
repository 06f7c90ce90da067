"""The questions: kept on receipt, claimed with a lease, in the order of their thread, ended once.

Every method raises StorageError alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from ui.mattermost.ledger.question import (
    AnswerRecord,
    Backlog,
    Claimed,
    Earlier,
    Incoming,
    Outcome,
    OwnPost,
    Waiting,
)
from ui.mattermost.ledger.rows import as_claimed, as_earlier, as_incoming, as_own_post, dumped, new_row
from ui.mattermost.ledger.tables import OwnPostRow, QuestionRow
from ui.storage.database import Database

_OPEN = ("waiting", "claimed")
_MOST_EARLIER = 20


class Questions:
    """The questions of one database. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def edit(self, post_id: str, message: str) -> bool | None:
        """Takes an edited text; True: it is to be answered again, False: nothing to do, None: not a question of ours.

        A question that waits or is being answered gets its new text; one that was answered waits again.
        """
        with self._database.writing() as session:
            row = session.get(QuestionRow, post_id)
            if row is None:
                return None
            if row.message == message or row.outcome in {"deleted", "too_old", "gone"}:
                return False
            row.message, row.edits, row.parts = message, row.edits + 1, ""
            if row.state == "done":
                row.state, row.outcome, row.attempts, row.not_before = "waiting", "", 0, 0
            return True

    def drop(self, post_id: str) -> bool:
        """The question was deleted: it is answered no more. False when it was no open question of ours."""
        with self._database.writing() as session:
            row = session.get(QuestionRow, post_id)
            if row is None:
                return False
            still_open = row.state in _OPEN
            row.message, row.searched, row.parts = "", "", ""
            row.edits += 1
            if still_open:
                row.state, row.outcome = "done", "deleted"
            return still_open

    def claim(self, now: int, lease: int, settled: int = 0, most: int = 1) -> list[Claimed]:
        """The oldest questions whose thread has none before them, each held for `lease` milliseconds.

        A question waits `settled` milliseconds after its receipt: two posts of one instant may come in either order.
        """
        moments = {"now": now, "settled": now - settled, "most": most}
        with self._database.writing() as session:
            rows = session.scalars(_READY, moments).all()
            for row in rows:
                row.state, row.claim = "claimed", secrets.token_hex(8)
                row.lease_until, row.attempts = now + lease, row.attempts + 1
            return [as_claimed(row) for row in rows]

    def renew(self, claimed: Claimed, now: int, lease: int) -> bool:
        """Holds it longer; False when it is ours no more, was edited or was deleted."""
        with self._database.writing() as session:
            row = self._held(session, claimed)
            if row is None:
                return False
            row.lease_until = now + lease
            return True

    def keep(self, claimed: Claimed, parts: Sequence[str], answer: AnswerRecord | None) -> bool:
        """Keeps what is to be posted before it is; False when the claim holds no more or the question changed."""
        with self._database.writing() as session:
            row = self._held(session, claimed)
            if row is None:
                return False
            row.parts = dumped(parts, answer)
            return True

    def holds(self, claimed: Claimed) -> bool:
        """True while the claim holds and the question is what it was."""
        with self._database.reading() as session:
            row = session.get(QuestionRow, claimed.incoming.post_id)
            return row is not None and _same(row, claimed)

    def finish(
        self,
        claimed: Claimed,
        outcome: Outcome,
        now: int,
        posts: Sequence[str] = (),
        answer: AnswerRecord | None = None,
    ) -> bool:
        """Ends it, with the posts of ours that stand; False when the claim holds no more or the question changed.

        The posts are noted in any case: somebody does it again, over them.
        """
        with self._database.writing() as session:
            for part, post_id in enumerate(posts, 1):
                kept = answer.model_dump_json() if answer is not None else ""
                channel_id, question_id = claimed.incoming.channel_id, claimed.incoming.post_id
                session.merge(
                    OwnPostRow(
                        post_id=post_id, question_id=question_id, channel_id=channel_id, part=part, answer=kept
                    )
                )
            row = self._held(session, claimed)
            if row is None:
                return False
            row.state, row.outcome, row.done_at, row.claim, row.parts = "done", outcome, now, "", ""
            if answer is not None:
                row.answer_id, row.searched = answer.answer_id, answer.searched or answer.question
                row.cited = "\n".join(answer.cited)
            return True

    def release(self, claimed: Claimed, not_before: int = 0) -> None:
        """Gives it back, not to be claimed before a moment; does nothing when it is ours no more."""
        with self._database.writing() as session:
            row = session.get(QuestionRow, claimed.incoming.post_id)
            if row is not None and row.state == "claimed" and row.claim == claimed.claim:
                row.state, row.claim, row.not_before = "waiting", "", not_before

    def release_all(self) -> int:
        """What a new leader does first: whoever held something leads no more. Returns how many were held."""
        with self._database.writing() as session:
            held = update(QuestionRow).where(QuestionRow.state == "claimed").values(state="waiting", claim="")
            return int(session.execute(held).rowcount)  # type: ignore[attr-defined]  # an UPDATE has one

    def release_expired(self, now: int) -> int:
        """Gives back what is held by somebody who no longer renews it; returns how many."""
        with self._database.writing() as session:
            held = and_(QuestionRow.state == "claimed", QuestionRow.lease_until < now)
            freed = update(QuestionRow).where(held).values(state="waiting", claim="")
            return int(session.execute(freed).rowcount)  # type: ignore[attr-defined]

    def backlog(self, most: int = 20) -> Backlog:
        """How many wait and are worked on, and the first that wait, in order."""
        with self._database.reading() as session:
            counts = dict(
                session.execute(
                    select(QuestionRow.state, func.count())
                    .where(QuestionRow.state.in_(_OPEN))
                    .group_by(QuestionRow.state)
                ).all()
            )
            rows = session.execute(
                select(QuestionRow, _none_before())
                .where(QuestionRow.state == "waiting")
                .order_by(*_OLDEST)
                .limit(most)
            ).all()
            shown = tuple(Waiting(as_incoming(row), row.received_at, bool(first)) for row, first in rows)
            return Backlog(shown, counts.get("waiting", 0), counts.get("claimed", 0))

    def asked_lately(self, user_id: str, since: int) -> list[int]:
        """When the questions of a person that began to be answered since a moment ended, oldest first."""
        with self._database.reading() as session:
            found = session.scalars(
                select(QuestionRow.done_at)
                .where(QuestionRow.user_id == user_id, QuestionRow.state == "done", QuestionRow.done_at >= since)
                .where(QuestionRow.outcome == "answered")
                .order_by(QuestionRow.done_at)
            )
            return [int(at) for at in found]

    def answered_in(self, thread_id: str) -> bool:
        """True when the bot has answered, or is to answer, in the thread."""
        with self._database.reading() as session:
            found = select(QuestionRow.post_id).where(
                QuestionRow.thread_id == thread_id, QuestionRow.outcome.in_(("answered", ""))
            )
            return session.scalar(found.limit(1)) is not None

    def is_waiting(self, post_id: str) -> bool:
        """True while nobody works on it."""
        with self._database.reading() as session:
            row = session.get(QuestionRow, post_id)
            return row is not None and row.state == "waiting"

    def is_dropped(self, post_id: str) -> bool:
        """True for a question that was deleted before its answer."""
        with self._database.reading() as session:
            row = session.get(QuestionRow, post_id)
            return row is not None and row.outcome == "deleted"

    def earlier(self, of: Incoming, since: int, whole_channel: bool) -> list[Earlier]:
        """The questions answered before one, of its thread or of the whole (direct) channel, oldest first."""
        place = QuestionRow.channel_id == of.channel_id if whole_channel else QuestionRow.thread_id == of.thread_id
        with self._database.reading() as session:
            rows = session.scalars(
                select(QuestionRow)
                .where(
                    place, QuestionRow.outcome == "answered", QuestionRow.answer_id != "", QuestionRow.message != ""
                )
                # of one millisecond, those answered already came first: a conversation is answered in its order
                .where(QuestionRow.create_at <= of.create_at, QuestionRow.post_id != of.post_id)
                .where(QuestionRow.create_at >= since)
                .order_by(QuestionRow.create_at.desc(), QuestionRow.arrival.desc())
                .limit(_MOST_EARLIER)
            ).all()
            return [as_earlier(row) for row in reversed(rows)]

    def forget(self, user_id: str, thread_id: str) -> int:
        """Erases the words of a person's answered questions in a thread; returns how many."""
        with self._database.writing() as session:
            mine = and_(QuestionRow.user_id == user_id, QuestionRow.thread_id == thread_id)
            done = update(QuestionRow).where(mine, QuestionRow.state == "done", QuestionRow.message != "")
            return int(session.execute(done.values(message="", searched="", cited="")).rowcount)  # type: ignore[attr-defined]

    def own_post(self, post_id: str) -> OwnPost | None:
        """What one of our posts is; None for another."""
        with self._database.reading() as session:
            row = session.get(OwnPostRow, post_id)
            return as_own_post(row) if row is not None else None

    def purge(self, before: int) -> int:
        """Erases what ended before a moment; returns how many questions."""
        old = select(QuestionRow.post_id).where(QuestionRow.state == "done", QuestionRow.done_at < before)
        with self._database.writing() as session:
            session.execute(delete(OwnPostRow).where(OwnPostRow.question_id.in_(old)))
            gone = delete(QuestionRow).where(QuestionRow.state == "done", QuestionRow.done_at < before)
            return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]

    def _held(self, session: Session, claimed: Claimed) -> QuestionRow | None:
        row = session.get(QuestionRow, claimed.incoming.post_id, with_for_update=True)
        return row if row is not None and _same(row, claimed) else None


def _none_before() -> ColumnElement[bool]:
    """True for a question whose thread has no open one before it."""
    before = aliased(QuestionRow)
    earlier = exists().where(
        before.thread_id == QuestionRow.thread_id,
        before.state.in_(_OPEN),
        or_(
            before.create_at < QuestionRow.create_at,
            and_(before.create_at == QuestionRow.create_at, before.arrival < QuestionRow.arrival),
        ),
    )
    return ~earlier


def _ready() -> Select[QuestionRow]:
    """What may be claimed; built once, for building it takes longer than running it."""
    free = (
        QuestionRow.state == "waiting",
        QuestionRow.not_before <= bindparam("now"),
        QuestionRow.received_at <= bindparam("settled"),
    )
    found = select(QuestionRow).where(*free, _none_before()).order_by(*_OLDEST).limit(bindparam("most"))
    return found.with_for_update(skip_locked=True)


_OLDEST = (QuestionRow.create_at, QuestionRow.arrival)
_READY = _ready()


def _same(row: QuestionRow, claimed: Claimed) -> bool:
    return row.state == "claimed" and row.claim == claimed.claim and row.edits == claimed.edits


def insert(session: Session, incoming: Incoming, now: int) -> bool:
    """Keeps a question; False when it was known already."""
    if session.get(QuestionRow, incoming.post_id) is not None:
        return False
    session.add(new_row(incoming, now))
    return True
