"""A double of the assistant for the bot: says the question again, at the pace that a test wants."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field

from assistant.answer import Answer, Citation, Place, Question, UsedRevision
from assistant.answer_stream import Finished, Searched, SentencePassed, StreamEvent
from assistant.work_in_hand import WorkInHand
from ingest.sources.freshness import Stale

COMMIT = "0123abcd" * 5
PLACE = Place(
    "pi", "cct-exigences.md", "requirement", "EXI-ARCH-12", 1, "P", 50, 50, COMMIT,
    f"https://forge.invalid/{COMMIT}/cct-exigences.md?plain=1#L50-L50",
)  # fmt: skip
TWIN = Place("mirai", "exigences.md", "requirement", "EXI-ARCH-9", 1, "I", 39, 39, COMMIT, "https://forge.invalid/39")
CITATION = Citation(1, PLACE, "EXI-ARCH-12 — Sonde", "Chaque composant expose une adresse de santé.", True, (TWIN,))


@dataclass
class EchoAssistant:
    """`asked` holds every question; `text` is put after the echo; `sentences` are streamed as a model's."""

    seconds: float = 0.0
    text: str = ""
    sentences: tuple[str, ...] = ()
    between: float = 0.0
    """Seconds between two sentences."""
    asked: list[Question] = field(default_factory=list)
    gate: threading.Event | None = None
    """Answers only once it is set."""
    failure: Exception | None = None
    in_hand: WorkInHand = field(default_factory=WorkInHand)

    def stream(self, question: Question) -> Generator[StreamEvent]:
        """See BotAssistant."""
        self.asked.append(question)
        if self.failure is not None:
            raise self.failure
        if self.gate is not None:
            assert self.gate.wait(120)
        time.sleep(self.seconds)
        so_far = ""
        if self.sentences:
            yield Searched(question.text)
            for sentence in self.sentences:
                time.sleep(self.between)
                so_far += sentence
                yield SentencePassed(sentence, so_far, ())
        yield Finished(self._answer(question, so_far))

    def answer(self, question: Question) -> Answer:
        """See WebAssistant."""
        *_, last = self.stream(question)
        assert isinstance(last, Finished)
        return last.answer

    def _answer(self, question: Question, so_far: str) -> Answer:
        if "girafe" in question.text:
            return Answer(question.text, "abstained", "Je n'ai pas trouvé de réponse.", revisions=self.revisions())
        said = so_far or f"Écho : {question.text} [1]"
        return Answer(
            question.text,
            "answered",
            said + self.text,
            mode="llm" if self.sentences else "extractive",
            revisions=self.revisions(),
            citations=(CITATION,),
            suggestions=("Et pour le CCT MirAI ?",),
        )

    def revisions(self) -> tuple[UsedRevision, ...]:
        """See WebAssistant."""
        return (UsedRevision("pi", COMMIT, "2025-04-06", True),)

    def indexed_revisions(self) -> tuple[UsedRevision, ...]:
        """See WebAssistant."""
        return self.revisions()

    def examples(self) -> tuple[str, ...]:
        """See WebAssistant."""
        return ("Que demande EXI-ARCH-12 ?",)

    def source_titles(self) -> Mapping[str, str]:
        """See WebAssistant."""
        return {"mirai": "CCT MirAI", "pi": "CCT Cloud Pi Native"}

    def passage_text(self, place: Place) -> str:
        """See WebAssistant."""
        return CITATION.quote

    def stale(self) -> tuple[Stale, ...]:
        """See WebAssistant."""
        return ()

    def health(self) -> Mapping[str, str]:
        """See WebAssistant."""
        return {"index": "UP"}
