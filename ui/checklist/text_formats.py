"""A checklist as Markdown and as CSV, and back from CSV. What comes from documents is never run as a formula."""

from __future__ import annotations

import csv
import io
import re

from ui.checklist.rows import HEADERS, REMOVED, Row, Sheet, row_from_cells
from ui.errors import UnreadableChecklist

_FORMULA = re.compile(r"^\s*[=+\-@\t\r＝＋－＠]")
_MARKS = re.compile(r"[\\`*_\[\]|~]")
_BLOCK = re.compile(r"^(\s*\d*)([-+#=>.)])(?=\s|=|-|#)")
_PROTECTED = re.compile(r"^'(?=\s*[=+\-@\t\r＝＋－＠])")


def markdown(sheet: Sheet) -> str:
    """The checklist to read, to fill by hand or to put in a repository."""
    kept = [row for row in sheet.rows if row.kept]
    parts = [f"# {sheet.title}", sheet.revisions]
    if sheet.notice:
        parts.append(f"> ⚠ {sheet.notice}")
    count = sum(row.priority == "P" for row in kept)
    confirm = sum(row.verdict == "à confirmer" for row in kept)
    parts.append(
        f"Exigences retenues : {len(kept)}, dont {count} primordiales (P) et {confirm} à confirmer. "
        f"Écartées ou retirées, à la fin, avec la raison : {len(sheet.rows) - len(kept)}."
    )
    if kept:
        parts.append(_summary(kept))
    for heading, priority in (("Primordiales (P)", "P"), ("Importantes (I)", "I"), ("Sans type", "")):
        rows = [row for row in kept if row.priority == priority]
        if rows:
            parts += [f"## {heading}", *map(_section, rows)]
    aside = [row for row in sheet.rows if not row.kept]
    if aside:
        parts += ["## Écartées", *map(_aside, aside)]
    return "\n\n".join(parts) + "\n"


def markdown_summary(sheet: Sheet) -> str:
    """The checklist in a few words a line: what applies and why, then what was set aside and why; no text."""
    parts = [f"# {sheet.title}", sheet.revisions, *([f"> ⚠ {sheet.notice}"] if sheet.notice else [])]
    for heading, kept in (("À appliquer ou à confirmer", True), ("Écartées", False)):
        rows = [row for row in sheet.rows if row.kept is kept]
        if rows:
            parts += [f"## {heading} ({len(rows)})", "\n".join(map(_short, rows))]
    return "\n\n".join(parts) + "\n"


def csv_text(sheet: Sheet) -> str:
    """The checklist for a French spreadsheet, semicolons between cells; what looks like a formula is quoted."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    extra = sheet.extra_headings
    writer.writerow([*HEADERS.values(), *map(safe_cell, extra)])
    for row in sheet.rows:
        added = dict(row.extra)
        writer.writerow([safe_cell(cell) for cell in (*row.cells, *(added.get(heading, "") for heading in extra))])
    return stream.getvalue()


def safe_cell(text: str) -> str:
    """The text, after an apostrophe when a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def rows_from_csv(content: bytes, name: str) -> tuple[Row, ...]:
    """The rows of a CSV checklist, whatever its separator, saved as UTF-8 or by an old Excel.

    Raises UnreadableChecklist when it is no checklist of ours.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as exc:
        raise UnreadableChecklist(f"{name} n'est pas un CSV lisible ({exc}).", "Réexportez-le.") from exc
    return rows_from_table(lines, name)


def rows_from_table(lines: list[list[str]], name: str) -> tuple[Row, ...]:
    """The rows of a table whose first line holds the headings. Raises UnreadableChecklist without « Références »."""
    headings = lines[0] if lines else []
    if HEADERS["references"].casefold() not in {h.strip().casefold() for h in headings}:
        raise UnreadableChecklist(
            f"{name} n'a pas de colonne « {HEADERS['references']} » : ce n'est pas une liste de conformité.",
            "Donnez un fichier fait par « cct checklist », ses colonnes gardées.",
        )
    shown = [[_PROTECTED.sub("", cell) for cell in line] for line in lines[1:]]
    return tuple(row_from_cells(headings, line) for line in shown if any(cell.strip() for cell in line))


def _summary(rows: list[Row]) -> str:
    lines = ["| Type | Exigence | CCT | Applicabilité | Statut |", "|---|---|---|---|---|"]
    for row in rows:
        cells = (row.priority, row.identifier, row.documents, row.verdict, row.status)
        lines.append("| " + " | ".join(_inline(cell) for cell in cells) + " |")
    return "\n".join(lines)


def _short(row: Row) -> str:
    quote = row.quotes.splitlines()[0] if row.quotes else ""
    link = row.links.splitlines()[0] if row.links else ""
    where = f"[{row.identifier}]({link})" if link else row.identifier
    words = f"- **{where}** {row.priority} ({_inline(row.documents)}), {row.verdict} : {_inline(row.grounds)}"
    return " ".join(part for part in (words, _inline(quote), _inline(row.conflicts)) if part)


def _section(row: Row) -> str:
    lines = [
        f"### {row.identifier} — {row.priority or 'sans type'} — {_inline(row.documents)}",
        _quotation(row.requirement),
        f"- **{row.verdict.capitalize()}** : {_inline(row.grounds)}",
        *(f"- Description : {_inline(quote)}" for quote in row.quotes.splitlines()),
        *([f"- **Attention** : {_inline(row.conflicts)}"] if row.conflicts else []),
        *([f"- **À revoir** : {_inline(row.review)}"] if row.review else []),
        *(f"- Texte : {url}" for url in row.links.splitlines()),
        f"- Statut : {_inline(row.status)}",
        f"- Preuve : {_inline(row.evidence)}",
        f"- Dérogation : {_inline(row.waiver)}",
    ]
    if row.comment:
        lines.append(f"- Commentaire : {_inline(row.comment)}")
    return f"{lines[0]}\n\n{lines[1]}\n\n" + "\n".join(lines[2:])


def _aside(row: Row) -> str:
    words = "Retirée" if row.verdict == REMOVED else "Écartée"
    lines = [
        f"### {row.identifier} — {row.priority or 'sans type'} — {_inline(row.documents)}",
        _quotation(row.requirement),
        f"- **{words}** : {_inline(row.review or row.grounds)}",
        *(f"- Description : {_inline(quote)}" for quote in row.quotes.splitlines()),
        *([f"- **Attention** : {_inline(row.conflicts)}"] if row.conflicts else []),
        *([f"- Statut : {_inline(row.status)}"] if row.status else []),
        *([f"- Preuve : {_inline(row.evidence)}"] if row.evidence else []),
        *([f"- Dérogation : {_inline(row.waiver)}"] if row.waiver else []),
    ]
    return f"{lines[0]}\n\n{lines[1]}\n\n" + "\n".join(lines[2:])


def _quotation(text: str) -> str:
    return "\n>\n".join(f"> {_inline(line)}" for line in text.splitlines())


def _inline(text: str) -> str:
    """The text as Markdown that shows exactly it and stays readable as it is: no HTML, no link, no emphasis."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;")
    return _BLOCK.sub(r"\1\\\2", _MARKS.sub(r"\\\g<0>", plain))
