"""Votes that MirAI is to receive: written with the vote itself, so that neither goes without the other."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ui.feedback.tables import PushRow

SETTLING = timedelta(seconds=60)
"""How long a vote may still change (a reason, a comment) before it is sent: MirAI then gets one, not three."""


def enqueue(session: Session, answer_id: str, user: str, now: datetime) -> None:
    """The vote is to be sent once it has settled; a change makes it due again."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    due = now + SETTLING
    first = {"answer_id": answer_id, "user_hash": user, "version": 1, "attempts": 0, "due_at": due, "refusal": ""}
    statement = dialect.insert(PushRow).values(**first)
    again = {"version": PushRow.version + 1, "attempts": 0, "due_at": due, "refusal": ""}
    session.execute(statement.on_conflict_do_update(index_elements=["answer_id", "user_hash"], set_=again))


def forget(session: Session, answer_id: str, user: str) -> None:
    """The vote was taken back: what was not sent is not sent."""
    session.execute(delete(PushRow).filter_by(answer_id=answer_id, user_hash=user))
