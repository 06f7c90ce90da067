"""What the short forms of the documents stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from assistant.search.french_text import STOP_WORDS, without_accents

_BRACKETS = re.compile(r"\(\s*([A-Z]{2,6})\s*\)")
_WORDS_BEFORE = re.compile(r"(?:[\w'’/-]+\s+){2,10}$")
_REACH = 200
"""Characters before a bracket in which its words are looked for."""
_ELISION = re.compile(r"^(?:[dlcjmnst]|qu)['’]", re.IGNORECASE)

_FRAMEWORK = "CCT"
"""What the documents are: a question that names it is not about it."""


class ShortForms:
    """The short forms that some texts explain. Immutable; made when first asked."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = tuple(texts)

    @cached_property
    def long_forms(self) -> dict[str, str]:
        """Short form → its words, where a text has « ses mots en entier (SME) »: the same initials, in any order."""
        found: dict[str, str] = {}
        for text in self._texts:
            for match in _BRACKETS.finditer(text):
                before = _WORDS_BEFORE.search(text[max(0, match.start() - _REACH) : match.start()])
                if before is None or match[1] == _FRAMEWORK:
                    continue
                words = _with_initials(before[0].split(), match[1])
                if words is not None:
                    found.setdefault(match[1], words)
        return found

    def spelt_out(self, question: str) -> str:
        """The question with the short forms that the documents explain written in full."""
        for short, words in self.long_forms.items():
            flags = re.IGNORECASE if len(short) > 2 else 0
            question = re.sub(rf"\b{short}\b", lambda _, words=words: words, question, flags=flags)
        return question


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
