"""Words that say the contrary of each other, and whether a sentence says one where its passage says the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from assistant.search.french_text import without_accents
from assistant.verification.clause_reading import content_stems, plain
from assistant.verification.evidence import Window
from assistant.verification.french_words import word_stem

_ACCORDING = re.compile(r"\bd'apres\b")
_NEIGHBOURS = 3
"""Content words on each side of a word among which what it is said of is looked for."""

_OPPOSITES = tuple(
    tuple(frozenset(word_stem(without_accents(w)) for w in side.split()) for side in (a, b))
    for a, b in (
        ("avant préalablement précédent", "après postérieurement suivant"),
        ("interne internes intérieur", "externe externes extérieur externalisé"),
        ("minimum minimal minima moins", "maximum maximal maxima"),
        ("supérieur supérieure supérieures", "inférieur inférieure inférieures"),
        ("synchrone synchrones", "asynchrone asynchrones"),
        ("stateless", "stateful"),
        ("augmenter augmente augmentation accroître hausse", "réduire réduit réduction diminuer diminue baisse"),
        ("minimiser minimise minimale", "maximiser maximise maximale"),
        ("activer activé actif", "désactiver désactivé inactif"),
        ("permanent permanente", "temporaire provisoire ponctuelle"),
        ("public publique", "privé privée"),
        ("explicite explicitement", "implicite implicitement"),
        ("automatique automatisé automatiquement", "manuel manuelle manuellement"),
        ("horizontal", "vertical"),
        ("couplage couplé fort", "découplage découplé"),
        ("dépendant dépendante", "indépendant indépendante"),
        ("toujours systématique systématiquement", "rarement occasionnellement"),
        ("centralisé centralisée", "décentralisé réparti distribué"),
        ("premier première", "dernier dernière"),
        ("mutable", "immutable immuable"),
        ("ouvert", "fermé"),
    )
)


def has_opposite(text: str, nearest: Sequence[Window]) -> bool:
    """True when an opposite is said of the same thing: the two have a word in common near them."""
    own, source = _words(text), {s for w in nearest for s in _words(w.text)}
    for pair in _OPPOSITES:
        for here, there in (pair, pair[::-1]):
            if not (own & here and not own & there and source & there and not source & here):
                continue
            reach = (0, _NEIGHBOURS) if pair is _OPPOSITES[0] else (_NEIGHBOURS, _NEIGHBOURS)
            beside = _neighbours(text, here, reach)
            if any(beside & _neighbours(w.text, there, reach) for w in nearest):
                return True
    return _compared_the_other_way(text, nearest)


_COMPARED = re.compile(r"\b(?:(plus)|moins) (?!que\b|tard\b|tot\b)(?:d'|de |des |du )?((?:[a-z]+ ?){1,2})")
_NO_LONGER = re.compile(r"\b(?:ne |n')(?:\w+ ){1,3}$")


def _compared_the_other_way(text: str, nearest: Sequence[Window]) -> bool:
    """True when one side has more of what the other has less of."""
    here, there = _comparisons(text), {c for w in nearest for c in _comparisons(w.text)}
    return any((not more, root) in there and (more, root) not in there for more, root in here)


def _comparisons(text: str) -> set[tuple[bool, str]]:
    source = plain(text)
    return {
        (bool(m[1]), root)
        for m in _COMPARED.finditer(source)
        if not (m[1] and _NO_LONGER.search(source[: m.start()]))
        for root in roots(content_stems(m[2]))
    }


def _neighbours(text: str, wanted: frozenset[str], reach: tuple[int, int]) -> set[str]:
    """The roots of the content words before and after a word; "A avant B" says the same as "B après A"."""
    found: set[str] = set()
    words = [word_stem(w) for w in re.findall(r"[a-z0-9]+", plain(text))]
    for at, word in enumerate(words):
        if word in wanted:
            before, after = (content_stems(" ".join(part)) for part in (words[:at], words[at + 1 :]))
            found |= roots(before[len(before) - reach[0] :]) | roots(after[: reach[1]])
    return found


@lru_cache(maxsize=5000)
def _words(text: str) -> frozenset[str]:
    """Stems of every word: "avant" carries no content and has an opposite all the same."""
    return frozenset(word_stem(w) for w in re.findall(r"[a-z]+", _ACCORDING.sub(" ", plain(text))))


def roots(stems: Iterable[str]) -> set[str]:
    """The beginnings of stems, by which the forms of a word are compared."""
    return {s[:5] for s in stems}
