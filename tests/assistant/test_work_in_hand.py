"""What can wait lets answers pass, and does not wait for ever."""

from __future__ import annotations

import threading
import time

from assistant.work_in_hand import WorkInHand


def test_nothing_in_hand_is_not_waited_for() -> None:
    start = time.monotonic()
    assert WorkInHand().let_pass(quiet=0.0, at_most=30)
    assert time.monotonic() - start < 10


def test_work_that_ends_is_waited_for() -> None:
    hand, ended = WorkInHand(), threading.Event()
    passed: list[bool] = []

    def later() -> None:
        passed.append(hand.let_pass(quiet=0.0, at_most=60) and ended.is_set())

    with hand:
        with hand:
            waiting = threading.Thread(target=later)
            waiting.start()
        assert waiting.is_alive()  # one of the two is still in hand
        ended.set()
    waiting.join(30)
    assert passed == [True]


def test_work_without_an_end_is_not_waited_for_longer_than_said() -> None:
    hand = WorkInHand()
    with hand:
        assert not hand.let_pass(quiet=0.0, at_most=0.05)


def test_a_moment_between_two_answers_is_not_quiet() -> None:
    hand = WorkInHand()
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            with hand:
                stop.wait(0.005)

    answering = threading.Thread(target=busy)
    answering.start()
    try:
        assert not hand.let_pass(quiet=20.0, at_most=0.3)
    finally:
        stop.set()
        answering.join(30)
    assert hand.let_pass(quiet=0.05, at_most=60)
