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
from assistant.verification.checking import SentenceChecker, judged
from assistant.verification.draft_sentences import DraftSplitter
from assistant.verification.evidence import GivenPassage, WordWeights
from assistant.verification.judgement import Judgement, packaged_judgement
from assistant.verification.missing_subjects import says_what_is_missing
from assistant.verification.printed_facts import Fault
from eval.drafts.draft_faults import Sample, planted
from ingest.passage import PRIORITY_NAMES, Located, document_lines
from ingest.reading.sentences import split_sentences

SETS: Mapping[str, tuple[str | None, str]] = {
    "reglage": ("demonstration-reglage.yaml", "officielles-reglage.yaml"),
    "gardees": ("demonstration-gardees.yaml", "officielles-gardees.yaml"),
    "neuves": (None, "officielles-neuves.yaml"),
    "auteur-a": (None, "officielles-auteur-a.yaml"),
    "auteur-b": (None, "officielles-auteur-b.yaml"),
    "auteur-c": (None, "officielles-auteur-c.yaml"),
    "auteur-d": (None, "officielles-auteur-d.yaml"),
    "modeles-1": (None, "officielles-modeles-1.yaml"),
    "modeles-2": (None, "officielles-modeles-2.yaml"),
    "modeles-3": (None, "officielles-modeles-3.yaml"),
    "modeles-4": (None, "officielles-modeles-4.yaml"),
    "modeles-5": (None, "officielles-modeles-5.yaml"),
    "modeles-6": (None, "officielles-modeles-6.yaml"),
    "modeles-7": (None, "officielles-modeles-7.yaml"),
    "modeles-8": (None, "officielles-modeles-8.yaml"),
    "modeles-9": (None, "officielles-modeles-9.yaml"),
    "modeles-10": (None, "officielles-modeles-10.yaml"),
    "modeles-11": (None, "officielles-modeles-11.yaml"),
    "modeles-12": (None, "officielles-modeles-12.yaml"),
}
"""Part → the sentences written on the demonstration edition, if any, and on the official documents."""
KEPT_ASIDE = ("auteur-d", "modeles-10", "modeles-11", "modeles-12")
"""Parts that nobody reads and that no fit sees."""
RECORDS = "enregistrements"
"""The part that is made of the records' own sentences."""
HANDWRITTEN = (
    "modalité", "négation", "condition", "acteur", "nombre", "portée", "sens inversé", "ajout", "mauvais passage",
    "nom", "type",
)  # fmt: skip
"""What the authors of the bad sentences got wrong on purpose."""
MODELS_OWN = "de son fait"
"""The fault of a sentence that a model got wrong by itself, in whatever way."""
DISTRACTORS = 5
"""Passages given beside the cited ones: those that share the most words with them, as a search would return."""


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cites: tuple[str, ...]
    text: str
    fault: str = ""
    """What is wrong with it, one of HANDWRITTEN; "" for a good sentence."""


class _Sentence(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str
    lead: str = ""
    fault: str = ""


class _Draft(BaseModel):
    """What a model wrote for a question, beside the passages that it was given, in their order."""

    model_config = ConfigDict(extra="forbid")

    question: str
    given: tuple[str, ...]
    sentences: tuple[_Sentence, ...]


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
class Read:
    """A sample as the checker reads it, before any judgement: a hard fact that fails or, else, the signals."""

    sample: Sample
    failed: Fault | None
    signals: Mapping[str, float]

    def checked(self, judgement: Judgement) -> Checked:
        """What the checker says of it with a judgement."""
        return Checked(self.sample, self.failed or judged(self.signals, judgement))


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A part, read: good sentences, the faults planted in them, the bad sentences that its author wrote."""

    good: Sequence[Read]
    planted: Sequence[Read]
    handwritten: Sequence[Read] = ()

    @property
    def every(self) -> Sequence[Read]:
        """All of them."""
        return [*self.good, *self.planted, *self.handwritten]


@dataclass(frozen=True, slots=True)
class Measured:
    """One edition: good sentences, planted faults and handwritten bad ones, by part."""

    title: str
    good: Mapping[str, Sequence[Checked]]
    bad: Mapping[str, Sequence[Checked]]
    handwritten: Mapping[str, Sequence[Checked]]
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
        return [sample for sample in self._rows(name) if not sample.fault]

    def handwritten(self, name: str) -> list[Sample]:
        """The bad sentences that the author of a part wrote."""
        return [sample for sample in self._rows(name) if sample.fault]

    def _rows(self, name: str) -> list[Sample]:
        file = SETS[name][self.official]
        if file is None:
            return []
        path = Path(__file__).parent / file
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        if name.startswith("modeles"):
            return list(self._drafts([_Draft.model_validate(row) for row in read], name))
        rows = [_Written.model_validate(row) for row in read]
        return [
            Sample(row.text, self._given([self._by_key[k] for k in row.cites]), row.fault, origin=name)
            for row in rows
            if all(k in self._by_key for k in row.cites)
        ]

    def _drafts(self, drafts: Sequence[_Draft], name: str) -> Iterator[Sample]:
        for draft in drafts:
            if all(k in self._by_key for k in draft.given):
                places = [self._twins(self._by_key[k]) for k in draft.given]
                given = {n: self._passage(n, twins) for n, twins in enumerate(places, 1)}
                for row in draft.sentences:
                    yield Sample(row.text, given, row.fault, name, draft.question, row.lead)

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

    def check(self, samples: Sequence[Sample], judgement: Judgement | None = None) -> Iterator[Checked]:
        """Each sample with what the checker says of it; a question before the answer states nothing."""
        used = judgement or packaged_judgement()
        return (self.read(sample).checked(used) for sample in samples)

    def read(self, sample: Sample) -> Read:
        """A sample without a judgement: signals can be weighed again and again."""
        checker = SentenceChecker(sample.given, self.weights, question=sample.question)
        splitter = DraftSplitter()
        text = f"{sample.lead}\n- {sample.text}" if sample.lead else sample.text
        sentences = [*splitter.feed(text), *splitter.finish()]
        told = [s for s in sentences if s is sentences[-1] or not (s.kind == "lead" or checker.says_nothing(s))]
        told = [s for s in told if not says_what_is_missing(s.bare, sample.given.values(), sample.question)]
        failed = next((f for f in (checker.failed_fact(s) for s in told) if f), None)
        signals: dict[str, float] = {}
        for sentence in told if failed is None else ():
            for name, value in checker.signals(sentence).items():
                signals[name] = max(value, signals.get(name, 0.0))
        return Read(sample, failed, signals)

    def read_part(self, name: str) -> ReadPart:
        """A part with every fault that can be planted in it."""
        good = self.from_records() if name == RECORDS else self.written(name)
        bad = [] if name == RECORDS else self.handwritten(name)
        samples = (good, self.with_faults(good), bad)
        return ReadPart(*([self.read(s) for s in rows] for rows in samples))

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


def read_parts(suite: Suite, names: Sequence[str] = (*SETS, RECORDS)) -> dict[str, ReadPart]:
    """The named parts as they stand on this edition: some have no sentence there."""
    return {name: suite.read_part(name) for name in names}


def measured(
    suite: Suite, parts: Mapping[str, ReadPart] | None = None, judgement: Judgement | None = None
) -> Measured:
    """Every part judged, with the judgement in service unless another is given."""
    used = judgement or packaged_judgement()
    return judged_parts(suite.official, parts or read_parts(suite), dict.fromkeys((*SETS, RECORDS), used))


def judged_parts(official: bool, parts: Mapping[str, ReadPart], judgements: Mapping[str, Judgement]) -> Measured:
    """Each part judged with a judgement of its own."""

    def checked(name: str, rows: Sequence[Read]) -> list[Checked]:
        return [row.checked(judgements[name]) for row in rows]

    return Measured(
        "Documents officiels" if official else "Édition de démonstration",
        {name: checked(name, part.good) for name, part in parts.items()},
        {name: checked(name, part.planted) for name, part in parts.items()},
        {name: checked(name, part.handwritten) for name, part in parts.items()},
        quotes=not official,
    )
