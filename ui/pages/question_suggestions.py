"""Questions of the bank that hold what is being typed: an index of their words, made once for served revisions."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from assistant.search.french_text import without_accents

SHORTEST = 3
_WORD = re.compile(r"[a-z0-9]+")


class QuestionIndex:
    """Finds the questions in which each typed word begins a word."""

    def __init__(self, questions: Iterable[str]) -> None:
        self._questions = tuple(dict.fromkeys(questions))
        held: dict[str, list[int]] = defaultdict(list)
        for n, question in enumerate(self._questions):
            for word in set(_WORD.findall(without_accents(question))):
                held[word].append(n)
        self._words = sorted(held)
        self._held = [held[word] for word in self._words]

    def find(self, typed: str, most: int) -> list[str]:
        """Those that begin exactly so first, then the shortest; nothing under three letters."""
        folded = " ".join(_WORD.findall(without_accents(typed)))
        if len(folded) < SHORTEST:
            return []
        found: set[int] | None = None
        for word in sorted(set(folded.split()), key=len, reverse=True):
            having = self._having(word)
            found = having if found is None else found & having
            if not found:
                return []
        ranked = sorted((self._rank(n, folded), n) for n in found or ())
        return [self._questions[n] for _, n in ranked[:most]]

    def _having(self, beginning: str) -> set[int]:
        first = bisect_left(self._words, beginning)
        last = bisect_left(self._words, beginning + "\x7f", lo=first)
        return {n for held in self._held[first:last] for n in held}

    def _rank(self, n: int, folded: str) -> tuple[bool, int]:
        question = " ".join(_WORD.findall(without_accents(self._questions[n])))
        return not question.startswith(folded), len(question)
