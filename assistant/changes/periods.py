"""The period of a question → the revisions of one source that stand at its ends and inside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.changes.moments import Moment, Period
from ingest.sources.corpus import CorpusRevision

Find = Callable[[str], CorpusRevision | None]
"""The revision of a commit's hash, or None when the source has none."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What to compare; `before` is None where the documents did not exist yet, `after` where they still do not.

    `within` holds what was in force during the period, oldest first: the revision that it found, then its own.
    """

    before: CorpusRevision | None
    after: CorpusRevision | None
    within: tuple[CorpusRevision, ...] = ()


def bounds(period: Period, line: Sequence[CorpusRevision], find: Find) -> Bounds | None:
    """The bounds of a period in the revisions of a source, oldest first; None when it names a commit of another.

    Two dates are compared as `cct diff` compares them: the last revision up to the end of each.
    """
    named = [_Named(moment, find(moment.value) if moment.commit else None) for moment in period.moments]
    if any(n.moment.commit and n.revision is None for n in named):
        return None
    if period.span == "ever" or not line:
        return Bounds(None, line[-1] if line else None, tuple(line))
    if period.span == "latest":
        return _bounded(line, line[-2] if len(line) > 1 else None, line[-1])
    first, last = named[0], named[-1]
    if period.span == "between":
        return _bounded(line, first.at_end(line), last.at_end(line))
    if period.span == "since":
        exact = first.revision is not None or len(first.moment.value) == 10
        return _bounded(line, first.at_end(line) if exact else first.before(line), line[-1])
    if period.span == "until":
        return _bounded(line, line[0], first.before(line))
    return _bounded(line, first.before(line), first.at_end(line))


@dataclass(frozen=True, slots=True)
class _Named:
    moment: Moment
    revision: CorpusRevision | None

    def at_end(self, line: Sequence[CorpusRevision]) -> CorpusRevision | None:
        """What is in force when the moment ends."""
        return self.revision or _up_to(line, self.moment.last_day)

    def before(self, line: Sequence[CorpusRevision]) -> CorpusRevision | None:
        """What was in force just before the moment."""
        if self.revision is None:
            earlier = [r for r in line if r.date < self.moment.first_day]
            return earlier[-1] if earlier else None
        commits = [r.commit for r in line]
        if self.revision.commit in commits:
            n = commits.index(self.revision.commit)
            return line[n - 1] if n else None
        return _up_to([r for r in line if r.commit != self.revision.commit], self.revision.date)


def _up_to(line: Sequence[CorpusRevision], day: str) -> CorpusRevision | None:
    return next((r for r in reversed(line) if r.date <= day), None)


def _bounded(line: Sequence[CorpusRevision], before: CorpusRevision | None, after: CorpusRevision | None) -> Bounds:
    commits = [r.commit for r in line]
    start = commits.index(before.commit) if before and before.commit in commits else None
    end = commits.index(after.commit) + 1 if after and after.commit in commits else None
    if before is not None and start is None:
        return Bounds(before, after, (before, *([after] if after and after != before else [])))
    if after is not None and end is None:
        return Bounds(before, after, (*([before] if before else []), after))
    return Bounds(before, after, tuple(line[start or 0 : end or 0]))
