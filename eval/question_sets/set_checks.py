"""What is wrong with the question sets themselves: before any measure, without index or model."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eval.question_sets.question_fields import EvidenceRef
from eval.question_sets.question_set import EvalQuestion, QuestionSetError, read_set
from ingest.passage import Located
from ingest.question_bank import QuestionBank
from ingest.reading.quote_form import words

LONGEST_COPY = 12
"""Words in a row from which a question copies a document."""
MINIMUM = {
    "avec réponse": 150,
    "passages distincts": 75,
    "sans réponse": 60,
    "hostiles": 60,
    "sosies inoffensifs": 20,
}
"""Size under which a regression of a few points cannot be told from chance."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to correct ("error") or to look at ("warning") in one question of one set."""

    severity: Literal["error", "warning"]
    set: str
    question: str
    message: str


class SetChecker:
    """Checks sets against the passages of the served revisions and the question bank."""

    def __init__(self, located: Sequence[Located], bank: QuestionBank, official: bool) -> None:
        self._by_print: dict[str, list[Located]] = defaultdict(list)
        for item in located:
            self._by_print[item.passage.fingerprint].append(item)
        self._known = {fp: set(e.fingerprints) for e in bank.entries for fp in e.fingerprints}
        self._bank = {tuple(words(q)) for q in bank.questions()}
        self._official = official
        self._runs = {run for item in located for run in _runs(item.passage.text)} if official else set()

    def check(self, paths: Sequence[Path]) -> list[Finding]:
        """Every finding, in the order of the sets; a file that cannot be read is one finding."""
        found: list[Finding] = []
        seen: dict[str, str] = {}
        asked: dict[tuple[str, ...], str] = {}
        for path in paths:
            try:
                questions = read_set(path)
            except QuestionSetError as exc:
                found.append(Finding("error", path.stem, "", exc.message))
                continue
            for question in questions:
                if question.id in seen:
                    message = f"l'identifiant existe déjà dans {seen[question.id]}"
                    found.append(Finding("error", path.stem, question.id, message))
                seen.setdefault(question.id, path.stem)
                if question.state != "retired":
                    found += self._question(path.stem, question, asked)
        return found

    def errors(self, question: EvalQuestion) -> list[str]:
        """What forbids to accept one question."""
        return [f.message for f in self._question("", question, {}) if f.severity == "error"]

    def _question(self, name: str, question: EvalQuestion, asked: dict[tuple[str, ...], str]) -> Iterator[Finding]:
        for severity, message in (*self._evidence(question), *self._wording(question, asked), *_review(question)):
            yield Finding(severity, name, question.id, message)

    def _evidence(self, question: EvalQuestion) -> Iterator[tuple[Literal["error", "warning"], str]]:
        texts = []
        for ref in (*question.evidence, *question.acceptable):
            places = self._places(ref)
            if not places:
                yield (
                    "warning",
                    f"{ref.passage} : ce texte n'est pas dans les révisions lues (voyez « cct eval stale »)",
                )
                continue
            texts += [p.passage.text for p in places]
            if ref.anchor is not None and not any(ref.anchor.stands_in(p.passage.text) for p in places):
                yield "error", f"{ref.passage} : l'ancre n'est pas dans le passage"
            if ":EXI-" in ref.passage and self._official and all(p.key != ref.passage for p in places):
                yield "warning", f"{ref.passage} : ce texte porte maintenant {places[0].key}"
        whole = " ".join(texts)
        if whole and question.facts:
            held = " ".join(words(whole))
            for fact in question.facts:
                if not any(" ".join(words(a)) in held for a in fact.any):
                    yield "warning", f"fait clé absent des passages : {' | '.join(fact.any)}"
        for item in question.forbidden if whole else ():
            if re.search(item.regex or re.escape(item.text), whole, re.IGNORECASE):
                yield "error", f"un énoncé interdit est dans le passage : {item.regex or item.text}"

    def _places(self, ref: EvidenceRef) -> list[Located]:
        direct = self._by_print.get(ref.fingerprint)
        if direct:
            return direct
        return [p for fp in self._known.get(ref.fingerprint, ()) for p in self._by_print.get(fp, ())]

    def _wording(
        self, question: EvalQuestion, asked: dict[tuple[str, ...], str]
    ) -> Iterator[tuple[Literal["error", "warning"], str]]:
        for text in (question.question, *question.variants):
            key = tuple(words(text))
            if key in asked:
                yield "warning", f"même question que {asked[key]}"
            asked.setdefault(key, question.id)
            if key in self._bank and len(key) > 3:
                yield "warning", "la question est mot pour mot dans la banque : elle ne mesure rien"
        texts = (
            question.question,
            *question.variants,
            question.expected,
            *(a for f in question.facts for a in f.any),
        )
        if any(run in self._runs for text in texts for run in _runs(text)):
            yield "error", f"{LONGEST_COPY} mots de suite viennent d'un document officiel : dites-le autrement"


def _review(question: EvalQuestion) -> Iterator[tuple[Literal["error", "warning"], str]]:
    if question.origin.startswith("généré") and question.state == "valid" and not question.reviewed_by:
        yield "error", "question générée et déclarée valide sans relecteur (reviewed_by)"
    if question.valid.until is not None and question.state == "valid":
        yield "warning", "la question ne vaut que jusqu'à une révision passée : retirez-la ou prolongez-la"


def _runs(text: str) -> set[tuple[str, ...]]:
    held = words(text)
    return {tuple(held[n : n + LONGEST_COPY]) for n in range(len(held) - LONGEST_COPY + 1)}


def sizes(questions: Sequence[EvalQuestion]) -> dict[str, int]:
    """How many questions of each kind there are, and over how many distinct passages."""
    kinds = Counter(q.kind for q in questions if q.state == "valid")
    units = {ref.fingerprint for q in questions for ref in q.evidence}
    return {
        "avec réponse": kinds["answerable"],
        "passages distincts": len(units),
        "sans réponse": kinds["unanswerable"],
        "hostiles": kinds["hostile"],
        "sosies inoffensifs": kinds["look_alike"],
    }
