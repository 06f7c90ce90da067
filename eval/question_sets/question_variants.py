"""The same question as people also type it: no accents, capitals, a slip, an identifier spelt otherwise."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.question_sets.question_set import EvalQuestion

GENERATED = ("accents", "casse", "faute", "identifiant")
_WORD = re.compile(r"[a-zà-ÿ]{5,}", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\bEXI-([A-Z]{1,6})-(\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """One wording of a question; `variant` is empty for the question itself."""

    question: EvalQuestion
    text: str
    variant: str = ""

    @property
    def id(self) -> str:
        """The question's id, with the name of the variant."""
        return f"{self.question.id}~{self.variant}" if self.variant else self.question.id


def wordings(questions: Sequence[EvalQuestion], sample: int) -> list[Asked]:
    """Each question, its written variants, and generated ones for a fixed sample of the answerable questions."""
    ordinary = [q for q in questions if q.kind == "answerable" and q.style not in {"fautes", "anglais"}]
    drawn = {q.id for q in sorted(ordinary, key=lambda q: _draw(q.id))[:sample]}
    asked: list[Asked] = []
    for question in questions:
        asked.append(Asked(question, question.question))
        asked += [Asked(question, text, f"variante-{n}") for n, text in enumerate(question.variants, 1)]
        if question.id in drawn:
            asked += [Asked(question, text, name) for name, text in _generated(question)]
    return asked


def _generated(question: EvalQuestion) -> Iterator[tuple[str, str]]:
    text = question.question
    for name, changed in (
        ("accents", without_marks(text)),
        ("casse", text.lower() if text != text.lower() else text.upper()),
        ("faute", with_a_slip(text)),
        ("identifiant", _IDENTIFIER.sub(lambda m: f"exi {m[1].lower()} {m[2]}", text)),
    ):
        if changed != text:
            yield name, changed


def without_marks(text: str) -> str:
    """The text without accents, case kept."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def with_a_slip(text: str) -> str:
    """The text with two neighbouring letters of one long word exchanged, always the same ones."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = max(words, key=lambda m: (len(m[0]), -m.start()))
    middle = word.start() + len(word[0]) // 2
    return text[: middle - 1] + text[middle] + text[middle - 1] + text[middle + 1 :]


def _draw(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
