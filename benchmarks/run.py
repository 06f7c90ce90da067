"""`python benchmarks/run.py`: measures every part, or one, and writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import (
    all_revisions,
    changed_row,
    cold_commands,
    embedding,
    evaluation_run,
    http_serving,
    indexing,
    load,
    retrieval,
)
from benchmarks.data_folder import BUNDLES, DataFolder
from benchmarks.machine import PROJECT, business, description, project_commit, wait_until_calm
from benchmarks.report import REPORT, write_report
from benchmarks.results import Measured, PartResult, load_results, save_results

PARTS: dict[str, tuple[str, Callable[[DataFolder], Measured]]] = {
    "indexation": ("Indexation depuis rien", indexing.measure),
    "historique": ("Toutes les révisions", all_revisions.measure),
    "embedding": ("Vecteur d'une question", embedding.measure),
    "recherche": ("Recherche comparée à celle d'un tutoriel", retrieval.measure),
    "revision": ("Révision d'une ligne", changed_row.measure),
    "commandes": ("Commandes à froid", cold_commands.measure),
    "evaluation": ("Évaluation des deux dernières révisions", evaluation_run.measure),
    "http": ("Serveur HTTP", http_serving.measure),
    "charge": ("Cent personnes à la fois", load.measure),
}


def main() -> None:
    """Reads the command line, measures, writes."""
    options = _options()
    absent = [name for name in BUNDLES.values() if not (options.bundles / name).is_file()]
    if absent:
        sys.exit(f"Dépôts officiels absents de {options.bundles} : {', '.join(absent)}. Voyez --bundles.")
    with tempfile.TemporaryDirectory(prefix="cct-mesures-") as temporary:
        root = (options.home or Path(temporary)).resolve()
        root.mkdir(parents=True, exist_ok=True)
        folder = DataFolder(root, options.bundles)
        for name in [options.only] if options.only else list(PARTS):
            result = _measured(name, folder, options.wait)
            known = {**load_results(), name: result}
            save_results({part: known[part] for part in PARTS if part in known})
            write_report([known[part] for part in PARTS if part in known], [p for p in PARTS if p not in known])
            _say_aims(result)
    print(f"Rapport : {REPORT}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Mesure vitesse, mémoire et recherche ; écrit docs/benchmarks.md.")
    parser.add_argument(
        "--bundles", type=Path, default=PROJECT.parent / "shared" / "corpus", help="dossier des bundles officiels"
    )
    parser.add_argument("--home", type=Path, help="dossier des données, gardé (défaut : temporaire)")
    parser.add_argument("--only", choices=list(PARTS), help="une seule partie ; les autres restent au rapport")
    parser.add_argument(
        "--wait", type=float, default=60.0, metavar="SECONDES", help="attente que la machine soit libre (défaut : 60)"
    )
    return parser.parse_args()


def _measured(name: str, folder: DataFolder, wait: float) -> PartResult:
    title, measure = PARTS[name]
    if name not in {"indexation", "historique"}:
        folder.ready_home()
    print(f"{name} : attente d'une machine libre (au plus {wait:.0f} s)", file=sys.stderr, flush=True)
    before = wait_until_calm(wait)
    print(f"{name} : {before}", file=sys.stderr, flush=True)
    start = time.perf_counter()
    measured = measure(folder)
    seconds = time.perf_counter() - start
    return PartResult(
        name=name,
        title=title,
        date=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        commit=project_commit(),
        machine=description(),
        before=str(before),
        after=str(business()),
        seconds=seconds,
        measured=measured,
    )


def _say_aims(result: PartResult) -> None:
    for aim in result.measured.aims:
        state = "atteint" if aim.reached else "NON ATTEINT"
        print(f"{result.name} : {aim.what} : {aim.found} (objectif {aim.aimed}, {state})", flush=True)


if __name__ == "__main__":
    main()
