"""What any store of votes does: in memory for tests, SQLite, PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.databases import settings_of_kind
from tests.feedback.rated_answers import NOON, feedback
from tests.feedback.remembered_feedback import RememberedFeedback
from ui.feedback.feedback import Ballot
from ui.feedback.store import FeedbackStore, SqlFeedbackStore
from ui.storage.database import Database
from ui.storage.opening import open_storage

LATER = NOON + timedelta(hours=1)
NOT_USEFUL = Ballot("not_useful", ("missed", "wrong"), "Le guide en parle, « § 3 » ; l'emoji 🧭 reste.", 0)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FeedbackStore]:
    """Each kind of store, empty."""
    if request.param == "memory":
        yield RememberedFeedback()
        return
    database = open_storage(settings_of_kind(request.param, request, tmp_path), tmp_path)
    yield SqlFeedbackStore(database)
    database.close()


def test_a_vote_comes_back_as_it_was_given(store: FeedbackStore) -> None:
    given = feedback(ballot=NOT_USEFUL, model="chat-pro", mode="llm")
    assert store.put(given) == given
    assert store.get("reponse-1", "u1") == given
    assert list(store.all()) == [given]


def test_voting_again_replaces_and_keeps_when_it_began(store: FeedbackStore) -> None:
    store.put(feedback())
    changed = store.put(feedback(when=LATER, ballot=NOT_USEFUL))
    assert (changed.created_at, changed.changed_at) == (NOON, LATER)
    assert list(store.all()) == [changed]
    assert changed.ballot == NOT_USEFUL


def test_saying_the_same_again_changes_nothing(store: FeedbackStore) -> None:
    first = store.put(feedback(ballot=NOT_USEFUL))
    assert store.put(feedback(when=LATER, ballot=NOT_USEFUL)) == first
    assert list(store.all()) == [first]


def test_two_people_vote_on_one_answer(store: FeedbackStore) -> None:
    store.put(feedback(user="u1"))
    store.put(feedback(user="u2", ballot=NOT_USEFUL))
    assert [f.user for f in store.all()] == ["u1", "u2"]
    assert [f.user for f in store.all(vote="not_useful")] == ["u2"]


def test_a_vote_is_taken_back_once(store: FeedbackStore) -> None:
    store.put(feedback())
    assert store.remove("reponse-1", "u1")
    assert not store.remove("reponse-1", "u1")
    assert store.get("reponse-1", "u1") is None


def test_purge_forgets_what_is_old_and_only_that(store: FeedbackStore) -> None:
    store.put(feedback("a"))
    store.put(feedback("b", when=LATER))
    store.put(feedback("c"))
    store.put(feedback("c", when=LATER, ballot=NOT_USEFUL))
    assert store.purge(LATER) == 1
    assert [f.answer.id for f in store.all()] == ["b", "c"]
    assert store.purge(LATER) == 0


def test_what_changed_since_a_moment_comes_in_order(store: FeedbackStore) -> None:
    for minute in (3, 1, 2):
        store.put(feedback(f"r{minute}", when=NOON + timedelta(minutes=minute)))
    assert [f.answer.id for f in store.all(since=NOON + timedelta(minutes=2))] == ["r2", "r3"]


def test_a_time_zone_does_not_change_the_moment(store: FeedbackStore) -> None:
    from datetime import timezone

    paris = feedback(when=NOON.astimezone(timezone(timedelta(hours=2))))
    assert store.put(paris).changed_at == NOON
    assert store.purge(NOON) == 0
    assert store.purge(NOON + timedelta(seconds=1)) == 1


def test_two_replicas_voting_at_once_leave_one_vote(open_again: Callable[[], Database]) -> None:
    replicas = [SqlFeedbackStore(open_again()) for _ in range(2)]
    ballots = [Ballot("useful"), Ballot("not_useful", ("wrong",))]
    ready, failed = threading.Barrier(8), []

    def vote(number: int) -> None:
        ready.wait()
        try:
            for turn in range(5):
                ballot = ballots[(number + turn) % 2]
                replicas[number % 2].put(feedback(when=NOON + timedelta(seconds=turn), ballot=ballot))
        except Exception as exc:  # noqa: BLE001  # told below
            failed.append(exc)

    threads = [threading.Thread(target=vote, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    seen = [list(replica.all()) for replica in replicas]
    assert seen[0] == seen[1]
    assert len(seen[0]) == 1
    assert seen[0][0].created_at == NOON


def test_a_vote_survives_a_restart(open_again: Callable[[], Database]) -> None:
    first = open_again()
    given = SqlFeedbackStore(first).put(feedback(ballot=NOT_USEFUL))
    first.close()
    again = SqlFeedbackStore(open_again())
    assert again.get("reponse-1", "u1") == given
    edited = replace(NOT_USEFUL, comment="Après le redémarrage.")
    again.put(feedback(when=LATER, ballot=edited))
    assert [f.ballot for f in again.all()] == [edited]
