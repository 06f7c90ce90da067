"""Drafts whose faults are known, checked one by one: what is caught, what is missed, what is wrongly rejected."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from assistant.selection import Selection
from assistant.verification.checking import Fault, SentenceChecker
from assistant.verification.draft_sentences import DraftSplitter
from assistant.verification.evidence import GivenPassage, WordWeights
from assistant.verification.support import Bounds, Nearness
from eval.drafts.draft_faults import Sample, planted
from ingest.passage import PRIORITY_NAMES, Located, document_lines
from ingest.reading.sentences import split_sentences

SETS: Mapping[str, tuple[str | None, str]] = {
    "reglage": ("demonstration-reglage.yaml", "officielles-reglage.yaml"),
    "gardees": ("demonstration-gardees.yaml", "officielles-gardees.yaml"),
    "neuves": (None, "officielles-neuves.yaml"),
}
"""Part → the sentences written on the demonstration edition, if any, and on the official documents."""
DISTRACTORS = 5
"""Passages given beside the cited ones: those that share the most words with them, as a search would return."""


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cites: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A sample with what the checker says of it."""

    sample: Sample
    fault: Fault | None

    @property
    def right(self) -> bool:
        """A good sentence kept, or a bad one rejected."""
        return (self.fault is None) == (not self.sample.fault)


@dataclass(frozen=True, slots=True)
class Measured:
    """One edition: good sentences and bad ones, by part."""

    title: str
    good: Mapping[str, Sequence[Checked]]
    bad: Mapping[str, Sequence[Checked]]
    quotes: bool
    """True when its sentences may be printed: those of the official documents never are."""


class Suite:
    """Samples over one selection of revisions."""

    def __init__(self, selection: Selection, seed: int = 7) -> None:
        self._selection = selection
        self._seed = seed
        self.official = selection.official
        self.weights = WordWeights(p.passage.text for p in selection.located)
        self._by_key = {place.key: place for place in selection.located}
        self._same: dict[str, list[Located]] = {}
        for place in selection.located:
            self._same.setdefault(place.passage.fingerprint, []).append(place)
        self._candidates = [
            (u.located, GivenPassage(0, u.located).stems)
            for u in selection.index.units
            if u.passage.kind in {"requirement", "component"}
        ]
        self._made: dict[tuple[int, tuple[str, ...]], GivenPassage] = {}
        """Passages by number and places: one is given with many sentences, and read once."""

    def written(self, name: str) -> list[Sample]:
        """The good sentences of a part that were written on this edition, if their records all stand in it."""
        file = SETS[name][self.official]
        if file is None:
            return []
        path = Path(__file__).parent / file
        rows = [_Written.model_validate(row) for row in yaml.safe_load(path.read_text(encoding="utf-8"))]
        return [
            Sample(row.text, self._given([self._by_key[k] for k in row.cites]), origin=name)
            for row in rows
            if all(k in self._by_key for k in row.cites)
        ]

    def from_records(self) -> list[Sample]:
        """Good sentences made of the records' own words: quoted whole, or said after "EXI-… demande"."""
        found = []
        for place in self._selection.requirements:
            passage = place.passage
            given = self._given([place])
            own = [s for s in given[1].sentences if 25 < len(s) < 260 and not re.search(r"[«»\"“”\[\]]", s)]
            for k, sentence in enumerate(own[:2]):
                words = sentence.rstrip(" .;:")
                if words.count("(") != words.count(")") or len(split_sentences(words)) > 1:
                    continue
                kind = PRIORITY_NAMES.get(passage.priority or "", "")
                several = len({t for types in given[1].types.values() for t in types}) > 1
                letter, kind = ("", "") if several else (f" ({passage.priority})", f", exigence {kind}")
                quoted = f"**{passage.id}**{letter} : « {words} » [1]."
                said = f"Selon {passage.id}{kind} : {words[:1].lower()}{words[1:]} [1]."
                found.append(Sample(quoted if k else said, given, origin="enregistrements"))
        return found

    def with_faults(self, good: Sequence[Sample]) -> list[Sample]:
        """Every fault that can be planted in each good sentence."""
        chance = random.Random(self._seed)
        return [bad for sample in good for bad in planted(sample, chance)]

    def check(
        self, samples: Sequence[Sample], nearness: Nearness | None, bounds: Bounds | None = None
    ) -> Iterator[Checked]:
        """Each sample with what the checker says of its first sentence."""
        for sample in samples:
            checker = SentenceChecker(sample.given, self.weights, nearness, bounds=bounds)
            splitter = DraftSplitter()
            sentences = [*splitter.feed(sample.text), *splitter.finish()]
            faults = [checker.fault(s) for s in sentences]
            yield Checked(sample, next((f for f in faults if f is not None), None))

    def _given(self, places: Sequence[Located]) -> dict[int, GivenPassage]:
        own = [self._twins(place) for place in places]
        wanted = {s for twins in own for s in GivenPassage(0, twins).stems}
        texts = {twins[0].passage.fingerprint for twins in own}
        others = [c for c in self._candidates if c[0][0].passage.fingerprint not in texts]
        others.sort(key=lambda c: -self.weights.total(wanted & c[1]))
        nearest = [places for places, _ in others[:DISTRACTORS]]
        return {n: self._passage(n, twins) for n, twins in enumerate([*own, *nearest], 1)}

    def _twins(self, place: Located) -> tuple[Located, ...]:
        same = self._same[place.passage.fingerprint]
        return (place, *(p for p in same if p is not place))

    def _passage(self, n: int, places: tuple[Located, ...]) -> GivenPassage:
        key = (n, tuple(f"{p.key}|{p.passage.lines.start}" for p in places))
        if key not in self._made:
            self._made[key] = self._read(n, places)
        return self._made[key]

    def _read(self, n: int, places: tuple[Located, ...]) -> GivenPassage:
        lines = []
        for place in places:
            text = document_lines(self._selection.text(place.source, place.document))
            lines.append("\n".join(text[place.passage.lines.start - 1 : place.passage.lines.end]))
        return GivenPassage(n, places, tuple(lines))


def measured(
    suite: Suite, nearness: Nearness | None, bounds: Bounds | None = None, names: Sequence[str] = tuple(SETS)
) -> Measured:
    """The named parts of the suite and the records' own sentences, checked."""
    parts = {name: suite.written(name) for name in names}
    parts["enregistrements"] = suite.from_records()
    good = {name: list(suite.check(samples, nearness, bounds)) for name, samples in parts.items()}
    bad = {name: list(suite.check(suite.with_faults(samples), nearness, bounds)) for name, samples in parts.items()}
    title = "Documents officiels" if suite.official else "Édition de démonstration"
    return Measured(title, good, bad, quotes=not suite.official)
