"""Headings without text, footnotes without a call, images without a description."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.lint.findings import Finding
from ingest.lint.links import links_of
from ingest.lint.reading import LintedDocument, LintedRevision
from ingest.lint.rules import found
from ingest.reading.quote_form import words

_EMPTY_TITLE = re.compile(r"^ {0,3}#{1,6}[ \t]*(#*[ \t]*|<a\s[^>]*>\s*</a>\s*)$")
_NOTE = re.compile(r"^ {0,3}\[\^(?P<name>[^\]\s]+)\]:")
_CALL = re.compile(r"\[\^(?P<name>[^\]\s]+)\](?!:)")
_PLACEHOLDERS = {"", "alt text", "alttext", "enter image alt description", "image", "image tooltip", "description"}


def check(revision: LintedRevision) -> Iterator[Finding]:
    """Every defect of structure, document by document."""
    for document in revision.documents:
        yield from _empty_titles(document)
        yield from _footnotes(document)
        yield from _images(document)


def _empty_titles(document: LintedDocument) -> Iterator[Finding]:
    for number, line in enumerate(document.prose_lines, 1):
        if _EMPTY_TITLE.match(line):
            message = "Titre sans texte : il apparaît vide dans les sommaires. Écrivez-le ou supprimez la ligne."
            yield found("titre-vide", document, number, message)


def _footnotes(document: LintedDocument) -> Iterator[Finding]:
    notes: dict[str, int] = {}
    calls: dict[str, int] = {}
    for number, line in enumerate(document.prose_lines, 1):
        note = _NOTE.match(line)
        if note:
            notes.setdefault(note["name"], number)
        for call in _CALL.finditer(line):
            calls.setdefault(call["name"], number)
    for name, number in notes.items():
        if name not in calls:
            message = (
                f"La note [^{name}] n'est appelée nulle part : elle ne s'affiche pas. Appelez-la ou supprimez-la."
            )
            yield found("note-orpheline", document, number, message)
    for name, number in calls.items():
        if name not in notes:
            message = f"La note [^{name}] est appelée mais n'existe pas. Écrivez-la en fin de document."
            yield found("note-orpheline", document, number, message)


def _images(document: LintedDocument) -> Iterator[Finding]:
    """One finding a line."""
    lines = dict.fromkeys(
        link.line for link in links_of(document) if link.image and " ".join(words(link.label)) in _PLACEHOLDERS
    )
    for line in lines:
        message = (
            "Image sans texte de remplacement, ou avec celui d'un convertisseur (RGAA, critère 1.1). "
            "Décrivez l'image entre les crochets."
        )
        yield found("image-sans-description", document, line, message)
