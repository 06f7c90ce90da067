"""Rows of the tables as values, and back."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from ui.mattermost.ledger.question import AnswerRecord, Claimed, Earlier, Incoming, OwnPost
from ui.mattermost.ledger.tables import OwnPostRow, QuestionRow


class _Kept(BaseModel):
    model_config = ConfigDict(extra="ignore")

    parts: tuple[str, ...]
    answer: AnswerRecord | None = None


def dumped(parts: Sequence[str], answer: AnswerRecord | None) -> str:
    """What is to be posted, as it is kept."""
    return _Kept(parts=tuple(parts), answer=answer).model_dump_json()


def new_row(incoming: Incoming, now: int) -> QuestionRow:
    """A question that waits."""
    return QuestionRow(
        post_id=incoming.post_id,
        channel_id=incoming.channel_id,
        channel_type=incoming.channel_type[:1],
        team_id=incoming.team_id,
        thread_id=incoming.thread_id,
        user_id=incoming.user_id,
        message=incoming.message,
        create_at=incoming.create_at,
        received_at=now,
        arrival=time.time_ns(),
        state="waiting",
    )


def as_incoming(row: QuestionRow) -> Incoming:
    """The question as it came, with its newest words."""
    return Incoming(
        row.post_id,
        row.channel_id,
        row.channel_type,
        row.team_id,
        row.thread_id,
        row.user_id,
        row.message,
        row.create_at,
    )


def as_claimed(row: QuestionRow) -> Claimed:
    """The question of a row that was just claimed."""
    kept = _Kept.model_validate_json(row.parts) if row.parts else _Kept(parts=())
    return Claimed(as_incoming(row), row.claim, row.edits, row.attempts, kept.parts, row.received_at, kept.answer)


def as_earlier(row: QuestionRow) -> Earlier:
    """An answered question, for the context of the next."""
    cited = tuple(filter(None, row.cited.split("\n")))
    return Earlier(row.post_id, row.user_id, row.searched or row.message, cited, row.create_at)


def as_own_post(row: OwnPostRow) -> OwnPost:
    """A post of ours."""
    answer = AnswerRecord.model_validate_json(row.answer) if row.answer else None
    return OwnPost(row.post_id, row.question_id, row.channel_id, row.part, answer)
