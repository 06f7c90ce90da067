"""Commands typed in a terminal: each run is a new process, from its start to its end."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.data_folder import DataFolder, settings_of
from benchmarks.processes import CCT, Finished, run_process
from benchmarks.results import Aim, Measured, Table, median, number
from eval.question_sets.question_set import load_questions

TIMES = 5
MOST_SECONDS = 3.0


def measure(folder: DataFolder) -> Measured:
    """Five runs of `cct ask --json`, each with another question, and five of `cct show`."""
    settings = settings_of(folder.ready_home())
    questions = [q.question for q in load_questions("developpement-d") if q.must_answer][:TIMES]
    asked = [run_process([CCT, "ask", question, "--json"], settings, folder.root) for question in questions]
    shown = [run_process([CCT, "show", "EXI-G-1"], settings, folder.root) for _ in range(TIMES)]
    middle = median([done.seconds for done in asked])
    return Measured(
        (
            Table(
                f"Processus entiers, {TIMES} fois chacun",
                ("", "médiane (s)", "le plus lent (s)", "processeur, médiane (s)"),
                (_row("cct ask … --json", asked), _row("cct show EXI-G-1", shown)),
            ),
        ),
        (
            Aim(
                "« cct ask » à froid (médiane de 5)",
                f"< {number(MOST_SECONDS, 0)} s",
                f"{number(middle, 2)} s",
                middle < MOST_SECONDS,
            ),
        ),
        ("À froid : un processus neuf ; les fichiers sont dans le cache du système après la première fois.",),
    )


def _row(name: str, runs: Sequence[Finished]) -> tuple[str, ...]:
    seconds = [done.seconds for done in runs]
    figures = (median(seconds), max(seconds), median([done.cpu_seconds for done in runs]))
    return name, *(number(value, 2) for value in figures)
