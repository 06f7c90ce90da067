"""Question → answer: the whole story on one screen."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Generator, Mapping
from dataclasses import replace

from assistant.answer import Answer, Place, Question, Retrieved, UsedRevision
from assistant.answer_stream import Finished, Searched, SentencePassed, StreamEvent
from assistant.changes.answers import ChangeAnswers, ChangeDraft
from assistant.composing.citations import checked
from assistant.composing.composition import Composer, Draft
from assistant.composing.extractive import extractive_draft
from assistant.composing.surroundings import Surroundings, surroundings
from assistant.model.answer_writer import AnswerWriter, Written
from assistant.model.language_model import Usage
from assistant.question.conversation import stand_alone
from assistant.question.first_questions import FIRST_QUESTIONS
from assistant.question.reading import Reading, read_question
from assistant.question.text import clean_question
from assistant.search.french_text import tokens
from assistant.search.ranking import RankingParameters
from assistant.search.retrieval import Found, Retriever
from assistant.search.second_look import as_written, second_look
from assistant.selection import Library, Selection, passage_of, text_at
from assistant.wording import edition_notice
from assistant.work_in_hand import WorkInHand
from ingest.errors import CctError
from ingest.sources.corpus import Corpus
from ingest.sources.freshness import Freshness, Stale

RETRIEVED = 12
log = logging.getLogger("cct.assistant")


class Assistant:
    """Answers questions over the served revisions, from the documents' own text. Thread-safe.

    With a writer, a model writes the answers that the search found passages for; every sentence is checked.
    """

    def __init__(self, library: Library, parameters: RankingParameters, writer: AnswerWriter | None = None) -> None:
        self._library = library
        self._parameters = parameters
        self._changes = ChangeAnswers(library.settings)
        self._freshness = Freshness(Corpus(library.settings))
        self._writer = writer
        self.in_hand = WorkInHand()
        """The answers that are being made."""

    def answer(self, question: Question) -> Answer:
        """One answer, every quotation checked; a wrong question or a missing index gives status "error"."""
        *_, last = self.stream(question)
        assert isinstance(last, Finished)
        return last.answer

    def stream(self, question: Question) -> Generator[StreamEvent]:
        """What a channel may show while the answer is made; the last event is Finished, always.

        Closing the iterator stops the model.
        """
        start = time.perf_counter()
        answer_id = question.id or uuid.uuid4().hex
        shown = ""
        try:
            with self.in_hand:
                for event in self._events(question, answer_id, start):
                    if isinstance(event, SentencePassed):
                        shown += event.delta
                    yield (
                        replace(event, replaces=not event.answer.text.startswith(shown))
                        if isinstance(event, Finished)
                        else event
                    )
        except CctError as exc:
            text = f"{exc.message} {exc.remedy}".strip()
            failed = Answer(
                question=question.text,
                id=answer_id,
                status="error",
                text=text,
                error=(type(exc).__name__, text),
                timings_ms={"total": _elapsed(start)},
            )
            yield Finished(failed, replaces=bool(shown))

    def _events(self, question: Question, answer_id: str, start: float) -> Generator[StreamEvent]:
        text = clean_question(question.text)
        for source in question.sources:
            self.check_source(source)
        changed = self._changes.draft(text, question.sources)
        if changed is not None:
            yield Finished(self._about_change(question, answer_id, changed, start))
            return
        selection = self._library.selection(self._changes.resolved(question.revisions))
        loaded_at = _elapsed(start)
        retriever = Retriever(selection, self._parameters)
        searched, found, usage = self._search(text, question, retriever)
        retrieved_at = _elapsed(start)
        reading = read_question(searched)
        draft = self._draft(searched, reading, found, selection, question.sources)
        written = Written(None)
        if self._writer is not None and not question.extractive and self._writer.writes(reading, draft, selection):
            yield Searched(searched)
            written = yield from self._write(searched, found, selection, question.sources)
            draft = _instead(draft, written)
        if written.usage is not None:
            usage = written.usage.plus(usage)
        written_at = _elapsed(start)
        self._say_what_it_stands_on(draft, selection, question)
        citations = tuple(checked(c, selection.text) for c in draft.citations)
        for citation in citations:
            if not citation.verified:
                log.error("quotation not found again: %s %s", citation.place, citation.quote)
        draft = _without_unverified(draft, tuple(c.verified for c in citations))
        answer = Answer(
            question=question.text,
            id=answer_id,
            status=draft.status,
            mode="llm" if written.draft is not None else "extractive",
            model=self._writer.name if self._writer is not None and written.draft is not None else None,
            degraded=written.degraded,
            text="\n\n".join(draft.paragraphs),
            revisions=selection.used,
            citations=citations if draft.citations else (),
            nearest=draft.nearest,
            retrieved=retriever.shown(found, RETRIEVED, self._library.place, question.sources),
            warnings=tuple(draft.warnings),
            suggestions=tuple(draft.suggestions),
            searched=searched if searched != text else None,
            confidence=found.confidence,
            timings_ms={
                "load": loaded_at,
                "retrieval": retrieved_at - loaded_at,
                "writing": written_at - retrieved_at,
                **written.timings_ms,
                "composition": _elapsed(start) - written_at,
                "total": _elapsed(start),
            },
            tokens=(usage.prompt, usage.completion) if usage else None,
            cost=self._writer.cost(usage) if self._writer else None,
        )
        yield Finished(answer)

    def _search(self, text: str, question: Question, retriever: Retriever) -> tuple[str, Found, Usage | None]:
        """The stand-alone question, what was found for it, and the tokens that a model took to rephrase it."""
        reading = read_question(text)
        found = retriever.find(text, question.sources)
        leaning = reading.says_that_it_leans and bool(question.history) and found.verdict != "hostile"
        searched, usage = text, None
        if not found.refused or leaning:
            if self._writer is not None and not question.extractive:
                rephrased, usage = self._writer.stand_alone(text, reading, question.history)
                searched = rephrased or searched
            searched = searched if searched != text else stand_alone(text, reading, question.history)
        if searched != text:
            found = retriever.find(searched, question.sources)
        elif reading.compares and not reading.ids and not found.refused and tokens(reading.subject):
            about = retriever.find(reading.subject, question.sources)
            if about.verdict == "answer" or (found.verdict != "answer" and not about.refused):
                found = about  # two words alone may read as small talk, or say too little: the question does not
        elif reading.told and not found.refused:
            about = retriever.find(as_written(reading.told, text), question.sources or reading.sources)
            found = about if about.verdict == "answer" else found  # a framework's name outweighs a word or two
        elif found.verdict == "unanswered":
            searched, found = second_look(text, reading, found, retriever, question.sources) or (text, found)
        return searched, found, usage

    def _say_what_it_stands_on(self, draft: Draft, selection: Selection, question: Question) -> None:
        if not selection.official:
            notice = edition_notice()
            draft.paragraphs.append(f"_{notice}_")
            draft.warn("unofficial_edition", notice)
        for stale in self.stale():
            if stale.source not in question.revisions:
                draft.warn("stale_index", stale.message)

    def _write(
        self, text: str, found: Found, selection: Selection, sources: tuple[str, ...]
    ) -> Generator[SentencePassed, None, Written]:
        assert self._writer is not None
        return (yield from self._writer.write(text, found, selection, sources))

    def _about_change(self, question: Question, answer_id: str, changed: ChangeDraft, start: float) -> Answer:
        draft = _without_unverified(changed.draft, tuple(c.verified for c in changed.draft.citations))
        cited = tuple(draft.citations)
        return Answer(
            question=question.text,
            id=answer_id,
            status=draft.status,
            text="\n\n".join(draft.paragraphs),
            revisions=tuple(changed.used) or self.revisions(),
            citations=cited,
            retrieved=tuple(Retrieved(c.place, 1.0) for c in cited),
            warnings=tuple(draft.warnings),
            timings_ms={"total": _elapsed(start)},
        )

    def _draft(
        self, text: str, reading: Reading, found: Found, selection: Selection, sources: tuple[str, ...]
    ) -> Draft:
        wanted = sources or reading.sources
        composer = Composer(self._library, selection, wanted)
        return extractive_draft(composer, selection, text, reading, found, wanted)

    def check_source(self, source: str) -> None:
        """Raises ManifestError, which names the known ones, for a source that is not declared."""
        self._library.manifest.get(source)

    def revisions(self) -> tuple[UsedRevision, ...]:
        """The revisions that answer by default."""
        return self._library.selection().used

    def indexed_revisions(self) -> tuple[UsedRevision, ...]:
        """Every official revision in the index, by source, the newest first: what Question.revisions may name."""
        indexed = [r for r in self._library.indexed() if r.official]
        return tuple(UsedRevision(r.source, r.commit, r.date, True) for r in reversed(indexed))

    def source_titles(self) -> Mapping[str, str]:
        """Source id → title."""
        return {s.id: s.title for s in self._library.manifest.source}

    def examples(self) -> tuple[str, ...]:
        """Questions to begin with."""
        return FIRST_QUESTIONS

    def surroundings(self, place: Place) -> Surroundings:
        """The neighbours and namesakes of a cited record, in the served revisions."""
        return surroundings(self._library, place)

    def passage_text(self, place: Place) -> str:
        """The whole verbatim text of the passage at a place; empty when it is not in the served revisions."""
        served = {r.source: r.commit for r in self.revisions()}
        if place.commit and place.commit != served.get(place.source):
            return self._changes.passage_text(place)
        selection = self._library.selection()
        passage = passage_of(selection, place)
        return "" if passage is None else text_at(selection, place) or passage.text

    def stale(self) -> tuple[Stale, ...]:
        """The sources whose documents have changed since the revision that answers."""
        try:
            return self._freshness.stale([r for r in self._library.indexed() if r.served])
        except CctError:
            return ()

    def health(self) -> Mapping[str, str]:
        """Component → "UP", or what is wrong in French."""
        try:
            self._library.selection()
        except CctError as exc:
            return {"index": f"{exc.message} {exc.remedy}"}
        if self._writer is None:
            return {"index": "UP"}
        return {"index": "UP", "modele": "DEGRADED" if self._writer.paused else "UP"}

    def warm(self) -> None:
        """Loads index and model, so that the first question is as fast as the next."""
        Assistant(self._library, self._parameters).answer(Question("Que dit le CCT de la sauvegarde ?"))


def _without_unverified(draft: Draft, verified: tuple[bool, ...]) -> Draft:
    """An extractive answer whose quotation is not found again is withdrawn: it is a defect, not an answer."""
    if all(verified):
        return draft
    draft.warn(
        "unverified_sentence_removed", "Une citation n'a pas été retrouvée dans le document : réponse retirée."
    )
    return replace(
        draft,
        status="error",
        paragraphs=["Une citation n'a pas été retrouvée dans le document ; la réponse est retirée."],
        citations=[],
    )


def _instead(extractive: Draft, written: Written) -> Draft:
    """The written draft with what the extractive one suggests next, or the extractive one."""
    if written.draft is None:
        return extractive
    return replace(written.draft, suggestions=extractive.suggestions)


def _elapsed(start: float) -> float:
    return (time.perf_counter() - start) * 1000
