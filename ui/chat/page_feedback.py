"""What the page needs of the feedback: what to ask, and the receipt that lets somebody vote on an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.answer import Answer


@dataclass(frozen=True, slots=True)
class PageFeedback:
    """The questions of the dialog, and how an answer gets its receipt."""

    receipt: Callable[[Answer], str]
    reasons: tuple[tuple[str, str], ...]
    """(value, French label), in the order to show them."""
    minutes: tuple[int, ...] = (0, 5, 15, 30)
    comments: bool = False
    """True when a requirement can be commented."""
