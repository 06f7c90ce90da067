"""The changed passages of guides, norms and glossary: reworded, renamed, moved, added, removed, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ingest.passage import Located
from ingest.revisions.lineage import Change, Kind
from ingest.revisions.requirement_history import DocumentComparison
from ui.pages.word_differences import marked, shortened, word_differences

Link = Callable[[Located | None], str | None]
"""Permalink to one side's lines."""

PASSAGE_LABELS: dict[Kind, str] = {
    "added": "ajoutés", "removed": "retirés", "reworded": "modifiés", "renamed": "renommés", "moved": "déplacés",
}  # fmt: skip
_EXTRACT = 160


def changed_passages(document: DocumentComparison) -> list[Change]:
    """The passages that are not the same on both sides, in the order of the newer one, then those that went."""
    return [change for change in document.comparison.changes if change.kinds]


def print_passages(document: DocumentComparison) -> None:
    """One passage after the other for a person at a terminal: [-retiré-] and {+ajouté+} mark the words."""
    for change in changed_passages(document):
        print(f"    {passage_kinds(change)}, {_place(change)} : {_words(change)}")


def markdown_passages(document: DocumentComparison, link: Link, escaped: Callable[[str], str]) -> Iterator[str]:
    """The same as the lines of a Markdown list, with a link to each side."""
    for change in changed_passages(document):
        links = [
            f"[{name}]({url})"
            for name, side in (("avant", change.before), ("après", change.after))
            if (url := link(side)) is not None
        ]
        yield f"  - {passage_kinds(change)}, {escaped(_place(change))} : {escaped(_words(change))}" + (
            f" ({', '.join(links)})" if links else ""
        )


def passages_json(document: DocumentComparison, link: Link) -> list[dict[str, Any]]:
    """The same as JSON: kinds, and the text, lines and link of each side."""
    return [_passage_json(change, link) for change in changed_passages(document)]


def passage_kinds(change: Change) -> str:
    """ "modifié, déplacé"."""
    return ", ".join(PASSAGE_LABELS[kind].removesuffix("s") for kind in change.kinds)


def _passage_json(change: Change, link: Link) -> dict[str, Any]:
    item: dict[str, Any] = {"changes": list(change.kinds)}
    for name, side in (("a", change.before), ("b", change.after)):
        if side is not None:
            p = side.passage
            item |= {f"kind_{name}": p.kind, f"id_{name}": p.id, f"title_{name}": p.title, f"text_{name}": p.text}
            item |= {f"line_{name}": p.lines.start, f"line_end_{name}": p.lines.end, f"url_{name}": link(side)}
    if change.before is not None and change.after is not None:
        item["similarity"] = round(change.similarity, 3)
    return item


def _place(change: Change) -> str:
    """ "« Titre », ligne 12 → 14"."""
    sides = [side.passage for side in (change.before, change.after) if side is not None]
    lines = " → ".join(dict.fromkeys(str(p.lines.start) for p in sides))
    title = " ".join((sides[-1].id or sides[-1].title).split())
    return f"« {title} », ligne {lines}" if title else f"ligne {lines}"


def _words(change: Change) -> str:
    if change.before is not None and change.after is not None:
        return marked(shortened(word_differences(change.before.passage.text, change.after.passage.text)))
    side = change.after or change.before
    assert side is not None
    text = " ".join(side.passage.text.split())
    return text if len(text) <= _EXTRACT else text[:_EXTRACT].rsplit(" ", 1)[0] + "…"
