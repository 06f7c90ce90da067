"""The desk of votes: what a channel asks for, in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from assistant.answer import Answer
from ui.errors import RefusedRequest
from ui.feedback import feedback_wording as wording
from ui.feedback.feedback import LONGEST_COMMENT, Ballot, Channel, Feedback, RatedAnswer, plain_text
from ui.feedback.pseudonyms import Pseudonyms
from ui.feedback.receipts import Receipts
from ui.feedback.store import FeedbackStore
from ui.storage.secret import Secret


class VoteCounter(Protocol):
    """Counts votes as they come (ui.metrics)."""

    def feedback(self, value: str) -> None:
        """One more of useful, not_useful or removed."""


def _now() -> datetime:
    return datetime.now(UTC)


class FeedbackDesk:
    """Gives receipts, takes votes. Thread-safe; works the same on every replica that has the same secret.

    `store` is called at each use and may raise StorageError: answers, and their receipts, do not wait for a database.
    `person` is what Pseudonyms.person gives for whoever signed in; None: whoever holds the answer.
    """

    def __init__(
        self,
        store: Callable[[], FeedbackStore],
        secret: Secret,
        model: str = "",
        counter: VoteCounter | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._store = store
        self.pseudonyms = Pseudonyms(secret)
        self._receipts = Receipts(secret)
        self._model = model
        self._counter = counter
        self._now = now

    def counted_by(self, counter: VoteCounter) -> None:
        """From now on that counter counts."""
        self._counter = counter

    def receipt(self, answer: Answer, channel: Channel) -> str:
        """What the channel hands out with the answer, to vote on it; empty for an error, which nobody rates."""
        if answer.status == "error":
            return ""
        return self._receipts.make(RatedAnswer.of(answer, channel, self._model, self._now()))

    def vote(self, receipt: str, ballot: Ballot, person: str | None = None) -> Feedback:
        """Keeps the vote, in place of the same person's earlier one.

        Raises RefusedRequest for a receipt or a ballot that is refused, StorageError when nothing can be kept.
        """
        answer = self._receipts.read(receipt)
        if ballot.vote == "useful" and ballot.reasons:
            raise RefusedRequest(wording.REASONS_OF_A_USEFUL, status=422)
        clean = replace(
            ballot,
            reasons=tuple(sorted(set(ballot.reasons))),
            comment=plain_text(ballot.comment, LONGEST_COMMENT),
        )
        now = self._now()
        kept = self._store().put(Feedback(answer, self._user(answer.id, person), clean, now, now))
        self._count(ballot.vote)
        return kept

    def own(self, answer_id: str, person: str | None = None) -> Feedback | None:
        """That person's vote on the answer. Raises StorageError."""
        return self._store().get(answer_id, self._user(answer_id, person))

    def withdraw(self, answer_id: str, person: str | None = None) -> bool:
        """Forgets it; False when there was none. Raises StorageError."""
        removed = self._store().remove(answer_id, self._user(answer_id, person))
        if removed:
            self._count("removed")
        return removed

    def _user(self, answer_id: str, person: str | None) -> str:
        return person or self.pseudonyms.bearer(answer_id)

    def _count(self, value: str) -> None:
        if self._counter is not None:
            self._counter.feedback(value)
