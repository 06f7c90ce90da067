"""What a revision changed, in French lines: for the page and for the feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ingest.revisions.lineage import Kind
from ingest.revisions.revision_log import LOGGED, ChangedDocument, LoggedRevision, RevisionSummary
from ui.commands.diff_view import LABELS
from ui.commands.passage_diff_view import PASSAGE_LABELS

_SHORT: dict[Kind, str] = {
    "added": "ajoutées", "removed": "retirées", "retyped": "types changés", "renumbered": "renumérotées",
    "recast": "renumérotées et réécrites", "reworded": "reformulées", "reused": "identifiants réutilisés",
}  # fmt: skip
_NAMED = 12
"""Ids that are named for one kind of change; the rest is counted."""


def summary_words(summary: RevisionSummary) -> list[str]:
    """ "16 renumérotées : EXI-ARCH-6 → EXI-ARCH-10, …", a line each kind; empty when no requirement changed."""
    if summary.before is None:
        return [f"première version, {summary.requirements} exigences"]
    return [_kind_words(kind, summary.names[kind]) for kind in LOGGED if summary.names.get(kind)]


def document_words(document: ChangedDocument) -> str:
    """ "Glossaire : 2 passages ajoutés, 1 modifié", or that no passage of it changed."""
    counts = [
        f"{n} {PASSAGE_LABELS[kind] if n > 1 else PASSAGE_LABELS[kind].removesuffix('s')}"
        for kind in PASSAGE_LABELS
        if (n := document.counts.get(kind, 0))
    ]
    return f"{document.title} : {', '.join(counts) if counts else 'titres, liens ou présentation seulement'}"


def log_table(logged: Sequence[LoggedRevision]) -> Iterator[str]:
    """Every revision against the one before it, oldest first, as a Markdown table of counts."""
    kinds = ", ".join(_SHORT.values())
    yield f"| avant | après | date | exigences | {kinds.replace(', ', ' | ')} | autres documents |"
    yield "|" + "---|" * (5 + len(_SHORT))
    for one in reversed(logged):
        summary = one.summary
        if summary is None or one.before is None:
            continue
        cells = [one.before.commit[:7], one.revision.commit[:7], one.revision.date, str(summary.requirements)]
        cells += [str(len(summary.names.get(kind, ()))) for kind in _SHORT]
        cells.append(" ; ".join(document_words(d) for d in summary.documents) or "–")
        yield f"| {' | '.join(cells)} |"


def scores_words(scores: Mapping[str, float]) -> str:
    """ "Mesures : justesse 0,81"; empty without scores."""
    words = ", ".join(f"{name} {value:.4g}".replace(".", ",") for name, value in scores.items())
    return f"Mesures : {words}" if words else ""


def _kind_words(kind: Kind, names: tuple[str, ...]) -> str:
    label = LABELS[kind][len(names) > 1].split(" (")[0]
    more = f" et {len(names) - _NAMED} autres" if len(names) > _NAMED else ""
    return f"{len(names)} {label} : {', '.join(names[:_NAMED])}{more}"
