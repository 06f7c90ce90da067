"""The assistant as the bot asks it: the same as the web chat's, with the events that it streams."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Protocol

from assistant.answer import Question
from assistant.answer_stream import StreamEvent
from ui.doors.web_assistant import WebAssistant


class BotAssistant(WebAssistant, Protocol):
    """Answers questions, and shows the answer in the making. Thread-safe."""

    def stream(self, question: Question) -> Generator[StreamEvent]:
        """What may be shown while the answer is made; the last event is Finished, always."""


BotAssistantProvider = Callable[[], BotAssistant]
"""Gives the assistant; raises CctError while there is none."""
