"""What the web channel needs of the assistant, all of it thread-safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from assistant.answer import Answer, Place, Question, UsedRevision
from assistant.composing.surroundings import Surroundings
from assistant.work_in_hand import WorkInHand
from ingest.sources.freshness import Stale


class WebAssistant(Protocol):
    """Answers questions and describes what it answers from."""

    @property
    def in_hand(self) -> WorkInHand:
        """The answers that are being made."""

    def answer(self, question: Question) -> Answer:
        """The cited answer; raises CctError when the index cannot serve."""

    def revisions(self) -> tuple[UsedRevision, ...]:
        """The revision of each source that is served now."""

    def indexed_revisions(self) -> tuple[UsedRevision, ...]:
        """Every revision that a question may name, by source, the newest first."""

    def examples(self) -> tuple[str, ...]:
        """Questions to suggest to somebody who has asked nothing yet."""

    def source_titles(self) -> Mapping[str, str]:
        """Source id → the title that people know it by, in the order to show them."""

    def passage_text(self, place: Place) -> str:
        """The full verbatim text of the passage that stands there."""

    def surroundings(self, place: Place) -> Surroundings:
        """The requirements around a cited one, and those of the same identifier, in the served revisions."""

    def stale(self) -> tuple[Stale, ...]:
        """The sources whose documents have changed since the revision that answers."""

    def health(self) -> Mapping[str, str]:
        """Component → "UP", "DEGRADED", or what is wrong in French."""


AssistantProvider = Callable[[], WebAssistant]
"""Gives the assistant to ask; raises CctError while there is none, an index that is missing for instance."""

Recorder = Callable[[str, Answer, float], None]
"""Called after each question with the channel's name, the answer and the seconds it took."""
