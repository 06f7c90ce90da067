"""Time to index from nothing: ours without and with the shipped vectors, and the tutorial's."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import BaseModel

from benchmarks.data_folder import DataFolder, settings_of
from benchmarks.processes import run_process
from benchmarks.results import Aim, Measured, Table, number

MOST = 1.3


class Indexing(BaseModel):
    """What an indexing process printed."""

    ended: float
    cpu_seconds: float
    embedding_seconds: float
    embedding_cpu_seconds: float
    embedded: int
    characters: int
    control_cpu_seconds: float
    seconds: float = 0.0

    @property
    def ratio(self) -> float:
        """Time of the whole process over the time spent in the embedding."""
        return self.seconds / self.embedding_seconds


def measure(folder: DataFolder) -> Measured:
    """Three processes from an empty index."""
    bare = _indexing("ours", settings_of(folder.empty_home("sans-vecteurs"), folder.corpus_without_vectors()), folder)
    shipped = _indexing("ours", settings_of(folder.empty_home("avec-vecteurs")), folder)
    tutorial = _indexing("tutorial", settings_of(folder.empty_home("tutoriel")), folder)
    named = (
        ("ce projet, sans les vecteurs fournis", bare),
        ("ce projet, avec les vecteurs fournis", shipped),
        ("tutoriel", tutorial),
    )
    table = Table(
        "Indexation depuis rien, processus entier",
        ("", "durée (s)", "dont embedding (s)", "rapport", "processeur (s)", "dont embedding", "textes", "signes"),
        tuple(_row(name, found) for name, found in named),
    )
    cost = bare.control_cpu_seconds / bare.embedding_cpu_seconds
    return Measured(
        (table,),
        (
            Aim(
                "indexation / embedding seul, sans les vecteurs fournis",
                f"≤ {number(MOST)}",
                number(bare.ratio, 2),
                bare.ratio <= MOST,
            ),
        ),
        (
            "L'embedding seul est chronométré dans la même exécution : mêmes textes, même charge de la machine.",
            f"Contrôle : un texte sur huit recalculé à part, ramené au tout, prend {number(cost, 2)} fois le temps "
            "de processeur compté dans l'indexation.",
            "« Avec les vecteurs fournis », la banque de questions n'est pas recalculée (corpus/vectors) : il reste "
            "les passages officiels, et le rapport compte aussi le démarrage et le découpage des phrases.",
            "Le tutoriel n'a ni banque de questions, ni phrases, ni enregistrements : il calcule moins de textes.",
        ),
    )


def _indexing(system: str, settings: dict[str, str], folder: DataFolder) -> Indexing:
    done = run_process([Path(sys.executable), "-m", "benchmarks.index_process", system], settings, folder.root)
    found = Indexing.model_validate_json(done.output.strip().splitlines()[-1])
    return found.model_copy(update={"seconds": found.ended - done.started})


def _row(name: str, found: Indexing) -> tuple[str, ...]:
    return (
        name,
        number(found.seconds),
        number(found.embedding_seconds),
        number(found.ratio, 2),
        number(found.cpu_seconds),
        number(found.embedding_cpu_seconds),
        number(found.embedded, 0),
        number(found.characters, 0),
    )
