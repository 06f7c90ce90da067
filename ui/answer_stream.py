"""An answer as it comes: pieces of text, then the whole answer. What a streaming assistant plugs into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from assistant.answer import Answer, Question
from ui import wording
from ui.web_assistant import WebAssistant


@runtime_checkable
class StreamingAssistant(Protocol):
    """An assistant that gives its text as it is checked."""

    def answer_pieces(self, question: Question) -> Iterator[str | Answer]:
        """Pieces of Markdown that follow one another, each already checked, then the answer itself, last."""


def answer_pieces(assistant: WebAssistant, question: Question) -> Iterator[str | Answer]:
    """The same from any assistant: one that does not stream gives its answer paragraph by paragraph.

    Raises CctError when the index cannot serve, before the first piece.
    """
    if isinstance(assistant, StreamingAssistant):
        yield from assistant.answer_pieces(question)
        return
    answer = assistant.answer(question)
    if answer.status != "error":
        label = wording.LABELS.get(answer.status)
        paragraphs = [f"**{label}**"] if label else []
        paragraphs += [part for part in answer.text.strip().split("\n\n") if part]
        for n, paragraph in enumerate(paragraphs):
            yield paragraph if n == 0 else f"\n\n{paragraph}"
    yield answer
