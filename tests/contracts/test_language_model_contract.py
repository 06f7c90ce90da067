"""What every language model gives: run on the scripted double and on the real client against an HTTP server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from assistant.errors import ModelBusy, ModelError, ModelTimeout, ModelUnreachable, PersonalDataRefused
from assistant.model.language_model import LanguageModel, OpenAIModel, Usage, VisibleText, versioned
from assistant.settings import AssistantSettings
from tests.fake_openai_server import FakeOpenAI, fake_openai
from tests.scripted_model import ScriptedModel

TEXT = "Les journaux sortent sur la sortie standard [1]. C'est tout."


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with fake_openai() as told:
        yield told


def client(server: FakeOpenAI, **values: object) -> OpenAIModel:
    known = {"OPENAI_BASE_URL": server.url, "LLM_DEFAULT_MODEL": "essai", "OPENAI_API_KEY": "sk-essai", **values}
    return OpenAIModel(AssistantSettings(_env_file=None, **known))  # type: ignore[arg-type, call-arg]  # by alias


@pytest.fixture(params=["scripted", "openai"])
def model(request: pytest.FixtureRequest) -> Callable[..., LanguageModel]:
    def make(text: str, finish: str = "stop", pause: float = 0.0) -> LanguageModel:
        if request.param == "scripted":
            return ScriptedModel([text], finish=finish, pause=pause)
        told: FakeOpenAI = request.getfixturevalue("server")
        told.text, told.finish, told.pause = text, finish, pause
        return client(told)

    return make


class TestLanguageModelContract:
    def test_the_pieces_make_the_whole_text(self, model: Callable[..., LanguageModel]) -> None:
        pieces = list(model(TEXT).stream("consigne", "question"))
        assert "".join(p.text for p in pieces) == TEXT
        assert len([p for p in pieces if p.text]) > 3

    def test_complete_gives_the_same_text(self, model: Callable[..., LanguageModel]) -> None:
        assert model(TEXT).complete("consigne", "question") == TEXT

    @pytest.mark.parametrize("finish", ["stop", "length"])
    def test_it_says_why_it_ends(self, model: Callable[..., LanguageModel], finish: str) -> None:
        pieces = list(model(TEXT, finish=finish).stream("consigne", "question"))
        assert [p.finish for p in pieces if p.finish] == [finish]

    def test_it_counts_its_tokens_once(self, model: Callable[..., LanguageModel]) -> None:
        (usage,) = [p.usage for p in model(TEXT).stream("consigne", "question") if p.usage]
        assert usage.prompt > 0
        assert usage.completion > 0

    def test_an_empty_answer_is_an_error_of_complete(self, model: Callable[..., LanguageModel]) -> None:
        with pytest.raises(ModelError, match="vide"):
            model("  \n").complete("consigne", "question")

    def test_reasoning_between_marks_is_left_out_of_complete(self, model: Callable[..., LanguageModel]) -> None:
        assert model("<think>Voyons [2]…</think>\nOui [1].").complete("c", "q").strip() == "Oui [1]."

    def test_closing_the_stream_stops_it(self, model: Callable[..., LanguageModel]) -> None:
        stream = model("mot " * 40_000, pause=0.005).stream("consigne", "question")  # two minutes to its end
        next(stream)
        started = time.perf_counter()
        stream.close()  # type: ignore[attr-defined]  # both are generators
        assert time.perf_counter() - started < 60


def test_a_client_that_stops_reading_frees_the_server(server: FakeOpenAI) -> None:
    server.text, server.pause = "mot " * 40_000, 0.003
    stream = client(server).stream("consigne", "question")
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert server.hung_up.wait(60)
    assert server.sent < len(server.text) / server.width / 2


@pytest.mark.parametrize(
    ("given", "path"),
    [("", "/v1/chat/completions"), ("/", "/v1/chat/completions"), ("/v1", "/v1/chat/completions"),
     ("/v1/", "/v1/chat/completions"), ("/openai/v1", "/openai/v1/chat/completions"),
     ("/v1/chat/completions", "/v1/chat/completions")],
)  # fmt: skip
def test_the_address_comes_with_or_without_v1(server: FakeOpenAI, given: str, path: str) -> None:
    client(server, OPENAI_BASE_URL=server.url + given).complete("consigne", "question")
    assert server.received[0]["path"] == path


def test_versions_that_are_not_v1_stay() -> None:
    assert versioned("https://passerelle.invalid/v1beta/") == "https://passerelle.invalid/v1beta"


def test_the_server_gets_model_key_instructions_and_request(server: FakeOpenAI) -> None:
    client(server, LLM_MAX_TOKENS=512, LLM_TEMPERATURE=0.5).complete("consigne", "question")
    (received,) = server.received
    assert (received["model"], received["key"], received["temperature"]) == ("essai", "Bearer sk-essai", 0.5)
    assert [(m["role"], m["content"]) for m in received["messages"]] == [("system", "consigne"), ("user", "question")]
    assert 512 in (received.get("max_tokens"), received.get("max_completion_tokens"))


def test_usage_is_what_the_server_counted(server: FakeOpenAI) -> None:
    assert [p.usage for p in client(server).stream("c", "q") if p.usage] == [Usage(321, 45)]


def test_a_server_that_does_not_count_while_streaming_is_asked_without(server: FakeOpenAI) -> None:
    server.refuses_stream_options = True
    model = client(server)
    assert model.complete("c", "q") == model.complete("c", "q") == "Bonjour."
    assert ["stream_options" in r for r in server.received] == [True, False, False]


def test_reasoning_content_is_not_the_answer(server: FakeOpenAI) -> None:
    server.reasoning = "Je réfléchis longuement au passage 2."
    pieces = list(client(server).stream("c", "q"))
    assert "".join(p.text for p in pieces) == "Bonjour."
    assert pieces[0].text == ""  # it shows that the model is alive


@pytest.mark.parametrize(
    ("status", "body", "headers", "error", "words"),
    [
        (429, {"error": "quota"}, {"retry-after": "7"}, ModelBusy, "429"),
        (500, {"error": "boum"}, {}, ModelUnreachable, "500"),
        (503, "<html>indisponible</html>", {}, ModelUnreachable, "503"),
        (400, {"error": "pii detected: email"}, {}, PersonalDataRefused, "email"),
        (400, {"error": {"message": "pii detected: siret, phone"}}, {}, PersonalDataRefused, "siret, phone"),
        (401, {"error": "invalid token"}, {}, ModelError, "401"),
        (404, {"error": "model not found"}, {}, ModelError, "404"),
    ],
)
def test_a_refusal_is_an_error_with_its_remedy(
    server: FakeOpenAI, status: int, body: object, headers: dict[str, str], error: type[ModelError], words: str
) -> None:
    server.always = (status, body, headers)  # type: ignore[assignment]
    with pytest.raises(error, match=words) as caught:
        client(server).complete("c", "q")
    assert caught.value.remedy
    assert len(server.received) == 1  # no silent retries: waiting is bounded elsewhere


@pytest.mark.parametrize("header", ["7", "date", "bientôt", None])
def test_retry_after_is_read_as_seconds_or_as_a_date(server: FakeOpenAI, header: str | None) -> None:
    value = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True) if header == "date" else header
    server.always = (429, {"error": "quota"}, {"retry-after": value} if value and value.isascii() else {})
    with pytest.raises(ModelBusy) as caught:
        client(server).complete("c", "q")
    if header == "date":
        assert 20 < (caught.value.wait or 0) <= 90  # less what the request took
    elif header == "7":
        assert caught.value.wait == 7
    else:
        assert caught.value.wait is None


def test_silence_is_a_timeout(server: FakeOpenAI) -> None:
    server.silence = 2
    with pytest.raises(ModelTimeout):
        client(server, LLM_TIMEOUT=0.2).complete("c", "q")


def test_nobody_at_the_address_is_an_error() -> None:
    settings = {"OPENAI_BASE_URL": "http://127.0.0.1:9", "LLM_DEFAULT_MODEL": "essai"}
    with pytest.raises(ModelUnreachable):
        OpenAIModel(AssistantSettings(_env_file=None, **settings)).complete("c", "q")  # type: ignore[arg-type, call-arg]


def test_no_model_configured_is_an_error_that_names_the_variables() -> None:
    with pytest.raises(ModelError) as caught:
        OpenAIModel(AssistantSettings(_env_file=None))  # type: ignore[call-arg]
    assert "OPENAI_BASE_URL" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "seen"),
    [("a<think>b</think>c", "ac"), ("<think>a", ""), ("<thinking>a</thinking>b", "b"), ("a < b", "a < b"),
     ("port <1024>", "port <1024>"), ("a<think>b</think>c<think>d</think>e", "ace")],
)  # fmt: skip
@pytest.mark.parametrize("width", [1, 3, 50])
def test_reasoning_is_taken_out_however_the_pieces_fall(text: str, seen: str, width: int) -> None:
    visible = VisibleText()
    got = "".join(visible.feed(text[i : i + width]) for i in range(0, len(text), width)) + visible.finish()
    assert got == seen


def test_what_comes_before_an_unopened_end_mark_was_reasoning() -> None:
    visible = VisibleText()
    for piece in ("Voyons ce que dit le passage [1].", "</think>", "Oui [1]."):
        visible.feed(piece)
    visible.finish()
    assert visible.restarted
    assert visible.since_restart == "Oui [1]."
