"""Sends votes to MirAI's feedback service: POST /api/feedback/ingest, from the outbox, never while somebody waits."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from ui.feedback import feedback_wording as wording
from ui.feedback.feedback import Feedback
from ui.feedback.settings import FeedbackSettings
from ui.feedback.store import SqlFeedbackStore
from ui.feedback.tables import PushRow
from ui.storage.database import Database

LEASE = timedelta(minutes=5)
"""How long a replica has to send what it took; after it another one may."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
_AT_ONCE = 20
_LATER = {408, 425, 429}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one pass did: sent, to be tried again, refused for good."""

    sent: int = 0
    delayed: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class _Taken:
    """A vote that this replica sends now, in the state that it had when it was taken."""

    answer_id: str
    user: str
    version: int
    attempts: int


class MiraiPush:
    """Sends what is due; several replicas share the work, and what fails is tried again, further and further apart.

    A vote is sent once in each state it settles in. Only a crash between MirAI's answer and ours can send it twice:
    `owui_message_id` and Idempotency-Key are then the same.
    """

    def __init__(self, settings: FeedbackSettings, client: httpx.Client) -> None:
        self._settings = settings
        self._client = client

    def deliver(self, database: Database, now: datetime) -> Delivered:
        """One pass over what is due. Raises StorageError; a service that fails only delays."""
        sent = delayed = refused = 0
        store = SqlFeedbackStore(database)
        for taken in _take(database, now):
            feedback = store.get(taken.answer_id, taken.user)
            if feedback is None:
                continue
            wait, refusal = self._send(feedback, taken)
            if refusal:
                refused += 1
                _log.warning("MirAI refuses a vote: %s", refusal)
            elif wait:
                delayed += 1
            else:
                sent += 1
            _settle(database, taken, now + wait if wait else None, refusal)
        return Delivered(sent, delayed, refused)

    def _send(self, feedback: Feedback, taken: _Taken) -> tuple[timedelta | None, str]:
        """How long to wait before the next try (None: sent), and why it is refused for good ("": it is not)."""
        headers = {"idempotency-key": f"{taken.answer_id}-{taken.user}-{taken.version}"}
        token = self._settings.mirai_token.get_secret_value()
        if token:
            headers["authorization"] = f"Bearer {token}"
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(taken.attempts, 16))
        try:
            answered = self._client.post(
                self._settings.ingest_address,
                json=payload(feedback, self._settings.mirai_collection),
                headers=headers,
                timeout=self._settings.mirai_timeout,
            )
        except httpx.HTTPError as exc:
            _log.warning("MirAI's feedback service does not answer: %s", type(exc).__name__)
            return wait, ""
        status = answered.status_code
        if answered.is_success:
            return None, ""
        # a wrong token or address is the operator's to correct: what waits is not lost meanwhile
        if status >= 500 or status in _LATER or status in {401, 403, 404} or 300 <= status < 400:
            _log.warning("MirAI's feedback service answers %d", status)
            asked = answered.headers.get("retry-after", "")
            return max(wait, timedelta(seconds=min(int(asked), 21600))) if asked.isdecimal() else wait, ""
        return wait, f"{status} {answered.text[:200]}".strip()


def payload(feedback: Feedback, collection: str) -> dict[str, object]:
    """The body that MirAI reads, with `revision` and `sources` besides; who voted is not in it."""
    answer, ballot = feedback.answer, feedback.ballot
    reasons = [wording.REASONS[reason] for reason in ballot.reasons]
    return {
        "collection": collection,
        "question": answer.question,
        "response": answer.text,
        "rating": 1 if ballot.vote == "useful" else -1,
        "reason": " ; ".join([*reasons, *([ballot.comment] if ballot.comment else [])]),
        "owui_chat_id": "",
        "owui_message_id": answer.id,
        "revision": " ".join(answer.revisions),
        "sources": list(answer.citations),
    }


def waiting_and_refused(database: Database) -> tuple[int, Sequence[str]]:
    """How many votes wait, and why others were refused for good. Raises StorageError."""
    with database.reading() as session:
        reasons = session.scalars(select(PushRow.refusal)).all()
    return sum(not reason for reason in reasons), [reason for reason in reasons if reason]


def _take(database: Database, now: datetime) -> list[_Taken]:
    """What is due, leased to this replica."""
    due = (
        select(PushRow)
        .where(PushRow.due_at <= now, PushRow.refusal == "")
        .order_by(PushRow.due_at)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    with database.writing() as session:
        taken = []
        for row in session.scalars(due):
            taken.append(_Taken(row.answer_id, row.user_hash, row.version, row.attempts))
            row.due_at = now + LEASE
            row.attempts += 1
        return taken


def _settle(database: Database, taken: _Taken, next_try: datetime | None, refusal: str) -> None:
    """Notes how it went, unless the vote has changed or was taken back meanwhile: it is then due by itself."""
    with database.writing() as session:
        row = _same(session, taken)
        if row is None:
            return
        if next_try is None:
            session.delete(row)
        else:
            row.due_at, row.refusal = next_try, refusal


def _same(session: Session, taken: _Taken) -> PushRow | None:
    row = session.get(PushRow, (taken.answer_id, taken.user), with_for_update=True)
    return row if row is not None and row.version == taken.version else None
