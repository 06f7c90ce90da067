"""Every revision of both sources against the newest alone: time, passages, vectors and size of the index."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data_folder import DataFolder, settings_of
from benchmarks.indexing import Indexing
from benchmarks.processes import run_process
from benchmarks.results import Aim, Measured, Table, number
from ingest.index.build_index import embedded_texts
from ingest.index.generations import live_generation
from ingest.index.registry import Registry

MOST = 1.5
"""Time of a vector when everything is indexed, over its time for the newest revisions alone."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a live index holds."""

    revisions: int
    contents: int
    passages: int
    distinct: int
    texts: int
    megabytes: float


def measure(folder: DataFolder) -> Measured:
    """Two processes from an empty index, with the shipped vectors of the bank."""
    newest_home, history_home = folder.empty_home("recentes"), folder.empty_home("historique")
    newest, history = _indexing("ours", newest_home, folder), _indexing("history", history_home, folder)
    alone, everything = held(newest_home), held(history_home)
    named = (("les plus récentes seules", newest, alone), ("toutes les révisions", history, everything))
    table = Table(
        "Indexation depuis rien, processus entier, vecteurs de la banque fournis",
        ("", "durée (s)", "dont embedding (s)", "vecteurs calculés", "révisions", "contenus de document",
         "passages à toutes les révisions", "passages distincts", "taille de l'index (Mo)"),
        tuple(_row(name, found, index) for name, found, index in named),
    )  # fmt: skip
    ratio = (history.seconds / history.embedded) / (newest.seconds / newest.embedded)
    once = history.embedded <= everything.texts
    times, more = history.seconds / newest.seconds, history.embedded / newest.embedded
    carried = everything.passages / alone.passages
    once_aim = Aim("chaque texte calculé une fois, quel que soit le nombre de révisions", "oui", _yes(once), once)
    cost = "durée par vecteur, toutes les révisions / les plus récentes"
    return Measured(
        (table,),
        (once_aim, Aim(cost, f"≤ {number(MOST)}", number(ratio, 2), ratio <= MOST)),
        (
            "« Passages à toutes les révisions » compte un passage à chaque révision qui le porte : "
            f"{number(everything.passages, 0)}, pour {number(everything.distinct, 0)} textes distincts.",
            f"Tout l'historique coûte {number(times, 1)} fois les plus récentes seules, pour {number(more, 1)} fois "
            f"plus de vecteurs à calculer et {number(carried, 0)} fois plus de passages portés.",
        ),
    )


def _yes(true: bool) -> str:
    return "oui" if true else "non"


def held(home: Path) -> Held:
    """What the live index of a data folder holds, read from its files."""
    generation = live_generation(home / "index")
    assert generation is not None
    with closing(Registry(generation / "registry.sqlite")) as registry:
        located = [item for r in registry.revisions() for item in registry.passages(r.source, r.commit, r.official)]
        revisions = len(registry.revisions())
    with closing(sqlite3.connect(generation / "registry.sqlite")) as database:
        (contents,) = database.execute("SELECT count(*) FROM reading").fetchone()
    size = sum(path.stat().st_size for path in generation.rglob("*") if path.is_file())
    return Held(
        revisions,
        contents,
        len(located),
        len({item.passage.text for item in located}),
        len({text for item in located for text in embedded_texts(item.passage)}),
        size / 1e6,
    )


def _indexing(what: str, home: Path, folder: DataFolder) -> Indexing:
    command = [Path(sys.executable), "-m", "benchmarks.index_process", what]
    done = run_process(command, settings_of(home), folder.root, limit=7200)
    found = Indexing.model_validate_json(done.output.strip().splitlines()[-1])
    return found.model_copy(update={"seconds": found.ended - done.started})


def _row(name: str, found: Indexing, index: Held) -> tuple[str, ...]:
    counts = (index.revisions, index.contents, index.passages, index.distinct)
    return (
        name,
        number(found.seconds),
        number(found.embedding_seconds),
        number(found.embedded, 0),
        *(number(count, 0) for count in counts),
        number(index.megabytes, 1),
    )
