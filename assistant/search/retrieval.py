"""Question → the passages that answer it, whether to answer at all, and how many of them to cite."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assistant.answer import Place, Retrieved
from assistant.question.definitions import describes, mentions
from assistant.question.expected_kind import expected_quantity, waited
from assistant.question.hostile_signs import refusal_margin
from assistant.question.reading import Reading, read_question
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
from ingest.reading.quote_form import sketch, sketch_similarity

_MOST_CITED = 3
_NEAR_TWIN = 0.6
"""Share of common word pairs from which two passages say the same: the second is not cited after the first."""
_SURE_FIRST, _LIKELY_ALONE, _NEAR_TEXT = 0.5, 0.1, 0.9
"""Where the first passage is at least that likely, another one that is less likely than the second is cited only when
it goes with the first: one subject, or texts as near as the third. On the development questions a fifth fewer
passages come after the first, right 53 times in 100 instead of 45; 10 answers in 1,443 lose their only right one."""
_NEXT_WITH_IT = 0.01
"""Share of the best probability from which the next passage is cited for the number that the others lack. On the
development questions, leading with the cited passage that holds it gives 6 right first quotations and takes 1."""
_RULE_LEADS = 0.3
"""Share of the best probability from which a requirement is quoted before a paragraph of a guide."""
_OTHER_SOURCE = 1 / 12
"""What a passage of the other source counts for when the question names one: on 68 such questions, all answered by
the source that they name, the first citation is right 58 times instead of 56."""
_SUGGESTED = 3
_NEAR_ENOUGH, _LIKELY_ENOUGH = 0.5, 0.1
"""Probabilities, of the passage and of an answer, from which an abstention names its nearest passage. On the
development questions: in 32 of the 47 that are left without an answer wrongly, 29 times the right one; in 68 of the
490 that are rightly."""
_MOST_DESCRIBING = 8
"""Passages of the ranking among which the one that says what a term is is looked for."""
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
    nearest: int | None = None
    """When nothing answers for sure, the unit that comes near enough to be named."""

    @property
    def refused(self) -> bool:
        """True for an attack or small talk."""
        return self.verdict in {"hostile", "small_talk"}


class Retriever:
    """Retrieval over one selection of revisions."""

    def __init__(self, selection: Selection, parameters: RankingParameters) -> None:
        self._selection = selection
        self._parameters = parameters

    def find(self, question: str, sources: tuple[str, ...] = ()) -> Found:
        """Ranking, verdict and units to cite for a stand-alone question."""
        index = self._selection.index
        evidence = index.evidence(question)
        ranking = rank(evidence, self._selection.kinds, self._selection.eligible(sources), self._parameters)
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
        verdict = self._verdict(chances, for_records)
        if reading.ids and len(set(tokens(question)) - set(tokens(" ".join(reading.ids)))) <= _BARE_ID:
            verdict = "answer"
        marked = self._marked(reading, ranking)
        described = marked[0] if marked else self._described(reading, ranking)
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
            cited=(marked or self._chosen(question, ranking, reading, described)) if verdict == "answer" else (),
            suggestions=tuple(dict.fromkeys(suggestions))[:_SUGGESTED],
            nearest=nearest,
        )

    def shown(
        self, found: Found, count: int, place: Callable[[Located], Place], sources: tuple[str, ...] = ()
    ) -> tuple[Retrieved, ...]:
        """The first units of the ranking as an answer lists them, those of the wanted sources only."""
        listed = []
        for unit in found.ranking.order[:count]:
            located = self._selection.index.units[unit].located
            places = [place(p) for p in located if not sources or p.source in sources]
            if not places:
                continue
            listed.append(Retrieved(places[0], float(found.ranking.probabilities[unit]), tuple(places[1:])))
        return tuple(listed)

    def _verdict(self, chances: dict[Verdict, float], for_records: bool) -> Verdict:
        refused: Verdict = "hostile" if chances["hostile"] >= chances["small_talk"] else "small_talk"
        odd = chances["hostile"] + chances["small_talk"]
        if odd >= self._parameters.refuse_threshold and odd >= chances["answer"]:
            return refused
        if for_records or chances["answer"] >= self._parameters.answer_threshold:
            return "answer"
        return "unanswered"

    def _described(self, reading: Reading, ranking: Ranking) -> int | None:
        """The unit that says what a term is, or that is by far the likeliest and names it, when that is asked."""
        if not reading.asks_meaning:
            return None
        units = self._selection.index.units
        texts = {u: f"{units[u].passage.title} {units[u].passage.text}" for u in ranking.order[:_MOST_DESCRIBING]}
        says = next((u for u in texts if describes(texts[u], reading.defines)), None)
        first = ranking.order[0]
        if ranking.best >= _NEAR_ENOUGH and mentions(texts[first], reading.defines):
            return first
        return says

    def _marked(self, reading: Reading, ranking: Ranking) -> tuple[int, ...]:
        """The units that open with the mark that the question names, (8) or else (8a), (8b)…, in order."""
        opening = re.compile(rf"\W*\({reading.mark}[a-z]?\)") if reading.mark else None
        units = self._selection.index.units
        found = [u for u in sorted(ranking.order) if opening and opening.match(units[u].passage.text)]
        return tuple(found[:_MOST_CITED])

    def _nearest(self, ranking: Ranking, chances: dict[Verdict, float]) -> int | None:
        near = ranking.best >= _NEAR_ENOUGH and chances["answer"] >= _LIKELY_ENOUGH
        return ranking.order[0] if near else None

    def _chosen(self, question: str, ranking: Ranking, reading: Reading, described: int | None) -> tuple[int, ...]:
        """The units to cite: a definition brings no other term, a permission is looked for in a rule."""
        chosen = self._with_the_quantity(question, ranking, list(self._cited(ranking)))
        kinds = self._selection.kinds
        if described is not None and chosen:
            return tuple(u for u in chosen if u == chosen[0] or kinds[u] != "term")
        if reading.asks_permission and [kinds[u] for u in chosen[:2]] == ["term", "requirement"]:
            near = float(ranking.probabilities[chosen[1]]) >= _RULE_LEADS * ranking.best
            return (chosen[1], chosen[0], *chosen[2:]) if near else tuple(chosen)
        return tuple(chosen)

    def _with_the_quantity(self, question: str, ranking: Ranking, chosen: list[int]) -> list[int]:
        """The units to cite, led by the one that holds the number or duration asked for when the first lacks it.

        When none holds it, the next of the ranking is cited as well if it does.
        """
        holds = expected_quantity(question)
        units = self._selection.index.units

        def held(unit: int) -> bool:
            return holds is not None and any(holds(s) for s in units[unit].passage.sentences)

        if holds is None or not chosen or held(chosen[0]):
            return chosen
        with_it = next((u for u in chosen[1:] if held(u)), None)
        if with_it is not None or len(chosen) >= _MOST_CITED:
            return sorted(chosen, key=lambda u: u != with_it)
        following = next((u for u in ranking.order if u not in chosen), None)
        near = following is not None and ranking.probabilities[following] >= _NEXT_WITH_IT * ranking.best
        return [*chosen, following] if following is not None and near and held(following) else chosen

    def _cited(self, ranking: Ranking) -> tuple[int, ...]:
        best = ranking.best
        chosen: list[int] = []
        for unit in ranking.order[: _MOST_CITED + 3]:
            chance = float(ranking.probabilities[unit])
            enough = chance >= self._parameters.cite_probability and chance >= self._parameters.cite_share * best
            if chosen and not enough:
                break
            if chosen and not (best < _SURE_FIRST or chance >= _LIKELY_ALONE or self._goes_with(unit, chosen[0])):
                continue
            if not any(self._near_twins(unit, other) for other in chosen):
                chosen.append(unit)
            if len(chosen) == _MOST_CITED:
                break
        return tuple(self._rule_first(chosen, ranking))

    def _rule_first(self, chosen: list[int], ranking: Ranking) -> list[int]:
        """The first requirement leads when it is nearly as likely as the passage before it."""
        for unit in chosen[1:]:
            near = float(ranking.probabilities[unit]) >= _RULE_LEADS * ranking.best
            if (
                near
                and self._selection.kinds[unit] == "requirement"
                and self._selection.kinds[chosen[0]] == "section"
            ):
                return [unit, *(u for u in chosen if u != unit)]
        return chosen

    def _goes_with(self, unit: int, first: int) -> bool:
        """True when the bank puts both in one subject, or when their texts are near."""
        index = self._selection.index
        together = any(unit in subject.units and first in subject.units for subject in index.subjects)
        return together or index.nearness(unit, first) >= _NEAR_TEXT

    def _near_twins(self, a: int, b: int) -> bool:
        units = self._selection.index.units
        return sketch_similarity(sketch(units[a].passage.text), sketch(units[b].passage.text)) >= _NEAR_TWIN

    def _named_source_first(self, ranking: Ranking, named: tuple[str, ...]) -> Ranking:
        """What stands in the source that the question names is likelier; the other may lead: MirAI builds on Pi."""
        if len(named) != 1:
            return ranking
        chances = ranking.probabilities * np.where(self._selection.eligible(named) > 0, 1, _OTHER_SOURCE)
        chances = (chances / chances.sum()).astype(np.float32)
        return Ranking(tuple(int(u) for u in sorted(ranking.order, key=lambda u: -chances[u])), chances)

    def _with_ids_first(self, question: str, ranking: Ranking, sources: tuple[str, ...]) -> Ranking:
        """Records that the question names lead the ranking."""
        reading = read_question(question)
        wanted = sources or reading.sources
        named = [
            self._selection.index.by_key[place.key]
            for identifier in reading.ids
            for place in sorted(
                self._selection.by_id.get(identifier.upper(), ()),
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
