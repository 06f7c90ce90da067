"""Cells that should hold something: type, text, category, definition, maturity; verbs that fit the type."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.lint.findings import Finding
from ingest.lint.reading import LintedDocument, LintedRevision
from ingest.lint.rules import found
from ingest.passage import Passage
from ingest.reading.identifiers import read_component_id
from ingest.reading.quote_form import words

_UNREADABLE = {
    "type absent ou inconnu": (
        "type-absent",
        "{extract} n'a pas de type lisible (P ou I). Écrivez P ou I dans sa colonne « Type ».",
    ),
    "exigence sans texte": ("texte-absent", "{extract} n'a pas de texte. Écrivez l'exigence ou retirez la ligne."),
    "terme sans définition": (
        "definition-absente",
        "Le terme « {extract} » n'a pas de définition. Écrivez-la ou retirez la ligne.",
    ),
    "définition sans terme": (
        "definition-absente",
        "Une définition n'a pas de terme. Écrivez le terme dans la première colonne.",
    ),
}
_ILLEGIBLE = "Ligne non reconnue ({reason}). Donnez-lui un identifiant, ou sortez-la du tableau."
# Words are lower case and without accents: see ingest.reading.quote_form.words.
_BINDING = re.compile(
    r"\b(doit|doivent|devra|devront|obligatoire\w*|imperati\w+|interdit\w*|proscrire|exclusivement)\b"
)
_RECOMMENDING = re.compile(
    r"\b(rec+om+and\w+|preconis\w+|conseille\w*|souhaitable\w*|de preference|idealement|peut etre utile)\b"
)


def check(revision: LintedRevision) -> Iterator[Finding]:
    """Every missing cell and every verb that contradicts its type, document by document."""
    for document in revision.documents:
        yield from _unreadable(document)
        yield from _categories(document)
        yield from _maturity(document)
        for requirement in document.records("requirement"):
            yield from _verb(document, requirement)


def _unreadable(document: LintedDocument) -> Iterator[Finding]:
    for row in document.read.unreadable:
        rule, message = _UNREADABLE.get(row.reason, ("ligne-illisible", _ILLEGIBLE))
        yield found(rule, document, row.line, message.format(extract=row.extract[:40], reason=row.reason))


def _categories(document: LintedDocument) -> Iterator[Finding]:
    requirements = document.records("requirement")
    if not any(r.category for r in requirements):
        return
    for requirement in requirements:
        if not requirement.category:
            message = f"{requirement.id} n'a pas de catégorie. Remplissez la colonne « Catégorisation »."
            yield found("categorie-absente", document, requirement.lines.start, message)


def _maturity(document: LintedDocument) -> Iterator[Finding]:
    for table in document.tables:
        column = -1
        for row in table.rows:
            names = [" ".join(words(cell)) for cell in row.cells]
            if column < 0:
                column = next((n for n, name in enumerate(names) if "maturite" in name and len(name) < 40), -1)
                continue
            reference = read_component_id(row.cells[0])
            if reference and (len(names) <= column or not names[column]):
                message = f"{reference} n'a pas d'état de maturité. Écrivez-le, ne serait-ce que « à l'étude »."
                yield found("maturite-absente", document, row.lines.start, message)


def _verb(document: LintedDocument, requirement: Passage) -> Iterator[Finding]:
    """The first modal word decides: an obligation often gives advice further down, and the reverse."""
    text = " ".join(words(requirement.text))
    binding, recommending = _BINDING.search(text), _RECOMMENDING.search(text)
    line, name = requirement.lines.start, requirement.id
    if requirement.priority == "P" and recommending and not (binding and binding.start() < recommending.start()):
        message = (
            f"{name} est P (primordiale) mais recommande avant d'imposer (« {recommending[0]} »). "
            "Dites l'obligation d'abord, ou passez l'exigence en I."
        )
        yield found("verbe-recommandation", document, line, message)
    if requirement.priority == "I" and binding and not (recommending and recommending.start() < binding.start()):
        message = (
            f"{name} est I (importante) mais impose avant de recommander (« {binding[0]} »). "
            "Passez l'exigence en P, ou recommandez au lieu d'imposer."
        )
        yield found("verbe-obligation", document, line, message)
