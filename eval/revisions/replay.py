"""The evaluation run over the history of a source: what would the suite have said at each revision?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eval.question_sets.question_set import EvalQuestion
from eval.revisions.comparison import Comparison, compare
from eval.scoring.score_run import RunScores
from eval.scoring.source_texts import SourceTexts
from eval.scoring.summary import Thresholds
from ingest.revisions.requirement_history import RevisionReader
from ingest.sources.corpus import Corpus, CorpusRevision


@dataclass(frozen=True, slots=True)
class ReplayStep:
    """Two revisions that follow each other: what a suite tied to printed ids would say, and what ours says."""

    before: RunScores
    after: RunScores
    comparison: Comparison
    naive: float
    """First-five recall at the newer revision of a golden set that trusts the ids printed at the older one."""
    ours: float
    """First-five recall of the same questions, evidence followed by its text."""
    questions: int


def requirement_revisions(corpus: Corpus, source: str, first: str = "") -> list[CorpusRevision]:
    """The revisions that changed the table of requirements, oldest first, from one of them on."""
    states = [state.revision for state in RevisionReader(corpus).states(source)]
    start = next((n for n, r in enumerate(states) if first and r.commit.startswith(first)), 0)
    return states[start:]


def of_source(questions: Sequence[EvalQuestion], source: str) -> list[EvalQuestion]:
    """The questions that a revision of one source can change: on its texts, or without an answer so far.

    Attacks, courtesies and questions on other sources only are asked by `cct eval run`, once a revision.
    """
    return [
        q
        for q in questions
        if any(ref.source == source for ref in q.evidence)
        or (q.listing is not None and q.listing.source == source)
        or q.kind == "unanswerable"
    ]


@dataclass(frozen=True, slots=True)
class ReplayedRun:
    """A run of the replay: its scores, and the documents that it was scored against."""

    scores: RunScores
    texts: SourceTexts


def replay_step(first: ReplayedRun, second: ReplayedRun, thresholds: Thresholds) -> ReplayStep:
    """The step from one run to the next."""
    before, after = first.scores, second.scores
    comparison = compare(before, after, thresholds)
    naive, ours = _recalls(first, second, comparison)
    return ReplayStep(before, after, comparison, _mean(naive), _mean(ours), len(ours))


def _recalls(first: ReplayedRun, second: ReplayedRun, comparison: Comparison) -> tuple[list[float], list[float]]:
    """Of the questions about requirements, each recall by printed id and by followed text."""
    texts = (first.texts, second.texts)
    older, newer = ({row.id: row for row in run.scores.transcript.rows} for run in (first, second))
    naive, ours = [], []
    for a, b in comparison.pairs:
        wanted = [_identity(places, texts[0]) for places in older[a.id].needed]
        if not wanted or any(w is None for w in wanted) or b.value("rappel_5") is None:
            continue
        found = _retrieved_identities(newer[b.id].answer, texts[1])
        naive.append(sum(w in found for w in wanted) / len(wanted))
        ours.append(b.value("rappel_5") or 0.0)
    return naive, ours


def _identity(places: Sequence[str], texts: SourceTexts) -> str | None:
    for name in places:
        located = texts.at(name)
        if located is not None and located.passage.kind == "requirement":
            return located.key
    return None


def _retrieved_identities(answer: str, texts: SourceTexts) -> set[str]:
    import json

    units = json.loads(answer).get("retrieved", [])[:5] if answer else []
    names = [f"{p['source']}|{p['document']}|{p['line_start']}" for u in units for p in (u, *u.get("also", ()))]
    return {located.key for name in names if (located := texts.at(name)) is not None}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else float("nan")


STEP_HEADER = (
    "avant", "après", "valables dans les deux", "ne valent plus", "rappel à 5, identifiants imprimés",
    "rappel à 5, texte suivi", "régressions",
)  # fmt: skip


def replay_lines(steps: Sequence[ReplayStep]) -> list[str]:
    """Markdown: one line a step."""
    lines = [f"| {' | '.join(STEP_HEADER)} |", f"| {' | '.join('---' for _ in STEP_HEADER)} |"]
    return lines + [f"| {' | '.join(step_cells(step))} |" for step in steps]


def step_cells(step: ReplayStep) -> list[str]:
    """A step under STEP_HEADER: the two recalls, what went down, what is broken or under its floor."""
    regressed = ", ".join(d.metric.label for d in step.comparison.regressed) or "aucune"
    broken = ", ".join(f.metric.label for f in step.comparison.invariants)
    low = ", ".join(f.metric.label for f in step.comparison.low)
    return [
        *(_moved(one, other) for one, other in ((step.before, step.after), (step.after, step.before))),
        str(len(step.comparison.pairs)),
        str(len(step.comparison.gone)),
        _recall(step.naive),
        f"{_recall(step.ours)} ({step.questions} questions)",
        f"{regressed}{f' ; rompu : {broken}' if broken else ''}{f' ; sous le plancher : {low}' if low else ''}",
    ]


def _recall(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


def _moved(run: RunScores, other: RunScores) -> str:
    """The commit of the source that is not the same in the other run."""
    same = {d.commit for d in other.transcript.record.documents}
    documents = run.transcript.record.documents
    return next((d for d in documents if d.commit not in same), documents[-1]).commit[:7]
