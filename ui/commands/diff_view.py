"""What changed between two revisions, for a terminal, for a merge request, and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ingest.passage import Located
from ingest.revisions.lineage import Change, Comparison, Kind, compare_requirements
from ingest.revisions.requirement_history import DocumentComparison, TableState
from ingest.sources.corpus import CorpusRevision
from ui.commands.passage_diff_view import PASSAGE_LABELS, markdown_passages, passages_json, print_passages
from ui.pages.word_differences import Piece, marked, shortened, word_differences
from ui.wording import french_date, percentage

LABELS: dict[Kind, tuple[str, str]] = {
    "renumbered": ("renumérotée", "renumérotées"),
    "recast": ("renumérotée et réécrite", "renumérotées et réécrites (à vérifier)"),
    "retyped": ("type changé", "types changés"),
    "recategorised": ("catégorie changée", "catégories changées"),
    "reworded": ("reformulée", "reformulées"),
    "split": ("scission", "scissions (une partie du texte est devenue une autre exigence)"),
    "merged": ("fusion", "fusions (une partie du texte est passée dans une autre exigence)"),
    "added": ("ajoutée", "ajoutées"),
    "removed": ("retirée", "retirées"),
    "reused": ("identifiant réutilisé", "identifiants réutilisés (pour une autre exigence)"),
    "replaced": ("texte remplacé sous le même identifiant", "textes remplacés sous le même identifiant"),
    "moved": ("déplacé", "déplacés"),
    "renamed": ("renommé", "renommés"),
}
SECTIONS: tuple[Kind, ...] = (
    "retyped", "renumbered", "recast", "reworded", "recategorised", "split", "merged", "added", "removed", "reused",
)  # fmt: skip
_EXTRACT = 110
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~:/])")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_REPLACED = "le texte a été remplacé, ce n'est plus la même exigence"


@dataclass(frozen=True, slots=True)
class RevisionDiff:
    """Two revisions of one source, their requirements compared, and their other documents."""

    a: CorpusRevision
    b: CorpusRevision
    requirements: Comparison
    documents: tuple[DocumentComparison, ...]
    passages: bool = False
    """True when the passages of the other documents are shown one by one, and not only counted."""

    @property
    def title(self) -> str:
        """ "CCT Cloud Pi Native : 6ba0bbd (21/04/2024) → c869910 (12/05/2024)"."""
        return f"{self.a.source.title} : {short(self.a)} → {short(self.b)}"

    def section(self, kind: Kind) -> tuple[Change, ...]:
        """The requirements of one section."""
        return self.requirements.retyped if kind == "retyped" else self.requirements.of(kind)

    def counts(self) -> str:
        """ "28 inchangées, 16 renumérotées, …"."""
        parts = [(len(self.section(kind)), kind) for kind in SECTIONS]
        named = [f"{n} {LABELS[kind][n > 1].split(' (')[0]}" for n, kind in parts if n]
        return ", ".join([f"{self.requirements.unchanged} sans changement", *named])

    def link(self, side: Located | None) -> str | None:
        """Permalink to one side's lines."""
        if side is None or side.commit is None:
            return None
        return self.a.source.link(side.commit, side.document, side.passage.lines)

    def to_json(self) -> dict[str, Any]:
        """The command line's contract, with the lists that it leaves free beside its own."""
        lists: dict[str, Any] = {
            kind: [self._item(kind, change) for change in self.section(kind)] for kind in SECTIONS
        }
        return {
            "source": self.a.source.id,
            "revision_a": {"commit": self.a.commit, "date": self.a.date, "subject": self.a.subject},
            "revision_b": {"commit": self.b.commit, "date": self.b.date, "subject": self.b.subject},
            **lists,
            "unchanged": self.requirements.unchanged,
            "documents": [self._document(d) for d in self.documents],
        }

    def _document(self, document: DocumentComparison) -> dict[str, Any]:
        counts: dict[str, Any] = {kind: len(document.comparison.of(kind)) for kind in PASSAGE_LABELS}
        found = {"document": document.document, "role": document.role, **counts}
        found["unchanged"] = document.comparison.unchanged
        return found | ({"passages": passages_json(document, self.link)} if self.passages else {})

    def _item(self, kind: Kind, change: Change) -> dict[str, Any]:
        item: dict[str, Any] = {}
        for name, side in (("a", change.before), ("b", change.after)):
            if side is not None:
                p = side.passage
                item |= {f"id_{name}": p.id, f"occurrence_{name}": p.occurrence, f"type_{name}": p.priority}
                item |= {f"category_{name}": p.category or None, f"line_{name}": p.lines.start}
                item[f"url_{name}"] = self.link(side)
        if change.before is not None and change.after is not None:
            item["similarity"] = round(change.similarity, 3)
        if kind == "retyped" and "replaced" in change.kinds:
            item["replaced"] = True
        return item


def short(revision: CorpusRevision) -> str:
    """ "6ba0bbd (21/04/2024)"."""
    return f"{revision.commit[:7]} ({french_date(revision.date)})"


def designation(change: Change) -> str:
    """ "EXI-ARCH-6 → EXI-ARCH-10" or the one id of both sides, with its occurrence when it is not the first."""
    names = [
        f"{side.passage.id}" + (f" (occurrence {side.passage.occurrence})" if side.passage.occurrence > 1 else "")
        for side in (change.before, change.after)
        if side is not None
    ]
    return " → ".join(dict.fromkeys(names))


def type_words(change: Change) -> str:
    """ "P", or "I → P" when it changed; "sans type" where the document gives none."""
    sides = [side.passage.priority or "sans type" for side in (change.before, change.after) if side is not None]
    return " → ".join(dict.fromkeys(sides))


def description(kind: Kind, change: Change) -> str:
    """One line on one change of one kind."""
    name = designation(change)
    before, after = change.before, change.after
    kept = f"texte conservé à {percentage(change.similarity)}"
    if kind == "retyped":
        return f"{name} : {type_words(change)}" + (f" ({_REPLACED})" if "replaced" in change.kinds else "")
    if kind in {"added", "removed"}:
        side = after or before
        assert side is not None
        return f"{name} ({type_words(change)}), ligne {side.passage.lines.start} : {extract(side.passage.text)}"
    if kind == "recategorised" and before is not None and after is not None:
        return f"{name} : {before.passage.category or 'aucune'} → {after.passage.category or 'aucune'}"
    if kind == "reused" and before is not None and after is not None:
        note = f" ; {_REPLACED}" if "replaced" in change.kinds else ""
        return f"{name} : ligne {before.passage.lines.start}, puis ligne {after.passage.lines.start}{note}"
    if kind in {"reworded", "recast"}:
        return f"{name} ({type_words(change)}), {kept}"
    return f"{name} ({type_words(change)})"


def extract(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _EXTRACT else line[:_EXTRACT].rsplit(" ", 1)[0] + "…"


def print_diff(diff: RevisionDiff) -> None:
    """The comparison for a person at a terminal: [-retiré-] and {+ajouté+} mark the words."""
    print(diff.title)
    print(f"Exigences : {diff.counts()}.")
    for kind in SECTIONS:
        changes = diff.section(kind)
        if not changes:
            continue
        print(f"\n{LABELS[kind][len(changes) > 1].capitalize()} ({len(changes)})")
        for change in changes:
            print(f"  {description(kind, change)}")
            if kind == "reworded" and change.before is not None and change.after is not None:
                pieces = word_differences(change.before.passage.text, change.after.passage.text)
                print(f"      {marked(shortened(pieces))}")
    if diff.documents:
        print("\nAutres documents")
    for document in diff.documents:
        print(f"  {document.title} ({document.document}) : {passage_counts(document)}.")
        if diff.passages:
            print_passages(document)


def passage_counts(document: DocumentComparison) -> str:
    """ "3 passages ajoutés, 2 modifiés, 40 sans changement"."""
    counts = [(len(document.comparison.of(kind)), label) for kind, label in PASSAGE_LABELS.items()]
    named = [f"{n} {label if n > 1 else label.removesuffix('s')}" for n, label in counts if n]
    return ", ".join([*named, f"{document.comparison.unchanged} sans changement"])


def markdown_diff(diff: RevisionDiff) -> Iterator[str]:
    """The comparison as the lines of a merge request's description."""
    yield f"## {diff.title}"
    yield ""
    yield "| | nombre |"
    yield "|---|---|"
    yield f"| sans changement | {diff.requirements.unchanged} |"
    for kind in SECTIONS:
        if diff.section(kind):
            yield f"| {LABELS[kind][1]} | {len(diff.section(kind))} |"
    for kind in SECTIONS:
        changes = diff.section(kind)
        if changes:
            yield from ("", f"### {LABELS[kind][1].capitalize()}", "")
        for change in changes:
            yield f"- {_escaped(description(kind, change))}{_markdown_links(diff, change)}"
            if kind == "reworded" and change.before is not None and change.after is not None:
                pieces = shortened(word_differences(change.before.passage.text, change.after.passage.text))
                yield f"  > {''.join(_markdown_piece(piece) for piece in pieces)}"
    if diff.documents:
        yield from ("", "### Autres documents", "")
    for document in diff.documents:
        yield f"- {document.title} (`{document.document}`) : {passage_counts(document)}."
        if diff.passages:
            yield from markdown_passages(document, diff.link, _escaped)


TABLE_KINDS: tuple[Kind, ...] = (
    "reworded", "retyped", "recategorised", "renumbered", "recast", "added", "removed", "split", "merged", "reused",
)  # fmt: skip


def revisions_table(states: Sequence[TableState]) -> Iterator[str]:
    """Each state of a table of requirements against the one before it, as a Markdown table."""
    heads = [
        "avant",
        "après",
        "date",
        "exigences",
        "inchangées",
        *(LABELS[kind][1].split(" (")[0] for kind in TABLE_KINDS),
    ]
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for older, newer in pairwise(states):
        comparison = compare_requirements(older.requirements, newer.requirements)
        diff = RevisionDiff(older.revision, newer.revision, comparison, ())
        cells = [older.revision.commit[:7], newer.revision.commit[:7], newer.revision.date]
        cells += [str(len(newer.requirements)), str(comparison.unchanged)]
        cells += [str(len(diff.section(kind))) for kind in TABLE_KINDS]
        yield f"| {' | '.join(cells)} |"


def _markdown_links(diff: RevisionDiff, change: Change) -> str:
    links = [
        f"[{name}]({link})"
        for name, side in (("avant", change.before), ("après", change.after))
        if (link := diff.link(side)) is not None
    ]
    return f" ({', '.join(links)})" if links else ""


def _markdown_piece(piece: Piece) -> str:
    text = _escaped(" ".join(piece.text.split()))
    before = " " if piece.text[:1].isspace() else ""
    after = " " if piece.text[-1:].isspace() else ""
    mark = {"same": "", "removed": "~~", "added": "**"}[piece.side]
    return f"{before}{mark}{text}{mark}{after}" if text else " "


def _escaped(text: str) -> str:
    """The text as Markdown shows it, whether the document had escaped it already or not."""
    return _SPECIAL.sub(r"\\\1", _ESCAPE.sub(r"\1", text))
