"""This product's own conformity with both CCTs: a data file, read as rows, written as the page and as a document.

It holds identifiers, subjects in our words and proofs; never the text of a requirement.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

CONFORMITY_FILE = Path(__file__).parent / "data" / "conformite.yml"
Status = Literal["conforme", "partiel", "à faire", "à la charge du déployeur", "hors périmètre"]
STATUSES: tuple[Status, ...] = ("conforme", "partiel", "à faire", "à la charge du déployeur", "hors périmètre")
SOURCES: Mapping[str, str] = {"mirai": "CCT MirAI", "pi": "CCT Cloud Pi Native"}
Proof = Annotated[str, Field(pattern=r"^[\w./\-]+(#[\w./ -]+)?$")]


class ConformityRow(BaseModel):
    """One requirement, and what this product has to show for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^EXI-[A-Z]+-\d+$")
    source: Literal["mirai", "pi"]
    occurrence: int = Field(default=1, ge=1)
    type: Literal["P", "I"]
    sujet: str
    statut: Status
    note: str = ""
    preuves: tuple[Proof, ...] = ()
    """Files of the project, each with the name to look for in it after #."""

    @property
    def name(self) -> str:
        """ "EXI-ORG-16 (2e occurrence)"."""
        return self.id + (f" ({self.occurrence}e occurrence)" if self.occurrence > 1 else "")


class Conformity(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exigences: tuple[ConformityRow, ...]

    def counts(self) -> Iterator[tuple[Status, int]]:
        """How many requirements stand at each status."""
        for status in STATUSES:
            yield status, sum(row.statut == status for row in self.exigences)


@functools.cache
def packaged_conformity() -> Conformity:
    """The conformity of this version of the program."""
    return Conformity.model_validate(yaml.safe_load(CONFORMITY_FILE.read_text(encoding="utf-8")))


def conformity_markdown(conformity: Conformity) -> str:
    """The document: counts, then a table for each CCT."""
    counts = " ; ".join(f"{status} : {count}" for status, count in conformity.counts() if count)
    parts = [
        "# Conformité d'Assistant CCT aux deux CCT",
        "Écrit par `python -m ui.pages.conformity` depuis `ui/pages/data/conformite.yml` ; ne pas modifier à la "
        "main. Les sujets sont dits dans nos mots : le texte d'une exigence se lit par son identifiant (`cct show`). "
        "Un test vérifie que chaque preuve existe et que chaque exigence officielle a sa ligne.",
        f"Auto-évaluation, {len(conformity.exigences)} exigences. {counts}.",
    ]
    for source, title in SOURCES.items():
        rows = [row for row in conformity.exigences if row.source == source]
        lines = ["| Exigence | Type | Sujet | Statut | Preuve |", "|---|---|---|---|---|"]
        lines += [f"| {row.name} | {row.type} | {row.sujet} | {row.statut} | {_proof_cell(row)} |" for row in rows]
        parts += [f"## {title}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _proof_cell(row: ConformityRow) -> str:
    proofs = ", ".join(f"`{proof}`" for proof in row.preuves)
    return " : ".join(part for part in (row.note, proofs) if part)


if __name__ == "__main__":
    print(conformity_markdown(packaged_conformity()), end="")
