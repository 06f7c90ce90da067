"""Answers to vote on, and votes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from assistant.answer import Answer, UsedRevision
from tests.ui.canned_assistant import COMMIT, GREEN, HEALTH
from ui.feedback.feedback import Ballot, Feedback, RatedAnswer

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def answer(question: str = "Faut-il une sonde de santé ?", **values: object) -> Answer:
    """A cited answer."""
    made = Answer(
        question=question,
        status="answered",
        text="Oui, **P** [1]. Voir aussi [2].",
        citations=(HEALTH, GREEN),
        revisions=(UsedRevision("pi", COMMIT, "2026-02-27", True), UsedRevision("mirai", None, "2026-01-01", False)),
    )
    return replace(made, **values)  # type: ignore[arg-type]


def feedback(
    answer_id: str = "reponse-1",
    user: str = "u1",
    when: datetime = NOON,
    ballot: Ballot | None = None,
    **values: object,
) -> Feedback:
    """A vote of somebody on an answer."""
    rated = RatedAnswer.of(answer(id=answer_id), "web", "", NOON)
    return Feedback(replace(rated, **values), user, ballot or Ballot("useful"), when, when)  # type: ignore[arg-type]
