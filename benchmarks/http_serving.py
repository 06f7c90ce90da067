"""`cct serve` asked over HTTP on the loopback interface: times one by one and eight at once, and memory."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx

from benchmarks.data_folder import DataFolder, settings_of
from benchmarks.machine import memory
from benchmarks.processes import CCT, ProcessFailed, clean_environment
from benchmarks.results import Aim, Measured, Table, median, number, slow
from eval.question_sets.question_set import load_questions

ASKED = 200
ASKERS = 8
MOST_MEGABYTES = 700.0
_READY_SECONDS = 90.0


def measure(folder: DataFolder) -> Measured:
    """Two hundred questions one after the other, then two hundred others by eight askers."""
    questions = [q.question for q in load_questions("developpement-d", "developpement-n")]
    first, others = questions[:ASKED], questions[ASKED : 2 * ASKED]
    with served(folder) as (process, url, ready):
        _ask(url, ["Que dit le cadre de la sauvegarde ?"])
        warm, _ = memory(process.pid)
        alone, alone_wall = _timed(url, [first])
        after, _ = memory(process.pid)
        together, together_wall = _timed(url, [others[n::ASKERS] for n in range(ASKERS)])
        end, highest = memory(process.pid)
    return Measured(
        (
            Table(
                "POST /api/v1/ask sur la boucle locale",
                ("", "questions", "médiane (ms)", "95e centile (ms)", "questions par seconde"),
                (
                    _row("une à la fois", alone, alone_wall),
                    _row(f"{ASKERS} à la fois", together, together_wall),
                ),
            ),
            Table(
                "Mémoire résidente de « cct serve », page web comprise (Mo)",
                ("chaud", f"après {ASKED} questions", f"après {2 * ASKED}, {ASKERS} à la fois", "au plus haut"),
                ((number(warm, 0), number(after, 0), number(end, 0), number(highest, 0)),),
            ),
        ),
        (
            Aim(
                f"mémoire de « cct serve » après {ASKED} questions",
                f"< {number(MOST_MEGABYTES, 0)} Mo",
                f"{number(after, 0)} Mo",
                after < MOST_MEGABYTES,
            ),
        ),
        (
            f"Prêt à répondre {number(ready)} s après le lancement. Aucune question n'est posée deux fois : "
            "le vecteur d'une question déjà vue est gardé.",
        ),
    )


@contextmanager
def served(folder: DataFolder, **settings: str) -> Iterator[tuple[subprocess.Popen[bytes], str, float]]:
    """A server on a free port, the seconds it took to be ready; stopped at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(CCT), "serve", "--port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**clean_environment(settings_of(folder.ready_home())), **settings},
        cwd=folder.root,
    )
    try:
        _wait_ready(process, url, start + _READY_SECONDS)
        yield process, url, time.perf_counter() - start
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def _wait_ready(process: subprocess.Popen[bytes], url: str, end: float) -> None:
    with httpx.Client(trust_env=False, timeout=5) as client:
        while time.perf_counter() < end and process.poll() is None:
            try:
                if client.get(f"{url}/health/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    raise ProcessFailed(f"cct serve ne répond pas sur {url}")


def _timed(url: str, lots: Sequence[Sequence[str]]) -> tuple[list[float], float]:
    """Milliseconds of every question, one asker a lot, and the seconds that all took."""
    start = time.perf_counter()
    with ThreadPoolExecutor(len(lots)) as askers:
        times = [t for lot in askers.map(lambda questions: _ask(url, questions), lots) for t in lot]
    return times, time.perf_counter() - start


def _ask(url: str, questions: Sequence[str]) -> list[float]:
    times = []
    with httpx.Client(trust_env=False, timeout=60) as client:
        for question in questions:
            start = time.perf_counter()
            response = client.post(f"{url}/api/v1/ask", json={"question": question})
            times.append((time.perf_counter() - start) * 1000)
            response.raise_for_status()
            if response.json()["status"] == "error":
                raise ProcessFailed(f"réponse en erreur à {question!r}")
    return times


def _row(name: str, times: Sequence[float], seconds: float) -> tuple[str, ...]:
    rate = len(times) / seconds
    return name, str(len(times)), number(median(times)), number(slow(times)), number(rate)
