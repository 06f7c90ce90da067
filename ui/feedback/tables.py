"""The tables of feedback. What each column holds of a person, and for how long, is told in docs/donnees.md."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ui.storage.base import Base, Moment


class FeedbackRow(Base):
    """One vote: an answer and a person."""

    __tablename__ = "feedback"

    answer_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    vote: Mapped[str] = mapped_column(String(16))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    comment: Mapped[str] = mapped_column(Text)
    minutes_saved: Mapped[int | None]
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(16))
    model: Mapped[str] = mapped_column(String(200))
    citations: Mapped[list[str]] = mapped_column(JSON)
    revisions: Mapped[list[str]] = mapped_column(JSON)
    channel: Mapped[str] = mapped_column(String(16))
    answered_at: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment, index=True)


class PushRow(Base):
    """A vote that MirAI has not received yet, in its present state."""

    __tablename__ = "feedback_push"

    answer_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int]
    """Counts the changes: one that comes while it is sent makes it due again."""
    attempts: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(Moment, index=True)
    """Also the end of the lease of whoever is sending it."""
    refusal: Mapped[str] = mapped_column(Text)
    """Why the service refused it for good; empty while it is to be sent."""


class UnansweredRow(Base):
    """A question that got no answer; its words only where the operator asks for them."""

    __tablename__ = "unanswered"

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True)
    channel: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(300))
    """Key of the nearest passage, empty when none was near."""
    question: Mapped[str | None] = mapped_column(Text)


class CommentRow(Base):
    """A comment on a requirement, for the CCT's own form."""

    __tablename__ = "requirement_comment"
    __table_args__ = (Index("ix_requirement_comment_place", "source", "document"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Drawn with the form: sending it twice leaves one comment."""
    source: Mapped[str] = mapped_column(String(100))
    document: Mapped[str] = mapped_column(String(500))
    line: Mapped[int | None]
    record: Mapped[str] = mapped_column(String(100))
    """ "EXI-ORG-17#2"; empty for a document as a whole."""
    commit: Mapped[str] = mapped_column(String(64))
    extract: Mapped[str] = mapped_column(Text)
    proposal: Mapped[str] = mapped_column(Text)
    importance: Mapped[str] = mapped_column(String(16))
    author: Mapped[str] = mapped_column(String(200))
    """The name that the person chose to sign with; empty without their consent."""
    user_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
