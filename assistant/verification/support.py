"""How well the cited passages support a sentence: the share of its words that they have, by words and by runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.search.french_text import without_accents
from assistant.verification.clause_reading import content_stems, plain
from assistant.verification.evidence import ROOT, GivenPassage, WordWeights
from assistant.verification.french_forms import JOINS, PART
from assistant.verification.french_synonyms import LIGHT_STEMS, synonyms
from assistant.verification.french_words import word_stem

_RUN = 4
"""Content words in a row that are measured by themselves."""
_ALIKE = 0.8
"""What a word of the same family, or of the same sense, counts for."""
_RUN_ALIKE = 0.5
"""What a word of the same sense counts for in a run of words: an added clause has one by chance, seldom more."""
_LIGHT = 0.35
"""What a verb that says little counts for, beside a word that states something."""
_META_WORDS = """
    bonjour merci voici réponse question passage passages document documents exigence exigences cct cadre
    cohérence technique suivant suivante suivantes suivants point points élément information résumé synthèse
    résumer concrètement autrement ensuite enfin notamment également précise précisent indique indiquent demande
    demandent dit disent prévoit prévoient énonce rappelle selon règle règles concernant matière cas effet titre
    part plan primordiale primordial importante important type niveau mirai pi native cloud exi texte partie
    chose agir agit convient veiller veille façon manière afin lors exemple figure figurent mentionne mentionné
    cité citée impose imposent encadre encadrent encadré régit régissent
"""
_META = frozenset(word_stem(without_accents(word)) for word in _META_WORDS.split())
"""Stems that speak of the documents and not of what they say."""


@dataclass(frozen=True, slots=True)
class Support:
    """What supports a sentence; every figure lies between 0 and 1, margins between -1 and 1."""

    coverage: float
    """Weight of the sentence's words that the cited passages have."""
    margin: float
    """That, less what the best passage that is not cited has, if it says the sentence no less evenly."""
    weakest: float
    """Coverage of the least covered run of content words by one sentence of the passages: what was added."""


def claim_stems(text: str) -> tuple[str, ...]:
    """The content stems of a sentence without the words that only join others or speak of the documents."""
    return tuple(s for s in content_stems(JOINS.sub(" ", plain(text))) if s not in _META)


def _parts(text: str) -> tuple[tuple[str, ...], ...]:
    """The same stems, cut where a clause or one of several joined things ends."""
    pieces = PART.split(JOINS.sub(" ", plain(text)))
    return tuple(stems for piece in pieces if (stems := claim_stems(piece)))


def covered(stems: Sequence[str], passages: Sequence[GivenPassage], weights: WordWeights) -> float:
    """Weighted share of the stems that the passages have, a word of the same family or sense counting less."""
    shares = [share(s, weights) for s in stems]
    total = sum(shares)
    if not total:
        return 1.0
    found = (max(credit(s, p.stems, p.roots, _ALIKE) for p in passages) for s in stems)
    return sum(w * f for w, f in zip(shares, found, strict=True)) / total


def _weakest(
    parts: Sequence[Sequence[str]], passages: Sequence[GivenPassage], weights: WordWeights, default: float
) -> float:
    placed = [(k, s) for k, part in enumerate(parts) for s in part]
    runs = [placed[i : i + _RUN] for i in range(len(placed) - _RUN + 1)]
    return min((_covered_by_part(run, passages, weights) for run in runs), default=default)


def _covered_by_part(run: Sequence[tuple[int, str]], passages: Sequence[GivenPassage], weights: WordWeights) -> float:
    """A run that goes from one part of the sentence into the next may find each in a sentence of its own."""
    total = sum(share(s, weights) for _, s in run)
    if not total:
        return 1.0
    found = 0.0
    for _, group in groupby(run, key=lambda placed: placed[0]):
        stems = [s for _, s in group]
        found += _covered_at_once(stems, passages, weights) * sum(share(s, weights) for s in stems)
    return found / total


def _covered_at_once(run: Sequence[str], passages: Sequence[GivenPassage], weights: WordWeights) -> float:
    """The same share, by the one sentence of the passages that has the most of it: words met here and there in a
    long passage say nothing together.
    """
    shares = [share(s, weights) for s in run]
    total = sum(shares)
    if not total:
        return 1.0
    return max(
        sum(w * credit(s, stems, roots, _RUN_ALIKE) for s, w in zip(run, shares, strict=True)) / total
        for passage in passages
        for stems, roots in passage.spans
    )


def share(wanted: str, weights: WordWeights) -> float:
    """What a stem counts for: its weight, little for a verb that says little."""
    return weights.of(wanted) * (_LIGHT if wanted in LIGHT_STEMS else 1.0)


def credit(wanted: str, stems: frozenset[str], roots: frozenset[str], alike: float) -> float:
    """How far stems hold a wanted one: 1 for the word itself, `alike` for a synonym, less for its family."""
    if wanted in stems:
        return 1.0
    if not synonyms(wanted).isdisjoint(stems):
        return alike
    return _ALIKE if len(wanted) >= ROOT and wanted[:ROOT] in roots else 0.0


def support_of(
    text: str,
    cited: Sequence[GivenPassage],
    others: Sequence[GivenPassage],
    weights: WordWeights,
) -> Support:
    """What supports a text in the cited passages, beside the other passages that were given."""
    stems = claim_stems(text)
    coverage = covered(stems, cited, weights)
    parts = _parts(text)
    weakest = _weakest(parts, cited, weights, coverage)
    elsewhere = [(covered(stems, [p], weights), p) for p in others]
    better = max(
        (c for c, p in elsewhere if c <= coverage or _weakest(parts, [p], weights, c) >= weakest), default=0.0
    )
    return Support(coverage, coverage - better, weakest)
