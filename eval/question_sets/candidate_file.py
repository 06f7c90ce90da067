"""The candidates that wait in the data folder, and what a person decides of them."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from pathlib import Path

from eval.question_sets.question_set import EvalQuestion, QuestionSetError, read_set, written
from ingest.errors import CctError


class CandidateFile:
    """`evaluation/candidates.yaml` of the data folder: it may hold official words, so it is not committed."""

    def __init__(self, home: Path) -> None:
        self.path = home / "evaluation" / "candidates.yaml"

    def questions(self) -> list[EvalQuestion]:
        """Every candidate, refused ones too (their state is retired)."""
        return read_set(self.path) if self.path.exists() else []

    def waiting(self) -> list[EvalQuestion]:
        """Those that nobody has looked at."""
        return [q for q in self.questions() if q.state == "candidate"]

    def add(self, questions: Sequence[EvalQuestion], known: frozenset[str] = frozenset()) -> int:
        """Adds those that are neither there already nor in a set; returns how many."""
        present = self.questions()
        ids = {q.id for q in present} | known
        fresh = [q for q in questions if q.id not in ids]
        self._write([*present, *fresh])
        return len(fresh)

    def refuse(self, question: EvalQuestion) -> None:
        """Keeps it as refused, so that it is not proposed again."""
        refused = question.model_copy(update={"state": "retired"})
        self._write([refused if q.id == question.id else q for q in self.questions()])

    def accept(self, question: EvalQuestion, target: Path, reviewer: str) -> EvalQuestion:
        """Moves it to a set, valid, with who read it and when. QuestionSetError when the set has that id already."""
        present = read_set(target) if target.exists() else []
        if question.id in {q.id for q in present}:
            raise QuestionSetError(
                f"{target.name} a déjà la question {question.id}.", "Refusez-la ou changez de jeu."
            )
        accepted = question.model_copy(
            update={"state": "valid", "reviewed_by": reviewer, "reviewed_on": datetime.date.today()}
        )
        _replace(target, written([*present, accepted]))
        self._write([q for q in self.questions() if q.id != question.id])
        return accepted

    def _write(self, questions: Sequence[EvalQuestion]) -> None:
        _replace(self.path, written(questions))


def _replace(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError as exc:
        raise CctError(f"Écriture impossible : {path} ({exc.strerror}).", "Vérifiez le dossier.") from exc
