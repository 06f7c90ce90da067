"""What other programs may read: questions, passages, requirements, revisions. Text for a reader, and its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.answer import Question, Turn
from assistant.checklist.description import read_description
from assistant.search.french_text import tokens
from assistant.selection import Library
from ingest.passage import PRIORITY_NAMES
from ingest.revisions.requirement_history import RevisionReader, compare_documents, compare_revisions
from ingest.sources.corpus import Corpus, CorpusRevision
from ui.answer_markdown import answer_markdown, place_words
from ui.checklist.making import ChecklistMaker
from ui.checklist.rows import HEADERS
from ui.checklist.text_formats import markdown, markdown_summary
from ui.commands.diff_view import RevisionDiff, markdown_diff
from ui.commands.records_view import RecordView, find_records, record_view
from ui.doors import door_wording
from ui.doors.openai_shapes import closing_text
from ui.doors.web_assistant import WebAssistant

MOST_FOUND = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """What one consultation gives: Markdown for whoever reads it, and the same as JSON."""

    text: str
    data: Mapping[str, Any]


class Consultation(Protocol):
    """Everything that can be read, one method a tool; all thread-safe, all raise CctError."""

    def ask(self, question: str, sources: Sequence[str], earlier: Sequence[str]) -> Reading:
        """The cited answer to a question, which may follow earlier ones."""

    def search(self, words: str, sources: Sequence[str], count: int) -> Reading:
        """The passages nearest to the words, whole, best first."""

    def requirement(self, identifier: str, source: str | None, revision: str | None) -> Reading:
        """A requirement, component or term at each place that prints it."""

    def compare(self, source: str, older: str, newer: str) -> Reading:
        """What became of each requirement of a source between two revisions."""

    def requirements(self, source: str | None, priority: str | None, subject: str, revision: str | None) -> Reading:
        """The requirements of a type and subject, in the documents' order."""

    def checklist(self, description: str, sources: Sequence[str], kept: Sequence[str], whole: bool) -> Reading:
        """The requirements that apply to the application described; with their texts when `whole`."""


class CorpusConsultation:
    """The consultation of the configured corpus."""

    def __init__(self, assistant: WebAssistant, library: Library, corpus: Corpus) -> None:
        self.assistant = assistant
        self._library = library
        self._corpus = corpus
        self._reader = RevisionReader(corpus)
        self.checklists = ChecklistMaker(library)

    def ask(self, question: str, sources: Sequence[str], earlier: Sequence[str]) -> Reading:
        """See Consultation."""
        self._check(*sources)
        turns = tuple(Turn(text) for text in earlier)
        answer = self.assistant.answer(Question(question, sources=tuple(sources), history=turns))
        text = answer_markdown(answer, anchor=None) + closing_text(answer, self.assistant.source_titles())
        return Reading(text, answer.to_json())

    def search(self, words: str, sources: Sequence[str], count: int) -> Reading:
        """See Consultation."""
        self._check(*sources)
        answer = self.assistant.answer(Question(words, sources=tuple(sources)))
        titles = self.assistant.source_titles()
        found, parts = answer.retrieved[: min(count, MOST_FOUND)], []
        whole = answer.to_json()
        passages = []
        for n, retrieved in enumerate(found, 1):
            text = self.assistant.passage_text(retrieved.place)
            place = retrieved.place
            kind = f" ({place.priority}, {PRIORITY_NAMES[place.priority]})" if place.priority else ""
            where = f" : {place.url}" if place.url else ""
            parts.append(f"{n}. **{place_words(place, titles)}**{kind}{where}\n\n{_quoted(text)}")
            passages.append({**whole["retrieved"][n - 1], "type": place.priority, "url": place.url, "text": text})
        if answer.status == "error":
            parts = [answer.text]
        data = {"passages": passages, "revisions": whole["revisions"], "warnings": whole["warnings"]}
        return Reading("\n\n".join(parts) or door_wording.NOTHING_FOUND, data)

    def requirement(self, identifier: str, source: str | None, revision: str | None) -> Reading:
        """See Consultation."""
        records = find_records(self._corpus, self._revisions(source, revision), identifier)
        if not records:
            return Reading(door_wording.NO_SUCH_RECORD.format(identifier=identifier), {"records": []})
        return Reading("\n\n".join(map(_record, records)), {"records": [r.to_json() for r in records]})

    def compare(self, source: str, older: str, newer: str) -> Reading:
        """See Consultation."""
        a, b = self._corpus.revision(source, older), self._corpus.revision(source, newer)
        documents = tuple(compare_documents(self._reader, a, b))
        found = RevisionDiff(a, b, compare_revisions(self._reader, a, b), documents)
        return Reading("\n".join(markdown_diff(found)), found.to_json())

    def requirements(self, source: str | None, priority: str | None, subject: str, revision: str | None) -> Reading:
        """See Consultation."""
        records = [
            record_view(self._corpus, found, located)
            for found in self._revisions(source, revision)
            for located in self._reader.requirements(found)
        ]
        if priority:
            records = [r for r in records if r.located.passage.priority == priority]
        kept, by_nearness = self._about(subject, records)
        if not kept:
            return Reading(door_wording.NO_REQUIREMENT, {"requirements": [], "by_nearness": False})
        head = door_wording.NEAREST_REQUIREMENTS if by_nearness else door_wording.REQUIREMENTS
        lines = [head.format(count=len(kept)), *map(_record, kept)]
        return Reading("\n\n".join(lines), {"requirements": [r.to_json() for r in kept], "by_nearness": by_nearness})

    def checklist(self, description: str, sources: Sequence[str], kept: Sequence[str], whole: bool) -> Reading:
        """See Consultation."""
        self._check(*sources)
        _, sheet = self.checklists.checklist(read_description(description), sources, kept=kept)
        text = markdown(sheet) if whole else markdown_summary(sheet)
        columns = [name for name in HEADERS if whole or name not in {"requirement", "links", "references"}]
        rows = [{name: getattr(row, name) for name in columns if getattr(row, name)} for row in sheet.rows]
        return Reading(text, {"lines": rows, "revisions": sheet.revisions, "notice": sheet.notice})

    def _about(self, subject: str, records: list[RecordView]) -> tuple[list[RecordView], bool]:
        """The records that hold the words of a subject; failing that, those the search finds nearest to it."""
        wanted = set(tokens(subject))
        if not wanted:
            return records, False
        held = [r for r in records if wanted <= set(tokens(f"{r.located.passage.category} {r.located.passage.text}"))]
        if held:
            return held, False
        answer = self.assistant.answer(Question(subject))
        near = {
            (place.source, place.id, place.occurrence)
            for found in answer.retrieved
            for place in (found.place, *found.also)
        }
        return [
            r for r in records if (r.place.source, r.located.passage.id, r.located.passage.occurrence) in near
        ], True

    def _revisions(self, source: str | None, revision: str | None) -> list[CorpusRevision]:
        """The served revisions, or the one named."""
        if source is not None and revision is not None:
            return [self._corpus.revision(source, revision)]
        served = {r.source: r for r in self._library.selection().used}
        chosen = []
        for newest in self._corpus.newest():
            used = served.get(newest.source.id)
            if source not in (None, newest.source.id):
                continue
            asked = used is not None and used.commit is not None and used.commit != newest.commit
            chosen.append(self._corpus.revision(newest.source.id, str(used.commit)) if asked and used else newest)
        if not chosen and source is not None:
            return [self._corpus.current(source)]
        return chosen

    def _check(self, *sources: str) -> None:
        for source in sources:
            self._corpus.manifest.get(source)


def _record(record: RecordView) -> str:
    """A record with its type, where it stands and its link, then its text as a quotation."""
    p = record.located.passage
    kind = f", exigence {p.priority} ({PRIORITY_NAMES[p.priority]})" if p.priority else ""
    occurrence = f", occurrence {p.occurrence}" if p.occurrence > 1 else ""
    edition = record.located.commit[:7] if record.located.commit else door_wording.DEMONSTRATION
    where = f"{record.located.document}, ligne {p.lines.start}, {edition}"
    link = f"\n{record.place.url}" if record.place.url else ""
    return f"**{p.id}**{kind}{occurrence}, {record.source_title} ({where}){link}\n\n{_quoted(p.text)}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())
