"""The limit of questions a minute: in the conversation, a question counts once, and a refusal says when to ask again."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.ui.canned_assistant import CannedAssistant
from tests.ui.chat_browser import a_chromium, a_page, answers, ask, asked, browser_marks, expect, open_page
from tests.ui.guarded_site import guarded_app
from tests.ui.served_app import served
from ui.doors.access_guard import RateLimit


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute passes, however slow the machine."""
    monkeypatch.setattr("ui.doors.site_guard.RateLimit", partial(RateLimit, clock=lambda: 0.0))


@pytest.mark.usefixtures("stopped_clock")
def test_gestures_of_the_page_are_no_questions_and_have_their_own_limit() -> None:
    client = TestClient(guarded_app(None, open=True, question_rate=2), base_url="http://localhost")
    gesture = [client.post("/gradio_api/run/predict", json={}).status_code for _ in range(21)]
    assert gesture[:20] == [404] * 20, "without gradio's page nothing is there, and nothing refuses either"
    assert gesture[20] == 429
    ask_one = {"question": "Que demande EXI-ARCH-12 ?"}
    assert [client.post("/api/v1/ask", json=ask_one).status_code for _ in range(3)] == [200, 200, 429]
    refused = client.post("/gradio_api/run/reply", json={})
    assert refused.status_code == 429
    assert refused.json()["detail"] == "La limite est de 2 questions par minute. Réessayez dans 30 s."


class TestInABrowser:
    pytestmark = browser_marks

    @pytest.mark.usefixtures("stopped_clock")
    def test_as_many_questions_are_answered_as_the_limit_says_and_the_next_is_kept(self) -> None:
        assistant = CannedAssistant()
        app = guarded_app(None, open=True, question_rate=3, assistant=assistant, web_page=True)
        with served(app) as address, a_chromium() as browser, a_page(browser) as page:
            open_page(page, f"{address}/")
            for n in range(3):
                ask(page, f"Question {n} ?")
                expect(answers(page)).to_have_count(n + 1)
            ask(page, "Une de trop ?")
            status: Any = page.locator("#etat")
            expect(status).to_contain_text("La limite est de 3 questions par minute. Réessayez dans 20 s.")
            expect(status).to_contain_text("Votre question est gardée : « Réessayer » la renvoie.")
            expect(asked(page)).to_have_count(4)
            expect(answers(page)).to_have_count(3)
            assert [q.text for q in assistant.asked] == [f"Question {n} ?" for n in range(3)]
