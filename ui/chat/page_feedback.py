"""What the page needs of the feedback: what to ask, and the receipt that lets somebody vote on an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.answer import Answer
from ui.feedback.desk import FeedbackDesk
from ui.feedback.feedback import MINUTES
from ui.feedback.feedback_wording import REASONS


@dataclass(frozen=True, slots=True)
class PageFeedback:
    """The questions of the dialog, and how an answer gets its receipt."""

    receipt: Callable[[Answer], str]
    reasons: tuple[tuple[str, str], ...]
    """(value, French label), in the order to show them."""
    minutes: tuple[int, ...]

    @staticmethod
    def of(desk: FeedbackDesk) -> PageFeedback:
        """The page's votes, kept by a desk."""
        return PageFeedback(lambda answer: desk.receipt(answer, "web"), tuple(REASONS.items()), MINUTES)
