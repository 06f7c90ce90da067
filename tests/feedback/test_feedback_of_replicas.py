"""Two replicas over one database, SQLite then PostgreSQL: what one answered is judged at the other, and read at both."""

from __future__ import annotations

from collections.abc import Callable

from starlette.testclient import TestClient

from tests.databases import SECRET
from tests.ui.canned_assistant import CannedAssistant
from ui.feedback.desk import FeedbackDesk
from ui.feedback.store import SqlFeedbackStore
from ui.http_api import create_app
from ui.storage.database import Database
from ui.storage.secret import Secret

ADDRESS = "/api/v1/feedback"


def replica(database: Database, secret: str = SECRET) -> TestClient:
    """A server of its own over the database, as another process would open it."""
    desk = FeedbackDesk(lambda: SqlFeedbackStore(database), Secret(secret))
    return TestClient(create_app(CannedAssistant, web_page=False, feedback=desk))


def test_an_answer_of_one_replica_is_judged_at_another_and_the_vote_changed_at_the_first(
    open_again: Callable[[], Database],
) -> None:
    one, other = replica(open_again()), replica(open_again())
    answered = one.post("/api/v1/ask", json={"question": "Que demande EXI-ARCH-12 ?"}).json()
    given = other.post(ADDRESS, json={"receipt": answered["receipt"], "vote": "not_useful", "comment": "Faux."})
    assert given.status_code == 200
    assert one.get(f"{ADDRESS}/{answered['id']}").json() == given.json()
    assert one.post(ADDRESS, json={"receipt": answered["receipt"], "vote": "useful"}).status_code == 200
    assert other.get(f"{ADDRESS}/{answered['id']}").json()["vote"] == "useful"


def test_a_replica_started_after_the_others_stopped_knows_their_votes(open_again: Callable[[], Database]) -> None:
    first = open_again()
    one = replica(first)
    answered = one.post("/api/v1/ask", json={"question": "Que demande EXI-ARCH-12 ?"}).json()
    assert one.post(ADDRESS, json={"receipt": answered["receipt"], "vote": "useful"}).status_code == 200
    first.close()
    after = replica(open_again())
    assert after.get(f"{ADDRESS}/{answered['id']}").json()["vote"] == "useful"
    assert after.post(ADDRESS, json={"receipt": answered["receipt"], "vote": "not_useful"}).status_code == 200


def test_a_replica_with_another_secret_refuses_the_receipt(open_again: Callable[[], Database]) -> None:
    one, stranger = replica(open_again()), replica(open_again(), "un autre secret de plus de trente-deux caractères")
    receipt = one.post("/api/v1/ask", json={"question": "Que demande EXI-ARCH-12 ?"}).json()["receipt"]
    refused = stranger.post(ADDRESS, json={"receipt": receipt, "vote": "useful"})
    assert refused.status_code == 422
    assert "n'est pas celui d'une réponse" in refused.json()["detail"]
