"""Which evaluation questions still hold after a revision: no index, no model, a few seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.question.reading import read_question
from eval.question_sets.question_fields import EvidenceRef
from eval.question_sets.question_set import EvalQuestion
from eval.revisions.following import HOLDS, Fate, Followed, Homes, Step, worst
from eval.revisions.new_answers import NewAnswers
from ingest.passage import Located
from ingest.revisions.requirement_history import RevisionReader
from ingest.sources.corpus import Corpus, CorpusRevision

BLOCKING: frozenset[Fate] = frozenset({"reread", "retyped", "removed", "reused"})


@dataclass(frozen=True, slots=True)
class QuestionState:
    """One question between two revisions of a source."""

    question: EvalQuestion
    fate: Fate
    evidence: tuple[Followed, ...]
    reasons: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    """What a person may want to look at; it blocks nothing."""

    @property
    def blocking(self) -> bool:
        """True when the question cannot be scored before somebody reads it again."""
        return self.fate in BLOCKING


@dataclass(frozen=True, slots=True)
class Staleness:
    """The state of every question that one source's change may concern, in the order of the sets."""

    source: str
    a: CorpusRevision
    b: CorpusRevision
    questions: tuple[QuestionState, ...]
    naive_wrong: int
    """Questions whose evidence holds under another id: a set that trusts printed ids would call them failures."""

    @property
    def counts(self) -> Counter[str]:
        """How many questions have each fate."""
        return Counter(state.fate for state in self.questions)

    @property
    def blocking(self) -> tuple[QuestionState, ...]:
        """The questions that have to be read again."""
        return tuple(state for state in self.questions if state.blocking)

    @property
    def advised(self) -> tuple[QuestionState, ...]:
        """The questions with advice."""
        return tuple(state for state in self.questions if state.advice)


@dataclass
class Follower:
    """Follows evidence of one source into one revision, wherever it was written."""

    reader: RevisionReader
    source: str
    _homes: Homes = field(init=False)
    _steps: dict[tuple[str, str], Step] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._homes = Homes(self.reader, self.source)

    def step(self, a: CorpusRevision, b: CorpusRevision) -> Step:
        """What became of the source between two revisions, computed once."""
        key = (a.commit, b.commit)
        if key not in self._steps:
            self._steps[key] = Step(self.reader, a, b)
        return self._steps[key]

    def into(self, ref: EvidenceRef, revision: CorpusRevision) -> Followed:
        """The evidence in a revision: by its text, else followed from the newest revision that holds its text."""
        home = self._homes.of(ref.fingerprint)
        if home is None:
            return Followed(ref, "absent")
        return self.step(home, revision).follow(ref)


def staleness(corpus: Corpus, questions: Sequence[EvalQuestion], a: CorpusRevision, b: CorpusRevision) -> Staleness:
    """What became of each question of the source from revision a to revision b."""
    follower = Follower(RevisionReader(corpus), a.source.id)
    step = follower.step(a, b)
    fresh = NewAnswers(step)
    states = []
    for question in questions:
        state = _state(question, follower, step, fresh)
        if state is not None:
            states.append(state)
    naive = sum(s.fate in HOLDS and any(_moved(f) for f in s.evidence) for s in states)
    return Staleness(a.source.id, a, b, tuple(states), naive)


def _moved(followed: Followed) -> bool:
    before, after = followed.before, followed.after
    return before is not None and after is not None and before.passage.id != after.passage.id


def _state(question: EvalQuestion, follower: Follower, step: Step, fresh: NewAnswers) -> QuestionState | None:
    own = [ref for ref in question.evidence if ref.source == step.a.source.id]
    if question.must_answer and not own and question.listing is None:
        return None
    followed = tuple(_followed(question, ref, follower, step) for ref in own)
    fate = worst(f.fate for f in followed) if own else "intact"
    reasons = [f"{f.ref.passage} : {reason}" for f in followed for reason in f.reasons]
    named = _named_ids(question, step, [f.before for f in followed if f.before is not None])
    if named and fate != "absent":
        fate = worst([fate, *(kind for kind, _ in named)])
        reasons += [reason for _, reason in named]
    if question.must_answer and fate == "absent":
        return None
    advice = fresh.advice(question, followed)
    if not question.must_answer and not advice:
        return QuestionState(question, "intact", (), ())
    return QuestionState(question, fate, followed, tuple(reasons), tuple(advice))


def renamed(question: EvalQuestion, followed: Followed, now: Located) -> bool:
    """True when the question names the identifier that its evidence was written under, and the text bears another."""
    written = followed.ref.passage.split(":", 1)[-1].split("#")[0]
    return written in read_question(question.question).ids and now.passage.id != written


def _followed(question: EvalQuestion, ref: EvidenceRef, follower: Follower, step: Step) -> Followed:
    direct = step.follow(ref)
    if direct.before is not None and renamed(question, direct, direct.before):
        return Followed(ref, "absent")
    if direct.fate != "absent":
        return direct
    earlier = follower.into(ref, step.a)
    if earlier.after is None or earlier.fate not in HOLDS or renamed(question, earlier, earlier.after):
        return Followed(ref, "absent")
    return step.follow(ref, earlier.after)


def _named_ids(question: EvalQuestion, step: Step, evidence: Sequence[Located]) -> list[tuple[Fate, str]]:
    """What happened to the identifiers that the question itself names: rebinding its evidence would not save it."""
    found: list[tuple[Fate, str]] = []
    bearers = {x.passage.id for x in evidence}
    for identifier in read_question(question.question).ids:
        if identifier not in bearers:
            continue
        standing = any(x.passage.id == identifier for x in step.after if x.passage.kind != "section")
        if identifier in step.reused:
            found.append(("reused", f"la question nomme {identifier}, qui désigne maintenant un autre texte"))
        elif not standing:
            found.append(("removed", f"la question nomme {identifier}, qui n'existe plus"))
    return found
