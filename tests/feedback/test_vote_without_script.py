"""A vote from /question, in a browser without script."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest
from starlette.testclient import TestClient

from tests.feedback.rated_answers import NOON
from tests.feedback.remembered_feedback import RememberedFeedback
from tests.ui.canned_assistant import XSS, CannedAssistant
from ui.errors import StorageUnreachable
from ui.feedback.desk import FeedbackDesk
from ui.http_api import create_app
from ui.storage.secret import Secret

SECRET = Secret("le secret de toutes les répliques de l'essai")


class Browser:
    """Pages over a canned assistant and a store in memory."""

    def __init__(self) -> None:
        self.store = RememberedFeedback()
        desk = FeedbackDesk(self._opened, SECRET, now=lambda: NOON)
        self.away = False
        self._client = TestClient(
            create_app(CannedAssistant, web_page=False, feedback=desk), raise_server_exceptions=False
        )

    def _opened(self) -> RememberedFeedback:
        if self.away:
            raise StorageUnreachable("postgresql://hote ne répond pas.")
        return self.store

    def send(self, path: str, fields: dict[str, object], **headers: str) -> httpx.Response:
        """One sent form."""
        sent = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html", **headers}
        return self._client.post(path, content=urlencode(fields, doseq=True), headers=sent)

    def receipt(self) -> str:
        """The receipt in the form under an answer."""
        page = self.send("/question", {"q": "Que demande EXI-ARCH-12 ?"})
        assert "Cette réponse vous a-t-elle été utile" in page.text
        found = re.search(r'name="receipt" value="([^"]+)"', page.text)
        assert found
        return unescape(found[1])


@pytest.fixture
def browser() -> Browser:
    return Browser()


def test_an_answer_is_voted_on_the_vote_changed_and_taken_back(browser: Browser) -> None:
    receipt = browser.receipt()
    done = browser.send(
        "/avis",
        {
            "receipt": receipt,
            "vote": "not_useful",
            "reasons": ["wrong", "missed"],
            "comment": "Non.",
            "minutes_saved": "0",
        },
    )
    assert done.status_code == 200
    assert "Pas utile" in done.text
    assert done.text.count(" checked") == 3
    assert "<script" not in done.text
    (kept,) = browser.store.all()
    assert (kept.ballot.reasons, kept.ballot.comment, kept.ballot.minutes_saved) == (("missed", "wrong"), "Non.", 0)
    assert kept.answer.channel == "web"
    browser.send("/avis", {"receipt": receipt, "vote": "useful", "reasons": ["wrong"], "minutes_saved": ""})
    (kept,) = browser.store.all()
    assert (kept.ballot.vote, kept.ballot.reasons, kept.ballot.minutes_saved) == ("useful", (), None)
    assert "Avis retiré" in browser.send("/avis/retirer", {"answer": kept.answer.id}).text
    assert list(browser.store.all()) == []
    assert browser.send("/avis/retirer", {"answer": kept.answer.id}).status_code == 404


@pytest.mark.parametrize(("fields", "status"), [
    ({}, 422), ({"vote": "bof"}, 422), ({"vote": "useful", "minutes_saved": "7"}, 422), ({"vote": "useful", "minutes_saved": "beaucoup"}, 422),
    ({"vote": "not_useful", "reasons": ["parce que"]}, 422), ({"vote": "useful", "comment": "x" * 2001}, 422), ({"vote": "useful", "receipt": "faux"}, 422),
])  # fmt: skip
def test_a_refused_vote_is_a_page_that_says_so(fields: dict[str, object], status: int, browser: Browser) -> None:
    answered = browser.send("/avis", {"receipt": browser.receipt(), **fields})
    assert answered.status_code == status
    assert "Avis non enregistré" in answered.text
    assert list(browser.store.all()) == []


def test_hostile_text_is_inert(browser: Browser) -> None:
    done = browser.send("/avis", {"receipt": browser.receipt(), "vote": "not_useful", "comment": XSS})
    assert "<img" not in done.text
    assert "<script" not in done.text
    assert "&lt;script&gt;" in done.text


def test_a_form_from_another_site_is_refused(browser: Browser) -> None:
    answered = browser.send(
        "/avis", {"receipt": browser.receipt(), "vote": "useful"}, **{"sec-fetch-site": "cross-site"}
    )
    assert answered.status_code == 403
    assert list(browser.store.all()) == []


def test_a_database_that_is_away_is_told_without_its_name(browser: Browser) -> None:
    receipt = browser.receipt()
    browser.away = True
    answered = browser.send("/avis", {"receipt": receipt, "vote": "useful"})
    assert answered.status_code == 503
    assert "Avis non enregistré" in answered.text
    assert "postgresql" not in answered.text


def test_without_a_desk_the_answer_shows_no_form() -> None:
    client = TestClient(create_app(CannedAssistant, web_page=False))
    page = client.post("/question", content=urlencode({"q": "Que demande EXI-ARCH-12 ?"}))
    assert page.status_code == 200
    assert "vous a-t-elle été utile" not in page.text
