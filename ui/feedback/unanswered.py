"""Questions that got no answer: counted by subject, their words kept only where the operator asks for them."""

from __future__ import annotations

import logging
import queue
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select

from assistant.answer import Answer
from ui.errors import StorageError
from ui.feedback.feedback import LONGEST_TEXT, place_key, plain_text
from ui.feedback.tables import UnansweredRow
from ui.storage.database import Database

_WAITING = 1000
"""Questions that may wait for the database; beyond it they are not noted, and the answer is given all the same."""
_AT_ONCE = 100
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that got no answer; `subject` is the key of the nearest passage, empty when none was near."""

    asked_at: datetime
    channel: str
    status: str
    subject: str
    question: str | None

    @staticmethod
    def of(channel: str, answer: Answer, with_words: bool, when: datetime) -> Unanswered | None:
        """None for a question that was answered, or that failed."""
        if answer.status not in {"abstained", "refused"}:
            return None
        near = answer.retrieved[:1] if answer.status == "abstained" else ()
        subject = place_key(near[0].place)[:300] if near else ""
        words = plain_text(answer.question, LONGEST_TEXT) if with_words else None
        return Unanswered(when, channel[:16], answer.status, subject, words)


@dataclass(frozen=True, slots=True)
class Subject:
    """Unanswered questions about one passage; `questions` are those whose words were kept, the latest first."""

    key: str
    count: int
    last: datetime
    questions: tuple[str, ...]
    by_month: Mapping[str, int] = field(default_factory=dict)
    """ "2026-11" and how many were asked then."""


class UnansweredJournal:
    """Notes questions without making anybody wait: a thread of its own writes, and tries again.

    `record` is a Recorder (ui.doors.web_assistant). `close` writes what waits, once.
    """

    def __init__(self, database: Callable[[], Database], with_words: bool) -> None:
        self._database = database
        self._with_words = with_words
        self._waiting: queue.Queue[Unanswered | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def record(self, channel: str, answer: Answer, _seconds: float = 0.0) -> None:
        """Notes the question if it got no answer."""
        noted = Unanswered.of(channel, answer, self._with_words, datetime.now(UTC))
        if noted is None:
            return
        try:
            self._waiting.put_nowait(noted)
        except queue.Full:
            _log.warning("unanswered question not noted: the database does not follow")
            return
        self._begin()

    def close(self, seconds: float = 5.0) -> None:
        """Writes what waits, for that long at most."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._waiting.put(None)
            thread.join(seconds)

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="unanswered", daemon=True)
                self._thread.start()

    def _write(self) -> None:
        while True:
            first = self._waiting.get()
            batch = [first]
            while len(batch) < _AT_ONCE and batch[-1] is not None:
                try:
                    batch.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            rows = [noted for noted in batch if noted is not None]
            try:
                write(self._database(), rows)
            except StorageError as exc:
                _log.warning("%d unanswered questions not noted: %s", len(rows), exc.message)
            if batch[-1] is None:
                return


def write(database: Database, noted: Sequence[Unanswered]) -> None:
    """Keeps them. Raises StorageError."""
    if not noted:
        return
    with database.writing() as session:
        session.add_all(
            UnansweredRow(
                asked_at=one.asked_at,
                channel=one.channel,
                status=one.status,
                subject=one.subject,
                question=one.question,
            )
            for one in noted
        )


def subjects(database: Database, since: datetime, status: str = "abstained") -> list[Subject]:
    """The subjects of what got no answer since then, the most asked first. Raises StorageError."""
    wanted = (
        select(UnansweredRow)
        .where(UnansweredRow.asked_at >= since, UnansweredRow.status == status)
        .order_by(UnansweredRow.asked_at.desc())
    )
    grouped: dict[str, list[UnansweredRow]] = defaultdict(list)
    with database.reading() as session:
        for row in session.scalars(wanted):
            grouped[row.subject].append(row)
    found = [
        Subject(
            key,
            len(rows),
            rows[0].asked_at,
            tuple(dict.fromkeys(r.question for r in rows if r.question)),
            Counter(f"{row.asked_at:%Y-%m}" for row in rows),
        )
        for key, rows in grouped.items()
    ]
    return sorted(found, key=lambda s: (-s.count, s.key))
