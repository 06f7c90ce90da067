"""Sentences that say what the passages do not cover: they cite nothing, and may not hide what a passage does say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.search.french_text import STOP_WORDS
from assistant.verification.clause_reading import plain
from assistant.verification.draft_sentences import MARKER
from assistant.verification.evidence import GivenPassage
from assistant.verification.french_words import word_stem
from assistant.verification.statements import identifiers, quantities, stated_types
from assistant.verification.support import claim_stems

_MISSING = re.compile(
    r"^(?:en revanche,? |toutefois,? |cependant,? |par ailleurs,? )?(?:les|ces|aucun(?: des)?|ni les)?\s*"
    r"(?:passages?|extraits?|documents?)(?: \w+){0,2} n(?:e |')"
    r"(?:(?:l[ae] |les |nous |vous |y )?)"
    r"(?:precis|dis|trait|couvr|mentionn|indiqu|repond|fourniss|defini|donn|parl|permett|abord|evoqu|impos|exig|"
    r"prevoi|cit|enumer|list|recommand)\w*"
    r"(?: (?:pas|rien|plus|aucun\w*|ni)\b|\b)"
)
_NOT_THERE = re.compile(
    r"^(?P<subject>[^,;:.]{2,80}?) n(?:e |')(?:est|sont|figure\w*|apparai\w*) (?:donc )?pas (?:\w+ment )?"
    r"(?:mentionnee?s?|citee?s?|abordee?s?|evoquee?s?|traitee?s?|precisee?s?)? ?(?:dans|par) (?:les|ces|"
    r"l'ensemble des) "
    r"(?:passages|extraits|documents)(?: (?:fournis|donnes|cites))?\W*$"
)
"""The same, its subject first."""
_ASKS = re.compile(
    r"^\W*(?:exactement |explicitement )?(comment|qui|a qui|quand|combien|pourquoi|ou|quel(?:le)?s?|"
    r"dans quel\w*|par qui|si|s'ils?)\b"
)
"""What is not said is asked: its words may all be there without an answer to it."""
_IF = re.compile(r"^\W*(?:si|s'ils?)\b")
"""Asks whether something is so: its numbers are not said to be any passage's."""
_OTHERS = re.compile(r"^\W*(?:l[ae]s? |des |d')?autres?\b")
"""What else there is, beside what the passages say."""
_SORTS = re.compile(
    r"\b(?:d'autres|toutes les|liste (?:\w+ )?des|nombre (?:\w+ )?d(?:e|es)) (?:regles|exigences) "
    r"(?:primordiales|importantes|eliminatoires|[pi]\b)"
)
"""A sort of requirements that is spoken of: none is said to be of that type."""
_ANY = re.compile("")
_ANSWERS = {
    "comment": re.compile(
        r"\b(?:par|via|en \w+ant|selon|a l'aide|au moyen|grace|avec|a partir|sur demande|aupres)\b"
    ),
    "pourquoi": re.compile(r"\b(?:car|parce|pour|afin|puisqu\w*|en raison|permet\w*|dans le but|evit\w+|du fait)\b"),
    "combien": re.compile(r"\d"),
}
"""What a sentence that answers has; any sentence may answer the others."""
_GOES_ON = re.compile(r"[;:]|,? \b(?:mais|toutefois|cependant|en revanche|par contre)\b,? (?!\w+ ne )")
"""Where something is stated after what is missing."""
_LEAST_SAID = 25
"""Characters before which nothing can have been said to be missing."""
_COVERED = 0.75
"""Share of the subject's words that one passage has from which it is not true that the passages say nothing of it."""


def says_what_is_missing(text: str, given: Iterable[GivenPassage], question: str = "") -> bool:
    """True for "Les passages ne précisent pas…" about a subject that no given passage has whole.

    Where what is missing is asked ("… pas comment demander un compte"), one sentence must have all its words. A
    number may only be one of the question, unless it is asked whether it is so.
    """
    source = plain(text).strip(" *_-")
    match = _MISSING.match(source) or _NOT_THERE.match(source)
    if match is None or MARKER.search(text) or identifiers(text) or stated_types(_SORTS.sub(" ", source)):
        return False
    if match.re is _MISSING and _GOES_ON.search(source, match.end()):
        return False
    said = match["subject"] if match.re is _NOT_THERE else source[match.end() :]
    asked = {q.value for q in quantities(question)}
    if not _IF.match(said) and any(q.value not in asked for q in quantities(text)):
        return False
    subject = set(claim_stems(said))
    if not subject or _OTHERS.match(said):
        return True
    asks = _ASKS.match(said)
    if asks is None:
        return not any(_says(subject, passage) for passage in given)
    subject |= _words(said[asks.end() :])
    answers = _ANSWERS.get(asks[1], _ANY)
    windows = (w for passage in given for w in passage.windows if subject <= w.stems | _words(plain(w.text)))
    return not any(answers.search(plain(w.text)) for w in windows)


def without_what_is_missing(text: str, given: Iterable[GivenPassage], question: str = "") -> str:
    """What a sentence states after it said that the passages do not speak of something ("…, mais il faut…")."""
    match = _GOES_ON.search(text, _LEAST_SAID)
    if match and says_what_is_missing(text[: match.start()], given, question):
        return text[match.end() :]
    return text


def _says(subject: set[str], passage: GivenPassage) -> bool:
    """True when one sentence of the passage, with its title, has the subject: scattered words say nothing."""
    return any(len(subject & stems) >= _COVERED * len(subject) for stems, _ in passage.spans)


def _words(text: str) -> frozenset[str]:
    """Every word but the smallest: those that speak of the documents are part of what is asked."""
    found = (w for w in re.findall(r"[a-z0-9]+", text) if w not in STOP_WORDS and len(w) > 2)
    return frozenset(word_stem(w) for w in found)
