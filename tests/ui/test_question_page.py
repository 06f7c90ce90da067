"""The form of /question and its answers, over the canned assistant: nothing needs a script."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
import yaml
from fastapi.testclient import TestClient

from assistant.answer import Answer, Question, Turn
from tests.ui.canned_assistant import COMMIT, GREEN, CannedAssistant, NoAssistant
from ui.doors.web_assistant import AssistantProvider
from ui.http_api import create_app
from ui.pages.document_text import document_html


def browser(provider: AssistantProvider) -> TestClient:
    app = create_app(provider, web_page=False)
    return TestClient(app, headers={"accept": "text/html"}, raise_server_exceptions=False)


@pytest.fixture
def assistant() -> CannedAssistant:
    return CannedAssistant()


@pytest.fixture
def client(assistant: CannedAssistant) -> TestClient:
    return browser(lambda: assistant)


def hidden(page: str, name: str) -> list[str]:
    return [html.unescape(v) for v in re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)]


def test_a_link_fills_the_form_and_asks_nothing(client: TestClient, assistant: CannedAssistant) -> None:
    page = client.get("/question", params={"q": 'Que dit "EXI" <b> ?', "source": "pi"}).text
    assert ">Que dit &#34;EXI&#34; &lt;b&gt; ?</textarea>" in page
    assert '<option value="pi" selected>' in page
    assert "intelligence artificielle" in page
    assert assistant.asked == []


def test_the_answer_leads_from_each_sentence_to_its_source(client: TestClient) -> None:
    response = client.post("/question", data={"q": "Comment exposer une sonde ?"})
    page = response.text
    assert response.status_code == 200
    assert "intelligence artificielle" in page
    assert re.findall(r'<a href="#source-(\d)"', page) == ["1", "2"]
    assert 'id="source-1"' in page
    assert "<mark>Chaque composant expose une adresse /health qui décrit son état.</mark>" in page
    assert 'href="/exigences/pi/EXI-ARCH-12"' in page
    assert ">P, primordiale</span>" in page
    assert "Cette citation n'a pas été retrouvée mot pour mot" in page
    assert "Les deux documents portent EXI-G-4" in page
    assert 'href="/question?q=Que+dit+EXI-ARCH-13+%3F"' in page
    assert "<script" not in page


def test_the_nearest_passage_is_shown_as_no_answer() -> None:
    class Unsure(CannedAssistant):
        def answer(self, question: Question) -> Answer:
            return replace(super().answer(question), nearest=GREEN.place)

    assistant = Unsure()
    page = browser(lambda: assistant).post("/question", data={"q": "Où dort la girafe ?"}).text
    assert "sans garantie qu'il réponde" in html.unescape(page)
    assert str(document_html(assistant.passage_text(GREEN.place))) in page
    assert "<mark>" not in page


def test_scope_and_revision_reach_the_assistant_and_stay_chosen(
    client: TestClient, assistant: CannedAssistant
) -> None:
    revision = f"pi={'4567cdef' * 5}"
    page = client.post("/question", data={"q": "Une sonde ?", "source": "pi", "revision": revision}).text
    asked = assistant.asked[0]
    assert asked.sources == ("pi",)
    assert dict(asked.revisions) == {"pi": "4567cdef" * 5}
    assert f'<option value="{revision}" selected>' in page


def test_the_next_question_carries_those_before_it(client: TestClient, assistant: CannedAssistant) -> None:
    page = client.post("/question", data={"q": "Une sonde ?"}).text
    assert hidden(page, "precedente") == ["Une sonde ?"]
    assert hidden(page, "citees") == ["pi:EXI-ARCH-12 mirai:EXI-G-4"]
    fields = {"q": "et pour MirAI ?", "precedente": hidden(page, "precedente"), "citees": hidden(page, "citees")}
    following = client.post("/question", data=fields).text
    assert assistant.asked[-1].history == (Turn("Une sonde ?", ("pi:EXI-ARCH-12", "mirai:EXI-G-4")),)
    assert hidden(following, "precedente") == ["Une sonde ?", "et pour MirAI ?"]
    assert 'href="/question">Nouvelle conversation</a>' in following


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"q": ""}, "question", "Écrivez d&#39;abord une question"),
        ({"q": " ?! "}, "question", "Écrivez d&#39;abord une question"),
        ({}, "question", "Écrivez d&#39;abord une question"),
        ({"q": "a" * 8001}, "question", "fait 8001 caractères, la limite est de 8000"),
        ({"q": "Une sonde ?", "source": "gamma"}, "source", "Source inconnue : « gamma »"),
        ({"q": "Une sonde ?", "revision": "hier"}, "revision", "Révision mal écrite : « hier »"),
        ({"q": "Une sonde ?", "revision": "gamma=abc"}, "revision", "Révision mal écrite"),
    ],
)
def test_a_form_that_cannot_be_asked_comes_back_with_its_field_marked(
    client: TestClient, assistant: CannedAssistant, fields: dict[str, str], field: str, told: str
) -> None:
    response = client.post("/question", data=fields)
    assert response.status_code == 422
    assert f'aria-invalid="true" aria-describedby="{field}-erreur"' in response.text
    assert re.search(rf'id="{field}-erreur">[^<]*{re.escape(told)}', response.text)
    assert fields.get("q", "")[:50] in response.text
    assert assistant.asked == []


def test_a_body_that_is_no_form_or_too_large_is_refused_in_french(client: TestClient) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    large = client.post("/question", content=b"q=" + b"a" * 400_001, headers=form)
    assert large.status_code == 413
    assert "dépasse 400 ko" in large.text
    for body in (b"q=\xff\xfe", b"&".join(b"a=1" for _ in range(70)), b"q=%ff"):
        assert client.post("/question", content=body, headers=form).status_code == 400


@pytest.mark.parametrize(
    ("question", "status", "told"),
    [
        ("Une girafe ?", 200, "Pas de réponse trouvée"),
        ("Une erreur ?", 200, "Le modèle de langage ne répond pas."),
        ("Une panne ?", 503, "incident n°"),
        ("Un index ?", 503, "Aucun index n&#39;est prêt."),
    ],
)
def test_what_is_no_answer_is_said(client: TestClient, question: str, status: int, told: str) -> None:
    response = client.post("/question", data={"q": question})
    assert response.status_code == status
    assert html.unescape(told) in html.unescape(response.text)
    assert "secret detail" not in response.text


def test_without_an_index_the_form_says_what_to_do() -> None:
    client = browser(NoAssistant())
    page = client.get("/question").text
    assert "cct ingest" in page
    assert client.post("/question", data={"q": "Une sonde ?"}).status_code == 503


def test_the_answer_is_saved_as_it_was_shown_with_what_made_it(
    client: TestClient, assistant: CannedAssistant
) -> None:
    page = client.post("/question", data={"q": 'Une "sonde" : oui ?\nnon'}).text
    (shown,) = hidden(page, "reponse")
    saved = client.post("/question.md", data={"reponse": shown})
    assert len(assistant.asked) == 1
    assert saved.headers["content-type"] == "text/markdown; charset=utf-8"
    assert saved.headers["content-disposition"] == 'attachment; filename="une-sonde-oui-non.md"'
    front = yaml.safe_load(saved.text.split("---\n")[1])
    assert front["question"] == 'Une "sonde" : oui ?\nnon'
    assert front["genere_par_ia"] is True
    assert front["revisions"][1] == {"source": "pi", "commit": COMMIT, "date": "2025-04-06", "officielle": True}
    assert [s["verifiee"] for s in front["sources"]] == [True, False]
    assert "intelligence artificielle" in saved.text
    assert "[1] CCT Cloud Pi Native, EXI-ARCH-12" in saved.text


def test_only_an_answer_of_ours_is_saved(client: TestClient) -> None:
    for content in ("", "<html>", "---\ntitre: x"):
        assert client.post("/question.md", data={"reponse": content}).status_code == 400


def test_payloads_in_question_document_and_answer_are_inert(client: TestClient) -> None:
    page = client.post("/question", data={"q": '<script>alert(1)</script> piège "><img src=x>'}).text
    filled = client.get(
        "/question", params={"q": "</textarea><script>", "source": '"><script>', "revision": "<script>"}
    ).text
    for text in (page, filled):
        assert "<script" not in text
        assert "<img" not in text
        assert not re.search(r'href="\s*javascript', text, re.I)
    assert "&lt;img src=x onerror=" in page


def test_each_question_is_counted(client: TestClient) -> None:
    client.post("/question", data={"q": "Une sonde ?"})
    assert re.search(r'cct_questions_total\{[^}]*"question"[^}]*\} 1\.0', client.get("/metrics").text)
