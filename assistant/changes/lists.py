"""What changed between two revisions of a source, as the paragraphs of an answer, cited on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.changes.citations import ChangeCitations, type_words
from assistant.changes.questions import ChangeQuestion
from assistant.search.french_text import tokens
from ingest.french_dates import french_day
from ingest.passage import Located
from ingest.reading.quote_form import normalised
from ingest.revisions.lineage import Change, Comparison, Kind
from ingest.revisions.requirement_history import DocumentComparison
from ingest.sources.corpus import CorpusRevision

NAMES: dict[Kind, tuple[str, str]] = {
    "retyped": ("type changé", "types changés"),
    "added": ("exigence ajoutée", "exigences ajoutées"),
    "removed": ("exigence retirée", "exigences retirées"),
    "reworded": ("exigence reformulée", "exigences reformulées"),
    "renumbered": ("exigence renumérotée", "exigences renumérotées"),
    "recast": ("exigence renumérotée et réécrite (à vérifier)", "exigences renumérotées et réécrites (à vérifier)"),
    "recategorised": ("catégorie changée", "catégories changées"),
    "reused": ("identifiant réutilisé pour une autre exigence", "identifiants réutilisés pour une autre exigence"),
}  # fmt: skip
_CITED_EACH, _CITED_ASKED = 3, 12
"""Changes of one kind that are quoted: when every kind is asked for, and when this one is."""
_PASSAGES = 2
"""Changed passages that are quoted for one document."""
_SHORT = 160


@dataclass(frozen=True, slots=True)
class SourceChanges:
    """One source of the answer: what is compared, and what was found."""

    title: str
    source: str
    before: CorpusRevision | None
    after: CorpusRevision
    requirements: Comparison
    documents: Sequence[DocumentComparison]


def changes_paragraphs(found: SourceChanges, asked: ChangeQuestion, cites: ChangeCitations) -> Iterator[str]:
    """The paragraphs of one source: a summary, then each kind of change, then the other documents."""
    documents = [d for d in found.documents if not asked.roles or d.role in asked.roles]
    if asked.roles:
        yield f"{_heading(found)} :" if documents else f"{_heading(found)} : rien n'a changé dans ces documents."
        yield from _documents(documents, asked, cites)
        yield from _forms(documents, cites)
        return
    wanted = [kind for kind in NAMES if not asked.kinds or kind in asked.kinds]
    if "renumbered" in asked.kinds:
        wanted.append("recast")
    chosen = {kind: _filtered(_of(found.requirements, kind), asked) for kind in wanted}
    yield f"{_heading(found)} : {_counts(chosen, found, asked)}."
    shown: set[int] = set()
    for kind, changes in chosen.items():
        fresh = [c for c in changes if id(c) not in shown]
        shown.update(id(c) for c in fresh)
        if fresh:
            most = _CITED_ASKED if asked.kinds else _CITED_EACH
            yield "\n".join(_section(kind, fresh, cites, most))
    if not asked.kinds or asked.subject:
        yield from _documents(documents, asked, cites)
    if not asked.kinds and not asked.subject:
        yield from _forms(documents, cites)


def revision_words(revision: CorpusRevision) -> str:
    """ "c869910 du 12/05/2024"."""
    return f"{revision.commit[:7]} du {french_day(revision.date)}"


def _of(comparison: Comparison, kind: Kind) -> tuple[Change, ...]:
    return comparison.retyped if kind == "retyped" else comparison.of(kind)


def _filtered(changes: Iterable[Change], asked: ChangeQuestion) -> list[Change]:
    kept = [c for c in changes if _speaks_of(c, asked.subject)]
    if asked.priority:
        kept = [c for c in kept if asked.priority in c.types]
    if asked.types:
        before, after = asked.types
        kept = [c for c in kept if c.types[1] == after and before in (None, c.types[0])]
    return kept


def _speaks_of(change: Change, subject: Sequence[str]) -> bool:
    sides = [side.passage for side in (change.before, change.after) if side is not None]
    said = {t for p in sides for t in tokens(f"{p.title} {p.category} {p.text}")}
    return set(subject) <= said


def _heading(found: SourceChanges) -> str:
    if found.before is None:
        return f"**{found.title}**, première version, révision {revision_words(found.after)}"
    sides = f"de la révision {revision_words(found.before)} à la révision {revision_words(found.after)}"
    return f"**{found.title}**, {sides}"


def _counts(chosen: dict[Kind, list[Change]], found: SourceChanges, asked: ChangeQuestion) -> str:
    parts = [f"{len(changes)} {NAMES[kind][len(changes) > 1]}" for kind, changes in chosen.items() if changes]
    if asked.kinds or asked.subject or asked.priority:
        nothing = " et ".join(NAMES[kind][0] for kind in chosen if kind in asked.kinds) or "exigence changée"
        return ", ".join(parts) or f"aucune {nothing}".replace("aucune type", "aucun type")
    unchanged = found.requirements.unchanged
    if unchanged:
        parts.append(f"{unchanged} exigence{'s' if unchanged > 1 else ''} sans changement")
    return ", ".join(parts) or "aucune exigence"


def _section(kind: Kind, changes: Sequence[Change], cites: ChangeCitations, most: int) -> Iterator[str]:
    yield f"**{NAMES[kind][len(changes) > 1].capitalize()}**\n"
    write: Callable[[Change, ChangeCitations], str] = _BOTH_SIDES.get(kind, _one_side)
    for change in changes[:most]:
        yield f"- {write(change, cites)}"
    others = [designation(c) for c in changes[most:]]
    if others:
        yield f"- et {len(others)} autre{'s' if len(others) > 1 else ''} : {', '.join(others)}."


def designation(change: Change) -> str:
    """ "EXI-ARCH-6 → EXI-ARCH-10", or the one id of both sides."""
    sides = [side.passage for side in (change.before, change.after) if side is not None]
    names = [f"{p.id}" + (f" (occurrence {p.occurrence})" if p.occurrence > 1 else "") for p in sides]
    return " → ".join(dict.fromkeys(names))


def _one_side(change: Change, cites: ChangeCitations) -> str:
    side = change.after or change.before
    assert side is not None
    return f"**{designation(change)}** ({type_words(side.passage)}) : {cites.quoted(side)}"


def _reworded(change: Change, cites: ChangeCitations) -> str:
    before, after = _sides(change)
    kept = f"{change.similarity:.0%}".replace("%", " %")
    head = f"**{designation(change)}** ({_types(change)}), texte conservé à {kept}."
    return f"{head} Avant : {cites.quoted(before, after)} Après : {cites.quoted(after, before)}"


def _retyped(change: Change, cites: ChangeCitations) -> str:
    before, after = _sides(change)
    note = " ; la ligne a été réécrite, ce n'est plus la même exigence" if "replaced" in change.kinds else ""
    head = f"**{designation(change)}** : {_types(change)}{note}."
    return f"{head} Avant : {cites.quoted(before)} Après : {cites.quoted(after)}"


def _moved(change: Change, cites: ChangeCitations) -> str:
    before, after = _sides(change)
    head = f"**{designation(change)}** ({_types(change)})."
    return f"{head} Avant : {cites.quoted(before, longest=_SHORT)} Après : {cites.quoted(after, longest=_SHORT)}"


def _recategorised(change: Change, cites: ChangeCitations) -> str:
    before, after = _sides(change)
    categories = f"« {before.passage.category or 'aucune'} » → « {after.passage.category or 'aucune'} »"
    quotes = f"{cites.quoted(before, longest=_SHORT)} puis {cites.quoted(after, longest=_SHORT)}"
    return f"**{designation(change)}** : catégorie {categories}, {quotes}"


_BOTH_SIDES: dict[Kind, Callable[[Change, ChangeCitations], str]] = {
    "retyped": _retyped,
    "reworded": _reworded,
    "renumbered": _moved,
    "recast": _reworded,
    "recategorised": _recategorised,
    "reused": _moved,
}


def _documents(
    documents: Sequence[DocumentComparison], asked: ChangeQuestion, cites: ChangeCitations
) -> Iterator[str]:
    for document in documents:
        if document.comparison.identical:
            continue
        changed = [c for c in document.comparison.changes if c.kinds and c.kinds != ("moved",)]
        changed = [c for c in changed if _speaks_of(c, asked.subject)]
        if not changed:
            continue
        lines = [f"**{document.title}** (`{document.document}`) : {_passage_counts(changed)}\n"]
        lines += [f"- {_passage(change, cites)}" for change in changed[:_PASSAGES]]
        if len(changed) > _PASSAGES:
            lines.append(f"- et {len(changed) - _PASSAGES} autre{'s' if len(changed) > _PASSAGES + 1 else ''}.")
        yield "\n".join(lines)


def _forms(documents: Sequence[DocumentComparison], cites: ChangeCitations) -> Iterator[str]:
    """Documents whose words are the same: a link's target, typography, layout."""
    for document in documents:
        if not document.comparison.identical:
            continue
        told = "aucun passage changé, seulement des titres, des liens ou la présentation"
        lines = [f"**{document.title}** (`{document.document}`) : {told}\n"]
        for change in document.comparison.changes:
            sides = change.before, change.after
            if len(lines) > _PASSAGES or sides[0] is None or sides[1] is None:
                continue
            if normalised(sides[0].passage.text) != normalised(sides[1].passage.text):
                lines.append(f"- Avant : {cites.quoted(sides[0])} Après : {cites.quoted(sides[1])}")
        yield "\n".join(lines)


def _passage_counts(changed: Sequence[Change]) -> str:
    names = (("reworded", "modifié"), ("added", "ajouté"), ("removed", "retiré"), ("renamed", "renommé"))
    counts = [(sum(kind in c.kinds for c in changed), word) for kind, word in names]
    return ", ".join(f"{n} passage{'s' if n > 1 else ''} {word}{'s' if n > 1 else ''}" for n, word in counts if n)


def _passage(change: Change, cites: ChangeCitations) -> str:
    if change.before is not None and change.after is not None:
        before, after = change.before, change.after
        return f"Avant : {cites.quoted(before, after)} Après : {cites.quoted(after, before)}"
    side = change.after or change.before
    assert side is not None
    return f"{'Ajouté' if change.after else 'Retiré'} : {cites.quoted(side)}"


def _sides(change: Change) -> tuple[Located, Located]:
    assert change.before is not None and change.after is not None
    return change.before, change.after


def _types(change: Change) -> str:
    return " → ".join(dict.fromkeys(t or "sans type" for t in change.types))
