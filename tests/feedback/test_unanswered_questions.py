"""Questions that got no answer: counted, grouped, their words kept only when asked for; nothing that is too old."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from assistant.answer import Answer, Retrieved
from tests.feedback.rated_answers import NOON, answer, feedback
from tests.ui.canned_assistant import place
from ui.errors import StorageUnreachable
from ui.feedback.comments import StoredComments
from ui.feedback.keeping import Purged, purge
from ui.feedback.store import SqlFeedbackStore
from ui.feedback.unanswered import Unanswered, UnansweredJournal, subjects, write
from ui.feedback.upkeep import Upkeep
from ui.storage.database import Database

LONG_AGO = NOON - timedelta(days=3650)


def unanswered(question: str = "Combien de girafes ?", **values: Any) -> Answer:
    """An abstention, nearest to EXI-ARCH-12."""
    return Answer(
        question, values.pop("status", "abstained"), "Rien.", retrieved=(Retrieved(place(), 0.4),), **values
    )


@pytest.mark.parametrize(("with_words", "kept"), [(False, ()), (True, ("Combien de girafes ?",))])
def test_the_words_are_kept_only_when_the_setting_says_so(
    with_words: bool, kept: tuple[str, ...], database: Database
) -> None:
    journal = UnansweredJournal(lambda: database, with_words)
    for _ in range(2):
        journal.record("web", unanswered())
    journal.record("api", unanswered(status="refused"))
    journal.record("api", answer())
    journal.close(30)
    (found,) = subjects(database, LONG_AGO)
    assert (found.key, found.count, found.questions) == ("pi:EXI-ARCH-12", 2, kept)
    (refused,) = subjects(database, LONG_AGO, "refused")
    assert (refused.key, refused.count) == ("", 1)


def test_no_word_reaches_the_disk_without_the_setting(tmp_path: Any) -> None:
    from tests.databases import storage_settings
    from ui.storage.opening import open_storage

    database = open_storage(storage_settings(), tmp_path)
    journal = UnansweredJournal(lambda: database, False)
    journal.record("web", unanswered("zzz-mots-secrets"))
    journal.close(30)
    assert len(subjects(database, LONG_AGO)) == 1
    database.close()
    assert all(b"zzz-mots-secrets" not in path.read_bytes() for path in tmp_path.iterdir())


def test_the_most_asked_subject_comes_first(database: Database) -> None:
    noted = [Unanswered(NOON, "web", "abstained", key, None) for key in ("pi:A", "pi:B", "pi:B")]
    write(database, noted)
    assert [(s.key, s.count) for s in subjects(database, LONG_AGO)] == [("pi:B", 2), ("pi:A", 1)]
    assert subjects(database, NOON + timedelta(seconds=1)) == []


def test_a_database_that_is_away_never_holds_an_answer_up() -> None:
    asked = threading.Event()

    def away() -> Database:
        asked.set()
        raise StorageUnreachable("éteinte")

    journal = UnansweredJournal(away, True)
    for _ in range(2000):
        journal.record("web", unanswered())
    assert asked.wait(60)
    journal.close(30)


def test_what_is_too_old_is_forgotten_everywhere(database: Database) -> None:
    from tests.feedback.test_requirement_comments import comment

    old, young = NOON - timedelta(days=2), NOON
    store = SqlFeedbackStore(database)
    for moment in (old, young):
        store.put(feedback(f"r{moment.day}", when=moment))
        StoredComments(database).add(comment(id=f"{moment.day:032x}", created_at=moment))
        write(database, [Unanswered(moment, "web", "abstained", "pi:A", "Quoi ?")])
    assert purge(database, NOON - timedelta(days=1)) == Purged(1, 1, 1)
    assert [f.changed_at for f in store.all()] == [young]
    assert [c.created_at for c in StoredComments(database).left()] == [young]
    assert [s.count for s in subjects(database, LONG_AGO)] == [1]


def test_upkeep_forgets_at_its_first_pass_then_once_a_day(database: Database) -> None:
    store = SqlFeedbackStore(database)
    upkeep = Upkeep(lambda: database, timedelta(days=30), None)
    store.put(feedback("vieux", when=NOON - timedelta(days=31)))
    upkeep.pass_once(NOON)
    assert list(store.all()) == []
    store.put(feedback("vieux", when=NOON - timedelta(days=31)))
    upkeep.pass_once(NOON + timedelta(hours=23))
    assert len(list(store.all())) == 1
    upkeep.pass_once(NOON + timedelta(hours=24))
    assert list(store.all()) == []


def test_upkeep_goes_on_when_the_database_comes_back(database: Database) -> None:
    state: list[Any] = [StorageUnreachable("éteinte"), database]
    tried = threading.Semaphore(0)

    def opened() -> Database:
        tried.release()
        found = state.pop(0) if len(state) > 1 else state[0]
        if isinstance(found, Exception):
            raise found
        return found

    SqlFeedbackStore(database).put(feedback(when=LONG_AGO))
    with Upkeep(opened, timedelta(days=30), None, pace=0.01):
        for _ in range(3):
            assert tried.acquire(timeout=60)
    assert list(SqlFeedbackStore(database).all()) == []
