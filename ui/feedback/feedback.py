"""A vote on an answer: the values that every channel handles."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from assistant.answer import Answer, Mode, Place, Status, UsedRevision

Vote = Literal["useful", "not_useful"]
Reason = Literal["wrong", "incomplete", "beside", "missed", "citation", "outdated", "unclear", "other"]
Minutes = Literal[0, 5, 15, 30]
Channel = Literal["web", "api", "mattermost"]

VOTES: tuple[Vote, ...] = get_args(Vote)
REASONS: tuple[Reason, ...] = get_args(Reason)
MINUTES: tuple[Minutes, ...] = get_args(Minutes)
LONGEST_COMMENT = 2000
LONGEST_TEXT = 20_000
"""Characters of a question or an answer that are kept with a vote."""
_CUT = " […]"
_CONTROLS = re.compile(r"[^\S\n\t ]|[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    """What is kept of an answer with a vote on it."""

    id: str
    question: str
    text: str
    status: Status
    mode: Mode
    model: str
    """Name of the model that wrote; empty for an extractive answer."""
    citations: tuple[str, ...]
    """Keys of what was cited: "pi:EXI-ORG-17#2", "pi:cct-guide.md:12" for prose; its twins too."""
    revisions: tuple[str, ...]
    """ "pi@" and the commit, or "pi@demonstration"."""
    channel: Channel
    answered_at: datetime

    @staticmethod
    def of(answer: Answer, channel: Channel, model: str, when: datetime) -> RatedAnswer:
        """What is kept of an answer; `model` is the configured one."""
        places = [place for citation in answer.citations for place in (citation.place, *citation.also)]
        return RatedAnswer(
            id=answer.id,
            question=plain_text(answer.question, LONGEST_TEXT),
            text=plain_text(answer.text, LONGEST_TEXT),
            status=answer.status,
            mode=answer.mode,
            model=model if answer.mode == "llm" else "",
            citations=tuple(dict.fromkeys(place_key(place) for place in places)),
            revisions=tuple(revision_key(revision) for revision in answer.revisions),
            channel=channel,
            answered_at=when,
        )


@dataclass(frozen=True, slots=True)
class Ballot:
    """What somebody says of an answer; reasons come with "not_useful" only."""

    vote: Vote
    reasons: tuple[Reason, ...] = ()
    comment: str = ""
    minutes_saved: Minutes | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """A vote as it is stored: one for an answer and a person, whose name is never known here."""

    answer: RatedAnswer
    user: str
    """Pseudonym (ui.feedback.pseudonyms)."""
    ballot: Ballot
    created_at: datetime
    changed_at: datetime


def place_key(place: Place) -> str:
    """ "pi:EXI-ORG-17#2" for a record, "pi:cct-guide.md:12" for prose."""
    if place.id is None:
        return f"{place.source}:{place.document}:{place.line_start}"
    return f"{place.source}:{place.id}" + (f"#{place.occurrence}" if place.occurrence > 1 else "")


def revision_key(revision: UsedRevision) -> str:
    """ "pi@" and the commit; the demonstration edition has none."""
    return f"{revision.source}@{revision.commit or 'demonstration'}"


def plain_text(text: str, longest: int) -> str:
    """Text that any database keeps: no control character, NFC, cut with […] beyond the length."""
    folded = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = unicodedata.normalize("NFC", _CONTROLS.sub(" ", folded)).strip()
    return kept if len(kept) <= longest else kept[: longest - len(_CUT)] + _CUT
