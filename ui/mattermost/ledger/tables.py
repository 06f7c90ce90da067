"""The tables of the bot. Times are milliseconds of the server's clock, as Mattermost counts them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ui.storage.base import Base


class QuestionRow(Base):
    """A question from its receipt on; waiting, claimed or done, and how it ended."""

    __tablename__ = "mattermost_questions"
    __table_args__ = (
        Index("ix_mattermost_questions_state", "state", "create_at"),
        Index("ix_mattermost_questions_thread", "thread_id", "state"),
        Index("ix_mattermost_questions_channel", "channel_id", "create_at"),
        Index("ix_mattermost_questions_user", "user_id", "done_at"),
    )

    post_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    channel_id: Mapped[str] = mapped_column(String(26))
    channel_type: Mapped[str] = mapped_column(String(1), default="")
    team_id: Mapped[str] = mapped_column(String(26), default="")
    thread_id: Mapped[str] = mapped_column(String(26))
    user_id: Mapped[str] = mapped_column(String(26))
    message: Mapped[str] = mapped_column(Text, default="")
    create_at: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[int] = mapped_column(BigInteger)
    arrival: Mapped[int] = mapped_column(BigInteger)
    """Orders the posts of one millisecond: by nanoseconds, as they were received."""
    state: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str] = mapped_column(String(16), default="")
    claim: Mapped[str] = mapped_column(String(32), default="")
    lease_until: Mapped[int] = mapped_column(BigInteger, default=0)
    not_before: Mapped[int] = mapped_column(BigInteger, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    edits: Mapped[int] = mapped_column(Integer, default=0)
    parts: Mapped[str] = mapped_column(Text, default="")
    """What is to be posted, as JSON, kept before the first part is posted."""
    searched: Mapped[str] = mapped_column(Text, default="")
    """The stand-alone question, for the follow-ups."""
    cited: Mapped[str] = mapped_column(Text, default="")
    answer_id: Mapped[str] = mapped_column(String(64), default="")
    done_at: Mapped[int] = mapped_column(BigInteger, default=0)


class OwnPostRow(Base):
    """A post of ours: whose answer it is, for the reactions and the buttons."""

    __tablename__ = "mattermost_posts"
    __table_args__ = (Index("ix_mattermost_posts_question", "question_id"),)

    post_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(26))
    channel_id: Mapped[str] = mapped_column(String(26))
    part: Mapped[int] = mapped_column(Integer)
    answer: Mapped[str] = mapped_column(Text, default="")
    """What a person who rates it rates, as JSON."""


class CursorRow(Base):
    """How far a channel was read."""

    __tablename__ = "mattermost_cursors"

    channel_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    anchor_id: Mapped[str] = mapped_column(String(26), default="")
    candidate_id: Mapped[str] = mapped_column(String(26), default="")
    candidate_at: Mapped[int] = mapped_column(BigInteger, default=0)
    last_at: Mapped[int] = mapped_column(BigInteger, default=0)
    floor_at: Mapped[int] = mapped_column(BigInteger, default=0)


class MomentRow(Base):
    """A moment to remember under a name: when the bot last lived, when a conversation was forgotten."""

    __tablename__ = "mattermost_moments"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger)


class AnnouncementRow(Base):
    """A revision that was told to a channel; or, with no channel, that was there before the bot."""

    __tablename__ = "mattermost_announcements"

    revision: Mapped[str] = mapped_column(String(120), primary_key=True)
    channel_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    post_id: Mapped[str] = mapped_column(String(26), default="")
    at: Mapped[int] = mapped_column(BigInteger)
