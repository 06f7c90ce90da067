"""What the server sends, as far as the bot reads it; every other field is ignored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

OUR_PROP: Final = "assistant_cct"
"""Name of the prop that marks our posts: which question they answer, and which part."""

Id = Annotated[str, Field(pattern=r"^[a-z0-9]{26}$")]


def _object(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> object:
    return "" if value is None else value


def _flag(value: object) -> bool:
    return value is True or str(value).lower() == "true"


Text = Annotated[str, BeforeValidator(_text)]
Flag = Annotated[bool, BeforeValidator(_flag)]


class Received(BaseModel):
    """Base: frozen, tolerant of what newer servers add."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Mark(Received):
    """What our own posts carry: whose answer they are."""

    in_reply_to: str = ""
    part: int = 1
    announces: str = ""
    """The revision that a post announces."""


class PostProps(Received):
    """The props that decide whether a post is a person's."""

    from_bot: Flag = False
    from_webhook: Flag = False
    from_plugin: Flag = False
    mark: Annotated[Mark | None, BeforeValidator(lambda v: v if isinstance(v, dict) else None)] = Field(
        default=None, alias="assistant_cct"
    )


class Post(Received):
    """A post; times are milliseconds of the server's clock."""

    id: Id
    channel_id: str
    user_id: Text = ""
    root_id: Text = ""
    message: Text = ""
    type: Text = ""
    create_at: int = 0
    edit_at: int = 0
    delete_at: int = 0
    remote_id: Text = ""
    props: Annotated[PostProps, BeforeValidator(_object)] = PostProps()

    @property
    def thread(self) -> str:
        """Id of the post that its thread hangs from: itself when it hangs from none."""
        return self.root_id or self.id


class PostList(Received):
    """A page of posts; `order` says which of them were asked for, `posts` holds roots too."""

    order: Annotated[tuple[str, ...], BeforeValidator(lambda v: v or ())] = ()
    posts: Annotated[dict[str, Post], BeforeValidator(_object)] = Field(default_factory=dict)
    has_next: bool = False

    def ordered(self) -> list[Post]:
        """The posts that were asked for, oldest first."""
        asked = [self.posts[i] for i in reversed(self.order) if i in self.posts]
        return in_order(asked)


class User(Received):
    """An account."""

    id: Id
    username: str
    create_at: int = 0
    is_bot: bool = False


class Channel(Received):
    """A channel; type O (open), P (private), D (direct) or G (group)."""

    id: Id
    team_id: Text = ""
    type: Text = ""
    name: Text = ""
    display_name: Text = ""
    last_post_at: int = 0
    create_at: int = 0
    delete_at: int = 0


class Reaction(Received):
    """One person's emoji on a post."""

    user_id: str
    post_id: str
    emoji_name: str


class ClientConfig(Received):
    """The settings that the server shows to its clients, all of them texts."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    version: Text = Field(default="", alias="Version")
    site_url: Text = Field(default="", alias="SiteURL")
    longest_post: int = Field(default=4000, alias="MaxPostSize", ge=100)
    """Characters (runes) of one post."""
    typing_interval: int = Field(default=5000, alias="TimeBetweenUserTypingUpdatesMilliseconds")
    edit_limit: int = Field(default=-1, alias="PostEditTimeLimit")
    """Seconds during which a post may be edited; -1: no limit."""
    commands: Flag = Field(default=True, alias="EnableCommands")
    typing: Flag = Field(default=True, alias="EnableUserTypingMessages")
    previews: Flag = Field(default=True, alias="EnableLinkPreviews")


class ServerError(Received):
    """The body of a refusal."""

    id: Text = ""
    message: Text = ""


class Event(Received):
    """A frame of the stream: an event with its number, or the reply to one of our own requests."""

    event: Text = ""
    data: Annotated[dict[str, Any], BeforeValidator(_object)] = Field(default_factory=dict)
    broadcast: Annotated[dict[str, Any], BeforeValidator(_object)] = Field(default_factory=dict)
    seq: int | None = None
    seq_reply: int | None = None
    status: Text = ""


def in_order(posts: Iterable[Post]) -> list[Post]:
    """Oldest first; within a millisecond a root before the others, which stay as they were given."""
    return sorted(posts, key=lambda post: (post.create_at, post.root_id != ""))
