"""A store of votes in memory, for tests of channels; it passes the contract tests of the real one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ui.feedback.feedback import Feedback, Vote


class RememberedFeedback:
    """See ui.feedback.store.FeedbackStore."""

    def __init__(self) -> None:
        self._votes: dict[tuple[str, str], Feedback] = {}
        self._lock = threading.Lock()

    def put(self, feedback: Feedback) -> Feedback:
        """See FeedbackStore."""
        key = (feedback.answer.id, feedback.user)
        with self._lock:
            before = self._votes.get(key)
            if before is None or before.ballot != feedback.ballot:
                created = before.created_at if before else feedback.created_at
                self._votes[key] = replace(feedback, created_at=created)
            return self._votes[key]

    def get(self, answer_id: str, user: str) -> Feedback | None:
        """See FeedbackStore."""
        return self._votes.get((answer_id, user))

    def remove(self, answer_id: str, user: str) -> bool:
        """See FeedbackStore."""
        with self._lock:
            return self._votes.pop((answer_id, user), None) is not None

    def all(self, since: datetime | None = None, vote: Vote | None = None) -> Iterator[Feedback]:
        """See FeedbackStore."""
        kept = [f for f in self._votes.values() if since is None or f.changed_at >= since]
        kept = [f for f in kept if vote is None or f.ballot.vote == vote]
        yield from sorted(kept, key=lambda f: (f.changed_at, f.answer.id, f.user))

    def purge(self, before: datetime) -> int:
        """See FeedbackStore."""
        with self._lock:
            old = [key for key, f in self._votes.items() if f.changed_at < before]
            for key in old:
                del self._votes[key]
            return len(old)
