"""The tables of feedback. `info["rgpd"]` says what a column holds of a person; docs/donnees.md tells it to people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ui.storage.base import Base, Moment

NO_DATA = {"rgpd": "aucune"}
PSEUDONYM = {"rgpd": "pseudonyme"}
FREE_TEXT = {"rgpd": "texte libre"}
NAME = {"rgpd": "identité, avec accord"}


class FeedbackRow(Base):
    """One vote: an answer and a person."""

    __tablename__ = "feedback"

    answer_id: Mapped[str] = mapped_column(String(64), primary_key=True, info=NO_DATA)
    user_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=PSEUDONYM)
    vote: Mapped[str] = mapped_column(String(16), info=NO_DATA)
    reasons: Mapped[list[str]] = mapped_column(JSON, info=NO_DATA)
    comment: Mapped[str] = mapped_column(Text, info=FREE_TEXT)
    minutes_saved: Mapped[int | None] = mapped_column(info=NO_DATA)
    question: Mapped[str] = mapped_column(Text, info=FREE_TEXT)
    answer: Mapped[str] = mapped_column(Text, info=FREE_TEXT)
    status: Mapped[str] = mapped_column(String(16), info=NO_DATA)
    mode: Mapped[str] = mapped_column(String(16), info=NO_DATA)
    model: Mapped[str] = mapped_column(String(200), info=NO_DATA)
    citations: Mapped[list[str]] = mapped_column(JSON, info=NO_DATA)
    revisions: Mapped[list[str]] = mapped_column(JSON, info=NO_DATA)
    channel: Mapped[str] = mapped_column(String(16), info=NO_DATA)
    answered_at: Mapped[datetime] = mapped_column(Moment, info=NO_DATA)
    created_at: Mapped[datetime] = mapped_column(Moment, info=NO_DATA)
    changed_at: Mapped[datetime] = mapped_column(Moment, index=True, info=NO_DATA)


class PushRow(Base):
    """A vote that MirAI has not received yet, in its present state."""

    __tablename__ = "feedback_push"

    answer_id: Mapped[str] = mapped_column(String(64), primary_key=True, info=NO_DATA)
    user_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=PSEUDONYM)
    version: Mapped[int] = mapped_column(info=NO_DATA)
    """Counts the changes: one that comes while it is sent makes it due again."""
    attempts: Mapped[int] = mapped_column(info=NO_DATA)
    due_at: Mapped[datetime] = mapped_column(Moment, index=True, info=NO_DATA)
    """Also the end of the lease of whoever is sending it."""
    refusal: Mapped[str] = mapped_column(Text, info=NO_DATA)
    """Why the service refused it for good; empty while it is to be sent."""


class UnansweredRow(Base):
    """A question that got no answer; its words only where the operator asks for them."""

    __tablename__ = "unanswered"

    id: Mapped[int] = mapped_column(primary_key=True, info=NO_DATA)
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True, info=NO_DATA)
    channel: Mapped[str] = mapped_column(String(16), info=NO_DATA)
    status: Mapped[str] = mapped_column(String(16), info=NO_DATA)
    subject: Mapped[str] = mapped_column(String(300), info=NO_DATA)
    """Key of the nearest passage, empty when none was near."""
    question: Mapped[str | None] = mapped_column(Text, info=FREE_TEXT)


class CommentRow(Base):
    """A comment on a requirement, for the CCT's own form."""

    __tablename__ = "requirement_comment"
    __table_args__ = (Index("ix_requirement_comment_place", "source", "document"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, info=NO_DATA)
    """Drawn with the form: sending it twice leaves one comment."""
    source: Mapped[str] = mapped_column(String(100), info=NO_DATA)
    document: Mapped[str] = mapped_column(String(500), info=NO_DATA)
    line: Mapped[int | None] = mapped_column(info=NO_DATA)
    record: Mapped[str] = mapped_column(String(100), info=NO_DATA)
    """ "EXI-ORG-17#2"; empty for a document as a whole."""
    commit: Mapped[str] = mapped_column(String(64), info=NO_DATA)
    extract: Mapped[str] = mapped_column(Text, info=NO_DATA)
    proposal: Mapped[str] = mapped_column(Text, info=FREE_TEXT)
    importance: Mapped[str] = mapped_column(String(16), info=NO_DATA)
    author: Mapped[str] = mapped_column(String(200), info=NAME)
    """The name that the person chose to sign with; empty without their consent."""
    user_hash: Mapped[str] = mapped_column(String(64), info=PSEUDONYM)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True, info=NO_DATA)
