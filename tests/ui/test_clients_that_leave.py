"""A client that goes away before its answer: at every door, the model that was writing for it is stopped."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Generator, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from assistant.answer import Question
from assistant.answer_stream import StreamEvent
from assistant.answering import Assistant
from assistant.model.answer_writer import AnswerWriter
from assistant.model.language_model import OpenAIModel
from assistant.model.patience import PatientModel
from assistant.search.ranking import packaged_parameters
from assistant.selection import Library
from assistant.settings import AssistantSettings
from ingest.sources.corpus import Corpus
from tests.built_indexes import demonstration_home, library_of, settings_of
from tests.fake_openai_server import FakeOpenAI, fake_openai
from tests.ui.served_app import served
from ui.doors.access_guard import AccessPolicy
from ui.doors.consultation import CorpusConsultation
from ui.doors.door_settings import DoorSettings
from ui.http_api import create_app

TOKEN = "jeton-d-essai-0123456789"
LONG = 60
"""Seconds after which a test gives up; the model itself would be waited for three hundred."""
BACKUP = "Peut-on stocker la sauvegarde sur la même grappe ?"
CHAT = {"model": "assistant-cct", "messages": [{"role": "user", "content": BACKUP}]}
CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "poser_question", "arguments": {"question": BACKUP}},
}
DOORS = {
    "api": ("/api/v1/ask", {"question": BACKUP}),
    "openai": ("/v1/chat/completions", CHAT),
    "openai streamed": ("/v1/chat/completions", CHAT | {"stream": True}),
    "mcp": ("/mcp", CALL),
    "page": ("/question", {"q": BACKUP}),
}


class Followed(Assistant):
    """Tells when a question is over for it."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.over = threading.Event()

    def stream(self, question: Question) -> Generator[StreamEvent]:
        """See Assistant."""
        try:
            yield from super().stream(question)
        finally:
            self.over.set()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return library_of(demonstration_home(tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(settings_of(demonstration_home(tmp_path_factory.getbasetemp()), edition="demo"))


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with fake_openai() as told:
        yield told


@pytest.fixture
def assistant(model: FakeOpenAI, library: Library) -> Followed:
    values: Any = {"OPENAI_BASE_URL": model.url, "LLM_DEFAULT_MODEL": "essai", "LLM_TIMEOUT": 300}
    patient = PatientModel(OpenAIModel(AssistantSettings(_env_file=None, **values)), 300, 300)
    return Followed(library, packaged_parameters(), AnswerWriter(patient, library))


@pytest.fixture
def site(assistant: Followed, library: Library, corpus: Corpus) -> Iterator[str]:
    settings = DoorSettings(_env_file=None, tokens=TOKEN, rate=0)  # type: ignore[call-arg]  # pydantic-settings's own
    consultation = CorpusConsultation(assistant, library, corpus)
    access = AccessPolicy.of(settings, "0.0.0.0")
    with served(
        create_app(lambda: assistant, web_page=False, access=access, consultation=lambda: consultation)
    ) as url:
        yield url


def asking(site: str, door: str) -> http.client.HTTPConnection:
    """A connection on which the question was sent, and nothing was read."""
    path, body = DOORS[door]
    form = door == "page"
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    headers = {
        "authorization": f"Bearer {TOKEN}",
        "content-type": kind,
        "accept": "text/html" if form else "application/json, text/event-stream",
    }
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=LONG)
    connection.request("POST", path, urlencode(body) if form else json.dumps(body), headers)
    return connection


@pytest.mark.parametrize("silent_from", [0, 2], ids=["before its first word", "in mid-sentence"])
@pytest.mark.parametrize("door", DOORS)
def test_the_model_of_a_client_that_left_is_stopped(
    site: str, model: FakeOpenAI, assistant: Followed, door: str, silent_from: int
) -> None:
    model.holds_after = silent_from
    connection = asking(site, door)
    assert model.holding.wait(LONG)
    assert not model.hung_up.is_set()
    connection.close()
    assert model.hung_up.wait(LONG)
    assert assistant.over.wait(LONG)
    assert len(model.received) == 1, "a model that was stopped is not asked again"


@pytest.mark.parametrize("door", DOORS)
def test_who_waits_is_answered(site: str, model: FakeOpenAI, door: str) -> None:
    connection = asking(site, door)
    response = connection.getresponse()
    assert response.status == 200
    assert "sauvegarde" in response.read().decode().lower()
    connection.close()
    assert not model.hung_up.is_set()


def test_a_question_that_nobody_waits_for_any_more_is_not_counted(
    site: str, model: FakeOpenAI, assistant: Followed
) -> None:
    model.holds_after = 0
    for door in ("api", "openai", "page"):
        model.holding.clear()
        assistant.over.clear()
        connection = asking(site, door)
        assert model.holding.wait(LONG)
        connection.close()
        assert assistant.over.wait(LONG)
    model.holds_after = None
    waiting = asking(site, "api")
    assert waiting.getresponse().status == 200
    waiting.close()
    counted = [
        line
        for line in httpx.get(f"{site}/metrics", timeout=LONG).text.splitlines()
        if line.startswith("cct_questions_total{")
    ]
    assert counted == ['cct_questions_total{canal="api",issue="answered"} 1.0']
