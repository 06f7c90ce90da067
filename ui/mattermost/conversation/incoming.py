"""Which post is a question to the bot: a person's, that speaks to it, or goes on in a thread where it answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.question.reading import read_question
from assistant.search.french_text import tokens
from ui.mattermost.client.models import Post
from ui.mattermost.conversation.mentions import mentions, names, without_mention
from ui.mattermost.ledger.question import Incoming

_QUESTION = re.compile(r"\?\s*[)»\"*_]*\s*$|\?\s+\S", re.M)
_ASKS = re.compile(
    r"^(?:et |mais |du coup |donc |alors |ok |merci )*"
    r"(?:comment|pourquoi|quand|o[uù]|qui|que|quoi|quel(?:le)?s?|combien|lequel|laquelle|lesquel(?:le)?s|"
    r"est-ce|qu'est|qu’est|peut-on|peut on|doit-on|doit on|faut-il|faut il|dois-je|puis-je|existe-t-il)\b",
    re.I,
)
_THANKS = re.compile(
    r"^\W*(?:merci|super|parfait|ok|top|nickel|génial|d'accord|bien reçu|c'est noté|\+1|👍)\b[^?]*$", re.I
)


@dataclass(frozen=True, slots=True)
class Account:
    """The bot itself."""

    id: str
    username: str


@dataclass(frozen=True, slots=True)
class Place:
    """The channel that a post stands in: type O, P, D or G, and its team (none for D and G)."""

    type: str
    team_id: str = ""


def from_a_person(post: Post, me: Account) -> bool:
    """True for what somebody typed: no bot, webhook, plugin, other server, nor the server itself."""
    props = post.props
    machine = props.from_bot or props.from_webhook or props.from_plugin
    return post.user_id != me.id and not post.type and not post.remote_id and not machine


def as_question(
    post: Post, place: Place, me: Account, *, follow_ups: bool, answered_in: Callable[[str], bool]
) -> Incoming | None:
    """The question that a post asks the bot; None for every other post. `answered_in` is asked last, if at all."""
    if not from_a_person(post, me) or post.delete_at:
        return None
    if not _speaks_to_us(post, place, me, follow_ups, answered_in):
        return None
    return Incoming(
        post_id=post.id,
        channel_id=post.channel_id,
        channel_type=place.type,
        team_id=place.team_id,
        thread_id=post.thread,
        user_id=post.user_id,
        message=post.message,
        create_at=post.create_at,
    )


def _speaks_to_us(
    post: Post, place: Place, me: Account, follow_ups: bool, answered_in: Callable[[str], bool]
) -> bool:
    if mentions(post.message, me.username):
        return True
    if not post.message.strip():
        return False
    if place.type == "D":
        return not _THANKS.match(post.message)
    to_others = bool(names(post.message))
    if to_others or not asks(without_mention(post.message, me.username)):
        return False
    if place.type == "G" and not post.root_id:
        return True
    return follow_ups and bool(post.root_id) and answered_in(post.root_id)


def asks(text: str) -> bool:
    """True for words that read as a question to the documents: what people tell each other in a thread is none."""
    if _THANKS.match(text):
        return False
    if _QUESTION.search(text) or _ASKS.match(text.strip()):
        return True
    reading = read_question(text)
    return bool(reading.ids) and len(tokens(text)) <= 4
