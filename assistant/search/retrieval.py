"""Question → the passages that answer it, and whether to answer at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assistant.answer import Place, Retrieved
from assistant.question.definitions import describes, mentions
from assistant.question.expected_kind import waited
from assistant.question.hostile_signs import refusal_margin
from assistant.question.reading import Reading, read_question
from assistant.question.small_talk import greets
from assistant.search.citation_choice import MOST_CITED, CitationChoice
from assistant.search.french_text import tokens
from assistant.search.ranking import (
    FEATURES,
    Ranking,
    RankingParameters,
    Verdict,
    question_features,
    rank,
    verdicts,
    without_suspicion,
)
from assistant.search.search_index import Evidence, FloatArray
from assistant.selection import Selection
from ingest.passage import Located

_OTHER_SOURCE = 1 / 12
"""What a passage of the other source counts for when the question names one: on 68 such questions, all answered by
the source that they name, the first citation is right 58 times instead of 56."""
_SUGGESTED = 3
_NEAR_ENOUGH, LIKELY_ENOUGH = 0.5, 0.1
"""Probabilities, of the passage and of an answer, from which an abstention names its nearest passage. On the
development questions: in 32 of the 47 that are left without an answer wrongly, 29 times the right one; in 68 of the
490 that are rightly."""
_UNSURE = 0.35
"""Probability of the first passage under which an answer says that it is not sure. On the development questions the
first citation of such an answer is right 34 times in 100, and one of them 70 times (67 answers in 1,431); from 0.5 on
it is right more than 77 times in 100."""
_MOST_DESCRIBING = 8
"""Passages of the ranking among which the one that says what a term is is looked for."""
_CHATTY = 0.5
"""Probability from which a question that greets nobody is small talk all the same."""
_BARE_ID = 3
"""Words beside an identifier up to which a question is taken for the identifier alone."""


@dataclass(frozen=True, slots=True)
class Found:
    """What retrieval says of one question."""

    ranking: Ranking
    evidence: Evidence
    features: FloatArray
    verdict: Verdict
    confidence: float
    """Probability that the documents answer."""
    cited: tuple[int, ...]
    """Units to cite, best first; empty when the verdict is not "answer"."""
    suggestions: tuple[str, ...]
    """Questions of the bank for the nearest subjects; none of the passage that came nearest without answering."""
    unsure: bool = False
    """True when the passages to cite are little likelier than others."""
    nearest: int | None = None
    """When nothing answers for sure, the unit that comes near enough to be named."""

    @property
    def refused(self) -> bool:
        """True for an attack or small talk."""
        return self.verdict in {"hostile", "small_talk"}


class Retriever:
    """Retrieval over one selection of revisions."""

    def __init__(self, selection: Selection, parameters: RankingParameters) -> None:
        self.selection = selection
        self._citations = CitationChoice(selection, parameters)
        self._parameters = parameters

    def find(self, question: str, sources: tuple[str, ...] = ()) -> Found:
        """Ranking, verdict and units to cite for a stand-alone question."""
        index = self.selection.index
        evidence = index.evidence(question)
        ranking = rank(evidence, self.selection.kinds, self.selection.eligible(sources), self._parameters)
        if not ranking.order:
            return Found(ranking, evidence, np.zeros(len(FEATURES), np.float32), "unanswered", 0.0, (), ())
        reading = read_question(question)
        for_records = reading.asks_for_records
        sentences = index.units[ranking.order[0]].passage.sentences
        features = question_features(
            evidence, ranking, len(set(tokens(question))), for_records, waited(question, sentences)
        )
        margin = refusal_margin(question, lists=reading.record_list is not None)
        chances = without_suspicion(verdicts(features, self._parameters), margin)
        verdict = self._verdict(question, chances, for_records)
        if reading.ids and len(set(tokens(question)) - set(tokens(" ".join(reading.ids)))) <= _BARE_ID:
            verdict = "answer"
        marked = self._marked(reading, ranking)
        described = marked[0] if marked else self._described(reading, ranking)
        if described is None and verdict == "unanswered":
            described = self._worded(question, reading, ranking)
        if reading.mark and reading.asks_meaning and not marked and verdict == "answer":
            verdict, described = "unanswered", None
        if described is not None:
            ranking = _with_first(ranking, described)
            verdict = "answer" if verdict in {"unanswered", "small_talk"} else verdict
        ranking = self._named_source_first(ranking, sources or reading.sources)
        ranking = self._with_ids_first(question, ranking, sources)
        nearest = self._nearest(ranking, chances) if verdict == "unanswered" else None
        near = [u for u in ranking.order[:8] if u != nearest]
        suggestions = [index.suggestions[u] for u in near if u in index.suggestions]
        return Found(
            ranking=ranking,
            evidence=evidence,
            features=features,
            verdict=verdict,
            confidence=chances["answer"],
            cited=(marked or self._citations.chosen(question, ranking, reading, described))
            if verdict == "answer"
            else (),
            suggestions=tuple(dict.fromkeys(suggestions))[:_SUGGESTED],
            unsure=verdict == "answer" and described is None and not for_records and ranking.best < _UNSURE,
            nearest=nearest,
        )

    def shown(
        self, found: Found, count: int, place: Callable[[Located], Place], sources: tuple[str, ...] = ()
    ) -> tuple[Retrieved, ...]:
        """The first units of the ranking as an answer lists them, those of the wanted sources only."""
        listed = []
        for unit in found.ranking.order[:count]:
            located = self.selection.index.units[unit].located
            places = [place(p) for p in located if not sources or p.source in sources]
            if not places:
                continue
            listed.append(Retrieved(places[0], float(found.ranking.probabilities[unit]), tuple(places[1:])))
        return tuple(listed)

    def _verdict(self, question: str, chances: dict[Verdict, float], for_records: bool) -> Verdict:
        refused: Verdict = "hostile" if chances["hostile"] >= chances["small_talk"] else "small_talk"
        odd = chances["hostile"] + chances["small_talk"]
        chatty = refused == "hostile" or chances["small_talk"] >= _CHATTY or greets(question)
        if odd >= self._parameters.refuse_threshold and odd >= chances["answer"] and chatty:
            return refused
        if for_records or chances["answer"] >= self._parameters.answer_threshold:
            return "answer"
        return "unanswered"

    def _described(self, reading: Reading, ranking: Ranking) -> int | None:
        """The unit that says what a term is, or that is by far the likeliest and names it, when that is asked."""
        if not reading.asks_meaning:
            return None
        units = self.selection.index.units
        texts = {u: f"{units[u].passage.title} {units[u].passage.text}" for u in ranking.order[:_MOST_DESCRIBING]}
        says = next((u for u in texts if describes(texts[u], reading.defines)), None)
        first = ranking.order[0]
        if ranking.best >= _NEAR_ENOUGH and mentions(texts[first], reading.defines):
            return first
        return says

    def _worded(self, question: str, reading: Reading, ranking: Ranking) -> int | None:
        """The first unit when it is likely and its own text has every word that the question means.

        A question that is a term alone is looked for in the units after it too.
        """
        words = set(tokens(question))
        if not words or ranking.best < _NEAR_ENOUGH or reading.says_nothing_alone or greets(question):
            return None
        units = self.selection.index.units
        near = ranking.order[: _MOST_DESCRIBING if reading.names_only else 1]
        texts = {u: f"{units[u].passage.id or ''} {units[u].passage.text}" for u in near}
        whole = [u for u in near if words <= set(tokens(texts[u]))]
        says = (u for u in whole if reading.names_only and describes(texts[u], reading.defines))
        return next(says, whole[0] if whole else None)

    def _marked(self, reading: Reading, ranking: Ranking) -> tuple[int, ...]:
        """The units that open with the mark that the question names, (8) or else (8a), (8b)…, in order."""
        opening = re.compile(rf"\W*\({reading.mark}[a-z]?\)") if reading.mark else None
        units = self.selection.index.units
        found = [u for u in sorted(ranking.order) if opening and opening.match(units[u].passage.text)]
        return tuple(found[:MOST_CITED])

    def _nearest(self, ranking: Ranking, chances: dict[Verdict, float]) -> int | None:
        near = ranking.best >= _NEAR_ENOUGH and chances["answer"] >= LIKELY_ENOUGH
        return ranking.order[0] if near else None

    def _named_source_first(self, ranking: Ranking, named: tuple[str, ...]) -> Ranking:
        """What stands in the source that the question names is likelier; the other may lead: MirAI builds on Pi."""
        if len(named) != 1:
            return ranking
        chances = ranking.probabilities * np.where(self.selection.eligible(named) > 0, 1, _OTHER_SOURCE)
        chances = (chances / chances.sum()).astype(np.float32)
        return Ranking(tuple(int(u) for u in sorted(ranking.order, key=lambda u: -chances[u])), chances)

    def _with_ids_first(self, question: str, ranking: Ranking, sources: tuple[str, ...]) -> Ranking:
        """Records that the question names lead the ranking."""
        reading = read_question(question)
        wanted = sources or reading.sources
        named = [
            self.selection.index.by_key[place.key]
            for identifier in reading.ids
            for place in sorted(
                self.selection.by_id.get(identifier.upper(), ()),
                key=lambda p: bool(wanted) and p.source not in wanted,
            )
        ]
        if not named:
            return ranking
        order = tuple(dict.fromkeys([*named, *ranking.order]))
        probabilities = ranking.probabilities.copy()
        for unit in named:
            probabilities[unit] = max(float(probabilities[unit]), 1.0)
        return Ranking(order, probabilities)


def _with_first(ranking: Ranking, unit: int) -> Ranking:
    """The ranking with a unit at its head, as likely as the first was."""
    probabilities = ranking.probabilities.copy()
    probabilities[unit] = ranking.best
    return Ranking((unit, *(u for u in ranking.order if u != unit)), probabilities)
