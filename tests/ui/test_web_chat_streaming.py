"""An answer that comes while it is written: shown, stopped, given up, and carried from one server to another."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.ui.canned_assistant import CannedAssistant
from tests.ui.chat_browser import (
    Server,
    a_chromium,
    a_page,
    answers,
    ask,
    asked,
    browser_marks,
    expect,
    field,
    open_page,
)
from tests.ui.streaming_assistant import StreamingAssistant
from ui.chat.page_wording import MODE_WRITTEN

pytestmark = browser_marks


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    with a_page(chromium) as opened:
        yield opened


@pytest.fixture(scope="module")
def current() -> dict[str, StreamingAssistant]:
    return {"assistant": StreamingAssistant()}


@pytest.fixture(scope="module")
def site(current: dict[str, StreamingAssistant]) -> Iterator[str]:
    with Server(lambda: current["assistant"]) as server:
        yield server.url


@pytest.fixture
def model(current: dict[str, StreamingAssistant]) -> Iterator[StreamingAssistant]:
    current["assistant"] = StreamingAssistant()
    yield current["assistant"]
    current["assistant"].go_on.set()


def test_sentences_are_shown_as_they_pass_and_the_whole_answer_takes_their_place(
    page: Any, site: str, model: StreamingAssistant
) -> None:
    open_page(page, site)
    ask(page, "Une sonde ?")
    expect(page.locator("#redaction")).to_have_text("Une sonde est demandée [1].")
    expect(page.locator("#redaction strong")).to_have_text("sonde")
    expect(page.locator("#etat")).to_contain_text("Rédaction")
    expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
    expect(page.get_by_role("button", name="Envoyer")).to_be_hidden()
    expect(answers(page)).to_have_count(0)
    model.go_on.set()
    expect(answers(page)).to_contain_text("Elle décrit l'état du composant")
    expect(page.locator("#redaction")).to_have_count(0)
    expect(page.locator("#etat")).to_contain_text("Réponse complète : 1 source citée.")
    expect(page.get_by_role("button", name="Envoyer")).to_be_visible()


def test_the_live_region_is_busy_while_sentences_come_and_reads_the_answer_once(
    page: Any, site: str, model: StreamingAssistant
) -> None:
    open_page(page, site)
    ask(page, "Une sonde ?")
    expect(page.locator("#redaction")).to_have_attribute("aria-hidden", "true")
    expect(page.get_by_role("log")).to_have_attribute("aria-busy", "true")
    model.go_on.set()
    expect(answers(page)).to_have_count(1)
    expect(page.get_by_role("log")).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize("how", ["Escape", "button"])
def test_a_stopped_answer_becomes_the_extracts_and_the_model_stops(
    page: Any, site: str, model: StreamingAssistant, how: str
) -> None:
    open_page(page, site)
    ask(page, "Une sonde ?")
    expect(page.locator("#redaction")).to_be_visible()
    if how == "button":
        page.get_by_role("button", name="Arrêter").click()
    else:
        page.keyboard.press("Escape")
    expect(answers(page)).to_contain_text("une sonde de santé")
    expect(answers(page)).to_contain_text("rédaction arrêtée à votre demande")
    expect(page.locator("#src-2")).to_be_visible()
    assert model.closed.wait(60)
    assert model.asked[-1].extractive


def test_a_question_typed_while_an_answer_comes_is_kept(page: Any, site: str, model: StreamingAssistant) -> None:
    open_page(page, site)
    ask(page, "Une sonde ?")
    expect(page.locator("#redaction")).to_be_visible()
    ask(page, "La suite ?")
    expect(page.locator("#etat")).to_contain_text("Une réponse est en cours")
    expect(field(page)).to_have_value("La suite ?")
    model.go_on.set()
    expect(answers(page)).to_have_count(1)
    field(page).press("Enter")
    expect(answers(page)).to_have_count(2)
    expect(asked(page)).to_have_text(["Une sonde ?", "La suite ?"])


def test_a_new_conversation_drops_the_answer_under_way(page: Any, site: str, model: StreamingAssistant) -> None:
    open_page(page, site)
    ask(page, "Une sonde ?")
    expect(page.locator("#redaction")).to_be_visible()
    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(page.locator("#etat")).to_contain_text("Nouvelle conversation")
    expect(page.locator("#redaction")).to_have_count(0)
    expect(asked(page)).to_have_count(0)
    assert model.closed.wait(60)
    model.go_on.set()
    ask(page, "Autre chose ?")
    expect(asked(page)).to_have_text(["Autre chose ?"])
    expect(answers(page)).to_have_count(1)


def test_the_extracts_can_be_chosen_when_a_model_is_configured(
    page: Any, site: str, model: StreamingAssistant
) -> None:
    open_page(page, site)
    page.get_by_label("Extraite du texte").check()
    ask(page, "Une sonde ?")
    expect(answers(page)).to_contain_text("une sonde de santé")
    assert model.asked[-1].extractive


def test_a_server_killed_in_the_middle_of_an_answer_is_asked_again_on_its_return(chromium: Any) -> None:
    model = StreamingAssistant()
    with a_page(chromium) as page, Server(lambda: model) as first:
        open_page(page, first.url)
        ask(page, "Une sonde ?")
        expect(page.locator("#redaction")).to_be_visible()
        first.kill()
        expect(page.locator("#etat")).to_contain_text("Le serveur ne répond pas")
        model.go_on.set()
        with Server(lambda: model, first.port):
            expect(answers(page)).to_contain_text("Elle décrit l'état du composant", timeout=60_000)
            ask(page, "Et après ?")
            expect(answers(page)).to_have_count(2)
            expect(asked(page)).to_have_text(["Une sonde ?", "Et après ?"])
            expect(page.locator("#sources-precedentes")).to_contain_text("Une sonde ?")


def test_two_replicas_in_turn_answer_one_conversation(chromium: Any) -> None:
    model, other = StreamingAssistant(), StreamingAssistant()
    model.go_on.set()
    other.go_on.set()
    with Server(lambda: model) as one, Server(lambda: other) as two, a_page(chromium) as page:
        others, replies = itertools.cycle((two.url, one.url)), itertools.cycle((one.url, two.url))

        def in_turn(route: Any) -> None:
            url = route.request.url
            if route.request.method == "POST":
                _elsewhere(route, one.url, next(replies if url.endswith("/run/reply") else others))
            else:
                route.continue_()

        page.route("**/*", in_turn)
        open_page(page, one.url)
        for n in range(4):
            ask(page, f"Question {n} ?")
            expect(answers(page)).to_have_count(n + 1)
        expect(asked(page)).to_have_text([f"Question {n} ?" for n in range(4)])
        assert [q.text for q in model.asked] == ["Question 0 ?", "Question 2 ?"]
        assert [q.text for q in other.asked] == ["Question 1 ?", "Question 3 ?"]
        assert [turn.question for turn in other.asked[1].history] == [f"Question {n} ?" for n in range(3)]


def _elsewhere(route: Any, here: str, there: str) -> None:
    request = route.request
    headers = {"content-type": "application/json"}
    answered = httpx.post(request.url.replace(here, there), content=request.post_data, headers=headers, timeout=60)
    route.fulfill(status=answered.status_code, headers=dict(answered.headers), body=answered.content)


def _event(question: str, fn_index: int) -> dict[str, Any]:
    messages = [{"role": "user", "content": [{"type": "text", "text": question}], "metadata": None}]
    return {"data": [messages, "", "", "", "", MODE_WRITTEN], "fn_index": fn_index, "session_hash": "essai"}


@pytest.fixture(scope="module")
def reply_event(site: str) -> int:
    script = httpx.get(f"{site}page/page.js", timeout=60).text
    return int(json.loads(script.split("const WORDING = ")[1].split(";\n")[0])["replies"][0])


def test_the_stream_ends_with_what_gradio_would_have_answered(
    site: str, reply_event: int, model: StreamingAssistant
) -> None:
    model.go_on.set()
    event = _event("Une sonde ?", reply_event)
    streamed = httpx.post(f"{site}gradio_api/run/reply", json=event, timeout=60)
    assert streamed.headers["content-type"] == "text/event-stream"
    frames = [json.loads(line.removeprefix("data: ")) for line in streamed.text.split("\n\n") if line]
    assert [f["kind"] for f in frames] == ["writing", "text", "text", "done"]
    response = frames[-1]["response"]
    assert response["data"][3] == "Réponse complète : 1 source citée."
    assert [m["role"] for m in response["data"][0]] == ["user", "assistant"]
    assert "modele-essai" in frames[-1]["record"]["file"]


def test_gradio_s_own_address_answers_no_question_since_none_is_counted_there(
    site: str, reply_event: int, model: StreamingAssistant
) -> None:
    event = _event("Une sonde ?", reply_event)
    plain = httpx.post(f"{site}gradio_api/run/predict", json=event, timeout=60).json()
    assert plain["data"] == [{"__type__": "update"}] * len(plain["data"])
    assert model.asked == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"pas du json", 422),
        (b"{}", 422),
        (json.dumps(_event("Une sonde ?", 100_000)).encode(), 422),
        (b'"' + b"x" * 5_000_001 + b'"', 413),
    ],
)
def test_a_request_that_is_not_of_the_page_is_refused_in_french(site: str, body: bytes, status: int) -> None:
    refused = httpx.post(f"{site}gradio_api/run/reply", content=body, timeout=60)
    assert refused.status_code == status
    assert refused.json()["detail"].endswith(".")


def test_a_conversation_whose_last_question_has_its_answer_changes_nothing(site: str, reply_event: int) -> None:
    event = _event("Une sonde ?", reply_event)
    event["data"][0].append({"role": "assistant", "content": [{"type": "text", "text": "oui"}], "metadata": None})
    (frame,) = [
        json.loads(f[6:])
        for f in httpx.post(f"{site}gradio_api/run/reply", json=event, timeout=60).text.split("\n\n")
        if f
    ]
    assert "record" not in frame
    assert frame["response"]["data"] == [{"__type__": "update"}] * len(frame["response"]["data"])


def test_an_assistant_that_does_not_stream_answers_in_one_piece(reply_event: int) -> None:
    with Server(CannedAssistant) as server:
        answered = httpx.post(
            f"{server.url}gradio_api/run/reply", json=_event("Une sonde ?", reply_event), timeout=60
        )
        frames = [json.loads(f[6:]) for f in answered.text.split("\n\n") if f]
        assert [f["kind"] for f in frames] == ["done"]
