"""A corpus of one small repository with two revisions and a question bank: indexed in two seconds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.index.build_index import build_index
from ingest.reading.quote_form import fingerprint
from ingest.sources.corpus import Corpus
from tests.built_indexes import bundled_embedder, settings_of

FIRST = (
    "EXI-G-1 | P | La sauvegarde quotidienne est conservée hors du site principal. | Données",
    "EXI-G-2 | I | Les journaux techniques sortent sur la sortie standard. | Architecture",
)
SECOND = (
    "EXI-G-1 | P | La sauvegarde horaire est conservée hors du site principal. | Données",
    "EXI-G-2 | I | Les journaux techniques sortent sur la sortie standard. | Architecture",
    "EXI-G-3 | P | Chaque secret est rangé dans le coffre de la plateforme. | Sécurité",
    "EXI-G-2 | I | Les journaux sont conservés trente jours. | Architecture",
)


def _entry(name: str, question: str, *rows: str) -> dict[str, object]:
    prints = [fingerprint(row.split(" | ")[2]) for row in rows]
    return {"id": name, "questions": [question], "fingerprints": prints}


BANK = (
    _entry("sauvegarde", "Où garder la sauvegarde ?", FIRST[0], SECOND[0]),
    _entry("journaux", "Où vont les journaux ?", FIRST[1]),
    {"id": "exploiter", "subject": "exploiter", "passages": ["sauvegarde", "journaux"], "questions": ["Exploiter ?"]},
)


@dataclass(frozen=True)
class SmallCorpus:
    """The repository, the corpus folder that declares it, and a data folder."""

    repository: Path
    corpus: Path
    home: Path
    commits: tuple[str, str]

    @property
    def variables(self) -> dict[str, str]:
        """What makes `cct` work on it."""
        return {"CCT_CORPUS": str(self.corpus)}

    def opened(self) -> Corpus:
        """The corpus, synchronised."""
        corpus = Corpus(settings_of(self.home, corpus=self.corpus))
        corpus.repository(corpus.manifest.get("essai")).synchronise()
        return corpus

    def index(self, commit: str | None = None) -> None:
        """Indexes a revision, the newest by default, and makes it answer."""
        corpus = self.opened()
        served = [corpus.revision("essai", commit)] if commit else corpus.newest()
        build_index(corpus, bundled_embedder(), served)

    def write_bank(self, *entries: dict[str, object]) -> None:
        """Replaces the question bank."""
        questions = self.corpus / "questions"
        questions.mkdir(exist_ok=True)
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        (questions / "essai.jsonl").write_text(lines, encoding="utf-8")


def table(rows: tuple[str, ...]) -> str:
    """A requirement document; its first requirement stands at line 5."""
    head = ["# Exigences", "", "| ID | Type | Exigence | Catégorisation |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *(f"| {row} |" for row in rows)]) + "\n"


def make_small_corpus(small_source: Callable[..., Any]) -> SmallCorpus:
    """The small corpus, not synchronised yet; its manifest names the repository's path."""
    source = small_source()
    first = source.commit({"exigences.md": table(FIRST)}, "première version", "2024-05-01T12:00:00+00:00")
    second = source.commit({"exigences.md": table(SECOND)}, "seconde version", "2024-06-23T12:00:00+00:00")
    source.documents = [{"path": "exigences.md", "role": "requirements", "title": "Exigences"}]
    source.write_manifest()
    made = SmallCorpus(source.repository, source.corpus_folder, source.folder / "home", (first, second))
    made.write_bank(*BANK)
    return made
