"""Asks every question once and writes what comes back; judging it is another matter (eval.scoring)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from eval.question_sets.question_variants import Asked
from eval.runs.answer_sources import AnswerError, Answers, failure_said
from eval.runs.run_gold import GoldFinder, RowGold
from eval.runs.transcript import Journal, Row

Progress = Callable[[int, int], None]


def run_questions(
    asked: Sequence[Asked],
    gold: GoldFinder,
    answers: Answers,
    journal: Journal,
    progress: Progress,
    jobs: int = 2,
    sets: Mapping[str, str] | None = None,
    finished: bool = False,
) -> list[Row]:
    """One row an asked question, in order; a question that fails is a row that says so, never a missing one.

    What an interrupted run of the same fingerprint had answered is not asked again. `jobs` questions are under way
    at a time. `sets` names the set of each question id. `finished`: a run that is complete already is kept as it is.
    """
    known = journal.known(finished)
    journal.open([known[a.id] for a in asked if a.id in known])
    golds = {q.id: gold.gold(q) for q in {a.question.id: a.question for a in asked}.values()}
    fresh = _answered([a for a in asked if a.id not in known], golds, answers, jobs)
    rows = []
    for number, item in enumerate(asked, 1):
        row = known.get(item.id)
        if row is None:
            row = next(fresh).model_copy(update={"set": (sets or {}).get(item.question.id, "")})
            journal.add(row)
        rows.append(row)
        progress(number, len(asked))
    return rows


def _answered(asked: Sequence[Asked], golds: dict[str, RowGold], answers: Answers, jobs: int) -> Iterator[Row]:
    with ThreadPoolExecutor(jobs) as workers:
        try:
            yield from workers.map(lambda item: _row(item, golds[item.question.id], answers), asked)
        finally:
            workers.shutdown(cancel_futures=True)


def _row(item: Asked, gold: RowGold, answers: Answers) -> Row:
    empty = Row(
        id=item.id,
        question_id=item.question.id,
        variant=item.variant,
        asked=item.text,
        question=item.question.model_dump_json(exclude_defaults=True),
        cluster=gold.cluster,
        fate=gold.fate,
        expects=gold.expects,
        needed=[list(places) for places in gold.needed],
        right=list(gold.right),
        excluded=list(gold.excluded),
    )
    sources = (item.question.source,) if item.question.source else ()
    try:
        given = answers.answer(item.id, item.text, sources)
    except AnswerError as exc:
        return empty.model_copy(update={"status": "error", "error": f"{exc.message} {exc.remedy}".strip()})
    failed = failure_said(given.answer)
    if failed:
        return empty.model_copy(update={"status": "error", "error": failed})
    found = {
        "answer": given.answer, "confidence": given.confidence, "milliseconds": round(given.milliseconds, 2),
    }  # fmt: skip
    return empty.model_copy(update=found)
