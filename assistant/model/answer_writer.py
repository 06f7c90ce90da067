"""Passages found → an answer written by the model and checked sentence by sentence, or why there is none."""

from __future__ import annotations

import logging
import re
import weakref
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.answer import Citation, Notice, Turn
from assistant.answer_stream import SentencePassed
from assistant.composing.citations import checked, lines_at, quote_of
from assistant.composing.composition import Composer, Draft, title_of
from assistant.composing.sentence_choice import LONGEST_QUOTE
from assistant.errors import ModelError, RerankerError
from assistant.model import wording as said
from assistant.model.drafting import Drafted, Drafting
from assistant.model.language_model import Piece, Usage, whole_text
from assistant.model.patience import PatientModel
from assistant.model.personal_data import Mask
from assistant.model.prompting import instructions, new_guard, rephrasing_request
from assistant.question.reading import Reading, read_question
from assistant.search.reranking import Reranker
from assistant.search.retrieval import Found
from assistant.selection import Library, Selection
from assistant.verification.checking import SentenceChecker
from assistant.verification.clause_reading import content_stems
from assistant.verification.evidence import GivenPassage, WordWeights
from assistant.verification.language import is_french
from assistant.verification.printed_facts import FaultCode

_CONSIDERED = 20
"""Passages that the reranker orders."""
_LONGEST_QUESTION = 400
_NEVER_SHOWN: frozenset[FaultCode] = frozenset({"form", "hostile", "language", "incomplete"})
log = logging.getLogger("cct.writer")


@dataclass(frozen=True, slots=True)
class Written:
    """What the model's part gives: a draft in the place of the extractive one, or the reason why not."""

    draft: Draft | None
    degraded: str | None = None
    usage: Usage | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)


class AnswerWriter:
    """Writes answers with a model over one library. Thread-safe."""

    def __init__(
        self,
        model: PatientModel,
        library: Library,
        passages: int = 6,
        history_tokens: int = 800,
        show_unverified: bool = False,
        reranker: Reranker | None = None,
        prices: tuple[float, float] = (0.0, 0.0),
        name: str | None = None,
    ) -> None:
        self.name = name
        self._model = model
        self._library = library
        self._passages = passages
        self._history_tokens = history_tokens
        self._show_unverified = show_unverified
        self._reranker = reranker
        self._prices = prices
        self._weights: weakref.WeakKeyDictionary[Selection, WordWeights] = weakref.WeakKeyDictionary()

    @property
    def paused(self) -> bool:
        """True while the model is left alone after several failures."""
        return self._model.breaker.paused

    def writes(self, reading: Reading, extractive: Draft, selection: Selection) -> bool:
        """True for a question that the search answers; a record, a list or a definition is shown as it is printed."""
        return (
            extractive.status == "answered"
            and bool(extractive.citations)
            and not reading.asks_for_records
            and not any(term in selection.terms for term in (reading.defines, *reading.defines_each))
        )

    def cost(self, usage: Usage | None) -> float | None:
        """Euros, from the prices of the settings; None without prices or without counted tokens."""
        if usage is None or not any(self._prices):
            return None
        return (usage.prompt * self._prices[0] + usage.completion * self._prices[1]) / 1_000_000

    def stand_alone(self, text: str, reading: Reading, history: Sequence[Turn]) -> tuple[str | None, Usage | None]:
        """A follow-up rewritten by the model so that it stands alone; None when it does not lean or has none."""
        if not reading.leans_on_history or not history:
            return None, None
        guard, mask, counted = new_guard(), Mask(), _Counter()
        request = mask.hide(rephrasing_request(text, history, self._history_tokens, guard))
        try:
            pieces = self._model.pieces(instructions("reformulation", guard), request)
            answer = mask.restore(whole_text(counted.through(pieces)))
        except ModelError as exc:
            log.warning("follow-up not rephrased: %s", exc)
            return None, counted.usage
        return _usable_question(answer, text, history, guard), counted.usage

    def write(
        self, question: str, found: Found, selection: Selection, sources: tuple[str, ...]
    ) -> Generator[SentencePassed, None, Written]:
        """Yields the sentences that pass as they come; returns the whole."""
        given = self._given(question, found, selection, sources)
        weights = self._weights_of(selection)
        titles = {s.id: s.title for s in self._library.manifest.source}

        def checker(guard: str) -> SentenceChecker:
            return SentenceChecker(given, weights, guard, question=question)

        def cite(n: int, passage: GivenPassage, referring: Sequence[str]) -> Citation:
            return self._cited(n, passage, referring, selection, weights)

        drafting = Drafting(self._model, given, titles, checker, cite)
        drafted = yield from drafting.run(question)
        return self._written(drafted, selection, sources)

    def _written(self, drafted: Drafted, selection: Selection, sources: tuple[str, ...]) -> Written:
        timings = {
            name: seconds * 1000
            for name, seconds in (
                ("model_first_token", drafted.first_token),
                ("model_first_sentence", drafted.first_sentence),
                ("first_checked_sentence", drafted.first_passed),
                ("checking", drafted.checking),
            )
            if seconds is not None
        }
        citations = drafted.page.citations()
        reason = drafted.reason
        if reason is None and not all(c.verified for c in citations):
            reason = said.QUOTE_LOST
        for failed in drafted.failed:
            log.info("sentence not verified (%s): %s", failed.fault.code, failed.sentence.text)
        if reason is not None:
            return Written(None, reason, drafted.usage, timings)
        draft = Draft(paragraphs=[drafted.page.text()], citations=list(citations))
        if drafted.missing:
            draft.paragraphs.append(" ".join(drafted.missing))
        self._tell_failures(draft, drafted)
        for passage in drafted.page.cited:
            record = Draft()
            Composer(self._library, selection, sources).record(record, passage.places)  # for its warnings
            for warning in record.warnings:
                draft.warn(warning.code, warning.message)
        return Written(draft, None, drafted.usage, timings)

    def _tell_failures(self, draft: Draft, drafted: Drafted) -> None:
        codes = [f.fault.code for f in drafted.failed]
        unknown = codes.count("unknown_marker")
        if unknown:
            draft.warnings.append(Notice("unknown_citation_removed", said.unknown_markers(unknown)))
        shown = [f for f in drafted.failed if self._show_unverified and f.fault.code not in _NEVER_SHOWN]
        hidden = [f.fault.code for f in drafted.failed if f not in shown and f.fault.code != "unknown_marker"]
        if hidden:
            draft.warnings.append(Notice("unverified_sentence_removed", said.removed(hidden)))
        if shown:
            lines = [f"- _Non vérifié ({said.FAULTS[f.fault.code]})_ : {f.sentence.bare}" for f in shown]
            draft.paragraphs += [said.UNVERIFIED_HEADING, "\n".join(lines)]
            draft.warnings.append(Notice("sentence_not_verified", said.shown_unverified(len(shown))))

    def _given(
        self, question: str, found: Found, selection: Selection, sources: tuple[str, ...]
    ) -> dict[int, GivenPassage]:
        """The passages of the best units, those that the extractive answer cites among them, best first."""
        order = list(dict.fromkeys([*found.cited, *found.ranking.order[:_CONSIDERED]]))
        order = self._reranked(question, order, selection)
        first = [u for u in order if u in found.cited]
        chosen = [*first, *(u for u in order if u not in first)][: max(self._passages, len(first))]
        chosen.sort(key=order.index)
        wanted = sources or read_question(question).sources
        given = {}
        for n, unit in enumerate(chosen, 1):
            places = tuple(
                sorted(selection.index.units[unit].located, key=lambda p: bool(wanted) and p.source not in wanted)
            )
            lines = tuple(lines_at(self._library.place(p), selection.text) for p in places)
            given[n] = GivenPassage(n, places, lines)
        return given

    def _reranked(self, question: str, order: list[int], selection: Selection) -> list[int]:
        if self._reranker is None:
            return order
        texts = [selection.index.units[u].passage.text for u in order]
        try:
            scores = self._reranker.scores(question, texts)
        except RerankerError as exc:
            log.warning("passages not reranked: %s", exc)
            return order
        return [u for _, u in sorted(zip(scores, order, strict=True), key=lambda pair: -pair[0])]

    def _weights_of(self, selection: Selection) -> WordWeights:
        weights = self._weights.get(selection)
        if weights is None:
            weights = self._weights[selection] = WordWeights(p.passage.text for p in selection.located)
        return weights

    def _cited(
        self, n: int, passage: GivenPassage, referring: Sequence[str], selection: Selection, weights: WordWeights
    ) -> Citation:
        """The citation whose quotation holds the sentences that the answer relies on."""
        own = passage.located.passage
        sentences = list(own.sentences) or [own.text]
        whole = sum(len(s) + 1 for s in sentences) <= LONGEST_QUOTE
        chosen = range(len(sentences)) if whole else sorted({_nearest(r, sentences, weights) for r in referring})
        places = [self._library.place(p) for p in passage.places]
        quote = quote_of(sentences, list(chosen), lines_at(places[0], selection.text))
        citation = Citation(n, places[0], title_of(own), quote, verified=False, also=tuple(places[1:]))
        return checked(citation, selection.text)


class _Counter:
    """Adds up the tokens of the pieces that go through it."""

    def __init__(self) -> None:
        self.usage: Usage | None = None

    def through(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        for piece in pieces:
            if piece.usage is not None:
                self.usage = piece.usage.plus(self.usage)
            yield piece


def _nearest(sentence: str, sentences: Sequence[str], weights: WordWeights) -> int:
    wanted = set(content_stems(sentence))
    return max(range(len(sentences)), key=lambda k: weights.total(wanted & set(content_stems(sentences[k]))))


def _usable_question(answer: str, text: str, history: Sequence[Turn], guard: str) -> str | None:
    """The model's question when it is one, in French, and names no identifier that nobody named."""
    lines = [line.strip(' "«»*-') for line in answer.splitlines() if line.strip()]
    if not lines or guard in answer or len(lines[0]) > _LONGEST_QUESTION or not is_french(lines[0]):
        return None
    known = set(read_question(text).ids)
    for turn in history:
        known |= set(read_question(turn.question).ids)
        known |= {re.sub(r"#\d+$", "", key.split(":", 1)[-1]).upper() for key in turn.cited}
    return lines[0] if set(read_question(lines[0]).ids) <= known else None
