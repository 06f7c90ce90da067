"""Votes as a program sends them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from tests.feedback.rated_answers import NOON
from tests.feedback.remembered_feedback import RememberedFeedback
from tests.ui.canned_assistant import CannedAssistant
from ui.errors import StorageUnreachable
from ui.feedback.desk import FeedbackDesk
from ui.feedback.signed_in import Person
from ui.http_api import create_app
from ui.storage.secret import Secret

SECRET = Secret("le secret de toutes les répliques de l'essai")
ADDRESS = "/api/v1/feedback"


class Api:
    """A replica, with the store that all share."""

    def __init__(self, store: RememberedFeedback | None = None) -> None:
        self.store = store if store is not None else RememberedFeedback()
        desk = FeedbackDesk(lambda: self.store, SECRET, now=lambda: NOON)
        self.client = TestClient(
            create_app(CannedAssistant, web_page=False, feedback=desk), raise_server_exceptions=False
        )

    def answer(self, question: str = "Que demande EXI-ARCH-12 ?") -> dict[str, Any]:
        """An answer with its receipt."""
        answered: dict[str, Any] = self.client.post("/api/v1/ask", json={"question": question}).json()
        return answered

    def vote(self, receipt: str, vote: str = "useful", **fields: Any) -> httpx.Response:
        """One vote."""
        return self.client.post(ADDRESS, json={"receipt": receipt, "vote": vote, **fields})


@pytest.fixture
def api() -> Api:
    return Api()


def problem(response: httpx.Response, status: int) -> str:
    """The French detail of an RFC 9457 problem."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(body)
    return str(body["detail"])


def test_a_vote_is_given_read_changed_and_taken_back(api: Api) -> None:
    answered = api.answer()
    given = api.vote(answered["receipt"], "not_useful", reasons=["wrong"], comment="Non.", minutes_saved=0)
    assert given.status_code == 200
    own = f"{ADDRESS}/{answered['id']}"
    assert api.client.get(own).json() == given.json()
    assert given.json()["reasons"] == ["wrong"]
    assert api.vote(answered["receipt"]).json()["vote"] == "useful"
    assert len(list(api.store.all())) == 1
    assert api.client.delete(own).status_code == 204
    assert api.client.delete(own).status_code == 204
    problem(api.client.get(own), 404)


def test_sending_the_same_vote_again_gives_the_same_answer(api: Api) -> None:
    receipt = api.answer()["receipt"]
    first = api.vote(receipt, "not_useful", comment="Deux fois.")
    assert api.vote(receipt, "not_useful", comment="Deux fois.").json() == first.json()


def test_a_vote_goes_to_any_replica(api: Api) -> None:
    other = Api(api.store)
    answered = api.answer()
    assert other.vote(answered["receipt"]).status_code == 200
    assert api.client.get(f"{ADDRESS}/{answered['id']}").json()["vote"] == "useful"


def test_neither_the_answer_nor_the_pseudonym_comes_back(api: Api) -> None:
    given = api.vote(api.answer()["receipt"]).json()
    assert set(given) == {"answer_id", "vote", "reasons", "comment", "minutes_saved", "created_at", "changed_at"}


@pytest.mark.parametrize(("fields", "told"), [
    ({"vote": "peut-être"}, "vote : valeurs possibles"),
    ({"reasons": ["parce que"]}, "reasons"),
    ({"comment": "x" * 2001}, "comment : 2000 caractères au plus"),
    ({"minutes_saved": 7}, "minutes_saved"),
    ({"couleur": "bleu"}, "couleur : champ inconnu"),
    ({"receipt": ""}, "receipt : ne doit pas être vide"),
    ({"receipt": "faux"}, "n'est pas celui d'une réponse"),
    ({"vote": "useful", "reasons": ["wrong"]}, "pas utile"),
])  # fmt: skip
def test_a_refused_vote_is_told_in_french(api: Api, fields: dict[str, Any], told: str) -> None:
    body = {"receipt": api.answer()["receipt"], "vote": "not_useful", **fields}
    assert told in problem(api.client.post(ADDRESS, json=body), 422)
    assert list(api.store.all()) == []


def test_a_body_too_large_is_refused(api: Api) -> None:
    problem(api.client.post(ADDRESS, content=b"x" * 100_001), 413)


def test_a_strange_identifier_is_refused_or_unknown(api: Api) -> None:
    problem(api.client.get(f"{ADDRESS}/{'a' * 65}"), 422)
    problem(api.client.get(f"{ADDRESS}/inconnue"), 404)


def test_an_answer_is_given_while_the_database_is_away_and_the_vote_is_told(api: Api) -> None:
    def away() -> RememberedFeedback:
        raise StorageUnreachable("La base ne peut pas servir : éteinte.", "Vérifiez le serveur.")

    app = create_app(CannedAssistant, web_page=False, feedback=FeedbackDesk(away, SECRET))
    client = TestClient(app, raise_server_exceptions=False)
    answered = client.post("/api/v1/ask", json={"question": "Que demande EXI-ARCH-12 ?"})
    assert answered.status_code == 200
    refused = client.post(ADDRESS, json={"receipt": answered.json()["receipt"], "vote": "useful"})
    told = problem(refused, 503)
    assert "ne peuvent pas être enregistrés" in told
    assert "éteinte" not in told  # the reason names the server: the operator's journal has it


def test_without_a_desk_nothing_of_feedback_is_there() -> None:
    client = TestClient(create_app(CannedAssistant, web_page=False), raise_server_exceptions=False)
    assert "receipt" not in client.post("/api/v1/ask", json={"question": "Que demande EXI-ARCH-12 ?"}).json()
    problem(client.post(ADDRESS, json={"receipt": "x", "vote": "useful"}), 404)


def test_votes_are_counted_without_a_word_of_them(api: Api) -> None:
    answered = api.answer()
    api.vote(answered["receipt"], "not_useful", comment="secret")
    api.vote(answered["receipt"])
    api.client.delete(f"{ADDRESS}/{answered['id']}")
    text = api.client.get("/metrics").text
    for value in ("utile", "pas_utile", "retire"):
        assert f'cct_avis_total{{valeur="{value}"}} 1.0' in text
    assert "secret" not in text


def test_two_people_who_signed_in_each_have_their_vote() -> None:
    from fastapi import FastAPI

    from ui.feedback.http_routes import add_feedback_routes

    store = RememberedFeedback()
    desk = FeedbackDesk(lambda: store, SECRET, now=lambda: NOON)
    app = FastAPI()

    def person(request: Request) -> Person:
        return Person("oidc", request.headers["x-essai"])

    add_feedback_routes(app, desk, person)
    client = TestClient(app)
    answered = Api(store).answer()
    for name, vote in (("jeanne", "useful"), ("paul", "not_useful")):
        client.post(ADDRESS, json={"receipt": answered["receipt"], "vote": vote}, headers={"x-essai": name})
    own = f"{ADDRESS}/{answered['id']}"
    assert client.get(own, headers={"x-essai": "paul"}).json()["vote"] == "not_useful"
    assert client.delete(own, headers={"x-essai": "paul"}).status_code == 204
    assert client.get(own, headers={"x-essai": "jeanne"}).json()["vote"] == "useful"
    assert all("jeanne" not in f.user for f in store.all())
