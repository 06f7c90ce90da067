"""Two small sources in git, "alpha" and "beta", with what makes the pages talk: twins, conflicts, moves, payloads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.answer import UsedRevision
from ingest.reading.quote_form import fingerprint
from ingest.sources.corpus import Corpus
from tests.conftest import SmallSource, manifest_text, requirement_table
from tests.ui.canned_assistant import XSS, CannedAssistant
from ui.http_api import create_app

VAULT = "Chaque secret est rangé dans le coffre de la plateforme, jamais dans le dépôt de code."
LOGS = "Le service écrit ses journaux au format texte sur la sortie standard du conteneur."
COPIES = "La sauvegarde quotidienne est conservée hors du site principal pendant trente jours."
HOSTILE = f"Texte piégé {XSS} [clic](javascript:alert(1)) et ![image](https://ailleurs.invalid/x.png)."
FORMULA = '=HYPERLINK("https://ailleurs.invalid";"clic")'
OLD = (("EXI-ARCH-2", "P", LOGS, "Exploitation"), ("EXI-ARCH-3", "I", VAULT, "Sécurité"))
NEW = (
    ("EXI-ARCH-2", "I", VAULT, "Sécurité"),
    ("EXI-ARCH-9", "P", LOGS.replace("texte", "JSON"), "Exploitation"),
    ("EXI-ARCH-10", "I", COPIES, "Données"),
    ("EXI-ORG-1", "I", HOSTILE, "<b>Pièges</b>"),
    ("EXI-ORG-1", "P", "Une seconde ligne porte le même identifiant, par erreur.", "Organisation"),
    ("EXI-ORG-2", "P", FORMULA, "Données"),
)
OTHER = (
    ("EXI-ARCH-9 (Alpha-native)", "I", LOGS.replace("texte", "JSON"), "Exploitation"),
    ("EXI-ARCH-2", "P", "Les pages respectent le référentiel d'accessibilité.", "Interface"),
    ("EXI-DATA-1", "", "Les données portent une date de péremption.", "Données"),
)
GUIDE = (
    "# Guide\n\n| Réf | Composant | Rôle |\n| --- | --- | --- |\n"
    "| COMP010 | Passerelle | Filtre les échanges |\n| ACCUSER | Accès | Terminal <script>alert(1)</script> |\n"
)
GLOSSARY = "# Glossaire\n\n| Terme | Définition |\n| --- | --- |\n| API | Interface entre programmes |\n| DevSecOps (DSO) | Développer, sécuriser, exploiter |\n"
NORMS = "# Normes\n\n| Normes industrielles | Kubernetes : <https://kubernetes.io/fr/> |\n| --- | --- |\n"
DOCUMENTS: list[dict[str, object]] = [
    {"path": "exigences.md", "role": "requirements", "title": "Exigences"},
    {"path": "guide.md", "role": "guide", "title": "Guide"},
    {"path": "glossaire.md", "role": "glossary", "title": "Glossaire"},
    {"path": "normes.md", "role": "norms", "title": "Normes"},
]


class ServedAssistant(CannedAssistant):
    """The canned assistant, over the revisions of the two sources."""

    def __init__(self, served: tuple[UsedRevision, ...], titles: Mapping[str, str]) -> None:
        super().__init__()
        self._served = served
        self._titles = titles

    def revisions(self) -> tuple[UsedRevision, ...]:
        """Those of the corpus."""
        return self._served

    def indexed_revisions(self) -> tuple[UsedRevision, ...]:
        """The served ones alone."""
        return self._served

    def source_titles(self) -> Mapping[str, str]:
        """Those of the manifest."""
        return self._titles


@dataclass(frozen=True)
class Site:
    """The application over the two sources."""

    corpus: Corpus
    app: FastAPI
    assistant: CannedAssistant
    first: str
    """The older commit of alpha."""

    @property
    def client(self) -> TestClient:
        """A browser: it asks for pages, and follows no redirection by itself."""
        return TestClient(self.app, headers={"accept": "text/html"}, follow_redirects=False)

    def page(self, address: str) -> str:
        """A page that is there."""
        response = self.client.get(address)
        assert response.status_code == 200, response.text
        return response.text


def two_sources(folder: Path) -> Site:
    """The site, its repositories synchronised, one application without the conversation's page."""
    alpha = SmallSource(folder, "alpha", DOCUMENTS)
    beta = SmallSource(folder, "beta", DOCUMENTS)
    first = alpha.commit({"exigences.md": requirement_table(*OLD)}, "première", "2024-01-10T12:00:00+00:00")
    alpha.commit(
        {"exigences.md": requirement_table(*NEW), "guide.md": GUIDE, "glossaire.md": GLOSSARY, "normes.md": NORMS},
        "seconde", "2024-05-12T12:00:00+00:00",
    )  # fmt: skip
    beta.commit(
        {"exigences.md": requirement_table(*OTHER), "glossaire.md": GLOSSARY}, "autre", "2024-06-01T12:00:00+00:00"
    )
    alpha.corpus_folder.mkdir()
    (alpha.corpus_folder / "manifest.toml").write_text(manifest_text(alpha.source, beta.source), encoding="utf-8")
    _write_bank(alpha.corpus_folder / "questions")
    corpus = Corpus(alpha.settings())
    for source in corpus.manifest.source:
        corpus.repository(source).synchronise()
    served = tuple(UsedRevision(r.source.id, r.commit, r.date, True) for r in corpus.newest())
    assistant = ServedAssistant(served, {s.id: s.title for s in corpus.manifest.source})
    return Site(corpus, application(corpus, assistant), assistant, first)


def application(corpus: Corpus, assistant: CannedAssistant) -> FastAPI:
    """The application, once everything its pages show is worked out."""
    app = create_app(lambda: assistant, web_page=False, corpus=corpus)
    app.state.warm_pages(120)
    return app


def _write_bank(folder: Path) -> None:
    folder.mkdir()
    entries = [
        {"id": "coffre", "questions": ["Où ranger mes secrets ?"], "fingerprints": [fingerprint(VAULT)]},
        {"id": "journaux", "questions": [f"Où vont les journaux {XSS} ?"], "fingerprints": [fingerprint(NEW[1][2])]},
    ]
    lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    (folder / "essai.jsonl").write_text(lines, encoding="utf-8")
