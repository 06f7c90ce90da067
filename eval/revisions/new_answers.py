"""Answers that a revision may have brought: texts that are new, and share much with a question or its evidence.

Without a model: words by their stem, weighted by how rare they are in the source. It advises, it never blocks.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from assistant.question.reading import read_question
from assistant.search.french_text import tokens
from eval.question_sets.question_set import EvalQuestion
from eval.revisions.following import Followed, Step
from ingest.passage import Located
from ingest.revisions.text_matching import triples

_COVERED = 0.6
"""Share of a question's words, by weight, that a new text holds from which it may answer."""
_GAIN = 0.15
"""How much more than any older text it must hold of a question that had no answer."""
_SAME_WORDS = 0.3
"""Share of common runs of three words from which a new text repeats the evidence."""
_FEWEST_WORDS = 3


class NewAnswers:
    """The passages that stand in the newer revision only, ready to be compared with questions."""

    def __init__(self, step: Step) -> None:
        old = {x.passage.fingerprint for x in step.before}
        fresh = [x for x in step.after if x.passage.fingerprint not in old and x.passage.kind != "norm"]
        self._fresh = [(x, frozenset(_words(x))) for x in fresh]
        self._old = [frozenset(_words(x)) for x in step.before]
        self._ids_before = {x.passage.id for x in step.before if x.passage.kind != "section"}
        self._ids_after = {x.passage.id for x in step.after if x.passage.kind != "section"}
        frequency = Counter(word for words in (*self._old, *(w for _, w in self._fresh)) for word in words)
        total = len(self._old) + len(self._fresh) + 1
        self._weight = {word: math.log(total / n) for word, n in frequency.items()}
        self._rarest = math.log(total)

    def advice(self, question: EvalQuestion, followed: Sequence[Followed]) -> list[str]:
        """One French sentence for each thing that a person may want to look at."""
        if not question.must_answer:
            return self._may_have_become_answerable(question)
        if question.kind == "answerable" and followed:
            return self._may_have_widened(question, followed)
        return []

    def _may_have_become_answerable(self, question: EvalQuestion) -> list[str]:
        if question.kind != "unanswerable":
            return []
        appeared = [i for i in read_question(question.question).ids if i in self._ids_after - self._ids_before]
        if appeared:
            return [f"sans réponse jusqu'ici, mais {', '.join(appeared)} existe maintenant"]
        wanted = frozenset(tokens(question.question))
        if len(wanted) < _FEWEST_WORDS:
            return []
        known = max((self._covered(wanted, words) for words in self._old), default=0.0)
        for located, words in self._fresh:
            share = self._covered(wanted, words)
            if share >= _COVERED and share >= known + _GAIN:
                return [f"sans réponse jusqu'ici, mais {_name(located)} en tient {share:.0%} des mots"]
        return []

    def _may_have_widened(self, question: EvalQuestion, followed: Sequence[Followed]) -> list[str]:
        followed_to = {f.after.passage.fingerprint for f in followed if f.after is not None}
        evidence = [x for f in followed for x in (f.before, f.after) if x is not None]
        wanted = frozenset(tokens(question.question))
        own = max((self._covered(wanted, frozenset(_words(x))) for x in evidence), default=0.0)
        for located, words in self._fresh:
            if located.passage.fingerprint in followed_to:
                continue
            share = self._covered(wanted, words) if len(wanted) >= _FEWEST_WORDS else 0.0
            alike = max((_common(located, x) for x in evidence), default=0.0)
            if (share >= _COVERED and share > own) or alike >= _SAME_WORDS:
                return [f"la réponse a pu s'élargir : {_name(located)} est nouveau et en parle aussi"]
        return []

    def _covered(self, wanted: frozenset[str], held: frozenset[str]) -> float:
        total = sum(self._weight.get(w, self._rarest) for w in wanted)
        return sum(self._weight.get(w, self._rarest) for w in wanted & held) / total if total else 0.0


def _words(located: Located) -> list[str]:
    return tokens(f"{located.passage.title} {located.passage.text}")


def _common(a: Located, b: Located) -> float:
    of_a, of_b = triples(a.passage.text), triples(b.passage.text)
    return len(of_a & of_b) / max(1, min(len(of_a), len(of_b))) if min(len(of_a), len(of_b)) > 4 else 0.0


def _name(located: Located) -> str:
    passage = located.passage
    where = f"{located.document}, ligne {passage.lines.start}"
    return f"{passage.id} ({where})" if passage.id and passage.kind != "section" else where
