"""A reader that goes away frees its model at once, even one that says nothing: the server sees the client leave."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.errors import ModelStopped
from assistant.model.language_model import OpenAIModel, Piece
from assistant.model.patience import PatientModel
from assistant.model.stopping import Stop, current_stop
from assistant.settings import AssistantSettings
from tests.fake_openai_server import FakeOpenAI, fake_openai

LONG = 60
"""Seconds after which a test gives up; nothing is expected to last."""


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with fake_openai() as told:
        yield told


def patient(server: FakeOpenAI) -> PatientModel:
    values: Any = {"OPENAI_BASE_URL": server.url, "LLM_DEFAULT_MODEL": "essai", "LLM_TIMEOUT": 300}
    return PatientModel(OpenAIModel(AssistantSettings(_env_file=None, **values)), 300, 300)


def test_closing_the_stream_of_a_model_that_fell_silent_hangs_up(server: FakeOpenAI) -> None:
    server.holds_after = 2
    pieces = patient(server).pieces("Réponds.", "Bonjour")
    next(pieces)
    assert server.holding.wait(LONG)
    pieces.close()  # type: ignore[attr-defined]  # a generator
    assert server.hung_up.wait(LONG)


@pytest.mark.parametrize("silent_from", [0, 2])
def test_a_stop_reaches_a_model_that_somebody_is_waiting_for(server: FakeOpenAI, silent_from: int) -> None:
    server.holds_after = silent_from
    model, stop, ended = patient(server), Stop(), []

    def wait() -> None:
        current_stop.set(stop)
        try:
            list(model.pieces("Réponds.", "Bonjour"))
        except ModelStopped as exc:
            ended.append(exc)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert server.holding.wait(LONG)
    stop.set()
    assert server.hung_up.wait(LONG)
    waiting.join(LONG)
    assert len(ended) == 1
    assert len(server.received) == 1, "a model that was stopped is not asked again"
    assert not model.breaker.failures


def test_what_is_stopped_before_it_begins_asks_nothing(server: FakeOpenAI) -> None:
    stop = Stop()
    stop.set()
    token = current_stop.set(stop)
    try:
        with pytest.raises(ModelStopped):
            list(patient(server).pieces("Réponds.", "Bonjour"))
    finally:
        current_stop.reset(token)
    assert not server.received


def test_stopping_one_answer_leaves_the_others(server: FakeOpenAI) -> None:
    server.holds_after = 2
    model = patient(server)
    stopped = model.pieces("Réponds.", "Bonjour")
    next(stopped)
    assert server.holding.wait(LONG)
    server.holds_after = None
    other = model.pieces("Réponds.", "Bonsoir")
    first = next(other)
    stopped.close()  # type: ignore[attr-defined]  # a generator
    assert server.hung_up.wait(LONG)
    assert "".join(p.text for p in [first, *other]) == server.text


def test_a_stop_calls_late_what_registers_late_and_each_thing_once() -> None:
    stop, called = Stop(), []
    with stop.calls(lambda: called.append("ended")):
        pass
    with stop.calls(lambda: called.append("during")):
        stop.set()
        stop.set()
    with stop.calls(lambda: called.append("late")):
        pass
    assert called == ["during", "late"]
    assert stop.is_set


def test_a_model_whose_stream_is_a_generator_is_stopped_too() -> None:
    begun, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    class Slow:
        def complete(self, instructions: str, request: str) -> str:
            raise NotImplementedError

        def stream(self, instructions: str, request: str) -> Iterator[Piece]:
            try:
                begun.set()
                go_on.wait(LONG)
                yield Piece("Bon")
                yield Piece("jour.")
            finally:
                closed.set()

    stop = Stop()
    token = current_stop.set(stop)
    try:
        pieces = PatientModel(Slow(), 300, 300).pieces("Réponds.", "Bonjour")
        setter = threading.Thread(target=lambda: (begun.wait(LONG), stop.set()))
        setter.start()
        with pytest.raises(ModelStopped):
            next(pieces)
        setter.join(LONG)
    finally:
        current_stop.reset(token)
    go_on.set()
    assert closed.wait(LONG)
