"""Sentences that speak of something by a pronoun: which ones, and what stands above that says of what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from assistant.search.french_text import without_accents
from ingest.passage import Located, Passage

_TAKES_UP = re.compile(r"\W*(?:(?:celui|celle|ceux|celles)-ci|ils?|elles?|cela|ceci|ces|cette|cet|ce)\b")
_IMPERSONAL = re.compile(
    r"\W*il (?:n['’]|ne )?(?:faut|y a|y aura|s['’]agit|convien\w+|importe|suffi\w+|reste a|va de soi|"
    r"(?:(?:est|sera|serait|etait)|(?:peut|doit|devra) etre) (?:\w+ ){0,3}?(?:recommand|conseill|deconseill|preconis|"
    r"possible|impossible|necessaire|importan|essentiel|imperati|obligatoire|interdit|util|preferable|souhait|"
    r"indispensable|demand|rappel|entendu|a noter|prevu|admis|attendu|proscri|exig|envisag|crucial|fortement))"
)
_SOMEBODY = re.compile(r"\W*(?:ils?|elles?)\b")
_ITSELF = re.compile(
    r"\W*(?:ce|cet|cette|ces) (?:present\w* )?(?:document|cadre|cct|guide|volet|chapitre|paragraphe|partie|section|"
    r"version|exigence|referentiel|glossaire)s?\b"
)
"""The document speaks of itself: nothing above is needed to know of what."""
_NEAR = 2
"""Lines from the end of a passage to the beginning of the one that goes on with it."""
_FARTHEST = 6
"""Passages above among which what a pronoun stands for is looked for."""


def takes_up(sentence: str) -> bool:
    """True when the sentence begins with a word for something that is named before it."""
    plain = without_accents(sentence)
    if not _TAKES_UP.match(plain) or _ITSELF.match(plain):
        return False
    return not _IMPERSONAL.match(plain)


def antecedent(passage: Passage, before: Iterable[Located]) -> Located | None:
    """The passage above that names what this one begins by taking up, cut to the sentence that does; or None.

    `before`: the passages above it in its document, the nearest first. Passages that take up the same thing are
    stepped over.
    """
    if not _begins_so(passage):
        return None
    below = passage
    for _, place in zip(range(_FARTHEST), before, strict=False):
        above = place.passage
        apart = below.lines.start - above.lines.end > _NEAR or above.context != passage.context
        if apart or above.kind != "section" or not above.sentences:
            return None
        if not takes_up(above.sentences[0]):
            return replace(place, passage=replace(above, sentences=_naming(above.sentences, passage.sentences[0])))
        below = above
    return None


def label_taken_up(passage: Passage, before: Iterable[Located]) -> str:
    """The label under which the passage stands, when it begins by taking it up; empty otherwise."""
    heading = passage.context.split(" › ")[-1].split(" — ")[0]
    if not _begins_so(passage) or not heading or heading == passage.title:
        return ""
    return heading if antecedent(passage, before) is None else ""


def _begins_so(passage: Passage) -> bool:
    return passage.kind == "section" and bool(passage.sentences) and takes_up(passage.sentences[0])


def _naming(above: tuple[str, ...], taking_up: str) -> tuple[str, ...]:
    """Of the sentences above: the first, which says of whom they speak; or for a thing, the last that names one."""
    if _SOMEBODY.match(without_accents(taking_up)):
        return above[:1]
    n = len(above) - 1
    while n and takes_up(above[n]):
        n -= 1
    return above[n:]
