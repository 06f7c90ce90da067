"""A revision that changes one row of requirements: what an ingestion costs then, as a whole process."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from benchmarks.data_folder import DataFolder, open_home, settings_of
from benchmarks.processes import CCT, run_process
from benchmarks.results import Aim, Measured, Table, median, number
from ingest.index.build_index import embedded_texts, open_index
from ingest.index.vector_store import vector_key
from ingest.passage import Located
from ingest.reading.prose import french_sentences
from ingest.sources.corpus import Corpus

SOURCE = "pi"
TIMES = 5
MOST_SECONDS = 3.0
ADDED = "Mention ajoutée pour la mesure numéro {n}."


def measure(folder: DataFolder) -> Measured:
    """Five revisions one after the other, each changing another row."""
    home = folder.copied_home("revision")
    remote = _clone(folder)
    rows, seconds, exact = [], [], True
    for n in range(1, TIMES + 1):
        before = {item.key for item in _requirements(open_home(home))}
        changed = _change_row(remote, _requirements(open_home(home))[n * 7], n)
        run_process([CCT, "sync", "--from", f"{SOURCE}={remote}"], settings_of(home), folder.root)
        done = run_process([CCT, "ingest"], settings_of(home), folder.root)
        found = re.search(r"(\d+) vecteurs calculés", done.messages)
        embedded = int(found[1]) if found else -1
        wanted = _texts_of(home, changed)
        exact = exact and embedded == len(wanted) and before == {i.key for i in _requirements(open_home(home))}
        seconds.append(done.seconds)
        rows.append((changed, number(done.seconds, 2), number(done.cpu_seconds, 2), str(embedded), str(len(wanted))))
    return Measured(
        (
            Table(
                "« cct ingest » après le changement d'une ligne, processus entier",
                ("ligne changée", "durée (s)", "processeur (s)", "vecteurs calculés", "textes nouveaux de la ligne"),
                tuple(rows),
            ),
        ),
        (
            Aim(
                "ingestion d'une ligne changée (médiane de 5)",
                f"< {number(MOST_SECONDS, 0)} s",
                f"{number(median(seconds), 2)} s",
                median(seconds) < MOST_SECONDS,
            ),
            Aim("vecteurs calculés : ceux de la ligne seulement", "oui", "oui" if exact else "non", exact),
        ),
        (
            "Chaque fois : un commit qui ajoute une phrase à une exigence, dans une copie du dépôt ; "
            "« cct sync --from » (hors mesure) ; « cct ingest ».",
            "Textes nouveaux : ceux de l'enregistrement changé que la révision d'avant n'avait pas.",
        ),
    )


def _clone(folder: DataFolder) -> Path:
    remote = folder.root / "revision-depot"
    shutil.rmtree(remote, ignore_errors=True)
    _git("clone", "--quiet", "--branch", "main", str(folder.bundle(SOURCE)), str(remote))
    return remote


def _requirements(corpus: Corpus) -> list[Located]:
    """The requirements on one line each, of the newest revision."""
    located = corpus.located(corpus.current(SOURCE))
    return [i for i in located if i.passage.kind == "requirement" and i.passage.lines.start == i.passage.lines.end]


def _change_row(remote: Path, item: Located, n: int) -> str:
    """Adds a sentence to the row's longest cell, and commits."""
    path = remote / item.document
    lines = path.read_text(encoding="utf-8").split("\n")
    line = item.passage.lines.start - 1
    cells = lines[line].split("|")
    longest = max(range(len(cells)), key=lambda c: len(cells[c]))
    cells[longest] = f"{cells[longest].rstrip()} {ADDED.format(n=n)} "
    lines[line] = "|".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8")
    identity = ("-c", "user.name=Mesure", "-c", "user.email=mesure@exemple.invalid", "-c", "commit.gpgsign=false")
    _git("-C", str(remote), *identity, "commit", "--quiet", "--all", "-m", f"Mesure {n}")
    return item.key


def _texts_of(home: Path, key: str) -> set[str]:
    """The texts of a record that the revision before did not have; all must have their vector now."""
    corpus = open_home(home)
    newest = corpus.current(SOURCE)
    document = next(i.document for i in _requirements(corpus) if i.key == key)
    now, before = (_embedded(corpus, wanted, document, key) for wanted in (newest.commit, f"{newest.commit}~1"))
    new = now - before
    registry, store = open_index(corpus.settings.index_folder, _stamped_embedding(corpus))
    try:
        missing = store.missing([vector_key(text, "passage") for text in new])
    finally:
        registry.close()
        store.close()
    assert not missing, f"{len(missing)} textes sans vecteur"
    return new


def _embedded(corpus: Corpus, wanted: str, document: str, key: str) -> set[str]:
    source = corpus.manifest.get(SOURCE)
    commit = _git("-C", str(corpus.repository(source).path), "rev-parse", wanted).strip()
    revision = corpus.revision(SOURCE, commit)
    file = next(f for f in corpus.documents(revision) if f.path == document)
    passages = corpus.read(revision, file, french_sentences).passages
    return {t for p in passages if Located(SOURCE, document, commit, p).key == key for t in embedded_texts(p)}


def _stamped_embedding(corpus: Corpus) -> str:
    from ingest.index.generations import live_generation
    from ingest.index.registry import Registry

    generation = live_generation(corpus.settings.index_folder)
    assert generation is not None, "aucun index"
    registry = Registry(generation / "registry.sqlite")
    name = registry.stamp()["embedding"]
    registry.close()
    return name


def _git(*arguments: str) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**environment, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"},
    )
    return done.stdout
