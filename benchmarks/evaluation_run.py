"""The evaluation of both newest revisions: the default questions, no vector of them known, then all known."""

from __future__ import annotations

import shutil

from benchmarks.data_folder import DataFolder, settings_of
from benchmarks.processes import CCT, Finished, run_process
from benchmarks.results import Aim, Measured, Table, number
from eval.runs.transcript import read_run

MOST_SECONDS = 120.0


def measure(folder: DataFolder) -> Measured:
    """`cct eval run` cold and warm, over an index that is there."""
    home = folder.ready_home()
    settings = settings_of(home)
    shutil.rmtree(home / "evaluation", ignore_errors=True)
    out = folder.root / "evaluation-mesuree"
    shutil.rmtree(out, ignore_errors=True)
    asked = [CCT, "eval", "run", "--out", str(out)]
    cold = run_process(asked, settings, folder.root)
    rows = len(read_run(out).rows)
    warm = run_process(asked, settings, folder.root)
    return Measured(
        (
            Table(
                f"Processus entiers, {rows} questions posées, sans modèle de langue",
                ("", "durée (s)", "processeur (s)"),
                (
                    _row("cct eval run, vecteurs des questions inconnus", cold),
                    _row("cct eval run, vecteurs gardés d'une exécution d'avant", warm),
                ),
            ),
        ),
        (
            Aim(
                "« cct eval run » à froid sur les deux dernières révisions",
                f"< {number(MOST_SECONDS, 0)} s",
                f"{number(cold.seconds, 0)} s",
                cold.seconds < MOST_SECONDS,
            ),
        ),
        ("Les jeux de référence et leurs autres graphies ; l'index est fait.",),
    )


def _row(name: str, done: Finished) -> tuple[str, ...]:
    return name, number(done.seconds, 0), number(done.cpu_seconds, 0)
