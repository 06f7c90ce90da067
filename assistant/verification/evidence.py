"""The passages that were given to the model, read as evidence: sentences, words, types, sources."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assistant.verification.clause_reading import Clause, content_stems, may_allow, plain
from assistant.verification.french_clauses import clauses, continued
from assistant.verification.french_forms import ANAPHOR
from assistant.verification.hostile_text import addresses_the_assistant
from ingest.passage import Located, Priority

_MOST_ITEMS = 14
ROOT = 5
"""Letters that two stems share at their beginning to count as one family."""


class WordWeights:
    """How much a stem tells: rare ones tell more (inverse document frequency over the indexed passages)."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._counts: Counter[str] = Counter()
        self._texts = 0
        for text in texts:
            self._counts.update(set(content_stems(text)))
            self._texts += 1

    def of(self, stem: str) -> float:
        """The weight of a stem, from about 0.3 (everywhere) to 1 (unknown)."""
        return math.log(1 + (self._texts + 1) / (self._counts[stem] + 1)) / math.log(2 + self._texts)

    def total(self, stems: Iterable[str]) -> float:
        """The sum of the weights."""
        return sum(self.of(s) for s in stems)


@dataclass(frozen=True, slots=True)
class Window:
    """A sentence of a passage, with the sentence that introduces its list."""

    text: str
    stems: frozenset[str]
    clauses: tuple[Clause, ...]
    may_allow: bool
    describes: bool
    """True for a text that states no requirement."""


@dataclass(frozen=True)
class GivenPassage:
    """A passage with the number it has in the prompt; every place that carries its text."""

    n: int
    places: tuple[Located, ...]
    lines: tuple[str, ...] = field(default=())
    """The lines of the document at each place, where a quotation is looked for."""

    @property
    def located(self) -> Located:
        """The first place."""
        return self.places[0]

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The sentences that count as evidence: those that address an assistant are left out."""
        passage = self.located.passage
        found = passage.sentences or (passage.text,)
        return tuple(s for s in found if not addresses_the_assistant(s))

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """The evidence sentence by sentence; the items of a list with what introduces them."""
        context = self.located.passage.context.rsplit("\n", 1)[-1].strip()
        lead, items = (context, 0) if context.endswith(":") else ("", 0)
        found: list[Window] = []
        describes = self.located.passage.kind != "requirement"
        for sentence in self.sentences:
            text = f"{lead} {sentence}" if lead and items < _MOST_ITEMS else sentence
            may = may_allow(text, describes)
            read = clauses(text)
            if found and ANAPHOR.match(plain(sentence)):
                read = continued(read, found[-1].clauses)
            found.append(Window(text, frozenset(content_stems(text)), read, may, describes))
            if sentence.rstrip("* ").endswith(":"):
                lead, items = sentence, 0
            items += 1
        return tuple(found)

    @cached_property
    def text(self) -> str:
        """Everything that may support a sentence: identifier, title, headings, category, text."""
        p = self.located.passage
        names = " ".join(place.passage.printed_id for place in self.places)
        return "\n".join([p.id or "", names, p.title, p.category, p.context, *self.sentences])

    @cached_property
    def stems(self) -> frozenset[str]:
        """The content stems of `text`."""
        return frozenset(content_stems(self.text))

    @cached_property
    def roots(self) -> frozenset[str]:
        """The beginnings of the stems, by which families are compared."""
        return frozenset(s[:ROOT] for s in self.stems)

    @cached_property
    def spans(self) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
        """Stems and their beginnings, sentence by sentence, each with the words of the passage's title."""
        p = self.located.passage
        named = frozenset(content_stems(f"{p.title} {p.category}"))
        found = [named | w.stems for w in self.windows] or [self.stems]
        return tuple((stems, frozenset(s[:ROOT] for s in stems)) for stems in found)

    @cached_property
    def ids(self) -> frozenset[str]:
        """Identifiers of its places, and those that its text prints, in capitals."""
        own = {p.passage.id.upper() for p in self.places if p.passage.id and p.passage.kind != "section"}
        return frozenset(own | {compact_id(m[0]) for m in IDENTIFIER.finditer(self.text)})

    @cached_property
    def types(self) -> Mapping[str, frozenset[Priority]]:
        """Source → the types that its places have there."""
        found: dict[str, set[Priority]] = {}
        for place in self.places:
            if place.passage.priority:
                found.setdefault(place.source, set()).add(place.passage.priority)
        return {source: frozenset(types) for source, types in found.items()}

    @property
    def sources(self) -> frozenset[str]:
        """The sources that carry the text."""
        return frozenset(p.source for p in self.places)


IDENTIFIER = re.compile(
    r"\b(?:EXI[\s_.\-‐‑–]*[A-Z]{1,6}[\s_.\-‐‑–]*\d{1,3}|EX[\s_-]?\d{1,3}|COMP[\s_-]?\d{3}|(?:ARCH|ORG|DATA|SEC)[\s_‐‑–-]*\d{1,3}|G[-‐‑–]\d{1,2}"
    r"|ACC[A-Z]{3,5}|APP(?:INT|EXT))\b",
    re.IGNORECASE,
)


def compact_id(printed: str) -> str:
    """ "exi arch 9" → "EXI-ARCH-9", "arch-9" → "EXI-ARCH-9", "comp-010" → "COMP010"."""
    letters = re.sub(r"[\s_.\-‐‑–]+", "-", printed.upper())
    match = re.match(r"^(?:EXI-?)?([A-Z]+?)-?0*(\d+)$", letters)
    if letters.startswith("COMP"):
        return letters.replace("-", "")
    if match is None:
        return letters
    if letters.startswith("EX") and not letters.startswith("EXI"):
        return f"EX{int(match[2])}"
    return f"EXI-{match[1]}-{int(match[2])}"


def cited(given: Mapping[int, GivenPassage], numbers: Sequence[int]) -> tuple[GivenPassage, ...]:
    """The passages of these numbers, each once; KeyError for a number that was not given."""
    return tuple(given[n] for n in dict.fromkeys(numbers))
