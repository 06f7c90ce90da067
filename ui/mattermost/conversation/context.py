"""What a follow-up leans on: the earlier questions of the conversation, and what people wrote in the thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.answer import Turn
from ui.mattermost.client.models import Post
from ui.mattermost.conversation.commands import read_command
from ui.mattermost.conversation.incoming import Account, from_a_person
from ui.mattermost.conversation.mentions import without_mention
from ui.mattermost.ledger.question import Earlier, Incoming

_MOST_TURNS = 20


def turns(
    asked: Incoming,
    thread: Sequence[Post],
    earlier: Sequence[Earlier],
    me: Account,
    *,
    budget: int,
    may_read: Callable[[str], bool],
    since: int,
) -> tuple[Turn, ...]:
    """The turns before a question, oldest first, as many of the newest as the budget of characters holds.

    People's words that were no question to the bot come before the questions, however late they were written: a
    follow-up leans on what was asked and answered. Nothing before `since`, nothing of somebody who may not be read.
    """
    known = {e.post_id for e in earlier}
    said = [
        (post.create_at, Turn(without_mention(post.message, me.username)))
        for post in thread
        if since <= post.create_at <= asked.create_at
        and post.id not in known
        and post.id != asked.post_id
        and not post.delete_at
        and from_a_person(post, me)
        and may_read(post.user_id)
    ]
    answered = [
        (e.create_at, Turn(without_mention(e.question, me.username), e.cited)) for e in earlier if may_read(e.user_id)
    ]
    kept: list[Turn] = []
    for _, turn in [*reversed(answered), *reversed(said)]:
        if not turn.question or read_command(turn.question).verb != "ask":
            continue
        budget -= len(turn.question)
        if budget < 0 or len(kept) == _MOST_TURNS:
            break
        kept.append(turn)
    return tuple(reversed(kept))


def bare_question(asked: Incoming, thread: Sequence[Post], me: Account, may_read: Callable[[str], bool]) -> str:
    """What a mention without a word is about: the last thing that a person wrote above it; or nothing."""
    for post in reversed(thread):
        before = post.create_at <= asked.create_at and post.id != asked.post_id
        readable = before and from_a_person(post, me) and may_read(post.user_id)
        if readable and (text := without_mention(post.message, me.username)):
            return text
    return ""
