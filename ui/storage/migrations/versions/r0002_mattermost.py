"""The Mattermost bot: questions, its own posts, cursors, moments, announcements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Makes the tables."""
    _questions()
    op.create_table(
        "mattermost_posts",
        sa.Column("post_id", sa.String(26), nullable=False),
        sa.Column("question_id", sa.String(26), nullable=False),
        sa.Column("channel_id", sa.String(26), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name="pk_mattermost_posts"),
    )
    op.create_index("ix_mattermost_posts_question", "mattermost_posts", ["question_id"])
    op.create_table(
        "mattermost_cursors",
        sa.Column("channel_id", sa.String(26), nullable=False),
        sa.Column("anchor_id", sa.String(26), nullable=False),
        sa.Column("candidate_id", sa.String(26), nullable=False),
        sa.Column("candidate_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("floor_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name="pk_mattermost_cursors"),
    )
    _small_ones()


def _questions() -> None:
    op.create_table(
        "mattermost_questions",
        sa.Column("post_id", sa.String(26), nullable=False),
        sa.Column("channel_id", sa.String(26), nullable=False),
        sa.Column("channel_type", sa.String(1), nullable=False),
        sa.Column("team_id", sa.String(26), nullable=False),
        sa.Column("thread_id", sa.String(26), nullable=False),
        sa.Column("user_id", sa.String(26), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("create_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("arrival", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("claim", sa.String(32), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.Column("cited", sa.Text(), nullable=False),
        sa.Column("answer_id", sa.String(64), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name="pk_mattermost_questions"),
    )
    op.create_index("ix_mattermost_questions_state", "mattermost_questions", ["state", "create_at"])
    op.create_index("ix_mattermost_questions_thread", "mattermost_questions", ["thread_id", "state"])
    op.create_index("ix_mattermost_questions_channel", "mattermost_questions", ["channel_id", "create_at"])
    op.create_index("ix_mattermost_questions_user", "mattermost_questions", ["user_id", "done_at"])


def _small_ones() -> None:
    op.create_table(
        "mattermost_moments",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_mattermost_moments"),
    )
    op.create_table(
        "mattermost_announcements",
        sa.Column("revision", sa.String(120), nullable=False),
        sa.Column("channel_id", sa.String(26), nullable=False),
        sa.Column("post_id", sa.String(26), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("revision", "channel_id", name="pk_mattermost_announcements"),
    )
