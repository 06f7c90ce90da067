"""A question as the ledger holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

Outcome = Literal["answered", "refused", "too_old", "deleted", "failed", "gone"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A question that has come, before anything is done about it."""

    post_id: str
    channel_id: str
    channel_type: str
    team_id: str
    thread_id: str
    user_id: str
    message: str
    create_at: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A question that a worker holds until its lease ends; `claim` is the proof that it still does."""

    incoming: Incoming
    claim: str
    edits: int
    attempts: int
    parts: tuple[str, ...]
    """What an earlier attempt meant to post, when it came so far."""
    received_at: int
    answer: AnswerRecord | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question of the same conversation that was answered before, and the records that its answer cited."""

    post_id: str
    user_id: str
    question: str
    cited: tuple[str, ...]
    create_at: int


class CitedPlace(BaseModel):
    """A record that an answer cites, as far as a button needs it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str
    document: str
    id: str = ""
    occurrence: int = 1
    priority: str = ""
    line: int = 0
    commit: str = ""
    url: str = ""
    quote: str = ""


class AnswerRecord(BaseModel):
    """What is kept of an answer: what a rating is about, and what the buttons show."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    answer_id: str
    question: str
    receipt: str = ""
    """What a vote is given with (ui.feedback); empty for what nobody rates."""
    searched: str = ""
    cited: tuple[str, ...] = ()
    places: tuple[CitedPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of ours that a person reacts to or whose button is pressed."""

    post_id: str
    question_id: str
    channel_id: str
    part: int
    answer: AnswerRecord | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that nobody works on yet; `first` when nothing before it in its thread is open."""

    incoming: Incoming
    received_at: int
    first: bool


@dataclass(frozen=True, slots=True)
class Backlog:
    """The first questions that wait, in order; how many wait in all, and how many are worked on."""

    first: tuple[Waiting, ...]
    waiting: int
    claimed: int
