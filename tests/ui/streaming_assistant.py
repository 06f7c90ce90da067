"""A double that writes like a model: its sentences come one by one, each when the test lets it."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import replace

from assistant.answer import Answer, Question
from assistant.answer_stream import Finished, Searched, SentencePassed, StreamEvent
from tests.ui.canned_assistant import HEALTH, CannedAssistant

SENTENCES = ("Une **sonde** est demandée [1].", " Elle décrit l'état du composant [1].")
LONGEST_WAIT = 60.0


class StreamingAssistant(CannedAssistant):
    """Gives the first sentence at once and the second when `go_on` is set; extracts at once when asked for them."""

    def __init__(self, sentences: tuple[str, ...] = SENTENCES) -> None:
        super().__init__()
        self.sentences = sentences
        self.go_on = threading.Event()
        self.closed = threading.Event()
        """Set when a stream was closed before its end."""

    def stream(self, question: Question) -> Generator[StreamEvent]:
        """See ui.doors.answer_stream.StreamingAssistant."""
        if question.extractive:
            yield Finished(self.answer(question))
            return
        self.asked.append(question)
        yield Searched(question.text)
        so_far = ""
        try:
            for n, sentence in enumerate(self.sentences):
                if n and not self.go_on.is_set():
                    yield from self._waiting(so_far)
                so_far += sentence
                yield SentencePassed(sentence, so_far, (HEALTH,))
        except GeneratorExit:
            self.closed.set()
            raise
        yield Finished(replace(self._written(question), text=so_far))

    def _waiting(self, so_far: str) -> Generator[StreamEvent]:
        """Says the same again until the test lets it go on: a stream that lives is told that somebody has left."""
        for _ in range(int(LONGEST_WAIT / 0.02)):
            if self.go_on.wait(0.02):
                return
            yield SentencePassed("", so_far, (HEALTH,))

    def _written(self, question: Question) -> Answer:
        return Answer(
            question.text,
            "answered",
            "",
            mode="llm",
            model="modele-essai",
            revisions=self.revisions(),
            citations=(HEALTH,),
        )
