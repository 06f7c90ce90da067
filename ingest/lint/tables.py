"""Shape of the tables: headers, blank and separator rows, cells, rows that are no record, repeated labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from ingest.lint.findings import Finding
from ingest.lint.reading import LintedDocument, LintedRevision
from ingest.lint.rules import found
from ingest.reading.quote_form import words
from ingest.reading.table_rows import Table, TableRow

_ADDRESS = re.compile(r"https?\\?:|www\.|@\w")
_HEADER_NAMES = {"id", "ref", "reference", "terme", "identifiant", "exigence", "type"}
_LEGEND = {"version", "legende"}


def check(revision: LintedRevision) -> Iterator[Finding]:
    """Every defect of a table's shape, document by document. HTML tables have no header to judge."""
    for document in revision.documents:
        for table in document.tables:
            if _is_piped(document, table):
                yield from _header(document, table)
                yield from _cells(document, table)
            yield from _empty_rows(document, table)
            yield from _separators(document, table)
            yield from _legends(document, table)
            yield from _labels(document, table)


def _is_piped(document: LintedDocument, table: Table) -> bool:
    return document.lines[table.lines.start - 1].lstrip().startswith("|")


def _header_row(table: Table) -> TableRow | None:
    if table.rows and table.rule_line is not None and table.rows[0].lines.start < table.rule_line:
        return table.rows[0]
    return None


def _header(document: LintedDocument, table: Table) -> Iterator[Finding]:
    line = table.lines.start
    if table.rule_line is None:
        if len([row for row in table.rows if not row.is_blank]) > 1:
            message = (
                "Ce tableau n'a pas de ligne de tirets (| --- |) sous son en-tête : il s'affiche comme du texte. "
                "Ajoutez-la, ou ôtez la ligne vide qui le sépare du tableau précédent."
            )
            yield found("entete-absente", document, line, message)
        return
    header = _header_row(table)
    if header is None or not any(header.plain_cells):
        body = next((row for row in table.rows if row is not header and not row.is_blank), None)
        where = ""
        if body is not None and _names_columns(body):
            where = f" ; le vrai est ligne {body.lines.start}, où il passe pour une donnée"
        message = f"La ligne d'en-tête est vide{where}. Écrivez les noms des colonnes sur la première ligne."
        yield found("entete-vide", document, line, message)
    elif any(_ADDRESS.search(cell) for cell in header.cells):
        message = (
            "La première ligne de données sert d'en-tête : elle s'affiche comme un titre de colonne. "
            "Ajoutez au-dessus une ligne qui nomme les colonnes."
        )
        yield found("entete-fausse", document, line, message)


def _names_columns(row: TableRow) -> bool:
    return " ".join(words(row.cells[0])) in _HEADER_NAMES


def _cells(document: LintedDocument, table: Table) -> Iterator[Finding]:
    header = _header_row(table)
    for row in table.rows:
        if row.cut:
            message = (
                f"Cette ligne de tableau est coupée par des retours à la ligne (lignes {row.lines.start} à "
                f"{row.lines.end}) : la suite sort du tableau. Remplacez-les par <br>."
            )
            yield found("ligne-coupee", document, row.lines.start, message)
        elif header and len(row.cells) != len(header.cells) and not row.is_blank and not _is_separator(row):
            message = (
                f"{len(row.cells)} cellule(s) au lieu de {len(header.cells)} : les colonnes sont décalées. "
                "Ajoutez les barres | manquantes, ou échappez celles du texte (\\|)."
            )
            yield found("colonnes", document, row.lines.start, message)


def _empty_rows(document: LintedDocument, table: Table) -> Iterator[Finding]:
    header = _header_row(table)
    body = [row for row in table.rows if row is not header]
    for empty, group in groupby(body, key=lambda row: not any(row.plain_cells)):
        if empty:
            rows = list(group)
            first, last = rows[0].lines.start, rows[-1].lines.end
            message = f"Ligne {first} vide dans le tableau. Supprimez-la."
            if last > first:
                message = f"Lignes {first} à {last} vides dans le tableau. Supprimez-les."
            yield found("ligne-vide", document, first, message)


def _separators(document: LintedDocument, table: Table) -> Iterator[Finding]:
    for row in table.rows:
        if _is_separator(row):
            message = (
                "Ligne de séparation dans un tableau : elle se lit comme une ligne de données. "
                "Coupez le tableau en deux, avec un titre au-dessus de chacun."
            )
            yield found("ligne-separatrice", document, row.lines.start, message)


def _is_separator(row: TableRow) -> bool:
    """One filled cell, between dashes or made of them."""
    filled = [cell.strip() for cell in row.plain_cells if cell.strip()]
    return bool(filled) and all(cell.startswith(("-", "–")) and cell.endswith(("-", "–")) for cell in filled)


def _legends(document: LintedDocument, table: Table) -> Iterator[Finding]:
    if document.role != "requirements":
        return
    for row in table.rows:
        if " ".join(words(row.cells[0])) in _LEGEND and len(row.cells) > 2:
            message = (
                "Cette ligne porte l'historique ou la légende, pas une exigence. "
                "Sortez-la du tableau, en texte au-dessus."
            )
            yield found("ligne-hors-exigence", document, row.lines.start, message)


def _labels(document: LintedDocument, table: Table) -> Iterator[Finding]:
    if document.role not in {"norms", "glossary"}:
        return
    first: dict[str, int] = {}
    for row in table.rows:
        label = " ".join(words(row.cells[0]))
        if not label or row is _header_row(table):
            continue
        if label in first:
            message = (
                f"Le même intitulé est déjà ligne {first[label]}. Réunissez les deux lignes, "
                "ou donnez à celle-ci son vrai nom."
            )
            yield found("intitule-duplique", document, row.lines.start, message)
        else:
            first[label] = row.lines.start
