"""Votes reach MirAI's service once each, whatever fails on the way."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from tests.feedback.rated_answers import NOON, feedback
from ui.feedback.feedback import Ballot
from ui.feedback.mirai_push import LEASE, Delivered, MiraiPush, payload, waiting_and_refused
from ui.feedback.outbox import SETTLING
from ui.feedback.settings import FeedbackSettings
from ui.feedback.store import SqlFeedbackStore
from ui.feedback.tables import PushRow
from ui.storage.database import Database

DUE = NOON + SETTLING
AGAINST = Ballot("not_useful", ("wrong", "missed"), "Voir le guide.")


class MiraiService:
    """A real HTTP server that receives votes; `statuses` are its next answers, 200 once they are used up."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                service.received.append((body, {k.lower(): v for k, v in self.headers.items()} | {"path": self.path}))
                self.send_response(service.statuses.pop(0) if service.statuses else 200)
                for name, value in service.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def mirai() -> Iterator[MiraiService]:
    service = MiraiService()
    yield service
    service.stop()


@pytest.fixture
def push(mirai: MiraiService) -> Iterator[MiraiPush]:
    with httpx.Client(timeout=60) as client:
        yield MiraiPush(settings(mirai.address), client)


def settings(address: str) -> FeedbackSettings:
    return FeedbackSettings(_env_file=None, CCT_MIRAI_FEEDBACK_URL=address, CCT_MIRAI_FEEDBACK_TOKEN="jeton")  # type: ignore[call-arg]


@pytest.fixture
def store(database: Database) -> SqlFeedbackStore:
    return SqlFeedbackStore(database, pushes=True)


def test_a_vote_is_sent_once_in_mirais_own_words(
    mirai: MiraiService, push: MiraiPush, store: SqlFeedbackStore, database: Database
) -> None:
    store.put(feedback(ballot=AGAINST))
    assert push.deliver(database, NOON) == Delivered()  # it may still change
    assert push.deliver(database, DUE) == Delivered(sent=1)
    assert push.deliver(database, DUE + timedelta(days=1)) == Delivered()
    ((body, headers),) = mirai.received
    assert headers["path"] == "/api/feedback/ingest"
    assert headers["authorization"] == "Bearer jeton"
    assert body == {
        "collection": "cct",
        "question": "Faut-il une sonde de santé ?",
        "response": "Oui, **P** [1]. Voir aussi [2].",
        "rating": -1,
        "reason": "La réponse est fausse ; Les documents en parlent, l'assistant ne l'a pas trouvé ; Voir le guide.",
        "owui_chat_id": "",
        "owui_message_id": "reponse-1",
        "revision": "pi@" + "0123abcd" * 5 + " mirai@demonstration",
        "sources": ["pi:EXI-ARCH-12", "mirai:EXI-ARCH-9", "mirai:EXI-G-4"],
    }  # fmt: skip
    assert "u1" not in json.dumps(body)


def test_nothing_is_queued_where_nothing_is_sent(database: Database) -> None:
    SqlFeedbackStore(database).put(feedback())
    assert waiting_and_refused(database) == (0, [])


def test_changes_made_in_a_row_are_sent_as_one(
    mirai: MiraiService, push: MiraiPush, store: SqlFeedbackStore, database: Database
) -> None:
    for second, ballot in enumerate((Ballot("not_useful"), Ballot("not_useful", ("wrong",)), AGAINST)):
        store.put(feedback(when=NOON + timedelta(seconds=second), ballot=ballot))
    push.deliver(database, DUE + timedelta(seconds=2))
    assert len(mirai.received) == 1
    store.put(feedback(when=DUE + timedelta(hours=1), ballot=Ballot("useful")))
    push.deliver(database, DUE + timedelta(hours=1) + SETTLING)
    assert [body["rating"] for body, _ in mirai.received] == [-1, 1]
    assert len({headers["idempotency-key"] for _, headers in mirai.received}) == 2


def test_a_service_that_fails_gets_it_later_under_the_same_key(
    mirai: MiraiService, push: MiraiPush, store: SqlFeedbackStore, database: Database
) -> None:
    for number, status in enumerate([500, 503, 429, 408, 401, 404, 302]):
        start = DUE + timedelta(days=number)
        mirai.statuses, mirai.received = [status], []
        store.put(feedback(f"r{status}", when=start - SETTLING))
        assert push.deliver(database, start) == Delivered(delayed=1)
        assert push.deliver(database, start + timedelta(seconds=59)) == Delivered()
        assert push.deliver(database, start + timedelta(seconds=60)) == Delivered(sent=1)
        assert len({headers["idempotency-key"] for _, headers in mirai.received}) == 1


def test_the_wait_grows_up_to_six_hours_and_nothing_is_lost(
    mirai: MiraiService, push: MiraiPush, store: SqlFeedbackStore, database: Database
) -> None:
    mirai.statuses = [503] * 11
    store.put(feedback())
    now, waits = DUE, []
    for _ in range(11):
        assert push.deliver(database, now) == Delivered(delayed=1)
        due = _due(database)
        waits.append((due - now) / timedelta(minutes=1))
        now = due
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert push.deliver(database, now) == Delivered(sent=1)


def _due(database: Database) -> datetime:
    with database.reading() as session:
        return session.scalars(select(PushRow.due_at)).one()


def test_the_service_says_how_long_to_wait(
    mirai: MiraiService, push: MiraiPush, store: SqlFeedbackStore, database: Database
) -> None:
    mirai.statuses, mirai.headers = [429], {"retry-after": "600"}
    store.put(feedback())
    push.deliver(database, DUE)
    assert push.deliver(database, DUE + timedelta(seconds=599)) == Delivered()
    assert push.deliver(database, DUE + timedelta(seconds=600)) == Delivered(sent=1)


def test_a_service_that_is_away_gets_it_later(store: SqlFeedbackStore, database: Database) -> None:
    with httpx.Client(timeout=60) as client:
        away = MiraiPush(settings("http://127.0.0.1:1"), client)
        store.put(feedback())
        assert away.deliver(database, DUE) == Delivered(delayed=1)
    assert waiting_and_refused(database) == (1, [])


def test_a_vote_that_is_refused_for_good_is_not_sent_again_and_says_why(
    mirai: MiraiService, push: MiraiPush, store: SqlFeedbackStore, database: Database
) -> None:
    mirai.statuses = [422]
    store.put(feedback())
    assert push.deliver(database, DUE) == Delivered(refused=1)
    assert push.deliver(database, DUE + timedelta(days=2)) == Delivered()
    assert waiting_and_refused(database) == (0, ["422"])


def test_what_was_taken_back_before_it_left_is_not_sent(
    mirai: MiraiService, push: MiraiPush, store: SqlFeedbackStore, database: Database
) -> None:
    store.put(feedback())
    store.remove("reponse-1", "u1")
    assert push.deliver(database, DUE) == Delivered()
    assert mirai.received == []


def test_two_replicas_do_not_send_the_same_vote(
    mirai: MiraiService, push: MiraiPush, open_again: Callable[[], Database]
) -> None:
    replicas = [open_again(), open_again()]
    store = SqlFeedbackStore(replicas[0], pushes=True)
    for number in range(30):
        store.put(feedback(f"r{number}"))
    ready, failed = threading.Barrier(2), []

    def deliver(database: Database) -> None:
        ready.wait()
        try:
            for _ in range(3):
                push.deliver(database, DUE)
        except Exception as exc:  # noqa: BLE001  # told below
            failed.append(exc)

    threads = [threading.Thread(target=deliver, args=(database,)) for database in replicas]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(body["owui_message_id"] for body, _ in mirai.received) == sorted(f"r{n}" for n in range(30))


def test_what_a_killed_replica_had_taken_goes_after_its_lease(
    mirai: MiraiService, push: MiraiPush, store: SqlFeedbackStore, database: Database
) -> None:
    from ui.feedback.mirai_push import _take

    store.put(feedback())
    assert len(_take(database, DUE)) == 1  # taken, then killed
    assert push.deliver(database, DUE + LEASE - timedelta(seconds=1)) == Delivered()
    assert push.deliver(database, DUE + LEASE) == Delivered(sent=1)


def test_a_change_made_while_it_is_sent_is_sent_too(
    mirai: MiraiService, store: SqlFeedbackStore, database: Database
) -> None:
    def meanwhile(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content)["rating"])
        if len(seen) == 1:
            store.put(feedback(when=DUE, ballot=AGAINST))
        return httpx.Response(200)

    seen: list[int] = []
    with httpx.Client(transport=httpx.MockTransport(meanwhile)) as client:
        push = MiraiPush(settings(mirai.address), client)
        store.put(feedback())
        push.deliver(database, DUE)
        push.deliver(database, DUE + SETTLING)
    assert seen == [1, -1]


def test_purging_a_vote_leaves_nothing_to_send(store: SqlFeedbackStore, database: Database) -> None:
    store.put(feedback())
    store.purge(NOON + timedelta(days=1))
    assert waiting_and_refused(database) == (0, [])


def test_a_useful_vote_is_a_one() -> None:
    assert payload(feedback(), "cct-pi")["rating"] == 1
    assert payload(feedback(), "cct-pi")["collection"] == "cct-pi"
