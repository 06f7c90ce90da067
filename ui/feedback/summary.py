"""Votes in figures, for the people who maintain the documents and the assistant."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from ui.feedback.feedback import Feedback, Reason, Vote


@dataclass(slots=True)
class Tally:
    """How many votes of each kind something got."""

    useful: int = 0
    not_useful: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.useful + self.not_useful

    @property
    def share(self) -> float:
        """Share of useful votes, between 0 and 1; 0 without any vote."""
        return self.useful / self.total if self.total else 0.0

    def add(self, vote: Vote) -> None:
        """One more."""
        if vote == "useful":
            self.useful += 1
        else:
            self.not_useful += 1


@dataclass(slots=True)
class Summary:
    """Everything counted at once, over any number of votes."""

    votes: Tally = field(default_factory=Tally)
    by_month: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """ "2026-11" and the votes last changed then."""
    by_requirement: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """Key of what the answers cited: an answer counts for each."""
    by_revision: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_channel: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_writer: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """The model's name, or "" for extractive answers."""
    reasons: Counter[Reason] = field(default_factory=Counter)
    minutes: Counter[int] = field(default_factory=Counter)
    """Minutes saved, and how many said so."""

    @property
    def minutes_saved(self) -> int:
        """Their sum, over the votes that say it."""
        return sum(minutes * count for minutes, count in self.minutes.items())

    def worst_requirements(self, most: int) -> list[tuple[str, Tally]]:
        """Those with the most votes against, then the lowest share."""
        ordered = sorted(self.by_requirement.items(), key=lambda x: (-x[1].not_useful, x[1].share, x[0]))
        return ordered[:most]


def summary_of(votes: Iterable[Feedback]) -> Summary:
    """The figures of these votes."""
    summary = Summary()
    for feedback in votes:
        answer, ballot = feedback.answer, feedback.ballot
        places = (
            [(summary.by_month, f"{feedback.changed_at:%Y-%m}"), (summary.by_channel, answer.channel)]
            + [(summary.by_writer, answer.model)]
            + [(summary.by_requirement, key) for key in answer.citations]
            + [(summary.by_revision, key) for key in answer.revisions]
        )
        summary.votes.add(ballot.vote)
        for tallies, key in places:
            tallies[key].add(ballot.vote)
        summary.reasons.update(ballot.reasons)
        if ballot.minutes_saved is not None:
            summary.minutes[ballot.minutes_saved] += 1
    return summary
