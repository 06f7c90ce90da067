"""The words of the documents: what their short forms stand for, and which of them a mistyped word means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.search.french_text import STOP_WORDS, stem, without_accents

_BEFORE_BRACKETS = re.compile(r"((?:[\w'’/-]+\s+){2,10})\(\s*([A-Z]{2,6})\s*\)")
_ELISION = re.compile(r"^(?:[dlcjmnst]|qu)['’]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{5,}")
"""A shorter word is too near too many others to be corrected."""

_FRAMEWORK = "CCT"
"""What the documents are: a question that names it is not about it."""


class KnownWords:
    """What the texts of the documents spell out. Immutable; made when first asked."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = tuple(texts)

    @cached_property
    def long_forms(self) -> dict[str, str]:
        """Short form → its words, where a text has « ses mots en entier (SME) »: the same initials, in any order."""
        found: dict[str, str] = {}
        for text in self._texts:
            for match in _BEFORE_BRACKETS.finditer(text):
                if match[2] != _FRAMEWORK and (words := _with_initials(match[1].split(), match[2])) is not None:
                    found.setdefault(match[2], words)
        return found

    def spelt_out(self, question: str) -> str:
        """The question with the short forms that the documents explain written in full."""
        for short, words in self.long_forms.items():
            flags = re.IGNORECASE if len(short) > 2 else 0
            question = re.sub(rf"\b{short}\b", lambda _, words=words: words, question, flags=flags)
        return question

    def meant(self, word: str) -> str | None:
        """The only word of the documents at one typing error of a word; None when there is none, or several."""
        near = process.extract(without_accents(word), self._plain, scorer=OSA.distance, score_cutoff=1, limit=None)
        stems = {stem(plain) for plain, _, _ in near}
        return self._written[near[0][0]] if len(stems) == 1 else None

    @cached_property
    def _written(self) -> dict[str, str]:
        """Word without accents → as the documents write it most often, in lower case."""
        counted = Counter(word.lower() for text in self._texts for word in _WORD.findall(text))
        return {without_accents(word): word for word, _ in reversed(counted.most_common())}

    @cached_property
    def _plain(self) -> list[str]:
        return list(self._written)


def words_that_may_be_mistyped(question: str) -> list[str]:
    """The words of a question that are long enough to be corrected."""
    return list(dict.fromkeys(_WORD.findall(question)))


def _with_initials(words: list[str], short: str) -> str | None:
    """The last words, as many as the short form has letters, when those are their initials."""
    initials = ""
    for at in range(len(words) - 1, -1, -1):
        word = _ELISION.sub("", words[at])
        if word and without_accents(word) not in STOP_WORDS:
            initials += without_accents(word)[0]
        if len(initials) == len(short):
            same = sorted(initials) == sorted(short.lower())
            return _ELISION.sub("", " ".join(words[at:])) if same else None
    return None
