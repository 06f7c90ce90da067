"""What the tests of the model's answers share: the demonstration edition, and an assistant with a scripted model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Answer, Question
from assistant.answer_stream import Finished, SentencePassed, StreamEvent
from assistant.answering import Assistant
from assistant.model.answer_writer import AnswerWriter
from assistant.model.patience import PatientModel
from assistant.search.ranking import packaged_parameters
from assistant.selection import Library, Selection
from assistant.verification.evidence import GivenPassage, WordWeights
from ingest.passage import document_lines
from tests.built_indexes import PROJECT, demonstration_home, library_of
from tests.scripted_model import Reply, ScriptedModel

BACKUP = "Peut-on stocker la sauvegarde sur la même grappe ?"
"""The question of most tests; EXI-ARCH-4 and EXI-ORG-17 answer it."""


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library of the demonstration edition."""
    return library_of(demonstration_home(tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="session")
def selection(library: Library) -> Selection:
    """Its served revisions."""
    return library.selection()


@pytest.fixture(scope="session")
def weights(selection: Selection) -> WordWeights:
    """Its word weights."""
    return WordWeights(p.passage.text for p in selection.located)


@pytest.fixture(scope="session")
def passage(selection: Selection) -> Callable[..., GivenPassage]:
    """passage("pi:EXI-ARCH-4", n=1) → the passage as it is given to a model, twins included."""

    @cache
    def made(key: str, n: int = 1) -> GivenPassage:
        first = next(p for p in selection.located if p.key == key)
        same = [p for p in selection.located if p.passage.fingerprint == first.passage.fingerprint and p is not first]
        lines = []
        for place in (first, *same):
            text = document_lines(selection.text(place.source, place.document))
            lines.append("\n".join(text[place.passage.lines.start - 1 : place.passage.lines.end]))
        return GivenPassage(n, (first, *same), tuple(lines))

    return made


@dataclass
class Asked:
    """What came of one question."""

    events: list[StreamEvent]
    model: ScriptedModel
    assistant: Assistant

    @property
    def answer(self) -> Answer:
        """The answer of the last event."""
        assert isinstance(self.events[-1], Finished)
        return self.events[-1].answer

    @property
    def passed(self) -> list[SentencePassed]:
        """The sentences shown on the way."""
        return [e for e in self.events if isinstance(e, SentencePassed)]


@pytest.fixture
def ask_model(library: Library) -> Callable[..., Asked]:
    """ask_model(reply, reply…, question=…) → what came of it; options go to the scripted model and the writer."""

    def asked(
        *replies: Reply,
        question: str = BACKUP,
        history: Any = (),
        total: float = 20.0,
        first: float = 10.0,
        writer: dict[str, Any] | None = None,
        assistant: Assistant | None = None,
        **script: Any,
    ) -> Asked:
        model = ScriptedModel(replies or ("",), **script)
        if assistant is None:
            patient = PatientModel(model, total, first, sleep=lambda _: None)
            made = AnswerWriter(patient, library, **(writer or {}))
            assistant = Assistant(library, packaged_parameters(), made)
        events = list(assistant.stream(Question(question, history=history)))
        return Asked(events, model, assistant)

    return asked


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    """The answer's contract."""
    import json

    path: Path = PROJECT / "tests/assistant/answer.schema.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))
