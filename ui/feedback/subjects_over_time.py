"""What got no answer, month by month: the subjects asked most, and all the others together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.feedback.plots import Column, columns
from ui.feedback.unanswered import Subject

MOST_SUBJECTS, MOST_MONTHS = 4, 13
OTHERS = "autres sujets"
NOTHING_NEAR = "aucun passage proche"


@dataclass(frozen=True, slots=True)
class SubjectsOverTime:
    """Series of counts, one number a month in each; the plot and its table are made of the same."""

    months: tuple[str, ...] = ()
    series: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """Label of the subject, and its counts in the order of the months."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The plot."""
        return columns([(month, [counts[n] for _, counts in self.series]) for n, month in enumerate(self.months)])


def over_time(subjects: Sequence[Subject]) -> SubjectsOverTime:
    """The last months in which something got no answer and those between; `subjects` come the most asked first."""
    asked_in = sorted({month for subject in subjects for month in subject.by_month})
    if not asked_in:
        return SubjectsOverTime()
    months = tuple(_every_month(asked_in[0], asked_in[-1])[-MOST_MONTHS:])
    named, others = subjects[:MOST_SUBJECTS], subjects[MOST_SUBJECTS:]
    series = [(s.key or NOTHING_NEAR, tuple(s.by_month.get(month, 0) for month in months)) for s in named]
    if others:
        series.append((OTHERS, tuple(sum(s.by_month.get(month, 0) for s in others) for month in months)))
    return SubjectsOverTime(months, tuple(series))


def _every_month(first: str, last: str) -> list[str]:
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(start, end + 1)]
