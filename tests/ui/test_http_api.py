"""The HTTP interface, asked as a program would ask it."""

from __future__ import annotations

import errno
import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from assistant.answer import Question, Turn
from ingest.errors import RevisionNotFound
from tests.ui.canned_assistant import COMMIT, CannedAssistant, NoAssistant
from ui.doors.web_assistant import AssistantProvider
from ui.errors import AddressUnusable, PortInUse
from ui.http_api import create_app
from ui.server import cannot_listen, page_url, reserve


class Api:
    """The application over a canned assistant, without the web page."""

    def __init__(self, provider: AssistantProvider) -> None:
        app = create_app(provider, web_page=False)
        self._client = TestClient(app, raise_server_exceptions=False)

    def get(self, path: str) -> httpx.Response:
        """One GET."""
        return self._client.get(path)

    def ask(self, body: Any = None, **fields: Any) -> httpx.Response:
        """One question."""
        content = body if isinstance(body, str | bytes) else json.dumps(fields if body is None else body)
        return self._client.post("/api/v1/ask", content=content, headers={"content-type": "application/json"})


@pytest.fixture
def assistant() -> CannedAssistant:
    return CannedAssistant()


@pytest.fixture
def api(assistant: CannedAssistant) -> Api:
    return Api(lambda: assistant)


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The body of an error, checked to be an RFC 9457 problem."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(body)
    assert body["status"] == status
    return body


def test_a_question_gets_the_answer_object(api: Api) -> None:
    response = api.ask(question="Que demande EXI-ARCH-12 ?")
    assert response.status_code == 200
    body = response.json()
    assert body["schema"] == 1
    assert body["status"] == "answered"
    assert [c["n"] for c in body["citations"]] == [1, 2]


def test_an_abstention_is_an_answer(api: Api) -> None:
    response = api.ask(question="Combien de girafes ?")
    assert response.status_code == 200
    assert response.json()["status"] == "abstained"


def test_scope_revisions_and_history_reach_the_assistant(api: Api, assistant: CannedAssistant) -> None:
    earlier = [{"question": "Avant ?", "cited": ["pi:EXI-ARCH-12"]}]
    api.ask(question="Et là ?", sources=["pi"], revisions={"pi": COMMIT}, history=earlier)
    asked = assistant.asked[-1]
    assert asked == Question("Et là ?", asked.id, ("pi",), {"pi": COMMIT}, (Turn("Avant ?", ("pi:EXI-ARCH-12",)),))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "question : champ obligatoire absent"),
        ({"question": "  "}, "question : ne doit pas être vide"),
        ({"question": 3}, "question : doit être un texte"),
        ({"question": "x", "quesiton": "y"}, "quesiton : champ inconnu"),
        ({"question": "x", "sources": "pi"}, "sources : doit être une liste"),
        ({"question": "x", "sources": ["autre"]}, "source inconnue 'autre' ; sources déclarées : mirai, pi"),
        ({"question": "x", "revisions": {"autre": "a"}}, "source inconnue 'autre'"),
        ([], "corps de la requête : doit être un objet"),
        ("{", "n'est pas du JSON valide"),
        (b"\xff", "corps de la requête"),
        ("", "corps de la requête"),
    ],
)
def test_a_bad_body_is_refused_in_french(api: Api, body: Any, words: str) -> None:
    assert words in problem(api.ask(body), 422)["detail"]


def test_a_long_question_is_answered_and_a_huge_body_refused(api: Api) -> None:
    assert api.ask(question="x" * 50_000).status_code == 200
    assert "100 ko" in problem(api.ask(question="x" * 100_001), 413)["detail"]


def test_a_huge_body_of_unknown_length_is_refused(api: Api) -> None:
    chunks = iter([b'{"question": "', *[b"x" * 10_000] * 12, b'"}'])
    response = api._client.post("/api/v1/ask", content=chunks)
    problem(response, 413)


def test_what_the_index_lacks_is_told_with_its_remedy(api: Api) -> None:
    body = problem(api.ask(question="un index ?"), 503)
    assert body["detail"] == "Aucun index n'est prêt."
    assert body["remedy"] == "Lancez : cct sync, puis cct ingest."


def test_an_unknown_revision_is_not_found() -> None:
    class Elsewhere(CannedAssistant):
        def answer(self, question: Question) -> Any:
            raise RevisionNotFound(f"Révision inconnue : {question.revisions}.")

    problem(Api(Elsewhere).ask(question="x", revisions={"pi": "0" * 40}), 404)


def test_an_unexpected_failure_shows_an_incident_and_no_detail(api: Api) -> None:
    body = problem(api.ask(question="panne"), 500)
    assert "incident n°" in body["detail"]
    assert "secret" not in json.dumps(body)


def test_health_tells_version_and_components(api: Api) -> None:
    body = api.get("/health").json()
    assert body["status"] == "UP"
    assert body["checks"] == {"index": "UP", "modele": "UP"}
    assert body["version"]


def test_health_fails_when_a_component_is_down_and_not_when_it_is_degraded() -> None:
    degraded = Api(lambda: CannedAssistant(checks={"index": "UP", "modele": "DEGRADED"}))
    assert degraded.get("/health").status_code == 200
    broken = Api(lambda: CannedAssistant(checks={"index": "Aucun index."}))
    assert "index (Aucun index.)" in problem(broken.get("/health"), 503)["detail"]


def test_without_an_index_the_program_lives_but_is_not_ready() -> None:
    api = Api(NoAssistant())
    assert api.get("/health/live").json() == {"status": "UP"}
    problem(api.get("/health"), 503)
    problem(api.get("/health/ready"), 503)
    problem(api.ask(question="x"), 503)
    assert api.get("/metrics").status_code == 200


def test_metrics_count_questions_by_channel_and_outcome(api: Api) -> None:
    api.ask(question="x")
    api.ask(question="girafe")
    text = api.get("/metrics").text
    assert 'cct_questions_total{canal="api",issue="answered"} 1.0' in text
    assert 'cct_questions_total{canal="api",issue="abstained"} 1.0' in text
    assert "cct_reponse_duree_secondes_count 2.0" in text
    assert f'cct_index_info{{commit="{COMMIT}",source="pi"}} 1.0' in text


def test_two_applications_do_not_share_their_counts(api: Api) -> None:
    api.ask(question="x")
    assert "cct_questions_total{" not in Api(CannedAssistant).get("/metrics").text


def test_the_interface_is_described_without_any_page_from_elsewhere(api: Api) -> None:
    described = api.get("/openapi.json").json()
    assert {"/api/v1/ask", "/health", "/metrics"} <= set(described["paths"])
    assert api.get("/docs").status_code == 404
    assert api.get("/redoc").status_code == 404


def test_every_response_carries_the_security_headers(api: Api) -> None:
    for response in (api.get("/health"), api.ask("{"), api.get("/nulle-part")):
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "same-origin"


def test_unknown_addresses_and_wrong_methods_are_told_in_french(api: Api) -> None:
    assert "openapi.json" in problem(api.get("/api/v2/ask"), 404)["detail"]
    response = api.get("/api/v1/ask")
    assert "POST" in problem(response, 405)["detail"]
    assert response.headers["allow"] == "POST"


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_told_with_another_one(taken_port: int) -> None:
    with pytest.raises(PortInUse) as refused:
        reserve("127.0.0.1", taken_port)
    assert str(taken_port) in refused.value.message
    assert "cct serve --port" in refused.value.remedy


def test_an_address_that_the_system_refuses_is_told_with_one_that_works() -> None:
    refused = cannot_listen("192.0.2.1", 80, OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"))
    assert isinstance(refused, AddressUnusable)
    assert "192.0.2.1, port 80" in refused.message
    assert "--host 127.0.0.1 --port 8080" in refused.remedy


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080/"),
        ("0.0.0.0", "http://localhost:8080/"),
        ("::1", "http://[::1]:8080/"),
    ],
)
def test_the_printed_address_can_be_opened(host: str, url: str) -> None:
    assert page_url(host, 8080) == url
