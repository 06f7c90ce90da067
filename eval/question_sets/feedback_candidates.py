"""Votes against an answer become candidate questions: a person then says which passages answer, or that none does.

The file is the one that `cct feedback export` writes: votes live in ui, which eval does not import.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.search.french_text import without_accents
from eval.question_sets.mirai_format import PassageFinder
from eval.question_sets.question_fields import EvidenceRef
from eval.question_sets.question_set import EvalQuestion, QuestionSetError
from ingest.passage import Located
from ingest.reading.quote_form import words

TO_SETTLE = "preuve-à-dire"
"""Tag of a candidate whose evidence nobody has confirmed: what is cited under a vote against it may be wrong."""
COMMENT_MARK = " | "
"""In `origin`, before what the voter wrote: it helps who reviews, and does not enter a set."""
_LONGEST_COMMENT = 300
_NONE = "aucun"


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Answer(_Read):
    question: str
    status: str
    citations: tuple[str, ...] = ()


class _Ballot(_Read):
    vote: str
    reasons: tuple[str, ...] = ()
    comment: str = ""


class _Vote(_Read):
    version: int = Field(alias="schema", ge=1, le=1)
    answer: _Answer
    ballot: _Ballot


@dataclass(frozen=True, slots=True)
class FromFeedback:
    """The candidates, one for each question whoever asked it, and how many votes gave none."""

    questions: tuple[EvalQuestion, ...]
    favourable: int
    without_words: int


def candidates_of(text: str, name: str, located: Sequence[Located], sources: Sequence[str]) -> FromFeedback:
    """Reads exported votes, one JSON object a line. Raises QuestionSetError naming the line that is none."""
    finder = PassageFinder(located, sources)
    found: dict[str, EvalQuestion] = {}
    favourable = wordless = 0
    for vote in _votes(text, name):
        if vote.ballot.vote != "not_useful":
            favourable += 1
        elif not vote.answer.question.strip():
            wordless += 1
        else:
            made = _candidate(vote, finder)
            before = found.get(made.id)
            tags = tuple(dict.fromkeys((*before.tags, *made.tags))) if before else made.tags
            found[made.id] = made.model_copy(update={"tags": tags})
    return FromFeedback(tuple(found.values()), favourable, wordless)


def settled(
    question: EvalQuestion, located: Sequence[Located], sources: Sequence[str], ask: Callable[[str], str]
) -> EvalQuestion:
    """The candidate with the evidence that a person gives: keys of passages, none, or those that are proposed."""
    finder = PassageFinder(located, sources)
    origin, _, comment = question.origin.partition(COMMENT_MARK)
    print(f"Avis contre la réponse à : {question.question} ({origin})")
    if comment:
        print(f"Commentaire : {comment}")
    proposed = " ".join(ref.passage for ref in question.evidence) or _NONE
    while True:
        typed = ask(f"Passages qui répondent (pi:EXI-ARCH-12 …), « {_NONE} », ou rien pour garder [{proposed}] > ")
        names = [] if typed == _NONE else typed.split()
        unknown = [name for name in names if not finder.find(name)]
        if unknown:
            print(f"Introuvable dans les révisions lues : {', '.join(unknown)}.")
            continue
        refs = question.evidence if not typed else tuple(finder.find(name)[0] for name in names)
        kind = "answerable" if refs else "unanswerable"
        tags = tuple(tag for tag in question.tags if tag != TO_SETTLE)
        reason = None if refs else "non_traite"
        changed = {"evidence": refs, "kind": kind, "reason": reason, "tags": tags, "origin": origin}
        return EvalQuestion.model_validate({**question.model_dump(), **changed})


def _votes(text: str, name: str) -> Iterator[_Vote]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield _Vote.model_validate(json.loads(line))
        except (json.JSONDecodeError, ValidationError) as exc:
            raise QuestionSetError(
                f"{name}, ligne {number} : ce n'est pas un avis exporté.",
                "Donnez un fichier de « cct feedback export » (JSONL).",
            ) from exc


def _candidate(vote: _Vote, finder: PassageFinder) -> EvalQuestion:
    refs: dict[str, EvidenceRef] = {}
    for key in vote.answer.citations:
        for ref in finder.find(key)[:1]:
            refs.setdefault(ref.fingerprint, ref)  # a text that both documents carry counts once
    question = " ".join(vote.answer.question.split())
    name = " ".join(words(without_accents(question)))
    comment = " ".join(vote.ballot.comment.split())[:_LONGEST_COMMENT]
    origin = f"avis:{'+'.join(vote.ballot.reasons) or 'sans raison'}"
    return EvalQuestion(
        id=f"C-AVIS-{hashlib.sha256(name.encode()).hexdigest()[:12]}",
        question=question,
        kind="answerable" if refs else "unanswerable",
        reason=None if refs else "non_traite",
        evidence=tuple(refs.values()),
        state="candidate",
        origin=f"{origin}{COMMENT_MARK}{comment}" if comment else origin,
        tags=(TO_SETTLE, *(f"avis:{reason}" for reason in vote.ballot.reasons)),
    )
