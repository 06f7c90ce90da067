"""A run judged by a model, several times over: mean, spread, and what got no verdict; never a silent zero."""

from __future__ import annotations

import asyncio
import json
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.judging.judge_model import Judge
from eval.judging.judged_metrics import NAMES, judged_metrics, rescaled
from eval.runs.transcript import TranscriptError
from eval.scoring.case import Case
from ingest.index.embedding import Embedder

FILE = "judged.jsonl"
FORMER = "judged-avant.jsonl"
"""Verdicts of other judges or prompts, the latest ones last: they were paid for."""
_CONTEXTS = 5


class Verdict(BaseModel):
    """One metric on one row at one repeat; no value: unscored, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    row: str
    metric: str
    repeat: int
    value: float | None = None
    reason: str = ""
    judge: str = ""
    prompts: str = ""


@dataclass(frozen=True, slots=True)
class JudgedFigure:
    """One metric over the repeats of the rows."""

    metric: str
    mean: float
    spread: float
    """Mean over the rows of the standard deviation between repeats."""
    rows: int
    unscored: int
    asked: int


def judge_cases(
    cases: Sequence[Case], judge: Judge, embedder: Embedder, folder: Path, repeats: int, jobs: int, prompts: str,
    progress: Callable[[int, int], None], names: Sequence[str] = NAMES,
) -> list[Verdict]:  # fmt: skip
    """Judges the answered rows; what the folder's file has already from the same judge and prompts is kept.

    Verdicts of another judge or with other prompts are put aside, in FORMER.
    """
    given = [v for v in read_verdicts(folder) if v.value is not None]
    same = [v for v in given if v.judge == judge.name and v.prompts == prompts]
    done = {(v.row, v.metric, v.repeat): v for v in same}
    path = folder / FILE
    others = [v for v in given if v.judge != judge.name or v.prompts != prompts]
    if others:
        with (folder / FORMER).open("a", encoding="utf-8") as file:
            file.writelines(f"{v.model_dump_json()}\n" for v in others)
    path.write_text("".join(f"{v.model_dump_json()}\n" for v in done.values()), encoding="utf-8")
    wanted = [(c, name, n) for n in range(repeats) for c in cases for name in names]
    metrics = [judged_metrics(judge, n + 1, embedder) for n in range(repeats)]

    async def all_of_them() -> list[Verdict]:
        limit, finished = asyncio.Semaphore(jobs), 0

        async def one(case: Case, name: str, repeat: int) -> Verdict:
            nonlocal finished
            known = done.get((case.row.id, name, repeat))
            if known is not None:
                return known
            async with limit:
                value, reason = await _value(metrics[repeat][name], name, case)
            verdict = Verdict(
                row=case.row.id, metric=name, repeat=repeat, value=value, reason=reason, judge=judge.name,
                prompts=prompts,
            )  # fmt: skip
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{verdict.model_dump_json()}\n")
            finished += 1
            progress(finished, len(wanted) - len(done))
            return verdict

        return list(await asyncio.gather(*(one(*item) for item in wanted)))

    return asyncio.run(all_of_them())


async def _value(metric: Any, name: str, case: Case) -> tuple[float | None, str]:
    try:
        result = await metric.ascore(**_arguments(name, case))
    except Exception as exc:  # noqa: BLE001  # whatever a judge or ragas raises, the row stays, unscored
        return None, f"{type(exc).__name__} : {str(exc)[:200]}"
    value = float(result.value) if result.value is not None else math.nan
    if math.isnan(value):
        return None, str(result.reason or "pas de valeur")
    return (rescaled(value) if name == "pertinence_jugee" and value > 0 else value), ""


def _arguments(name: str, case: Case) -> dict[str, Any]:
    if name == "pertinence_jugee":
        return {"user_input": case.row.asked, "response": case.parts.said}
    if name == "exactitude_jugee":
        return {
            "response": case.parts.said,
            "reference": case.question.expected or "\n".join(_texts(case, case.needed)),
        }
    cited = [c.names for c in case.citations]
    return {
        "user_input": case.row.asked,
        "response": case.parts.said,
        "retrieved_contexts": list(dict.fromkeys(_texts(case, [*cited, *case.retrieved[:_CONTEXTS]]))),
    }


def _texts(case: Case, units: Sequence[frozenset[str]]) -> list[str]:
    found = [next((x for n in sorted(unit) if (x := case.texts.at(n)) is not None), None) for unit in units]
    return [f"{x.passage.id or x.passage.title} ({x.passage.priority or ''}) : {x.passage.text}" for x in found if x]


def read_verdicts(folder: Path) -> list[Verdict]:
    """The verdicts of a run's folder; none before it is judged. TranscriptError for a line that is no verdict."""
    path = folder / FILE
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found.append(Verdict.model_validate(json.loads(line)))
        except (json.JSONDecodeError, ValidationError) as exc:
            raise TranscriptError(f"{path.name}, ligne {number} : illisible.", "Supprimez la ligne.") from exc
    return found


def judged_figures(verdicts: Sequence[Verdict]) -> list[JudgedFigure]:
    """Mean, spread and what is unscored, metric by metric."""
    figures = []
    for name in dict.fromkeys(v.metric for v in verdicts):
        own = [v for v in verdicts if v.metric == name]
        by_row: dict[str, list[float]] = {}
        for verdict in own:
            if verdict.value is not None:
                by_row.setdefault(verdict.row, []).append(verdict.value)
        means = [statistics.fmean(values) for values in by_row.values()]
        spreads = [statistics.stdev(values) for values in by_row.values() if len(values) > 1]
        figures.append(
            JudgedFigure(
                metric=name,
                mean=statistics.fmean(means) if means else math.nan,
                spread=statistics.fmean(spreads) if spreads else 0.0,
                rows=len(by_row),
                unscored=sum(v.value is None for v in own),
                asked=len(own),
            )
        )
    return figures
