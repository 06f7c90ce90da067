"""Questions without the names of the frameworks they are put to, which say where to look and not what is asked.

Left in, they decide: questions that no document answers name a framework four to eight times as often as the others
do, so a name alone made the assistant say that the documents do not treat the point.
"""

from __future__ import annotations

import re

_BEFORE = (
    r"(?:\b(?:dans|pour|selon|d['’]apr[eè]s|c[oô]t[eé]|chez|du?|des|sur|avec|par|entre|en|[aà]|au|"
    r"between|in|of|for|on|under)\s+)?"
)
_ARTICLE = r"(?:\b(?:les?|la|the|notre|votre)\s+)?(?:\b(?:deux|two)\s+)?"
_NAME = (
    r"(?:(?:\b(?:cct|cadre|socle|r[eé]f[eé]rentiel|plate-?forme)\s+)?"
    r"(?:\bmir ?-?ai\b|(?:\bcloud[ -]+)?\b(?:pi|π)[ -]?native\b|\bcloud[ -]?pi\b)|\bcct\b)"
)
_NAMED = re.compile(_BEFORE + _ARTICLE + _NAME, re.IGNORECASE)
_IN_NAMES = ("mir", "native", "cloud", "cct")
"""One of them is in every name: most questions are told apart without a regular expression."""
_LEFT_EMPTY = re.compile(r"\(\s*\)")
_WORD = re.compile(r"[^\W\d_]{4,}")
_FEWEST = 3
"""Words of four letters or more without which a question is about the framework itself, and keeps its name."""


def without_source_names(question: str) -> str:
    """The question without "dans le CCT MirAI", "côté Pi Native" and their like; itself when little else is left."""
    lower = question.casefold()
    if not any(part in lower for part in _IN_NAMES):
        return question
    rest = _NAMED.sub(" ", question)
    if rest == question or len(_WORD.findall(rest)) < _FEWEST:
        return question
    return re.sub(r"\s+(?=[\s,.])", "", _LEFT_EMPTY.sub(" ", rest)).strip(" ,;:")
