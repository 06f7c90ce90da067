"""What the fake Mattermost keeps: accounts, teams, channels, posts, and the JSON each is shown as."""

from __future__ import annotations

import copy
import random
import re
import time
from dataclasses import dataclass, field
from typing import Any

ID_ALPHABET = "ybndrfg8ejkmcpqxot1uwisza345h769"
ID_PATTERN = re.compile(r"^[a-z0-9]{26}$")
SERVER_VERSION = "11.9.0"
VERSION_ID = f"{SERVER_VERSION}.{SERVER_VERSION}.0123456789abcdef0123456789abcdef.false"
"""Both the X-Version-Id header and the server_version of a hello."""


class Clock:
    """The server's time, which a test may stop or move forward."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._stopped: float | None = None

    def now(self) -> int:
        """Milliseconds since 1970, as create_at has them."""
        return int(self.seconds() * 1000)

    def seconds(self) -> float:
        """Seconds since 1970."""
        return (time.time() if self._stopped is None else self._stopped) + self._ahead

    def advance(self, seconds: float) -> None:
        """Moves the time forward."""
        self._ahead += seconds

    def tick(self) -> None:
        """The next post is of a later millisecond, unless time is stopped."""
        if self._stopped is None:
            self._ahead += 0.0011

    def stop(self) -> None:
        """Every later post gets the same millisecond, until `go`."""
        self._stopped = time.time()

    def go(self) -> None:
        """Time passes again, never backwards."""
        if self._stopped is not None:
            self._stopped = None


class Ids:
    """26 characters of the server's alphabet; the same seed gives the same ones."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def new(self) -> str:
        """A new identifier."""
        return "".join(self._random.choices(ID_ALPHABET, k=26))


class Refused(Exception):
    """The server says no: the status and the identifier of the error, as its code has them."""

    def __init__(self, status: int, error_id: str, message: str = "", detail: str = "") -> None:
        super().__init__(f"{status} {error_id} {detail}")
        self.status = status
        self.error_id = error_id
        self.message = message or error_id
        self.detail = detail


def invalid_parameter(name: str) -> Refused:
    """A body parameter that is missing or malformed."""
    return Refused(400, "api.context.invalid_body_param.app_error", f"Invalid or missing {name} in request body.")


def invalid_url_parameter(name: str) -> Refused:
    """An identifier of the path that is not one."""
    return Refused(
        400, "api.context.invalid_url_param.app_error", f"Invalid or missing {name} parameter in request URL."
    )


def forbidden() -> Refused:
    """The session lacks a permission."""
    return Refused(403, "api.context.permissions.app_error", "You do not have the appropriate permissions.")


@dataclass
class User:
    """A person or a bot account."""

    id: str
    username: str
    create_at: int
    is_bot: bool = False
    owner_id: str = ""
    roles: str = "system_user"
    password: str = "secret"
    delete_at: int = 0
    first_name: str = ""

    @property
    def is_admin(self) -> bool:
        """A system administrator."""
        return "system_admin" in self.roles.split()

    def json(self) -> dict[str, Any]:
        """As GET /users shows it to others."""
        shown: dict[str, Any] = {
            "id": self.id,
            "create_at": self.create_at,
            "update_at": self.create_at,
            "delete_at": self.delete_at,
            "username": self.username,
            "auth_data": "",
            "auth_service": "",
            "email": f"{self.username}@exemple.invalid",
            "nickname": "",
            "first_name": self.first_name,
            "last_name": "",
            "position": "",
            "roles": self.roles,
            "locale": "fr",
            "timezone": {"automaticTimezone": "", "manualTimezone": "", "useAutomaticTimezone": "true"},
        }
        if self.is_bot:
            shown |= {"is_bot": True, "bot_description": ""}
        return shown


@dataclass
class Team:
    """A team and its members."""

    id: str
    name: str
    create_at: int
    display_name: str = ""
    members: set[str] = field(default_factory=set)

    def json(self) -> dict[str, Any]:
        """As GET /teams shows it."""
        return {
            "id": self.id,
            "create_at": self.create_at,
            "update_at": self.create_at,
            "delete_at": 0,
            "display_name": self.display_name or self.name,
            "name": self.name,
            "description": "",
            "email": "",
            "type": "O",
            "company_name": "",
            "allowed_domains": "",
            "invite_id": "",
            "allow_open_invite": False,
        }


@dataclass
class Channel:
    """A channel: open (O), private (P), direct (D) or group (G) message."""

    id: str
    type: str
    name: str
    create_at: int
    team_id: str = ""
    display_name: str = ""
    delete_at: int = 0
    last_post_at: int = 0
    total_msg_count: int = 0
    creator_id: str = ""
    members: set[str] = field(default_factory=set)

    def json(self) -> dict[str, Any]:
        """As GET /channels shows it."""
        return {
            "id": self.id,
            "create_at": self.create_at,
            "update_at": self.create_at,
            "delete_at": self.delete_at,
            "team_id": self.team_id,
            "type": self.type,
            "display_name": self.display_name,
            "name": self.name,
            "header": "",
            "purpose": "",
            "last_post_at": self.last_post_at,
            "total_msg_count": self.total_msg_count,
            "extra_update_at": 0,
            "creator_id": self.creator_id,
            "scheme_id": None,
            "props": None,
            "group_constrained": None,
            "shared": None,
            "total_msg_count_root": self.total_msg_count,
            "policy_id": None,
            "last_root_post_at": self.last_post_at,
        }

    def member_json(self, user_id: str) -> dict[str, Any]:
        """As GET /channels/{id}/members/{user} shows it."""
        return {
            "channel_id": self.id,
            "user_id": user_id,
            "roles": "channel_user",
            "last_viewed_at": 0,
            "msg_count": 0,
            "mention_count": 0,
            "mention_count_root": 0,
            "msg_count_root": 0,
            "notify_props": {"desktop": "default", "email": "default", "mark_unread": "all", "push": "default"},
            "last_update_at": self.create_at,
            "scheme_guest": False,
            "scheme_user": True,
            "scheme_admin": False,
            "explicit_roles": "",
        }


@dataclass
class Reaction:
    """One emoji of one user on one post."""

    user_id: str
    post_id: str
    emoji_name: str
    create_at: int
    channel_id: str

    def json(self) -> dict[str, Any]:
        """As events and POST /reactions show it."""
        return {
            "user_id": self.user_id,
            "post_id": self.post_id,
            "emoji_name": self.emoji_name,
            "create_at": self.create_at,
            "update_at": self.create_at,
            "delete_at": 0,
            "remote_id": "",
            "channel_id": self.channel_id,
        }


@dataclass
class Post:
    """A post as stored: its buttons still have their integrations, and pending_post_id is not kept."""

    id: str
    user_id: str
    channel_id: str
    message: str
    create_at: int
    root_id: str = ""
    update_at: int = 0
    edit_at: int = 0
    delete_at: int = 0
    type: str = ""
    is_pinned: bool = False
    original_id: str = ""
    remote_id: str = ""
    props: dict[str, Any] = field(default_factory=dict)
    file_ids: list[str] = field(default_factory=list)
    number: int = 0
    """The order of commits, which create_at does not tell within one millisecond."""

    def actions(self) -> list[dict[str, Any]]:
        """The buttons and menus of its attachments."""
        attachments = self.props.get("attachments")
        if not isinstance(attachments, list):
            return []
        return [a for one in attachments if isinstance(one, dict) for a in one.get("actions") or []]

    def json(self, reactions: list[Reaction], reply_count: int, last_reply_at: int = 0) -> dict[str, Any]:
        """As clients see it: integrations stripped from the buttons."""
        shown: dict[str, Any] = {
            "id": self.id,
            "create_at": self.create_at,
            "update_at": self.update_at,
            "edit_at": self.edit_at,
            "delete_at": self.delete_at,
            "is_pinned": self.is_pinned,
            "user_id": self.user_id,
            "channel_id": self.channel_id,
            "root_id": self.root_id,
            "original_id": self.original_id,
            "message": self.message,
            "type": self.type,
            "props": without_integrations(self.props),
            "hashtags": " ".join(re.findall(r"(?<!\S)#[^\W\d_][\w.-]{2,}", self.message)),
            "pending_post_id": "",
            "remote_id": self.remote_id,
            "reply_count": reply_count,
            "last_reply_at": last_reply_at,
            "participants": None,
            "metadata": {"reactions": [r.json() for r in reactions]} if reactions else {},
        }
        if reactions:
            shown["has_reactions"] = True
        if self.file_ids:
            shown["file_ids"] = list(self.file_ids)
        return shown


def without_integrations(props: dict[str, Any]) -> dict[str, Any]:
    """A copy of the properties as responses give them: no button keeps the place it calls."""
    shown = copy.deepcopy(props)
    attachments = shown.get("attachments")
    if isinstance(attachments, list):
        for attachment in attachments:
            for action in (attachment.get("actions") or []) if isinstance(attachment, dict) else []:
                action.pop("integration", None)
    return shown


@dataclass
class Command:
    """A custom slash command of a team."""

    id: str
    token: str
    team_id: str
    trigger: str
    url: str
    creator_id: str
    create_at: int
    method: str = "P"
    delete_at: int = 0

    def json(self) -> dict[str, Any]:
        """As POST /commands shows it to its creator."""
        return {
            "id": self.id,
            "token": self.token,
            "create_at": self.create_at,
            "update_at": self.create_at,
            "delete_at": self.delete_at,
            "creator_id": self.creator_id,
            "team_id": self.team_id,
            "trigger": self.trigger,
            "method": self.method,
            "username": "",
            "icon_url": "",
            "auto_complete": False,
            "auto_complete_desc": "",
            "auto_complete_hint": "",
            "display_name": "",
            "description": "",
            "url": self.url,
            "plugin_id": "",
        }


@dataclass
class StoredFile:
    """An uploaded file; attached once a post names it."""

    id: str
    user_id: str
    channel_id: str
    name: str
    content: bytes
    media_type: str
    create_at: int
    post_id: str = ""

    def json(self) -> dict[str, Any]:
        """As GET /files/{id}/info shows it."""
        return {
            "id": self.id,
            "user_id": self.user_id,
            "post_id": self.post_id,
            "channel_id": self.channel_id,
            "create_at": self.create_at,
            "update_at": self.create_at,
            "delete_at": 0,
            "name": self.name,
            "extension": self.name.rsplit(".", 1)[-1] if "." in self.name else "",
            "size": len(self.content),
            "mime_type": self.media_type,
            "mini_preview": None,
            "remote_id": "",
            "archived": False,
        }


@dataclass
class FakeSettings:
    """Server settings a test may change; the defaults are the server's own."""

    site_url: str = ""
    """Empty: the address it listens on. Commands need one."""
    without_site_url: bool = False
    max_post_size: int = 16383
    maximum_payload: int = 300_000
    allowed_untrusted: str = ""
    """AllowedUntrustedInternalConnections: host names and CIDR blocks, separated by spaces."""
    outgoing_timeout: float = 30.0
    post_edit_seconds: int = -1
    enable_bot_creation: bool = False
    enable_commands: bool = True
    enable_typing: bool = True
    typing_interval_ms: int = 5000
    pending_seconds: float = 30.0
    auth_seconds: float = 5.0
    ping_seconds: float = 60.0
    pong_seconds: float = 100.0
    reaper_seconds: float = 300.0
    send_queue: int = 256
    dead_queue: int = 128
    trigger_seconds: float = 30.0
    response_url_seconds: float = 1800.0
    response_url_uses: int = 5
    rate_per_second: int = 0
    """0: RateLimitSettings.Enable is false."""
    rate_burst: int = 100
    reply_before_hello: bool = False
    """Servers before the synchronous register could answer the challenge before the hello."""
    session_cookies: bool = False
    """Whether answers to POST push the session's cookie, as they do when a session is prolonged."""
    broken: set[str] = field(default_factory=set)
    """Breaches of the contract, for the tests of the tests: 'content-type', 'no-seq', 'seq-from-one'."""
