"""Nothing is lost and nothing is said twice, whatever breaks: the stream, the server, the answers' way, the bot."""

# ruff: noqa: F811  (a fixture's name is an argument's)

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest

from tests.databases import postgresql_server, settings_of_kind, storage_settings  # noqa: F401  # fixtures
from tests.mattermost.bot_fixtures import YESTERDAY, Bots, bots, bots_of_yesterday  # noqa: F401  # fixtures
from tests.mattermost.fake_faults import (
    dropped,
    error_after_commit,
    error_before_commit,
    hung,
    rate_limited,
    slow,
)
from tests.mattermost.fake_mattermost import STRIKES
from tests.mattermost.fake_records import Post
from tests.mattermost.running_bot import QUICK, WATCHFUL
from ui.mattermost.client.patience import Time
from ui.mattermost.errors import TokenRefused
from ui.storage.opening import open_storage


def _once(bots: Bots, *questions: Post) -> None:
    for question in questions:
        bots.answer(question)
    bots.server.faults.calm()
    bots.settled()
    assert [len(bots.answers(q)) for q in questions] == [1] * len(questions)


@pytest.mark.parametrize("kind", ["drop", "half_open", "gap", "lost_resume", "restart", "duplicate", "out_of_order"])
def test_a_broken_stream_loses_no_question(bots: Bots, kind: str) -> None:
    bots.start(parts_timing=WATCHFUL if kind == "half_open" else QUICK)
    before = bots.ask("@cct que dit la règle d'avant ?")
    bots.server.strike(bots.account, kind)
    during = [bots.ask(f"@cct que dit la règle {n} ?") for n in range(3)]
    after = bots.ask("@cct que dit la règle d'après ?", who=bots.team.bruno)
    _once(bots, before, *during, after)


def test_a_broken_stream_is_resumed_where_the_server_still_can(bots: Bots) -> None:
    bots.start()
    bots.settled()
    bots.server.drop(bots.account)
    bots.settled()
    assert bots.server.outcomes[-1] in {"resumed", "lossless"}
    asked = bots.server.requests("GET", "/users/me/channels")
    assert len(asked) == 1, "nothing was lost: the channels are not read again"


def test_a_gap_makes_the_server_send_again(bots: Bots) -> None:
    bots.start()
    bots.settled()
    bots.server.gap(bots.account, 1)
    first, second = bots.ask("@cct que dit la règle 1 ?"), bots.ask("@cct que dit la règle 2 ?")
    _once(bots, first, second)
    assert "resumed" in bots.server.outcomes


def test_questions_of_one_thread_are_answered_in_order_even_when_they_come_out_of_order(bots: Bots) -> None:
    bots.start()
    root = bots.ask("@cct que dit la règle 0 ?")
    bots.answer(root)
    bots.server.strike(bots.account, "out_of_order")
    asked: list[Post] = []
    for n in range(1, 5):
        time.sleep(0.002)  # posts of one millisecond have no order
        asked.append(bots.ask(f"@cct que dit la règle {n} ?", root=root))
    _once(bots, *asked)
    moments = [bots.answers(q)[0].create_at for q in asked]
    assert moments == sorted(moments)


FAULTS = {
    "503": error_before_commit(503),
    "500": error_before_commit(500),
    "504 fait": error_after_commit(504),
    "500 fait": error_after_commit(500),
    "coupé": dropped(),
    "coupé fait": dropped(after_commit=True),
    "429": rate_limited(0.2),
    "lent": slow(0.3),
    "lent fait": slow(0.3, after_commit=True),
}


@pytest.mark.parametrize(
    ("call", "name"),
    [
        *(("POST /posts", name) for name in FAULTS),
        *(("POST /reactions", name) for name in ("503", "429")),
        *(("GET /posts/{id}/thread", name) for name in ("503", "coupé", "429")),
    ],
)
def test_a_call_that_fails_is_made_good_once(bots: Bots, call: str, name: str) -> None:
    bots.start()
    root = bots.ask("@cct que dit la règle 1 ?")
    bots.answer(root)
    bots.server.faults.next(call, FAULTS[name], times=2, user_id=bots.account.id)
    _once(bots, root, bots.ask("@cct que dit la règle 2 ?", root=root))


def test_a_creation_that_was_done_is_found_again_even_when_the_server_forgot_its_guard(bots: Bots) -> None:
    bots.server.settings.pending_seconds = 0
    bots.start()
    bots.server.faults.next("POST /posts", error_after_commit(504), times=1, user_id=bots.account.id)
    _once(bots, bots.ask())


def test_the_pause_that_a_429_asks_for_is_kept(bots: Bots) -> None:
    bots.start()
    bots.server.faults.next("POST /posts", rate_limited(1), times=1, user_id=bots.account.id)
    question = bots.ask()
    answer = bots.answer(question)
    assert answer.create_at - question.create_at >= 1000


def test_questions_asked_while_it_was_away_are_answered_in_their_order(bots: Bots) -> None:
    first = bots.start()
    bots.settled()
    first.stop()
    root = bots.ask("@cct que dit la règle 1 ?")
    follow = bots.ask("et la règle 2 ?", root=root, who=bots.team.bruno)
    other = bots.ask("@cct que dit la règle 3 ?")
    bots.start()
    _once(bots, root, follow, other)
    assert bots.answers(root)[0].create_at <= bots.answers(follow)[0].create_at


def test_a_direct_channel_made_while_it_was_away_is_read(bots: Bots) -> None:
    first = bots.start()
    bots.settled()
    first.stop()
    direct = bots.server.direct(bots.team.alice, bots.account)
    question = bots.ask("que dit la règle ?", channel=direct)
    bots.start()
    _once(bots, question)


def test_posts_of_one_millisecond_are_all_found(bots: Bots) -> None:
    first = bots.start()
    bots.settled()
    bots.server.clock.stop()
    heard = bots.ask("@cct que dit la règle 1 ?")
    bots.answer(heard)
    first.stop()
    missed = [bots.ask(f"@cct que dit la règle {n} ?") for n in range(2, 5)]
    bots.server.clock.go()
    bots.start()
    _once(bots, heard, *missed)


def test_more_than_a_page_of_posts_is_read_to_its_end(bots: Bots) -> None:
    first = bots.start()
    bots.ask("@cct que dit la règle 0 ?")
    bots.settled()
    first.stop()
    bots.server.clock.advance(20)
    for n in range(230):
        bots.ask(f"bavardage {n}")
    early = bots.ask("@cct que dit la règle 1 ?")
    for n in range(230):
        bots.ask(f"bavardage {n}")
    late = bots.ask("@cct que dit la règle 2 ?")
    bots.start()
    _once(bots, early, late)


def test_a_question_found_too_late_gets_an_apology(bots_of_yesterday: Bots) -> None:
    bots = bots_of_yesterday
    first = bots.start(parts_time=Time(wall=lambda: time.time() - YESTERDAY))
    bots.settled()
    first.stop()
    old = bots.ask()
    bots.server.clock.advance(YESTERDAY)
    bots.start(max_age_hours=12)
    told = bots.answer(old, holding="Désolé, je n'étais pas là")
    assert "20 h" in told.message
    assert len(bots.answers(old)) == 1


@pytest.mark.parametrize("moment", ["asked", "posted"])
def test_a_bot_that_is_killed_answers_once_after_it_starts_again(bots: Bots, moment: str) -> None:
    first = bots.start()
    if moment == "asked":
        bots.assistant.gate = threading.Event()
        question = bots.ask()
        bots.server.wait_until(lambda _: bool(bots.assistant.asked))
        first.kill()
        bots.assistant.gate.set()
    else:
        bots.server.faults.next("POST /posts", slow(1.0, after_commit=True), user_id=bots.account.id)
        question = bots.ask()
        bots.answer(question)
        first.kill()
    bots.start()
    _once(bots, question)


def test_a_stopped_bot_finishes_what_it_has_begun(bots: Bots) -> None:
    bots.assistant.seconds = 1.0
    bot = bots.start()
    question = bots.ask()
    bots.server.wait_until(lambda _: bool(bots.assistant.asked))
    bot.stop()
    assert len(bots.answers(question)) == 1


def test_a_refused_token_stops_it_loudly(bots: Bots) -> None:
    bot = bots.start()
    bots.settled()
    bots.server.revoke(bots.account)
    bots.server.drop(bots.account)
    bot.wait_ended()
    assert isinstance(bot.failure, TokenRefused)
    assert "MATTERMOST_TOKEN" in bot.failure.remedy
    assert bot.bot.gauges.health(0.0)[0] == 503


def test_a_wrong_token_never_starts(bots: Bots) -> None:
    bots.server.revoke(bots.account)
    bot = bots.start(connected=False)
    bot.wait_ended()
    assert isinstance(bot.failure, TokenRefused)


def test_two_replicas_answer_once_and_the_second_takes_over(bots: Bots) -> None:
    first = bots.start()
    second = bots.start()
    _once(bots, bots.ask("@cct que dit la règle 1 ?"))
    assert bots.server.connections(bots.account) == 1
    assert (first.bot.gauges.leads, second.bot.gauges.leads) == (True, False)
    first.stop()
    _once(bots, bots.ask("@cct que dit la règle 2 ?"))
    assert second.bot.gauges.leads


def test_two_replicas_on_postgresql_answer_once_and_the_second_takes_over(
    bots: Bots, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    settings = settings_of_kind("postgresql", request, tmp_path)
    first = bots.start(parts_database=open_storage(settings, tmp_path))
    second = bots.start(parts_database=open_storage(settings, tmp_path))
    asked = [bots.ask(f"@cct que dit la règle {n} ?") for n in range(5)]
    _once(bots, *asked)
    first.kill()
    _once(bots, bots.ask("@cct que dit la règle d'après ?"))
    assert second.bot.gauges.leads


def test_a_server_that_hangs_is_given_up_and_asked_again(bots: Bots) -> None:
    bots.start()
    bots.settled()
    bots.server.faults.next("POST /reactions", hung(), times=1, user_id=bots.account.id)
    _once(bots, bots.ask())


def test_a_hundred_questions_under_random_faults_and_restarts(bots: Bots) -> None:
    """The soak of benchmarks/mattermost_soak.py, small and drawn from a seed."""
    dice = random.Random(11)
    bots.server.settings.pending_seconds = 1
    running = bots.start(parts_timing=WATCHFUL)
    asked: list[Post] = []
    for n in range(100):
        if n % 12 == 6:
            bots.server.strike(bots.account, dice.choice(STRIKES))
        if n % 40 == 39:
            running.kill()
            running = bots.start(parts_timing=WATCHFUL)
        roots = [q for q in asked if not q.root_id]
        root = dice.choice(roots) if len(roots) > 15 else ""
        time.sleep(0.002)  # posts of one millisecond have no order
        asked.append(
            bots.ask(f"@cct que dit la règle {n} ?", who=dice.choice([bots.team.alice, bots.team.bruno]), root=root)
        )
    bots.server.faults.calm()
    bots.ask("c'est tout")
    for question in asked:
        bots.answer(question, timeout=120)
    bots.settled()
    assert [len(bots.answers(q)) for q in asked] == [1] * len(asked)
    for n, question in enumerate(asked):
        (answer,) = bots.answers(question)
        assert answer.root_id == (question.root_id or question.id)
        assert f"règle {n} ?" in answer.message
    for root in {q.root_id for q in asked if q.root_id}:
        moments = [bots.answers(q)[0].create_at for q in asked if q.root_id == root]
        assert moments == sorted(moments)


def test_a_ledger_that_was_lost_does_not_make_it_answer_again(bots: Bots) -> None:
    first = bots.start()
    question = bots.ask()
    bots.answer(question)
    bots.settled()
    first.stop()
    empty = open_storage(storage_settings(f"sqlite:///{bots.home / 'neuf.sqlite'}"), bots.home)
    bots.start(parts_database=empty)
    _once(bots, question)
