"""What outlives the bot: each question claimed once, in order; how far each channel was read; one leader."""

# ruff: noqa: F811  (a fixture's name is an argument's)

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.databases import database, empty_settings, open_again, postgresql_server  # noqa: F401  # fixtures
from ui.mattermost.ledger.announced import Announced
from ui.mattermost.ledger.leadership import leadership
from ui.mattermost.ledger.question import AnswerRecord, Claimed, Incoming
from ui.mattermost.ledger.questions import Questions
from ui.mattermost.ledger.reading import Reading, Seen
from ui.storage.database import Database

LEASE = 1000
ANSWER = AnswerRecord(answer_id="a1", question="q", receipt="r", searched="q entière", cited=("pi:EXI-ARCH-12",))


@pytest.fixture
def questions(database: Database) -> Questions:
    return Questions(database)


@pytest.fixture
def reading(database: Database) -> Reading:
    return Reading(database)


def _id(name: str) -> str:
    return (name + "0" * 26)[:26]


def incoming(name: str, at: int, thread: str = "", user: str = "alice", channel: str = "canal") -> Incoming:
    return Incoming(_id(name), _id(channel), "O", "", _id(thread or name), _id(user), f"question {name}", at)


def receive(reading: Reading, *asked: Incoming) -> None:
    for one in asked:
        assert reading.receive([Seen(one.post_id, one.channel_id, one.create_at)], one, now=one.create_at)


def one(claimed: list[Claimed]) -> Claimed:
    assert len(claimed) == 1
    return claimed[0]


def test_a_question_is_kept_once(questions: Questions, reading: Reading) -> None:
    asked = incoming("a", 100)
    receive(reading, asked)
    assert not reading.receive([], asked, now=200)
    assert [w.incoming for w in questions.backlog().first] == [asked]


def test_a_question_is_claimed_by_one_worker(questions: Questions, reading: Reading) -> None:
    receive(reading, incoming("a", 100))
    assert one(questions.claim(200, LEASE)).incoming.post_id == _id("a")
    assert questions.claim(300, LEASE) == []


def test_many_workers_at_once_claim_each_question_once(open_again: Callable[[], Database]) -> None:
    reading = Reading(open_again())
    receive(reading, *(incoming(f"q{n}x", 100 + n) for n in range(40)))
    taken: list[str] = []

    def work(of: Questions) -> None:
        while found := of.claim(1000, LEASE, most=3):
            taken.extend(c.incoming.post_id for c in found)

    hands = [threading.Thread(target=work, args=(Questions(open_again()),)) for _ in range(3)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(60)
    assert len(taken) == len(set(taken))
    assert set(taken) <= {_id(f"q{n}x") for n in range(40)}


def test_a_lease_that_ends_gives_the_question_to_another_and_the_first_can_no_longer_end_it(
    questions: Questions, reading: Reading
) -> None:
    receive(reading, incoming("a", 100))
    first = one(questions.claim(200, LEASE))
    assert questions.renew(first, 300, LEASE)
    assert questions.release_expired(1300) == 0
    assert questions.release_expired(1301) == 1
    second = one(questions.claim(1301, LEASE))
    assert second.attempts == 2
    assert not questions.renew(first, 1400, LEASE)
    assert not questions.keep(first, ["x"], None)
    assert not questions.finish(first, "answered", 1500)
    assert questions.finish(second, "answered", 1500, ["post"], ANSWER)


def test_the_questions_of_a_thread_are_claimed_in_their_order_and_one_at_a_time(
    questions: Questions, reading: Reading
) -> None:
    receive(reading, incoming("b", 120, thread="fil"), incoming("a", 110, thread="fil"), incoming("c", 130))
    found = questions.claim(500, LEASE, most=5)
    assert [c.incoming.post_id for c in found] == [_id("a"), _id("c")]
    assert questions.finish(found[0], "answered", 600)
    assert one(questions.claim(700, LEASE)).incoming.post_id == _id("b")


def test_a_question_settles_before_it_is_claimed(questions: Questions, reading: Reading) -> None:
    receive(reading, incoming("a", 100))
    assert questions.claim(120, LEASE, settled=40) == []
    assert len(questions.claim(140, LEASE, settled=40)) == 1


def test_a_question_given_back_waits_until_its_moment(questions: Questions, reading: Reading) -> None:
    receive(reading, incoming("a", 100))
    questions.release(one(questions.claim(200, LEASE)), 500)
    assert questions.claim(400, LEASE) == []
    assert len(questions.claim(500, LEASE)) == 1


def test_a_new_leader_takes_over_what_another_held(questions: Questions, reading: Reading) -> None:
    receive(reading, incoming("a", 100))
    held = one(questions.claim(200, LEASE))
    assert questions.release_all() == 1
    assert not questions.holds(held)
    assert len(questions.claim(201, LEASE)) == 1


def test_what_was_to_be_posted_comes_back_with_the_next_claim(questions: Questions, reading: Reading) -> None:
    receive(reading, incoming("a", 100))
    assert questions.keep(one(questions.claim(200, LEASE)), ["un", "deux"], ANSWER)
    questions.release_all()
    again = one(questions.claim(300, LEASE))
    assert (again.parts, again.answer) == (("un", "deux"), ANSWER)


def test_an_edit_while_it_is_answered_makes_it_be_answered_again(questions: Questions, reading: Reading) -> None:
    receive(reading, incoming("a", 100))
    held = one(questions.claim(200, LEASE))
    assert questions.edit(_id("a"), "autre question")
    assert not questions.finish(held, "answered", 300)
    questions.release(held)
    again = one(questions.claim(400, LEASE))
    assert again.incoming.message == "autre question"
    assert again.edits == 1


def test_an_edit_after_the_answer_makes_it_wait_again_and_the_same_words_do_not(
    questions: Questions, reading: Reading
) -> None:
    receive(reading, incoming("a", 100))
    assert questions.finish(one(questions.claim(200, LEASE)), "answered", 300)
    assert questions.edit(_id("a"), "question a") is False
    assert questions.claim(400, LEASE) == []
    assert questions.edit(_id("a"), "nouvelle") is True
    assert one(questions.claim(400, LEASE)).incoming.message == "nouvelle"
    assert questions.edit(_id("z"), "inconnue") is None


def test_a_deleted_question_is_answered_no_more(questions: Questions, reading: Reading) -> None:
    receive(reading, incoming("a", 100), incoming("b", 101))
    held = one(questions.claim(200, LEASE))
    assert questions.drop(_id("a")) and questions.drop(_id("b"))
    assert not questions.finish(held, "answered", 300)
    assert questions.is_dropped(_id("a"))
    assert questions.claim(5000, LEASE) == []
    assert not questions.drop(_id("inconnue"))


def test_a_conversation_remembers_its_answered_questions_and_forgets_on_demand(
    questions: Questions, reading: Reading
) -> None:
    receive(reading, incoming("a", 100, thread="fil"))
    assert questions.answered_in(_id("fil"))
    assert questions.finish(one(questions.claim(200, LEASE)), "answered", 300, ["post"], ANSWER)
    following = incoming("b", 400, thread="fil")
    (before,) = questions.earlier(following, 0, whole_channel=False)
    assert (before.question, before.cited) == ("q entière", ("pi:EXI-ARCH-12",))
    assert questions.earlier(following, 101, whole_channel=False) == []
    assert questions.forget(_id("alice"), _id("fil")) == 1
    assert questions.earlier(following, 0, whole_channel=False) == []


def test_a_question_answered_in_the_same_millisecond_as_the_next_is_earlier_all_the_same(
    questions: Questions, reading: Reading
) -> None:
    first, second = incoming("a", 100, thread="fil"), incoming("b", 100, thread="fil")
    following = incoming("c", 100, thread="fil")
    receive(reading, first, second, following)
    for _ in range(2):
        assert questions.finish(one(questions.claim(500, LEASE)), "answered", 600, ["post"], ANSWER)
    asked = one(questions.claim(700, LEASE)).incoming
    assert asked.post_id == following.post_id
    assert [e.post_id for e in questions.earlier(asked, 0, whole_channel=False)] == [first.post_id, second.post_id]


def test_a_post_of_ours_is_known_with_its_answer(questions: Questions, reading: Reading) -> None:
    receive(reading, incoming("a", 100))
    assert questions.finish(one(questions.claim(200, LEASE)), "answered", 300, ["p1", "p2"], ANSWER)
    second = questions.own_post("p2")
    assert second is not None
    assert (second.question_id, second.part, second.answer) == (_id("a"), 2, ANSWER)
    assert questions.own_post("p3") is None


def test_what_is_old_is_erased_with_its_posts(questions: Questions, reading: Reading) -> None:
    receive(reading, incoming("a", 100), incoming("b", 101))
    first, _ = questions.claim(200, LEASE, most=2)
    assert questions.finish(first, "answered", 300, ["p1"], ANSWER)
    assert questions.purge(301) == 1
    assert questions.own_post("p1") is None
    assert questions.backlog().claimed == 1


def test_a_cursor_keeps_an_anchor_ten_seconds_older_than_the_last_post(reading: Reading) -> None:
    canal = _id("canal")
    for name, at in (("a", 1_000), ("b", 5_000), ("c", 12_000), ("d", 12_000), ("e", 30_000)):
        reading.receive([Seen(_id(name), canal, at)], None, now=at)
    cursor = reading.cursors()[canal]
    assert (cursor.anchor_id, cursor.last_at) == (_id("c"), 30_000)


def test_a_channel_that_begins_is_read_from_there(reading: Reading) -> None:
    reading.begin(_id("canal"), 500)
    reading.begin(_id("canal"), 900)
    assert reading.cursors()[_id("canal")].floor_at == 500


def test_one_replica_leads_and_another_takes_over(open_again: Callable[[], Database]) -> None:
    first, second = leadership(open_again()), leadership(open_again())
    assert first.hold(0) and first.hold(1)
    assert not second.hold(2)
    first.give_up()
    assert second.hold(3)
    assert not first.hold(4)
    second.give_up()


def test_a_revision_is_told_once_to_each_channel(database: Database) -> None:
    announced = Announced(database)
    assert announced.newest("pi") is None
    announced.begin("pi", "aaa", 1)
    assert announced.is_beginning("pi@aaa")
    announced.tell("pi@bbb", "canal", "post", 2)
    announced.tell("pi@ccc:refused", "canal", "post", 3)
    assert announced.told("pi@bbb", "canal") and not announced.told("pi@bbb", "autre")
    assert announced.newest("pi") == "bbb"
    assert announced.before("pi", "bbb") == "aaa"
    assert announced.newest("mirai") is None
