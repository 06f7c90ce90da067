"""HTML as the report writes it: escaped text, tables with captions and scopes, nothing that runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Safe:
    """HTML that is known to be well formed."""

    html: str


Cell = str | Safe


def text(value: Cell) -> str:
    """Escaped, unless it is HTML already."""
    return value.html if isinstance(value, Safe) else escape(value)


def table(caption: str, header: Sequence[str], rows: Sequence[Sequence[Cell]], numeric_from: int = 1) -> str:
    """A table whose first column heads its rows; columns from `numeric_from` on are aligned as numbers."""
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in header)
    lines = []
    for row in rows:
        first, *rest = row
        cells = ""
        for n, value in enumerate(rest, 1):
            kind = ' class="n"' if n >= numeric_from else ""
            cells += f"<td{kind}>{text(value)}</td>"
        lines.append(f'<tr><th scope="row">{text(first)}</th>{cells}</tr>')
    if not rows:
        lines.append(f'<tr><td colspan="{len(header)}">Rien.</td></tr>')
    body = "\n".join(lines)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>"
    )


def section(anchor: str, title: str, *parts: str) -> str:
    """A titled section."""
    return f'<section id="{anchor}" aria-labelledby="t-{anchor}"><h2 id="t-{anchor}">{escape(title)}</h2>\n' + (
        "\n".join(p for p in parts if p) + "\n</section>"
    )


def paragraph(words: str) -> str:
    """A paragraph of plain text."""
    return f"<p>{escape(words)}</p>"


def items(lines: Sequence[Cell]) -> str:
    """A list; nothing when it is empty."""
    return "<ul>" + "".join(f"<li>{text(line)}</li>" for line in lines) + "</ul>" if lines else ""


def folded(summary: Cell, *parts: str) -> str:
    """Content that opens on demand, without a script."""
    return f"<details><summary>{text(summary)}</summary>\n" + "\n".join(parts) + "\n</details>"


def figure(drawing: str, equivalent: str) -> str:
    """A drawing followed by the table that says the same."""
    return f"<figure>{drawing}{equivalent}</figure>"
