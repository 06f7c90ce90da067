"""What the tests of the index share: a small source of three requirements, ingested and opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingest.index.build_index import IngestReport, build_index, embedded_texts, open_index
from ingest.index.registry import Registry
from ingest.index.vector_store import vector_key
from ingest.sources.corpus import Corpus

PROJECT = Path(__file__).resolve().parents[1]
SmallSource = Any  # made by the small_source fixture
Make = Callable[..., SmallSource]
Table = Callable[..., str]

ROWS = (
    (
        "EXI-G-1",
        "P",
        "Le titulaire chiffre les données personnelles au repos. Il conserve seul les clés de chiffrement.",
        "Données",
    ),
    ("EXI-G-2", "I", "Les journaux applicatifs sont conservés douze mois", "Exploitation"),
    ("EXI-G-3", "P", "L'application utilise le SSO Agent", "Architecture"),
)


def ingest(source: SmallSource, embedder: Any, **settings: object) -> IngestReport:
    """Synchronises the source and indexes its newest revision."""
    corpus: Corpus = source.corpus(**settings)
    return build_index(corpus, embedder, corpus.newest())


def index_folder(source: SmallSource) -> Path:
    """Where the source's index is."""
    folder: Path = source.settings().index_folder
    return folder


@contextmanager
def opened(source: SmallSource, name: str = "hashing") -> Iterator[tuple[Registry, Any]]:
    """The live index, given back afterwards."""
    registry, store = open_index(index_folder(source), name)
    try:
        yield registry, store
    finally:
        store.close()
        registry.close()


def served(source: SmallSource) -> tuple[str, list[str]]:
    """The commit that answers, and its passages; every one of their vectors is there."""
    with opened(source) as (registry, store):
        (revision,) = [r for r in registry.revisions() if r.served]
        located = registry.passages(revision.source, revision.commit)
        texts = [text for item in located for text in embedded_texts(item.passage)]
        assert store.missing([vector_key(text, "passage") for text in texts]) == []
        return revision.commit, [item.passage.text for item in located]


def generations(source: SmallSource) -> list[Path]:
    """The folders of the index, oldest first."""
    return sorted(index_folder(source).glob("generation-*"))


def edit(
    source: SmallSource, requirement_table: Table, text: str = "L'application utilise le SSO Agent ou FranceConnect"
) -> str:
    """Commits another wording of the third row, and returns the commit."""
    commit: str = source.commit(
        {"exigences.md": requirement_table(*ROWS[:2], ("EXI-G-3", "P", text, "Architecture"))},
        "réécriture",
        "2024-06-01T12:00:00+00:00",
    )
    return commit
