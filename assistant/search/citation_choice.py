"""Which units of a ranking an answer cites, and in which order."""

from __future__ import annotations

from assistant.question.expected_kind import expected_quantity
from assistant.question.reading import Reading
from assistant.search.ranking import Ranking, RankingParameters
from assistant.selection import Selection
from ingest.reading.quote_form import sketch, sketch_similarity

MOST_CITED = 3
"""Passages that an answer cites at most."""
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


class CitationChoice:
    """The choice over one selection of revisions."""

    def __init__(self, selection: Selection, parameters: RankingParameters) -> None:
        self._selection = selection
        self._parameters = parameters

    def chosen(self, question: str, ranking: Ranking, reading: Reading, described: int | None) -> tuple[int, ...]:
        """The units to cite, best first: a definition brings no other term, a permission is looked for in a rule."""
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
        if with_it is not None or len(chosen) >= MOST_CITED:
            return sorted(chosen, key=lambda u: u != with_it)
        following = next((u for u in ranking.order if u not in chosen), None)
        near = following is not None and ranking.probabilities[following] >= _NEXT_WITH_IT * ranking.best
        return [*chosen, following] if following is not None and near and held(following) else chosen

    def _cited(self, ranking: Ranking) -> tuple[int, ...]:
        best = ranking.best
        chosen: list[int] = []
        for unit in ranking.order[: MOST_CITED + 3]:
            chance = float(ranking.probabilities[unit])
            enough = chance >= self._parameters.cite_probability and chance >= self._parameters.cite_share * best
            if chosen and not enough:
                break
            if chosen and not (best < _SURE_FIRST or chance >= _LIKELY_ALONE or self._goes_with(unit, chosen[0])):
                continue
            if not any(self._near_twins(unit, other) for other in chosen):
                chosen.append(unit)
            if len(chosen) == MOST_CITED:
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
