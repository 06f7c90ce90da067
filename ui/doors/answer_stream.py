"""An answer as it comes: pieces of text, then the whole answer. What the doors to other programs send."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Protocol, runtime_checkable

from assistant.answer import Answer, Question
from assistant.answer_stream import Finished, SentencePassed, StreamEvent
from ui import wording
from ui.doors.web_assistant import WebAssistant


@runtime_checkable
class StreamingAssistant(Protocol):
    """An assistant that gives its text as it is checked."""

    def stream(self, question: Question) -> Generator[StreamEvent]:
        """Checked sentences as they come; Finished, last. Closing it stops the writing."""


def answer_pieces(assistant: WebAssistant, question: Question) -> Iterator[str | Answer]:
    """Pieces of Markdown that follow one another, each already checked, then the answer itself.

    An answer that no model wrote comes paragraph by paragraph; one that replaces what was shown comes after it, and
    says so. Raises CctError when the index cannot serve, before the first piece.
    """
    if not isinstance(assistant, StreamingAssistant):
        answer = assistant.answer(question)
        yield from _paragraphs(answer)
        yield answer
        return
    shown = ""
    with closing(assistant.stream(question)) as events:
        for event in events:
            if isinstance(event, SentencePassed):
                shown += event.delta
                yield event.delta
            elif isinstance(event, Finished):
                if not shown:
                    yield from _paragraphs(event.answer)
                elif event.replaces:
                    yield f"\n\n{wording.REPLACED}\n\n{event.answer.text}"
                elif len(event.answer.text) > len(shown):
                    yield event.answer.text[len(shown) :]
                yield event.answer


def _paragraphs(answer: Answer) -> Iterator[str]:
    if answer.status == "error":
        return
    label = wording.LABELS.get(answer.status)
    paragraphs = [f"**{label}**"] if label else []
    paragraphs += [part for part in answer.text.strip().split("\n\n") if part]
    for n, paragraph in enumerate(paragraphs):
        yield paragraph if n == 0 else f"\n\n{paragraph}"
