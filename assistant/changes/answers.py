"""Answers to questions about change, read from the synchronised repositories: no index is needed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath

from assistant.answer import Place, UsedRevision
from assistant.changes.citations import ChangeCitations
from assistant.changes.lists import SourceChanges, changes_paragraphs, revision_words
from assistant.changes.periods import Bounds, bounds
from assistant.changes.questions import ChangeQuestion, read_change_question
from assistant.changes.stories import SourceStory, story_paragraphs, value_paragraphs, when_paragraphs
from assistant.composing.composition import Draft
from ingest.errors import RevisionNotFound
from ingest.reading.prose import FORMATS
from ingest.revisions.lineage import compare_requirements
from ingest.revisions.requirement_history import (
    Lineage,
    RevisionReader,
    TableState,
    compare_documents,
    compare_revisions,
    lineages,
)
from ingest.settings import IngestSettings
from ingest.sources.corpus import Corpus, CorpusRevision
from ingest.sources.manifest import Source

_NO_HISTORY = (
    "L'édition de démonstration n'a qu'une version : l'histoire des révisions se lit dans les documents officiels. "
    "Lancez « cct sync », puis reposez la question."
)
_FULL_HASH = 40


@dataclass(slots=True)
class ChangeDraft:
    """An answer about change, its citations checked, and the revisions that it compares."""

    draft: Draft
    used: list[UsedRevision] = field(default_factory=list)

    def uses(self, *revisions: CorpusRevision | None) -> None:
        """Adds revisions, each once."""
        for r in revisions:
            if r is not None and all(u.commit != r.commit for u in self.used):
                self.used.append(UsedRevision(r.source.id, r.commit, r.date, True))


class ChangeAnswers:
    """Compares revisions of the repositories in a data folder. Thread-safe; each content is read once."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._reader: RevisionReader | None = None
        self._texts: dict[tuple[str, str, str], str] = {}
        self._lineages: dict[str, tuple[str, list[TableState], list[Lineage]]] = {}

    def draft(self, text: str, sources: tuple[str, ...] = ()) -> ChangeDraft | None:
        """The answer to a question about change; None for any other question."""
        asked = read_change_question(text)
        if asked is None:
            return None
        with self._lock:
            reader = self._opened()
            wanted = sources or asked.sources
            declared = [s for s in reader.corpus.manifest.source if not wanted or s.id in wanted]
            known = [s for s in declared if reader.corpus.repository(s).exists]
            if not known or self._settings.edition == "demo":
                return ChangeDraft(Draft(status="abstained", paragraphs=[_NO_HISTORY]))
            return self._answered(asked, known, reader)

    def resolved(self, revisions: Mapping[str, str]) -> dict[str, str]:
        """Source → full commit hash, for revisions given by date or by the beginning of a hash.

        Raises RevisionNotFound when a repository has no such revision.
        """
        found = dict(revisions)
        short = {s: r for s, r in revisions.items() if len(r) < _FULL_HASH}
        with self._lock:
            for source, wanted in short.items():
                found[source] = self._opened().corpus.revision(source, wanted).commit
        return found

    def passage_text(self, place: Place) -> str:
        """The verbatim text of the passage at a place of any commit; empty when there is none."""
        with self._lock:
            reader = self._opened()
            source = reader.corpus.manifest.get(place.source)
            if place.commit is None or not reader.corpus.repository(source).exists:
                return ""
            revision = CorpusRevision(source, place.commit, "", "", True)
            for document in reader.documents(revision):
                for located in reader.passages(revision, document) if document.path == place.document else ():
                    if located.passage.lines.start == place.line_start and located.passage.kind == place.kind:
                        return located.passage.text
        return ""

    def _opened(self) -> RevisionReader:
        if self._reader is None:
            self._reader = RevisionReader(Corpus(self._settings))
        return self._reader

    def _answered(self, asked: ChangeQuestion, sources: list[Source], reader: RevisionReader) -> ChangeDraft:
        cites = ChangeCitations(reader.corpus, self._texts)
        found = ChangeDraft(Draft(citations=cites.citations))
        silent: list[str] = []
        placed = False
        for source in sources:
            line = reader.main_line(source.id)
            period = bounds(asked.period, line, partial(_commit, reader.corpus, source))
            if period is None:
                continue
            placed = True
            before = len(found.draft.paragraphs)
            if asked.ids:
                self._tell_ids(asked, source, period, cites, found)
            else:
                silent += self._tell_changes(asked, source, period, cites, found)
            if len(found.draft.paragraphs) > before:
                found.uses(period.before, period.after)
        if not placed:
            name = " et ".join(m.value for m in asked.period.moments if m.commit)
            silent.append(f"Aucune des sources n'a de révision {name}.")
        elif asked.ids and not found.draft.paragraphs:
            silent.append(_nothing_about(asked, sources))
        found.draft.paragraphs += silent
        if not cites.citations:
            found.draft.status = "abstained"
        return found

    def _tell_changes(
        self, asked: ChangeQuestion, source: Source, period: Bounds, cites: ChangeCitations, found: ChangeDraft
    ) -> list[str]:
        """Adds what changed in one source; returns what is to be said of a source where nothing did."""
        reader = self._opened()
        if period.after is None:
            return [f"**{source.title}** n'existait pas encore."]
        if period.before is not None and period.before.commit == period.after.commit:
            found.uses(period.after)
            witness = _witness(reader, period.after, cites)
            return [
                f"**{source.title}** : aucune révision sur cette période ; "
                f"la révision {revision_words(period.after)} était en vigueur{witness}."
            ]
        changes = _compared(reader, source, period.before, period.after)
        cited = len(cites.citations)
        told = list(changes_paragraphs(changes, asked, cites))
        found.uses(period.before, period.after)
        if len(cites.citations) == cited:
            sides = [r for r in (period.before, period.after) if r is not None]
            told.append(f"Textes comparés{''.join(_witness(reader, r, cites) for r in sides)}.")
            return told
        found.draft.paragraphs += told
        if period.before is not None:
            found.draft.paragraphs.append(
                f"Tout le détail : `cct diff {source.id} {period.before.commit[:7]} {period.after.commit[:7]}`."
            )
        return []

    def _tell_ids(
        self, asked: ChangeQuestion, source: Source, period: Bounds, cites: ChangeCitations, found: ChangeDraft
    ) -> None:
        states, followed = self._followed(source)
        story = SourceStory(source.title, states, followed)
        for identifier in asked.ids:
            if asked.asks == "value":
                found.draft.paragraphs += value_paragraphs(story, identifier, period, cites)
            elif asked.asks == "story" and asked.period.span == "ever":
                found.draft.paragraphs += story_paragraphs(story, identifier, cites)
            else:
                found.draft.paragraphs += when_paragraphs(story, identifier, asked, period, cites)

    def _followed(self, source: Source) -> tuple[list[TableState], list[Lineage]]:
        """The states of a source's table and its requirements followed through them, computed once a table."""
        states = self._opened().states(source.id)
        key = " ".join(state.revision.commit for state in states)
        if source.id not in self._lineages or self._lineages[source.id][0] != key:
            self._lineages[source.id] = (key, states, lineages(states))
        return self._lineages[source.id][1], self._lineages[source.id][2]


def _compared(
    reader: RevisionReader, source: Source, before: CorpusRevision | None, after: CorpusRevision
) -> SourceChanges:
    if before is None:
        everything = compare_requirements((), reader.requirements(after))
        return SourceChanges(source.title, source.id, None, after, everything, ())
    documents = [
        d
        for d in compare_documents(reader, before, after, forms=True)
        if PurePosixPath(d.document).suffix.lower() not in FORMATS  # their passages have no line to quote
    ]
    return SourceChanges(source.title, source.id, before, after, compare_revisions(reader, before, after), documents)


def _witness(reader: RevisionReader, revision: CorpusRevision, cites: ChangeCitations) -> str:
    """ " : « … » [1]": what the table of requirements says of its own version, or how it begins."""
    for document in reader.documents(revision):
        if document.role == "requirements":
            passages = reader.passages(revision, document)
            stamped = [p for p in passages if p.passage.text.lower().startswith("version")]
            if stamped or passages:
                return f" : {cites.quoted((stamped or passages)[0], longest=120)}"
    return ""


def _commit(corpus: Corpus, source: Source, value: str) -> CorpusRevision | None:
    try:
        return corpus.revision(source.id, value)
    except RevisionNotFound:
        return None


def _nothing_about(asked: ChangeQuestion, sources: list[Source]) -> str:
    names = " et ".join(f"**{i}**" for i in asked.ids)
    where = " ni dans ".join(s.title for s in sources)
    if asked.asks == "value":
        return f"{names} n'existait pas à cette date dans {where}."
    what = "ce changement" if asked.kinds else "un changement"
    period = "" if asked.period.span == "ever" else " sur cette période"
    return f"Aucune révision n'apporte {what} à {names}{period} dans {where}."
