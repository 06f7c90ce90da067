"""What is searched: passages of the chosen revisions, twins as one unit, with their questions and vectors."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.search.asked_questions import (
    AskedQuestions,
    ComparedQuestions,
    LimitNearness,
    LimitQuestions,
    learned,
)
from assistant.search.french_text import tokens, trigrams
from assistant.search.indexed_bank import with_vectors
from assistant.search.kept_arrays import KeptArrays
from assistant.search.question_metric import QuestionMetric
from assistant.search.question_texts import QuestionTexts, vectors_of
from assistant.search.sentence_scores import sentence_scores
from assistant.search.sparse_search import SparseIndex
from ingest.index.build_index import embedded_texts
from ingest.index.embedding import Vectors
from ingest.index.vector_store import VectorReader
from ingest.passage import Located, Passage
from ingest.question_bank import QuestionBank
from ingest.source_names import without_source_names

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

SIGNALS = (
    "words", "letters", "questions", "sentences", "subjects", "near_question", "centre", "near_subject",
)  # fmt: skip
"""Names of the columns of `signals`: what tells that a unit answers a question. The first five compare words and
raw embeddings, the others compare questions by the metric learned from the bank."""

_SUSPECT = 0.985
"""Raw similarity to a question written for an earlier text counts this much (cosines of e5 live in 0.75-0.95)."""
_SUSPECT_NEAR = 0.85
"""The same in the space of the learned metric, whose cosines live in 0-0.8."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A text, once, and every place that carries it; the first place leads."""

    located: tuple[Located, ...]

    @property
    def passage(self) -> Passage:
        """The passage at the first place."""
        return self.located[0].passage


@dataclass(frozen=True, slots=True)
class Subject:
    """A theme that needs several units, the most decisive first."""

    title: str
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How near a question is to what is known: one row of signals a unit, and the nearest boundaries."""

    signals: FloatArray
    """(units, len(SIGNALS)), raw."""
    best_question: float
    """Raw cosine with the nearest question of the bank that has an answer."""
    limits: tuple[LimitNearness, ...]
    """How near the question is to what no passage answers, one a kind of LIMIT_KINDS."""
    matched: float
    """Share of the question's words that the best unit by words holds, 0 to 1."""


class SearchIndex:
    """Immutable once built; safe to share between threads."""

    def __init__(
        self,
        located: Sequence[Located],
        bank: QuestionBank,
        store: VectorReader,
        embed: Callable[[str], Vectors],
        kept: KeptArrays | None = None,
    ) -> None:
        self._embed = embed
        self._turns = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
        self._kept = kept or KeptArrays()
        bank = with_vectors(bank, store)
        self.units, unit_of = _units(located)
        self.by_key = {place.key: n for n, unit in enumerate(self.units) for place in unit.located}
        questions, keywords, self.subjects, subject_questions = _bound(bank, located, unit_of, len(self.units))
        listed = [(u, q, weight) for u, asked in enumerate(questions) for q, weight in asked]
        texts = [(u, text) for u, unit in enumerate(self.units) for text in embedded_texts(unit.passage)]
        self._text_owners = np.array([u for u, _ in texts], dtype=np.int64)
        self._text_vectors = vectors_of(store, [t for _, t in texts], "passage")
        asked = [" ".join([*(q for q, _ in qs), *ks]) for qs, ks in zip(questions, keywords, strict=True)]
        written = [(unit.passage, more) for unit, more in zip(self.units, asked, strict=True)]
        self._union = SparseIndex.kept(
            "words", [f"{_own_words(passage)} {more}" for passage, more in written], tokens, self._kept
        )
        self._letters = SparseIndex.kept(
            "letters", [f"{passage.text} {more}" for passage, more in written], trigrams, self._kept
        )
        self._in_subjects = np.array(
            [(n, u, at) for n, subject in enumerate(self.subjects) for at, u in enumerate(subject.units)],
            dtype=np.int64,
        ).T  # subject, unit, place of the unit in the subject
        limits = [(n, q) for n, boundary in enumerate(bank.boundaries) for q in boundary.questions]
        self._learn(
            store,
            QuestionTexts("asked", [(u, q) for u, q, _ in listed], len(self.units)),
            QuestionTexts("subjects", subject_questions, len(self.subjects)),
            QuestionTexts("limits", limits, len(bank.boundaries)),
            weights=np.array([w for _, _, w in listed], dtype=np.float32),
            bank=bank,
        )
        self.suggestions = {u: _most_readable(qs) for u, qs in enumerate(questions) if qs}
        self.question_count = len(listed)

    def evidence(self, question: str) -> Evidence:
        """Every signal for one question; half of the time or more goes to the question's vector.

        As many questions at a time as there are cores, the others wait their turn: threads that all compute at once
        spend their time passing the interpreter to each other.
        """
        with self._turns:
            return self._evidence(question)

    def _evidence(self, question: str) -> Evidence:
        question = without_source_names(question)
        words = tokens(question)
        vector = self._embed(question)
        moved = self._metric.projected(vector)
        similar, near = self._known.similar(vector, moved)
        by_theme, near_themes = self._themes.similar(vector, moved)
        union = self._union.scores(words)
        columns = [
            union,
            self._letters.scores(trigrams(question)),
            self._asked.best_three(similar),
            _highest(_nearness(self._text_vectors, vector), self._text_owners, len(self.units)),
            self._by_subject(self._subjects.best(by_theme), 0.005),
            self._asked.best(near),
            self._centres @ moved if len(self._centres) else np.zeros(len(self.units), np.float32),
            self._by_subject(self._subjects.best_three(near_themes), 0.01),
        ]
        best = int(np.argmax(union)) if len(self.units) else 0
        matched = self._union.holds(best, words) if self.units else 0.0
        return Evidence(
            signals=np.stack(columns, axis=1).astype(np.float32),
            best_question=float(similar.max()) if similar.size else 0.0,
            limits=self._limits.nearness(vector, moved, near, words),
            matched=matched,
        )

    def sentence_scores(self, question: str, unit: int) -> list[tuple[str, float]]:
        """The sentences of a unit with how near each is to the question, in the document's order."""
        return sentence_scores(
            question,
            self._embed(without_source_names(question)),
            self.units[unit].passage,
            self._text_vectors[self._text_owners == unit],
            self._asked.rows.floats(np.flatnonzero(self._asked.owners == unit)),
        )

    def nearness(self, a: int, b: int) -> float:
        """The highest cosine between a text of one unit and a text of the other; 0 when one has none."""
        one, other = (self._text_vectors[self._text_owners == unit] for unit in (a, b))
        return float((one @ other.T).max()) if len(one) and len(other) else 0.0

    def _learn(self, store: VectorReader, *sets: QuestionTexts, weights: FloatArray, bank: QuestionBank) -> None:
        """The metric, from all the bank's questions, and the questions as they are compared in its space."""
        inputs = [piece for known in sets for piece in known.inputs(store)]
        made = self._kept.get("questions", inputs, lambda: learned(*(known.read(store) for known in sets)))
        self._metric = metric = QuestionMetric.of(made["mean"], made["factor"])
        asked, subjects, limits = (known.kept(made) for known in sets)
        self._asked = AskedQuestions(asked.rows, asked.owners, asked.count, weights)
        self._subjects = subjects
        written_before = np.where(weights < 1, _SUSPECT_NEAR, 1.0).astype(np.float32)
        self._known = ComparedQuestions(self._asked, metric, made["asked_lengths"], written_before)
        self._themes = ComparedQuestions(subjects, metric, made["subjects_lengths"])
        self._centres = made["asked_centres"]
        self._limits = LimitQuestions(
            ComparedQuestions(limits, metric, made["limits_lengths"]),
            made["limits_centres"],
            [boundary.kind for boundary in bank.boundaries],
            SparseIndex.kept("limits", [" ".join(b.questions) for b in bank.boundaries], tokens, self._kept),
        )

    def _by_subject(self, subjects: FloatArray, step: float) -> FloatArray:
        """The best subject of each unit; a unit that comes later in a subject gets a little less."""
        best = np.full(len(self.units), subjects.min() if subjects.size else 0.0, dtype=np.float32)
        if self._in_subjects.size:
            subject, unit, position = self._in_subjects
            np.maximum.at(best, unit, subjects[subject] - np.float32(step) * position.astype(np.float32))
        return best


def _most_readable(questions: list[tuple[str, float]]) -> str:
    """The first whole sentence among a unit's questions, with a capital."""
    whole = (q for q, _ in questions if q.rstrip().endswith("?") and len(q) > 25)
    chosen = next(whole, questions[0][0])
    return chosen[:1].upper() + chosen[1:]


def _units(located: Sequence[Located]) -> tuple[tuple[Unit, ...], list[int]]:
    order: dict[str, int] = {}
    members: list[list[Located]] = []
    unit_of = []
    for place in located:
        fingerprint = place.passage.fingerprint
        if fingerprint not in order:
            order[fingerprint] = len(members)
            members.append([])
        unit_of.append(order[fingerprint])
        members[order[fingerprint]].append(place)
    return tuple(Unit(tuple(places)) for places in members), unit_of


def _bound(
    bank: QuestionBank, located: Sequence[Located], unit_of: list[int], count: int
) -> tuple[list[list[tuple[str, float]]], list[list[str]], tuple[Subject, ...], list[tuple[int, str]]]:
    questions: list[dict[str, float]] = [{} for _ in range(count)]
    keywords: list[list[str]] = [[] for _ in range(count)]
    subjects: list[Subject] = []
    subject_questions: list[tuple[int, str]] = []
    for binding in bank.bind(located):
        units = tuple(dict.fromkeys(unit_of[n] for n in binding.positions))
        if not units:
            continue
        if binding.entry.passages:
            subject_questions += [(len(subjects), q) for q in binding.entry.questions]
            subjects.append(Subject(binding.entry.subject, units))
            continue
        weight = 1.0 if binding.state == "sound" else _SUSPECT
        for unit in units:
            for question in binding.entry.questions:
                questions[unit][question] = max(weight, questions[unit].get(question, 0.0))
            keywords[unit] += [k for k in binding.entry.keywords if k not in keywords[unit]]
    return [list(asked.items()) for asked in questions], keywords, tuple(subjects), subject_questions


def _own_words(passage: Passage) -> str:
    return f"{passage.id or ''} {passage.title} {passage.context} {passage.text}"


def _nearness(vectors: FloatArray, vector: Vectors) -> FloatArray:
    """The cosine of each row with a unit vector; nothing without rows."""
    return np.asarray(vectors @ vector, dtype=np.float32) if len(vectors) else np.zeros(0, dtype=np.float32)


def _highest(scores: FloatArray, owners: IntArray, count: int) -> FloatArray:
    """The highest score of each owner; the lowest score of all for an owner without any."""
    best = np.full(count, scores.min() if scores.size else 0.0, dtype=np.float32)
    if scores.size:
        np.maximum.at(best, owners, scores)
    return best
