"""A hundred people who ask at once, and twenty thousand questions in a row: times, errors, memory of `cct serve`."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.data_folder import DataFolder
from benchmarks.http_serving import served
from benchmarks.machine import memory
from benchmarks.results import Aim, Measured, Table, median, number, slow
from eval.question_sets.question_set import load_questions

ASKERS = 100
ROUNDS = 10
IN_A_ROW = 20_000
SLOWEST = 2.0
_SETS = tuple(f"developpement-{letter}" for letter in "dklmnqst")
_STABLE = 1.10
"""Memory after all the questions over memory after the first thousand."""


@dataclass
class _Asked:
    """What the askers saw; appended to by all of them."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def measure(folder: DataFolder) -> Measured:
    """Bursts of a hundred, the first on a server that has just started, a hundred who go on, then many questions."""
    known = list(dict.fromkeys(q.question for q in load_questions(*_SETS)))
    first, burst, steady, rest = _Asked(), _Asked(), _Asked(), _Asked()
    with served(folder, CCT_API_RATE="0") as (process, url, _):
        _together(url, [[q] for q in known[:8]], _Asked())
        for n in range(ROUNDS):
            _together(url, [[q] for q in _questions(known, n * ASKERS, ASKERS)], burst if n else first)
        start = time.perf_counter()
        _together(url, [list(_questions(known, ROUNDS * ASKERS + n * ROUNDS, ROUNDS)) for n in range(ASKERS)], steady)
        rate = len(steady.seconds) / (time.perf_counter() - start)
        early, _ = memory(process.pid)
        done = 2 * ROUNDS * ASKERS
        _together(url, [list(_questions(known, n, IN_A_ROW - done, step=8)) for n in range(done, done + 8)], rest)
        late, highest = memory(process.pid)
    errors = [*first.errors, *burst.errors, *steady.errors, *rest.errors]
    return Measured(
        (
            Table(
                "POST /api/v1/ask, extraits, machine partagée avec ceux qui demandent",
                ("", "questions", "médiane (s)", "95e centile (s)", "la plus longue (s)", "erreurs"),
                (
                    _row(f"{ASKERS} au même instant, le serveur vient de démarrer", first),
                    _row(f"{ASKERS} au même instant, {ROUNDS - 1} fois ensuite", burst),
                    _row(f"{ASKERS} personnes, {ROUNDS} questions de suite chacune", steady),
                    _row("8 personnes, le reste", rest),
                ),
            ),
            Table(
                "Mémoire résidente de « cct serve » (Mo)",
                (f"après {number(done, 0)} questions", f"après {number(IN_A_ROW, 0)}", "au plus haut"),
                ((number(early, 0), number(late, 0), number(highest, 0)),),
            ),
        ),
        (
            Aim("erreurs", "0", str(len(errors)), not errors),
            Aim(
                f"{ASKERS} questions au même instant, serveur chaud, 95e centile",
                f"< {number(SLOWEST, 0)} s",
                f"{number(slow(burst.seconds), 2)} s",
                slow(burst.seconds) < SLOWEST,
            ),
            Aim(
                f"{ASKERS} personnes sans pause, 95e centile",
                f"< {number(SLOWEST, 0)} s",
                f"{number(slow(steady.seconds), 2)} s",
                slow(steady.seconds) < SLOWEST,
            ),
            Aim(
                f"mémoire stable sur {number(IN_A_ROW, 0)} questions",
                f"≤ {number(_STABLE * early, 0)} Mo",
                f"{number(late, 0)} Mo",
                late <= _STABLE * early,
            ),
        ),
        (
            f"{number(rate)} questions par seconde quand {ASKERS} personnes demandent sans pause. Les questions "
            "diffèrent toutes : le vecteur d'une question déjà vue serait gardé.",
            *(f"Erreur : {error}" for error in errors[:5]),
        ),
    )


def _questions(known: Sequence[str], start: int, count: int, step: int = 1) -> Iterator[str]:
    """Questions that no one else asks: known ones, said with another number each time they come round."""
    for n in range(start, start + count, step):
        times = n // len(known)
        yield known[n % len(known)] if not times else f"{known[n % len(known)]} (demande {times})"


def _together(url: str, lots: Sequence[Sequence[str]], asked: _Asked) -> None:
    """One thread a lot, all let go at the same instant."""
    gate = threading.Barrier(len(lots))
    threads = [threading.Thread(target=_ask, args=(url, lot, gate, asked)) for lot in lots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _ask(url: str, questions: Sequence[str], gate: threading.Barrier, asked: _Asked) -> None:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    connection.connect()
    gate.wait()
    for question in questions:
        start = time.perf_counter()
        try:
            body = json.dumps({"question": question})
            connection.request("POST", "/api/v1/ask", body, {"content-type": "application/json"})
            response = connection.getresponse()
            answer = json.loads(response.read())
            if response.status != 200 or answer["status"] == "error":
                asked.errors.append(f"{response.status} à {question!r}")
        except (OSError, http.client.HTTPException, ValueError) as exc:
            asked.errors.append(f"{type(exc).__name__} à {question!r}")
            connection.close()
        asked.seconds.append(time.perf_counter() - start)
    connection.close()


def _row(name: str, asked: _Asked) -> tuple[str, ...]:
    times = asked.seconds
    return (
        name,
        str(len(times)),
        number(median(times), 2),
        number(slow(times), 2),
        number(max(times), 2),
        str(len(asked.errors)),
    )
