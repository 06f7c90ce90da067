"""A follow-up question made to stand alone, without a model: what it leans on is put in front of it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer import Turn
from assistant.question.reading import Reading
from assistant.search.french_text import tokens

_LONGEST = 600


def stand_alone(text: str, reading: Reading, history: Sequence[Turn]) -> str:
    """The question itself, or the last question that stood alone followed by it when it leans on it."""
    if not reading.leans_on_history or not history:
        return text
    before = next((turn.question for turn in reversed(history) if len(tokens(turn.question)) >= 2), "")
    return f"{before[:_LONGEST].rstrip()} {text}" if before else text
