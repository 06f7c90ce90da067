"""Our own small schemas of the calls the bot makes, with the statuses of the server's code."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Id = Annotated[str, Field(pattern=r"^[a-z0-9]{26}$")]
IdOrNone = Annotated[str, Field(pattern=r"^([a-z0-9]{26})?$")]
Millis = Annotated[int, Field(ge=1_600_000_000_000)]
MillisOrZero = Annotated[int, Field(ge=0)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Loose(BaseModel):
    """Fields of no interest to a bot are let through."""

    model_config = ConfigDict(extra="ignore", strict=True)


class ErrorShape(_Shape):
    """Every error but 429 and those of proxies."""

    id: str
    message: str
    detailed_error: str
    request_id: Id
    status_code: int


class StatusShape(_Loose):
    """{"status": "OK"}"""

    status: Literal["OK"]


class UserShape(_Loose):
    """An account."""

    id: Id
    username: str
    create_at: Millis
    delete_at: MillisOrZero
    roles: str
    locale: str
    is_bot: bool = False


class TeamShape(_Loose):
    """A team."""

    id: Id
    name: str
    display_name: str
    type: Literal["O", "I"]


class ChannelShape(_Loose):
    """A channel."""

    id: Id
    type: Literal["O", "P", "D", "G"]
    team_id: IdOrNone
    name: str
    display_name: str
    create_at: Millis
    delete_at: MillisOrZero
    last_post_at: MillisOrZero
    total_msg_count: int


class ChannelMemberShape(_Loose):
    """A membership."""

    channel_id: Id
    user_id: Id
    roles: str
    notify_props: dict[str, str]


class ReactionShape(_Shape):
    """A reaction."""

    user_id: Id
    post_id: Id
    emoji_name: str
    create_at: Millis
    update_at: Millis
    delete_at: MillisOrZero
    remote_id: str
    channel_id: Id


class MetadataShape(_Shape):
    """What hangs on a post."""

    reactions: list[ReactionShape] = []


class PostShape(_Shape):
    """A post: no field but those of the server's model."""

    id: Id
    create_at: Millis
    update_at: Millis
    edit_at: MillisOrZero
    delete_at: MillisOrZero
    is_pinned: bool
    user_id: Id
    channel_id: Id
    root_id: IdOrNone
    original_id: IdOrNone
    message: str
    type: str
    props: dict[str, Any]
    hashtags: str
    pending_post_id: str
    remote_id: str
    reply_count: int
    last_reply_at: MillisOrZero
    participants: None
    metadata: MetadataShape
    file_ids: list[Id] = []
    has_reactions: bool = False


class PostListShape(_Shape):
    """A page of posts."""

    order: list[Id]
    posts: dict[Id, PostShape]
    next_post_id: IdOrNone
    prev_post_id: IdOrNone
    first_inaccessible_post_time: int
    has_next: bool | None = None


class FileShape(_Loose):
    """What is known of a file."""

    id: Id
    name: str
    size: int
    mime_type: str
    extension: str


class UploadShape(_Shape):
    """The answer to an upload."""

    file_infos: list[FileShape]
    client_ids: list[str]


class CommandShape(_Loose):
    """A slash command."""

    id: Id
    token: IdOrNone
    team_id: Id
    trigger: str
    method: Literal["P", "G"]
    url: str


class BotShape(_Loose):
    """A bot account."""

    user_id: Id
    username: str
    owner_id: Id


class TokenShape(_Loose):
    """An access token, shown once."""

    id: Id
    token: Id
    user_id: Id


class BroadcastShape(_Shape):
    """Who an event is for."""

    omit_users: dict[str, bool] | None
    user_id: IdOrNone
    channel_id: IdOrNone
    team_id: IdOrNone
    connection_id: str
    omit_connection_id: str


class EventShape(_Shape):
    """An event of the stream."""

    event: str
    data: dict[str, Any]
    broadcast: BroadcastShape
    seq: Annotated[int, Field(ge=0)]


class PostedShape(_Shape):
    """The data of a `posted` event."""

    channel_type: Literal["O", "P", "D", "G"]
    channel_display_name: str
    channel_name: str
    sender_name: Annotated[str, Field(pattern="^@")]
    team_id: IdOrNone
    set_online: bool
    post: str
    mentions: Annotated[str, Field(pattern=r'^\["[a-z0-9]{26}"\]$')] | None = None
    followers: Annotated[str, Field(pattern=r'^\["[a-z0-9]{26}"\]$')] | None = None
    image: Literal["true"] | None = None
    otherFile: Literal["true"] | None = None  # noqa: N815  # the server's name


Strings = dict[str, str]

OPERATIONS: dict[str, tuple[int, Any]] = {
    "GET /users/me": (200, UserShape),
    "GET /users/{id}": (200, UserShape),
    "GET /users/username/{name}": (200, UserShape),
    "POST /users/ids": (200, list[UserShape]),
    "POST /users/login": (200, UserShape),
    "GET /config/client": (200, Strings),
    "GET /system/ping": (200, StatusShape),
    "POST /posts": (201, PostShape),
    "GET /posts/{id}": (200, PostShape),
    "PUT /posts/{id}/patch": (200, PostShape),
    "DELETE /posts/{id}": (200, StatusShape),
    "GET /posts/{id}/thread": (200, PostListShape),
    "GET /posts/{id}/edit_history": (200, list[PostShape]),
    "GET /channels/{id}/posts": (200, PostListShape),
    "GET /users/me/channels": (200, list[ChannelShape]),
    "GET /users/me/teams": (200, list[TeamShape]),
    "GET /teams/name/{name}": (200, TeamShape),
    "GET /channels/{id}": (200, ChannelShape),
    "GET /channels/{id}/members": (200, list[ChannelMemberShape]),
    "GET /channels/{id}/members/{user}": (200, ChannelMemberShape),
    "POST /channels/{id}/members": (201, ChannelMemberShape),
    "POST /channels/direct": (201, ChannelShape),
    "POST /channels/group": (201, ChannelShape),
    "POST /reactions": (200, ReactionShape),
    "GET /posts/{id}/reactions": (200, list[ReactionShape]),
    "DELETE /users/me/posts/{id}/reactions/{emoji}": (200, StatusShape),
    "POST /users/me/typing": (200, StatusShape),
    "POST /files": (201, UploadShape),
    "GET /files/{id}/info": (200, FileShape),
    "POST /commands": (201, CommandShape),
    "POST /bots": (201, BotShape),
    "POST /users/{id}/tokens": (200, TokenShape),
    "POST /posts/ephemeral": (201, PostShape),
}
"""Operation → (status of a success, shape of its body)."""


def check(operation: str, status: int, body: Any) -> None:
    """Raises when the answer is not of the operation's status and shape."""
    wanted, shape = OPERATIONS[operation]
    if status != wanted:
        raise AssertionError(f"{operation} : statut {status}, {wanted} attendu ; {body}")
    TypeAdapter(shape).validate_python(body)
