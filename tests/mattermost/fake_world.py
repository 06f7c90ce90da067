"""The rules of the fake server: who may do what, what a post becomes, which event tells whom."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.mattermost.fake_records import (
    ID_PATTERN,
    Channel,
    Clock,
    Command,
    FakeSettings,
    Ids,
    Post,
    Reaction,
    Refused,
    StoredFile,
    Team,
    User,
    forbidden,
    invalid_parameter,
    invalid_url_parameter,
)

MAX_PROPS = 800_000


@dataclass(frozen=True)
class Event:
    """Something the streams of those concerned are told."""

    name: str
    data: dict[str, Any]
    channel_id: str = ""
    user_id: str = ""
    team_id: str = ""
    omit_users: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    """Who is mentioned; each recipient is told of themselves only."""
    followers: frozenset[str] = frozenset()


@dataclass
class World:
    """All that a restart keeps. Only the server's own loop touches it."""

    settings: FakeSettings
    clock: Clock
    ids: Ids
    publish: Callable[[Event], None]
    users: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    history: dict[str, list[Post]] = field(default_factory=dict)
    reactions: dict[str, list[Reaction]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    """Token → user."""
    commands: dict[str, Command] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    pending: dict[str, tuple[float, str]] = field(default_factory=dict)
    """pending_post_id → (time, post): this node's cache, emptied by a restart; the post is empty while being made."""
    threads: dict[str, list[Post]] = field(default_factory=dict)
    """Root → replies, deleted ones too."""
    followers: dict[str, set[str]] = field(default_factory=dict)
    """Root → who wrote in its thread or is mentioned there."""
    by_channel: dict[str, list[Post]] = field(default_factory=dict)
    """Channel → posts in the order of commits."""
    committed: int = 0

    # --- accounts, teams, channels

    def add_user(self, username: str, is_bot: bool = False, roles: str = "system_user", owner: str = "") -> User:
        """A new account."""
        if any(u.username == username for u in self.users.values()):
            raise Refused(400, "app.user.save.username_exists.app_error")
        made = User(self.ids.new(), username, self.clock.now(), is_bot, owner, roles)
        self.users[made.id] = made
        return made

    def add_token(self, user_id: str) -> str:
        """A new session or access token of the account."""
        token = self.ids.new()
        self.tokens[token] = user_id
        return token

    def user_of(self, token: str) -> User | None:
        """The account of a token, unless it is revoked or deactivated."""
        user = self.users.get(self.tokens.get(token, ""))
        return user if user and not user.delete_at else None

    def add_team(self, name: str, members: Iterable[str] = ()) -> Team:
        """A new team."""
        made = Team(self.ids.new(), name, self.clock.now(), name.title(), set(members))
        self.teams[made.id] = made
        return made

    def join_team(self, team_id: str, user_id: str) -> None:
        """Makes the user a member."""
        self.teams[team_id].members.add(user_id)
        self.publish(Event("added_to_team", {"team_id": team_id, "user_id": user_id}, user_id=user_id))

    def add_channel(
        self, kind: str, name: str, members: Iterable[str], team_id: str = "", creator: str = ""
    ) -> Channel:
        """A new channel of any type; direct and group ones exist once for the same people."""
        people = set(members)
        if kind in {"D", "G"}:
            name = "__".join(sorted(people)) if kind == "D" and len(people) > 1 else name or self.ids.new()
            for one in self.channels.values():
                if one.type == kind and one.members == people:
                    return one
        display = (
            "" if kind == "D" else ", ".join(sorted(self.users[p].username for p in people)) if kind == "G" else name
        )
        made = Channel(
            self.ids.new(), kind, name, self.clock.now(), team_id, display, creator_id=creator, members=people
        )
        self.channels[made.id] = made
        if kind == "D":
            data = {"creator_id": creator, "teammate_id": next((p for p in people if p != creator), creator)}
            self.publish(Event("direct_added", data, channel_id=made.id))
        elif kind == "G":
            self.publish(Event("group_added", {"teammate_ids": json.dumps(sorted(people))}, channel_id=made.id))
        return made

    def join_channel(self, channel_id: str, user_id: str, by: str = "") -> Channel:
        """Makes the user a member, tells the channel, and leaves the system's post."""
        channel = self.channel(channel_id)
        if channel.team_id and user_id not in self.teams[channel.team_id].members:
            raise Refused(404, "app.team.get_member.missing.app_error")
        if user_id in channel.members:
            return channel
        channel.members.add(user_id)
        self.publish(Event("user_added", {"user_id": user_id, "team_id": channel.team_id}, channel_id=channel_id))
        adder = by or user_id
        kind = "system_join_channel" if adder == user_id else "system_add_to_channel"
        self.insert_post(
            Post(self.ids.new(), adder, channel_id, f"{self.users[user_id].username} joined.", 0, type=kind)
        )
        return channel

    def leave_channel(self, channel_id: str, user_id: str, by: str = "") -> None:
        """Ends a membership: the channel and the person are told in two different ways."""
        channel = self.channel(channel_id)
        channel.members.discard(user_id)
        remover = by or user_id
        self.publish(Event("user_removed", {"user_id": user_id, "remover_id": remover}, channel_id=channel_id))
        self.publish(Event("user_removed", {"channel_id": channel_id, "remover_id": remover}, user_id=user_id))

    def archive_channel(self, channel_id: str) -> None:
        """Archives a channel."""
        channel = self.channel(channel_id)
        channel.delete_at = self.clock.now()
        data = {"channel_id": channel_id, "delete_at": channel.delete_at}
        self.publish(
            Event("channel_deleted", data, team_id=channel.team_id, channel_id="" if channel.team_id else channel_id)
        )

    # --- what may be read

    def user(self, user_id: str) -> User:
        """The account, or 404."""
        if user_id not in self.users:
            raise Refused(404, "app.user.missing_account.const", "Unable to find the user.")
        return self.users[user_id]

    def channel(self, channel_id: str) -> Channel:
        """The channel, or 404."""
        if not ID_PATTERN.match(channel_id):
            raise invalid_url_parameter("channel_id")
        if channel_id not in self.channels:
            raise Refused(404, "app.channel.get.existing.app_error", "Unable to find the existing channel.")
        return self.channels[channel_id]

    def may_read(self, user: User, channel: Channel) -> bool:
        """Members read; so do the members of the team of an open channel."""
        if user.is_admin or user.id in channel.members:
            return True
        return channel.type == "O" and user.id in self.teams[channel.team_id].members

    def readable_channel(self, user: User, channel_id: str) -> Channel:
        """The channel if the user may read it, else 403 or 404."""
        channel = self.channel(channel_id)
        if not self.may_read(user, channel):
            raise forbidden()
        return channel

    def readable_post(self, user: User, post_id: str) -> Post:
        """The post if it exists, is not deleted, and the user may read it."""
        post = self.living_post(post_id)
        if not self.may_read(user, self.channels[post.channel_id]):
            raise forbidden()
        return post

    def living_post(self, post_id: str) -> Post:
        """The post unless it is deleted, else 404."""
        if not ID_PATTERN.match(post_id):
            raise invalid_url_parameter("post_id")
        post = self.posts.get(post_id)
        if post is None or post.delete_at:
            raise Refused(404, "app.post.get.app_error", "Unable to get the post.")
        return post

    def replies(self, root_id: str) -> list[Post]:
        """The living replies of a thread, oldest first."""
        found = [p for p in self.threads.get(root_id, []) if not p.delete_at]
        return sorted(found, key=lambda p: (p.create_at, p.number))

    def shown(self, post: Post) -> dict[str, Any]:
        """A post as clients see it."""
        replies = self.replies(post.root_id or post.id)
        last = replies[-1].create_at if replies and not post.root_id else 0
        return post.json(self.reactions.get(post.id, []), len(replies), last)

    # --- posts

    def begin_post(self, body: dict[str, Any]) -> int:
        """A creation under way: its create_at, and its pending_post_id taken."""
        pending = str(body.get("pending_post_id") or "")
        if pending:
            self.pending[pending] = (self.clock.seconds(), "")
        return self.clock.now()

    def create_post(self, user: User, body: dict[str, Any], begun_at: int = 0) -> dict[str, Any]:
        """POST /posts: checks, deduplication by pending_post_id, the post and its event."""
        channel_id = body.get("channel_id") or ""
        channel = self.channels.get(channel_id)
        if channel is None or (user.id not in channel.members and not user.is_admin):
            raise forbidden()
        pending = str(body.get("pending_post_id") or "")
        known = None if begun_at else self._already_made(pending)
        if known is not None:
            return known
        if channel.delete_at:
            raise Refused(400, "api.post.create_post.can_not_post_to_deleted.error")
        message, props = body.get("message", ""), body.get("props") or {}
        root_id = str(body.get("root_id") or "")
        self._check(channel, str(body.get("type") or ""), message, props, root_id, body.get("file_ids") or [])
        post = Post(
            self.ids.new(), user.id, channel_id, message, begun_at, root_id=root_id, props=copy.deepcopy(props)
        )
        post.file_ids = list(body.get("file_ids") or [])
        for file_id in post.file_ids:
            self.files[file_id].post_id = post.id
        if user.is_bot:
            post.props["from_bot"] = "true"
        shown = self.insert_post(post, pending, set_online=bool(body.get("set_online", True)))
        if pending:
            self.pending[pending] = (self.clock.seconds(), post.id)
        return shown

    def _already_made(self, pending: str) -> dict[str, Any] | None:
        made_at, post_id = self.pending.get(pending, (0.0, ""))
        if not pending or not made_at or self.clock.seconds() - made_at > self.settings.pending_seconds:
            return None
        if not post_id:
            raise Refused(500, "api.post.deduplicate_create_post.pending")
        if post_id not in self.posts:
            return None
        return self.shown(self.posts[post_id]) | {"pending_post_id": pending}

    def _check(
        self, channel: Channel, kind: str, message: object, props: object, root_id: str, file_ids: list[str]
    ) -> None:
        if not isinstance(message, str) or not isinstance(props, dict):
            raise invalid_parameter("post")
        if kind.startswith("system_"):
            raise Refused(400, "api.context.invalid_body_param.app_error", "Invalid or missing type in request body.")
        if root_id:
            root = self.posts.get(root_id)
            if root is None or root.channel_id != channel.id or root.root_id or root.delete_at:
                raise Refused(400, "api.post.create_post.root_id.app_error", "Invalid RootId parameter.")
        if len(message) > self.settings.max_post_size:
            raise Refused(
                400,
                "model.post.is_valid.message_length.app_error",
                "Post Message property is longer than the maximum permitted length.",
            )
        if len(json.dumps(props)) > MAX_PROPS:
            raise Refused(400, "model.post.is_valid.props.app_error")
        if len(file_ids) > 10 or any(f not in self.files for f in file_ids):
            raise Refused(400, "model.post.is_valid.file_ids.app_error")
        self._check_attachments(props)

    def _check_attachments(self, props: dict[str, Any]) -> None:
        attachments = props.get("attachments") or []
        if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
            raise Refused(400, "model.post.is_valid.props.app_error", detail="attachments")
        for action in (a for one in attachments for a in one.get("actions") or []):
            url = str((action.get("integration") or {}).get("url") or "")
            if action.get("type") not in {"button", "select"} or not re.match(r"(https?://[^/]|/plugins/)", url):
                raise Refused(400, "model.post.is_valid.props.app_error", detail=f"action {action.get('id')!r}")
            action.setdefault("id", "")
            action["id"] = action["id"] or self.ids.new()

    def insert_post(self, post: Post, pending: str = "", set_online: bool = True) -> dict[str, Any]:
        """Commits a post at the server's time and tells the channel."""
        channel = self.channels[post.channel_id]
        post.create_at = post.update_at = post.create_at or self.clock.now()
        self.committed += 1
        post.number = self.committed
        self.posts[post.id] = post
        self.by_channel.setdefault(channel.id, []).append(post)
        if post.root_id:
            self.threads.setdefault(post.root_id, []).append(post)
        channel.last_post_at = max(channel.last_post_at, post.create_at)
        channel.total_msg_count += 1
        if post.root_id:
            self.posts[post.root_id].update_at = post.create_at
        shown = self.shown(post) | {"pending_post_id": pending}
        self.publish(self._posted(post, channel, shown, set_online))
        return shown

    def _posted(self, post: Post, channel: Channel, shown: dict[str, Any], set_online: bool) -> Event:
        sender = self.users[post.user_id].username
        data: dict[str, Any] = {
            "channel_type": channel.type,
            "channel_display_name": f"@{sender}" if channel.type == "D" else channel.display_name,
            "channel_name": channel.name,
            "post": json.dumps(shown, ensure_ascii=False),
            "sender_name": f"@{sender}",
            "set_online": set_online,
            "team_id": channel.team_id,
        }
        kinds = [self.files[f].media_type for f in post.file_ids]
        if kinds:
            data["otherFile"] = "true"
        if any(kind.startswith("image/") for kind in kinds):
            data["image"] = "true"
        mentioned = self.mentioned(post, channel)
        followers = self.followers.setdefault(post.root_id or post.id, set())
        followers |= {post.user_id} | mentioned
        told = frozenset(followers) if post.root_id else frozenset[str]()
        return Event("posted", data, channel.id, mentions=frozenset(mentioned), followers=told)

    def mentioned(self, post: Post, channel: Channel) -> set[str]:
        """The members told of a mention: by name outside code, by @channel and its kin, or by a direct message."""
        if post.type.startswith("system_"):
            return set()
        if channel.type in {"D", "G"}:
            return channel.members - {post.user_id}
        text = re.sub(r"```.*?(?:```|\Z)|`[^`\n]*`", " ", post.message, flags=re.S)
        names = {n.lower().rstrip(".-_:") for n in re.findall(r"(?<![\w@])@([a-zA-Z0-9][\w.:-]*)", text)}
        if names & {"channel", "all", "here"}:
            return channel.members - {post.user_id}
        return {m for m in channel.members if self.users[m].username in names and m != post.user_id}

    def edit_post(
        self, user: User, post_id: str, message: str | None, props: dict[str, Any] | None, pinned: bool | None = None
    ) -> dict[str, Any]:
        """PATCH and PUT: keeps the former row, tells the channel."""
        post = self.posts.get(post_id)
        if post is None or post.delete_at or (post.user_id != user.id and not user.is_admin):
            raise forbidden()  # the server's own answer for a missing post here
        late = self.settings.post_edit_seconds
        if message is not None and late != -1 and self.clock.now() > post.create_at + late * 1000:
            raise Refused(400, "api.post.update_post.permissions_time_limit.app_error")
        if message is not None and len(message) > self.settings.max_post_size:
            raise Refused(400, "model.post.is_valid.message_length.app_error")
        if props is not None:
            props = copy.deepcopy(props)
            if len(json.dumps(props)) > MAX_PROPS:
                raise Refused(400, "model.post.is_valid.props.app_error")
            props |= {"from_bot": "true"} if self.users[post.user_id].is_bot else {}
        return self.rewrite_post(post, message, props, pinned)

    def rewrite_post(
        self, post: Post, message: str | None, props: dict[str, Any] | None, pinned: bool | None = None
    ) -> dict[str, Any]:
        """The edition itself, whoever asked for it."""
        now = self.clock.now()
        former = copy.deepcopy(post)
        former.original_id, former.id = post.id, self.ids.new()
        former.delete_at = former.update_at = now
        self.history.setdefault(post.id, []).append(former)
        if message is not None and message != post.message:
            post.message, post.edit_at = message, now
        if props is not None:
            post.props = props
        if pinned is not None:
            post.is_pinned = pinned
        post.update_at = now
        channel = self.channels[post.channel_id]
        channel.last_post_at = max(channel.last_post_at, now)
        if post.root_id:
            self.posts[post.root_id].update_at = now
        shown = self.shown(post)
        self.publish(
            Event("post_edited", {"post": json.dumps(shown, ensure_ascii=False)}, channel_id=post.channel_id)
        )
        return shown

    def delete_post(self, user: User, post_id: str) -> None:
        """Deletes a post, and with a root its whole thread; one event, for the post named."""
        post = self.living_post(post_id)
        if post.user_id != user.id and not user.is_admin:
            raise forbidden()
        told = self.shown(post)
        now = self.clock.now()
        for one in [post, *self.replies(post_id)]:
            one.delete_at = one.update_at = now
            one.props["deleteBy"] = user.id
        self.publish(
            Event("post_deleted", {"post": json.dumps(told, ensure_ascii=False)}, channel_id=post.channel_id)
        )

    # --- reactions, typing, ephemeral posts

    def add_reaction(self, user: User, post_id: str, emoji: str) -> dict[str, Any]:
        """The reaction, made once; the event is sent even when it was there."""
        post = self.living_post(post_id)
        channel = self.channels[post.channel_id]
        if user.id not in channel.members:
            raise forbidden()
        if not re.match(r"^[a-zA-Z0-9_+-]{1,64}$", emoji):
            raise invalid_parameter("emoji_name")
        given = self.reactions.setdefault(post_id, [])
        made = next((r for r in given if (r.user_id, r.emoji_name) == (user.id, emoji)), None)
        if made is None:
            made = Reaction(user.id, post_id, emoji, self.clock.now(), post.channel_id)
            given.append(made)
            post.update_at = made.create_at
        self.publish(Event("reaction_added", {"reaction": json.dumps(made.json())}, channel_id=post.channel_id))
        return made.json()

    def remove_reaction(self, user: User, post_id: str, emoji: str) -> None:
        """Takes it back; nothing is told of one that was not there."""
        post = self.living_post(post_id)
        given = self.reactions.get(post_id, [])
        gone = next((r for r in given if (r.user_id, r.emoji_name) == (user.id, emoji)), None)
        if gone is None:
            return
        given.remove(gone)
        post.update_at = self.clock.now()
        self.publish(Event("reaction_removed", {"reaction": json.dumps(gone.json())}, channel_id=post.channel_id))

    def typing(self, user: User, channel_id: str, parent_id: str) -> None:
        """Tells the others of the channel."""
        channel = self.channels.get(channel_id)
        if channel is None or user.id not in channel.members:
            raise forbidden()
        if self.settings.enable_typing:
            data = {"parent_id": parent_id, "user_id": user.id}
            self.publish(Event("typing", data, channel_id=channel_id, omit_users=frozenset({user.id})))

    def whisper(
        self,
        to: str,
        channel_id: str,
        message: str,
        root_id: str = "",
        author: str = "",
        props: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """An ephemeral post: an event to one user, nothing stored."""
        post = Post(
            self.ids.new(),
            author or to,
            channel_id,
            message,
            self.clock.now(),
            root_id=root_id,
            type="system_ephemeral",
        )
        post.update_at = post.create_at
        post.props = props or {}
        shown = post.json([], 0)
        self.publish(
            Event(
                "ephemeral_message",
                {"post": json.dumps(shown, ensure_ascii=False)},
                channel_id=channel_id,
                user_id=to,
            )
        )
        return shown
