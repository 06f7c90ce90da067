"""Sentences that say what the passages do not cover: they cite nothing, and may not hide what a passage does say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.verification.clause_reading import plain
from assistant.verification.draft_sentences import MARKER
from assistant.verification.evidence import GivenPassage
from assistant.verification.statements import identifiers, quantities, stated_types
from assistant.verification.support import claim_stems

_MISSING = re.compile(
    r"^(?:en revanche,? |toutefois,? |cependant,? |par ailleurs,? )?(?:les|ces|aucun(?: des)?|ni les)?\s*"
    r"(?:passages?|extraits?|documents?)(?: \w+){0,2} ne "
    r"(?:(?:l[ae] |les |nous |vous |y )?)"
    r"(?:precis|dis|trait|couvr|mentionn|indiqu|repond|fourniss|defini|donn|parl|permett|abord|evoqu)\w*"
    r"(?: (?:pas|rien|plus|aucun\w*|ni)\b|\b)"
)
_COVERED = 0.75
"""Share of the subject's words that one passage has from which it is not true that the passages say nothing of it."""


def says_what_is_missing(text: str, given: Iterable[GivenPassage]) -> bool:
    """True for "Les passages ne précisent pas…" about a subject that no given passage has whole."""
    source = plain(text).strip(" *_-")
    match = _MISSING.match(source)
    if match is None or MARKER.search(text) or identifiers(text) or quantities(text) or stated_types(text):
        return False
    subject = set(claim_stems(source[match.end() :]))
    if not subject:
        return True
    return not any(_has_whole(subject, passage) for passage in given)


def _has_whole(subject: set[str], passage: GivenPassage) -> bool:
    return len(subject & passage.stems) >= _COVERED * len(subject)
