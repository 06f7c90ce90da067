"""One requirement through time, as the paragraphs of an answer: what it said then, when it changed, its story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.changes.citations import ChangeCitations, type_words, typed
from assistant.changes.lists import revision_words
from assistant.changes.periods import Bounds
from assistant.changes.questions import ChangeQuestion
from ingest.french_dates import french_day
from ingest.passage import Located
from ingest.revisions.lineage import Kind
from ingest.revisions.requirement_history import Lineage, Step, TableState
from ingest.sources.corpus import CorpusRevision

_MOST_STEPS = 12
_SHORT = 200


@dataclass(frozen=True, slots=True)
class SourceStory:
    """The table of one source through time."""

    title: str
    states: Sequence[TableState]
    lineages: Sequence[Lineage]

    def lineage_of(self, bearer: Located) -> Lineage | None:
        """The requirement that a row is, through the revisions."""
        for lineage in self.lineages:
            if any(step.bearer is not None and _same_row(step.bearer, bearer) for step in lineage.steps):
                return lineage
        return None


@dataclass(frozen=True, slots=True)
class Stay:
    """A row that bore an id without a change, from a revision on, until another (None: still)."""

    bearer: Located
    since: CorpusRevision
    until: CorpusRevision | None


def value_paragraphs(story: SourceStory, identifier: str, period: Bounds, cites: ChangeCitations) -> Iterator[str]:
    """What the id designated during the period: every text that it had then, and what became of each."""
    stays = [stay for stay in stays_of(story.states, identifier) if _touches(stay, period, story.states)]
    if not stays:
        return
    if len({(s.bearer.passage.fingerprint, s.bearer.passage.priority) for s in stays}) > 1:
        yield f"**{identifier}**, {story.title}, a eu plusieurs sens ou plusieurs textes sur cette période :"
    for stay in stays:
        p = stay.bearer.passage
        occurrence = f" (occurrence {p.occurrence})" if p.occurrence > 1 else ""
        head = f"**{identifier}**{occurrence}, {story.title}, {_stay_words(stay)}"
        yield f"{head} : {typed(p)}, {cites.quoted(stay.bearer, longest=900)}"
        yield from _today(story, stay, identifier, cites)


def when_paragraphs(
    story: SourceStory, identifier: str, asked: ChangeQuestion, period: Bounds, cites: ChangeCitations
) -> Iterator[str]:
    """The changes of the kind asked for, each with both sides; nothing when there is none."""
    inside = {r.commit for r in period.within}
    if period.before is not None:
        inside -= {period.before.commit}
    seen = False
    for before, after, revision in _transitions(stays_of(story.states, identifier), story.states):
        appears = "réapparaît" if seen else "apparaît"
        seen = True
        kinds = _kinds_between(story, before, after)
        if revision.commit not in inside or not _is_asked(kinds, before, after, asked):
            continue
        if before is None and after is not None:
            yield f"**{identifier}**, {story.title}, {appears} à la révision {revision_words(revision)} : " + (
                f"{typed(after.passage)}, {cites.quoted(after)}"
            )
        elif after is None and before is not None:
            head = (
                f"**{identifier}**, {story.title}, n'est plus imprimé depuis la révision {revision_words(revision)}"
            )
            back = _comes_back(story, identifier, before, revision)
            yield f"{head} ; il désignait : {cites.quoted(before)}{_moved_to(story, before, revision)}{back}"
        elif before is not None and after is not None:
            head = f"**{identifier}**, {story.title}, à la révision {revision_words(revision)} : "
            yield f"{head}{_change_words(story, before, after, kinds, revision)}\n\n" + (
                f"- Avant, {typed(before.passage)} : {cites.quoted(before, after)}\n"
                f"- Après, {typed(after.passage)} : {cites.quoted(after, before)}"
            )


def story_paragraphs(story: SourceStory, identifier: str, cites: ChangeCitations) -> Iterator[str]:
    """The requirement that bears the id now, or bore it last, from its first revision; then its other bearers."""
    stays = stays_of(story.states, identifier)
    if not stays:
        return
    lineages = [lineage for s in reversed(stays) if (lineage := story.lineage_of(s.bearer)) is not None]
    unique = list({id(lineage): lineage for lineage in lineages}.values())
    now = [s for s in stays if s.until is None]
    chosen = unique[: max(1, len({id(story.lineage_of(s.bearer)) for s in now}))]
    for lineage in chosen:
        lines = [f"**{identifier}**, {story.title} : {_path(lineage)}\n"]
        before: Located | None = None
        for step in lineage.steps[:_MOST_STEPS]:
            lines.append(f"- {_step_words(step, before, cites)}")
            before = step.bearer or before
        yield "\n".join(lines)
    others = unique[len(chosen) :]
    if others:
        yield f"{identifier} a aussi désigné d'autres exigences : {' ; '.join(_path(o) for o in others)}."


def stays_of(states: Sequence[TableState], identifier: str) -> list[Stay]:
    """Each run of revisions where the id bore the same text and type, oldest first."""
    open_stays: dict[int, Stay] = {}
    found: list[Stay] = []
    for state in states:
        bearers = {r.passage.occurrence: r for r in state.requirements if r.passage.id == identifier}
        for occurrence, stay in list(open_stays.items()):
            if occurrence not in bearers or not _same_row(bearers[occurrence], stay.bearer):
                found.append(Stay(stay.bearer, stay.since, state.revision))
                del open_stays[occurrence]
        for occurrence, bearer in bearers.items():
            if occurrence not in open_stays:
                open_stays[occurrence] = Stay(bearer, state.revision, None)
    order = {state.revision.commit: n for n, state in enumerate(states)}
    return sorted([*found, *open_stays.values()], key=lambda s: (order[s.since.commit], s.bearer.passage.occurrence))


def _same_row(a: Located, b: Located) -> bool:
    p, q = a.passage, b.passage
    return (p.id, p.priority, p.fingerprint, p.occurrence) == (q.id, q.priority, q.fingerprint, q.occurrence)


def _touches(stay: Stay, period: Bounds, states: Sequence[TableState]) -> bool:
    """True when the row stood in the table at some moment of the period."""
    if period.after is None:
        return False
    order = [state.revision for state in states]
    first = _position(order, period.before) if period.before is not None else 0
    last = _position(order, period.after)
    since = order.index(stay.since)
    until = order.index(stay.until) if stay.until is not None else len(order)
    return since <= last and until > max(first, 0) and last >= 0


def _position(order: Sequence[CorpusRevision], revision: CorpusRevision) -> int:
    """Index of the state of the table that stood at a revision of the documents; -1 before the first."""
    commits = [r.commit for r in order]
    if revision.commit in commits:
        return commits.index(revision.commit)
    return max((n for n, r in enumerate(order) if r.date <= revision.date), default=-1)


def _stay_words(stay: Stay) -> str:
    if stay.until is None:
        return f"depuis la révision {revision_words(stay.since)}"
    return f"de la révision {revision_words(stay.since)} jusqu'à {revision_words(stay.until)}"


def _today(story: SourceStory, stay: Stay, identifier: str, cites: ChangeCitations) -> Iterator[str]:
    if stay.until is None:
        return
    lineage = story.lineage_of(stay.bearer)
    last = lineage.steps[-1] if lineage is not None else None
    if last is None or last.bearer is None:
        gone = f" (révision {revision_words(last.revision)})" if last is not None else ""
        yield f"Cette exigence a été retirée depuis{gone}."
    elif last.bearer.passage.id != identifier:
        p = last.bearer.passage
        name = f"**{p.id}**, {typed(p)}"
        yield f"Cette exigence est aujourd'hui {name} : {cites.quoted(last.bearer, longest=_SHORT)}"


def _transitions(
    stays: Sequence[Stay], states: Sequence[TableState]
) -> Iterator[tuple[Located | None, Located | None, CorpusRevision]]:
    """(before, after, the revision that made it) for each change of what an id designates."""
    found: list[tuple[int, Located | None, Located | None, CorpusRevision]] = []
    order = {state.revision.commit: n for n, state in enumerate(states)}
    for occurrence in sorted({s.bearer.passage.occurrence for s in stays}):
        own = [s for s in stays if s.bearer.passage.occurrence == occurrence]
        found.append((order[own[0].since.commit], None, own[0].bearer, own[0].since))
        for earlier, later in pairwise(own):
            if earlier.until is not None and earlier.until.commit == later.since.commit:
                found.append((order[later.since.commit], earlier.bearer, later.bearer, later.since))
                continue
            if earlier.until is not None:
                found.append((order[earlier.until.commit], earlier.bearer, None, earlier.until))
            found.append((order[later.since.commit], None, later.bearer, later.since))
        if own[-1].until is not None:
            found.append((order[own[-1].until.commit], own[-1].bearer, None, own[-1].until))
    for _, before, after, revision in sorted(found, key=lambda f: f[0]):
        yield before, after, revision


def _kinds_between(story: SourceStory, before: Located | None, after: Located | None) -> tuple[Kind, ...]:
    if before is None or after is None:
        return ("added",) if before is None else ("removed",)
    if story.lineage_of(before) is not story.lineage_of(after):
        return ("reused",)
    kinds: list[Kind] = ["retyped"] if before.passage.priority != after.passage.priority else []
    return (*kinds, "reworded") if before.passage.fingerprint != after.passage.fingerprint else tuple(kinds)


def _is_asked(kinds: Sequence[Kind], before: Located | None, after: Located | None, asked: ChangeQuestion) -> bool:
    if asked.types is not None:
        old, new = asked.types
        first = before.passage.priority if before else None
        return (
            after is not None
            and before is not None
            and after.passage.priority == new != first
            and old in (None, first)
        )
    if not asked.kinds:
        return True
    if "retyped" in asked.kinds and before and after and before.passage.priority != after.passage.priority:
        return True
    wanted: set[Kind] = {*asked.kinds, *(("reused", "removed") if "renumbered" in asked.kinds else ())}
    return bool(wanted & set(kinds))


def _change_words(
    story: SourceStory, before: Located, after: Located, kinds: Sequence[Kind], revision: CorpusRevision
) -> str:
    types = f"type {type_words(before.passage)} → {type_words(after.passage)}"
    if "reused" not in kinds:
        return types if "retyped" in kinds else "reformulée"
    changed = f"{types}, mais " if before.passage.priority != after.passage.priority else ""
    told = _moved_to(story, before, revision) or _passed_on(story, before, revision)
    return f"{changed}le numéro désigne désormais une autre exigence{told}."


def _moved_to(story: SourceStory, bearer: Located, revision: CorpusRevision) -> str:
    lineage = story.lineage_of(bearer)
    step = next((s for s in lineage.steps if s.revision.commit == revision.commit), None) if lineage else None
    if step is None or step.bearer is None or step.bearer.passage.id == bearer.passage.id:
        return ""
    return f" ; l'exigence elle-même devient {step.bearer.passage.id} ({typed(step.bearer.passage)})"


def _comes_back(story: SourceStory, identifier: str, bearer: Located, revision: CorpusRevision) -> str:
    """When the id is printed again after it went."""
    order = [state.revision.commit for state in story.states]
    later = [
        stay
        for stay in stays_of(story.states, identifier)
        if order.index(stay.since.commit) > order.index(revision.commit)
        and stay.bearer.passage.occurrence == bearer.passage.occurrence
    ]
    return f" ; il est de nouveau imprimé à partir de {revision_words(later[0].since)}" if later else ""


def _passed_on(story: SourceStory, bearer: Located, revision: CorpusRevision) -> str:
    """Where a part of a text that went has passed."""
    lineage = story.lineage_of(bearer)
    steps = [s for s in lineage.steps if s.revision.commit == revision.commit] if lineage else []
    heirs = [
        str(other.after.passage.id)
        for step in steps
        for other in step.related
        if {"merged", "split"} & set(other.kinds) and other.after is not None and other.before is not None
        if _same_row(other.before, bearer)
    ]
    return f" ; une partie de l'ancien texte est passée dans {', '.join(heirs)}" if heirs else ""


def _path(lineage: Lineage) -> str:
    names = [str(step.bearer.passage.id) for step in lineage.steps if step.bearer is not None]
    path = " → ".join(name for n, name in enumerate(names) if n == 0 or name != names[n - 1])
    last = lineage.steps[-1]
    return path if last.bearer is not None else f"{path} (retirée le {french_day(last.revision.date)})"


def _step_words(step: Step, before: Located | None, cites: ChangeCitations) -> str:
    head = f"{french_day(step.revision.date)} ({step.revision.commit[:7]}) : "
    if step.bearer is None:
        return f"{head}retirée"
    p = step.bearer.passage
    if before is None:
        return f"{head}{p.id} apparaît, {typed(p)}, {cites.quoted(step.bearer, longest=_SHORT)}"
    parts = [f"{p.id} revient"] if "added" in step.changes else []
    if before.passage.id != p.id:
        parts.append(f"{before.passage.id} devient {p.id}")
    if "retyped" in step.changes:
        parts.append(f"type {type_words(before.passage)} → {type_words(p)}")
    if "reworded" in step.changes:
        parts.append("reformulée" + (" (rapprochement à vérifier)" if "recast" in step.changes else ""))
    if "recategorised" in step.changes and not parts:
        parts.append("catégorie changée")
    return f"{head}{', '.join(parts)} : {cites.quoted(step.bearer, before, longest=_SHORT)}"
