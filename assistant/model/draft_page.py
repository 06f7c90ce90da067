"""The sentences of a draft that may be shown, put together again, with the citations they refer to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Citation
from assistant.verification.draft_sentences import MARKER, DraftSentence, marker_numbers
from assistant.verification.evidence import GivenPassage

Cite = Callable[[int, GivenPassage, Sequence[str]], Citation]
"""(number shown, passage, sentences that refer to it) → the citation, its quotation chosen and checked."""


@dataclass(frozen=True, slots=True)
class _Kept:
    position: int
    sentence: DraftSentence


class DraftPage:
    """What may be shown of one draft. Numbers are given in the order in which passages are first referred to:
    a renaming of each passage, the same everywhere, so that the list of sources holds what is cited and no more.
    """

    def __init__(self, given: Mapping[int, GivenPassage], cite: Cite) -> None:
        self._given = given
        self._cite = cite
        self._kept: list[_Kept] = []
        self._numbers: dict[int, int] = {}
        self._leads: dict[str, str] = {}
        self._layouts: dict[int, str] = {}

    def note(self, sentence: DraftSentence) -> None:
        """Remembers how a line begins, and a sentence that introduces a list: it is shown with its first item."""
        if sentence.layout:
            self._layouts[sentence.line] = sentence.layout
        if sentence.kind == "lead" and not marker_numbers(sentence.text):
            self._leads[f"{sentence.lead} {sentence.bare}".strip()] = sentence.bare

    def keep(self, position: int, sentence: DraftSentence) -> None:
        """Adds a sentence that passed the check, at its place in the draft."""
        self._kept.append(_Kept(position, sentence))
        self._kept.sort(key=lambda k: k.position)
        for n in marker_numbers(sentence.text):
            self._numbers.setdefault(n, len(self._numbers) + 1)

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def cited(self) -> tuple[GivenPassage, ...]:
        """The passages that are referred to, in the order of their shown numbers."""
        return tuple(self._given[n] for n in self._numbers)

    def text(self) -> str:
        """Markdown: lines and lists as the model laid them out, without what did not pass."""
        blocks: list[str] = []
        line = lead = None
        for kept in self._kept:
            sentence = kept.sentence
            if sentence.lead and sentence.lead != lead and sentence.lead in self._leads:
                blocks.append(self._leads[sentence.lead])
            lead = sentence.lead
            shown = self._shown(sentence.text)
            if blocks and sentence.line == line:
                blocks[-1] = f"{blocks[-1]} {shown}"
            else:
                blocks.append(f"{self._layouts.get(sentence.line, '')}{shown}")
            line = sentence.line
        return _joined(blocks)

    def citations(self) -> tuple[Citation, ...]:
        """One citation a passage that is referred to, in the order of their shown numbers."""
        return tuple(self._cite(shown, self._given[n], self._referring(n)) for n, shown in self._numbers.items())

    def _referring(self, n: int) -> list[str]:
        return [k.sentence.bare for k in self._kept if n in marker_numbers(k.sentence.text)]

    def _shown(self, text: str) -> str:
        return MARKER.sub(lambda m: "".join(f"[{self._numbers[n]}]" for n in marker_numbers(m[0])), text)


def _joined(blocks: Sequence[str]) -> str:
    text = ""
    for before, block in zip([None, *blocks], blocks, strict=False):
        listed = before is not None and _is_item(before) and _is_item(block)
        text += ("" if before is None else "\n" if listed else "\n\n") + block
    return text


def _is_item(block: str) -> bool:
    return bool(re.match(r"\s*(?:[-*•]|\d{1,2}[.)])\s", block))
