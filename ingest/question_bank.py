"""The question bank: what people type when a passage is the answer, bound to the passage it was written for.

An entry follows its text through moves and renumbering (by fingerprint), stays with its record when the
text was edited (by identity, as *suspect*), and lets go when an identifier came to mean something else.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import IngestError
from ingest.passage import Located
from ingest.reading.quote_form import SKETCH_SIZE, sketch, sketch_similarity
from ingest.source_names import without_source_names

_SAME_RECORD = 0.30
"""Share of common word pairs from which a record of the same identity is an edited form, not another rule."""
_EDITED_PROSE = 0.55
"""The same for prose, where nothing but the text tells that it is the passage."""

BindingState = Literal["sound", "suspect", "unbound"]


_Model = TypeVar("_Model", "Entry", "Boundary")


class BankError(IngestError):
    """A file of the question bank cannot be read."""


class Entry(BaseModel):
    """Questions and search words for one passage, or for a subject that needs several (`passages`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    records: tuple[str, ...] = ()
    """Identities of the records it was written for, such as "pi:EXI-ORG-17#2"."""
    fingerprints: tuple[str, ...] = ()
    """Fingerprints of the texts it was written for: official, and of the demonstration edition."""
    sketch: str = Field(default="", pattern=rf"^([0-9a-f]{{{8 * SKETCH_SIZE}}})?$")
    """Hexadecimal sketch of the official text, to recognise it once edited."""
    subject: str = ""
    passages: tuple[str, ...] = ()
    """Ids of the entries whose passages answer together, the most decisive first."""
    questions: tuple[str, ...]
    keywords: tuple[str, ...] = ()


BoundaryKind = Literal["unanswered", "hostile", "small_talk"]


class Boundary(BaseModel):
    """Questions that no passage answers: a subject the documents leave out, an attack, small talk."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: BoundaryKind
    subject: str = ""
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """An entry and the passages of one corpus that it leads to, as positions in the list that was bound."""

    entry: Entry
    positions: tuple[int, ...]
    state: BindingState
    similarity: float = 1.0


class QuestionBank:
    """Every entry of the bank, in the order of its files."""

    def __init__(self, entries: Iterable[Entry], digest: str, boundaries: Iterable[Boundary] = ()) -> None:
        self.entries = tuple(entries)
        self.boundaries = tuple(boundaries)
        self.digest = digest

    def questions(self) -> list[str]:
        """Every question as it is embedded, those without an answer included, each once."""
        everything: tuple[Entry | Boundary, ...] = (*self.entries, *self.boundaries)
        return list(dict.fromkeys(without_source_names(q) for entry in everything for q in entry.questions))

    def bind(self, located: Sequence[Located]) -> list[Binding]:
        """One binding an entry, in the bank's order; subjects take their state from their passages."""
        corpus = _BoundCorpus(located)
        bound: dict[str, Binding] = {}
        for entry in self.entries:
            if not entry.passages:
                bound[entry.id] = corpus.bind(entry)
        for entry in self.entries:
            if entry.passages:
                bound[entry.id] = _bind_subject(entry, bound)
        return [bound[entry.id] for entry in self.entries]


def load_bank(folder: Path) -> QuestionBank:
    """The bank of a corpus folder; empty when there is none. Raises BankError with the file and line."""
    digest = hashlib.sha256()
    seen: set[str] = set()
    entries = [e for path in sorted(folder.glob("*.jsonl")) for e in _read(path, Entry, seen, digest)]
    _check_subjects(entries)
    limits = sorted((folder / "limites").glob("*.jsonl"))
    boundaries = [e for path in limits for e in _read(path, Boundary, seen, digest)]
    return QuestionBank(entries, digest.hexdigest()[:16], boundaries)


def _read(path: Path, model: type[_Model], seen: set[str], digest: hashlib._Hash) -> Iterator[_Model]:
    content = path.read_bytes()
    digest.update(path.name.encode() + b"\0" + content)
    for n, raw in enumerate(content.split(b"\n"), 1):
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as exc:
            raise BankError(
                f"{path.name}, ligne {n} : ce n'est pas de l'UTF-8 valide (octet {raw[exc.start]:#04x}).",
                "Réenregistrez le fichier de la banque de questions en UTF-8.",
            ) from exc
        if not line.strip():
            continue
        try:
            entry = model.model_validate_json(line)
        except ValidationError as exc:
            problem = exc.errors()[0]
            raise BankError(
                f"{path.name}, ligne {n} : {problem['msg']} ({'.'.join(map(str, problem['loc']))}).",
                "Corrigez l'entrée de la banque de questions.",
            ) from exc
        if entry.id in seen:
            raise BankError(f"{path.name}, ligne {n} : l'entrée {entry.id} existe déjà.", "Donnez-lui un autre id.")
        seen.add(entry.id)
        yield entry


def _check_subjects(entries: Sequence[Entry]) -> None:
    known = {entry.id for entry in entries}
    for entry in entries:
        unknown = [name for name in entry.passages if name not in known]
        if unknown:
            raise BankError(
                f"L'entrée {entry.id} de la banque renvoie à des entrées inconnues : {', '.join(unknown)}.",
                "Corrigez « passages » dans l'entrée de la banque de questions.",
            )


def sketch_text(numbers: tuple[int, ...]) -> str:
    """A sketch as the bank's files write it: 8 hexadecimal digits a number."""
    return "".join(f"{number:08x}" for number in numbers)


def _sketch_numbers(text: str) -> tuple[int, ...]:
    if len(text) != 8 * SKETCH_SIZE:
        return ()
    return tuple(int(text[8 * i : 8 * i + 8], 16) for i in range(SKETCH_SIZE))


class _BoundCorpus:
    def __init__(self, located: Sequence[Located]) -> None:
        self._located = located
        self._by_fingerprint: dict[str, list[int]] = defaultdict(list)
        self._by_key: dict[str, int] = {}
        for n, item in enumerate(located):
            self._by_fingerprint[item.passage.fingerprint].append(n)
            self._by_key.setdefault(item.key, n)
        self._sketches: dict[int, tuple[int, ...]] = {}

    def bind(self, entry: Entry) -> Binding:
        same = [n for fp in entry.fingerprints for n in self._by_fingerprint.get(fp, ())]
        sources = {self._located[n].source for n in same}
        written_for = _sketch_numbers(entry.sketch)
        edited: dict[int, float] = {}
        for key in entry.records:
            n = self._by_key.get(key)
            if n is None or n in same or key.split(":")[0] in sources:
                continue
            likeness = sketch_similarity(written_for, self._sketch(n))
            if likeness >= _SAME_RECORD:
                edited[n] = likeness
        if same:
            return Binding(entry, tuple(sorted({*same, *edited})), "sound")
        if not edited and not entry.records:
            edited = self._alike(written_for)
        if not edited:
            return Binding(entry, (), "unbound", 0.0)
        return Binding(entry, tuple(sorted(edited)), "suspect", max(edited.values()))

    def _alike(self, written_for: tuple[int, ...]) -> dict[int, float]:
        found = {}
        for n, item in enumerate(self._located):
            if item.passage.kind in {"section", "norm"}:
                likeness = sketch_similarity(written_for, self._sketch(n))
                if likeness >= _EDITED_PROSE:
                    found[n] = likeness
        return found

    def _sketch(self, n: int) -> tuple[int, ...]:
        if n not in self._sketches:
            self._sketches[n] = sketch(self._located[n].passage.text)
        return self._sketches[n]


def _bind_subject(entry: Entry, bound: dict[str, Binding]) -> Binding:
    parts = [bound[name] for name in entry.passages if name in bound]
    positions = tuple(dict.fromkeys(n for part in parts for n in part.positions))
    if not positions or any(part.state == "unbound" for part in parts):
        return Binding(entry, positions, "suspect" if positions else "unbound", 0.5 if positions else 0.0)
    state: BindingState = "sound" if all(part.state == "sound" for part in parts) else "suspect"
    return Binding(entry, positions, state, min(part.similarity for part in parts))


def dump_entry(entry: Entry) -> str:
    """An entry as one line of a bank file."""
    return json.dumps(entry.model_dump(exclude_defaults=True), ensure_ascii=False)
