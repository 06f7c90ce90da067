"""REST calls: what is common to all, and those about accounts, teams, channels and files."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from tests.mattermost.fake_records import (
    ID_PATTERN,
    SERVER_VERSION,
    Refused,
    StoredFile,
    User,
    forbidden,
    invalid_parameter,
    invalid_url_parameter,
)

if TYPE_CHECKING:
    from tests.mattermost.fake_server import FakeServer
    from tests.mattermost.fake_world import World

OK = {"status": "OK"}


@dataclass
class Call:
    """One request under way."""

    server: FakeServer
    request: web.Request
    account: User | None
    token: str
    raw: bytes
    committing: float = 0.0
    """Seconds its commit takes, by a fault."""

    @property
    def world(self) -> World:
        """The server's data."""
        return self.server.world

    @property
    def user(self) -> User:
        """Who calls; 401 without a valid session."""
        if self.account is None:
            raise Refused(
                401, "api.context.session_expired.app_error", "Invalid or expired session, please login again."
            )
        return self.account

    def id_of(self, name: str) -> str:
        """An identifier of the path; `me` stands for the caller."""
        value = self.request.match_info[name]
        if name == "user_id" and value == "me":
            return self.user.id
        if not ID_PATTERN.match(value):
            raise invalid_url_parameter(name)
        return value

    def own_id(self) -> str:
        """The user_id of the path, which must be the caller's."""
        user_id = self.id_of("user_id")
        if user_id != self.user.id and not self.user.is_admin:
            raise forbidden()
        return user_id

    def json(self) -> Any:
        """The body, whatever its shape."""
        try:
            return json.loads(self.raw)
        except ValueError:
            raise invalid_parameter("body") from None

    def body(self) -> dict[str, Any]:
        """The body, an object."""
        found = self.json()
        if not isinstance(found, dict):
            raise invalid_parameter("body")
        return found


Handler = Callable[[Call], Awaitable[tuple[int, Any] | web.StreamResponse]]
Route = tuple[str, str, Handler]


async def login(call: Call) -> web.StreamResponse:
    """200, with the session's token in a header."""
    body = call.body()
    found = next((u for u in call.world.users.values() if u.username == body.get("login_id")), None)
    if found is None or found.password != body.get("password") or found.is_bot:
        raise Refused(
            401,
            "api.user.login.invalid_credentials_email_username",
            "Enter a valid email or username and/or password.",
        )
    return call.server.json_response(200, found.json(), {"Token": call.world.add_token(found.id)})


async def logout(call: Call) -> tuple[int, Any]:
    """Ends the session."""
    call.world.tokens.pop(call.token, None)
    return 200, OK


async def get_user(call: Call) -> tuple[int, Any]:
    """An account."""
    assert call.user
    return 200, call.world.user(call.id_of("user_id")).json()


async def get_user_by_name(call: Call) -> tuple[int, Any]:
    """An account by its name."""
    assert call.user
    name = call.request.match_info["username"]
    for user in call.world.users.values():
        if user.username == name:
            return 200, user.json()
    raise Refused(404, "app.user.get_by_username.app_error", "Unable to find the user.")


async def get_users_by_ids(call: Call) -> tuple[int, Any]:
    """Accounts; the unknown ones are left out."""
    assert call.user
    wanted = call.json()
    if not isinstance(wanted, list) or not wanted:
        raise invalid_parameter("user_ids")
    return 200, [call.world.users[i].json() for i in wanted if i in call.world.users]


async def client_config(call: Call) -> tuple[int, Any]:
    """Settings clients read, all strings; most only after a login."""
    settings = call.server.settings
    shown = {"Version": SERVER_VERSION, "BuildNumber": SERVER_VERSION, "SiteURL": call.server.site_url}
    if call.account:
        shown |= {
            "MaxPostSize": str(settings.max_post_size),
            "TimeBetweenUserTypingUpdatesMilliseconds": str(settings.typing_interval_ms),
            "EnableUserTypingMessages": str(settings.enable_typing).lower(),
            "EnableCommands": str(settings.enable_commands).lower(),
            "EnableBotAccountCreation": str(settings.enable_bot_creation).lower(),
            "PostEditTimeLimit": str(settings.post_edit_seconds),
            "EnableLinkPreviews": "true",
        }
    return 200, shown


async def client_license(call: Call) -> tuple[int, Any]:
    """None here: the free edition."""
    return 200, {"IsLicensed": "false"}


async def system_ping(call: Call) -> tuple[int, Any]:
    """For anyone."""
    return 200, {
        "status": "OK",
        "ActiveSearchBackend": "database",
        "AndroidLatestVersion": "",
        "IosLatestVersion": "",
    }


async def my_teams(call: Call) -> tuple[int, Any]:
    """The caller's teams."""
    me = call.own_id()
    return 200, [t.json() for t in call.world.teams.values() if me in t.members]


async def get_team(call: Call) -> tuple[int, Any]:
    """A team, by its identifier or its name."""
    info = call.request.match_info
    wanted = info.get("team_id") or info["team_name"]
    for team in call.world.teams.values():
        if wanted in {team.id, team.name}:
            if call.user.id not in team.members and not call.user.is_admin:
                raise forbidden()
            return 200, team.json()
    raise Refused(404, "app.team.get.find.app_error", "Unable to find the existing team.")


async def add_team_member(call: Call) -> tuple[int, Any]:
    """Someone joins a team."""
    body, team = call.body(), call.world.teams.get(call.id_of("team_id"))
    if team is None:
        raise Refused(404, "app.team.get.find.app_error")
    if not call.user.is_admin and call.user.id not in team.members:
        raise forbidden()
    user_id = call.world.user(str(body.get("user_id"))).id
    call.world.join_team(team.id, user_id)
    return 201, _team_member(team.id, user_id)


async def get_team_member(call: Call) -> tuple[int, Any]:
    """A membership, or 404."""
    team, user_id = call.world.teams.get(call.id_of("team_id")), call.id_of("user_id")
    assert call.user
    if team is None or user_id not in team.members:
        raise Refused(404, "app.team.get_member.missing.app_error")
    return 200, _team_member(team.id, user_id)


def _team_member(team_id: str, user_id: str) -> dict[str, Any]:
    roles = {"roles": "team_user", "scheme_guest": False, "scheme_user": True, "scheme_admin": False}
    return {"team_id": team_id, "user_id": user_id, "delete_at": 0, "explicit_roles": "", **roles}


async def my_channels(call: Call) -> tuple[int, Any]:
    """The caller's channels, of every team or of one (with the direct and group ones)."""
    me, team_id = call.own_id(), call.request.match_info.get("team_id")
    found = [c for c in call.world.channels.values() if me in c.members and not c.delete_at]
    return 200, [c.json() for c in found if not team_id or c.team_id in {team_id, ""}]


async def get_channel(call: Call) -> tuple[int, Any]:
    """A channel."""
    return 200, call.world.readable_channel(call.user, call.id_of("channel_id")).json()


async def get_channel_by_name(call: Call) -> tuple[int, Any]:
    """A channel of a team, both by name or the team by identifier."""
    info = call.request.match_info
    teams = {
        t.id for t in call.world.teams.values() if info.get("team_id") == t.id or info.get("team_name") == t.name
    }
    for channel in call.world.channels.values():
        if channel.team_id in teams and channel.name == info["channel_name"]:
            return 200, call.world.readable_channel(call.user, channel.id).json()
    raise Refused(404, "app.channel.get_by_name.missing.app_error", "Channel does not exist.")


async def create_channel(call: Call) -> tuple[int, Any]:
    """An open or private channel, its maker a member."""
    body = call.body()
    if body.get("type") not in {"O", "P"} or not body.get("name"):
        raise invalid_parameter("channel")
    team = call.world.teams.get(str(body.get("team_id")))
    if team is None or call.user.id not in team.members:
        raise forbidden()
    return 201, call.world.add_channel(body["type"], str(body["name"]), [call.user.id], team.id, call.user.id).json()


async def create_direct(call: Call) -> tuple[int, Any]:
    """The direct channel of two people, the caller one of them."""
    people = call.json()
    if not isinstance(people, list) or len(people) != 2:
        raise invalid_parameter("user_ids")
    if call.user.id not in people and not call.user.is_admin:
        raise forbidden()
    for one in people:
        call.world.user(str(one))
    return 201, call.world.add_channel("D", "", people, creator=call.user.id).json()


async def create_group(call: Call) -> tuple[int, Any]:
    """The group channel of three to eight people."""
    people = call.json()
    if not isinstance(people, list):
        raise invalid_parameter("user_ids")
    everyone = {*people, call.user.id}
    if not 3 <= len(everyone) <= 8:
        raise Refused(400, "api.channel.create_group.bad_size.app_error")
    for one in everyone:
        call.world.user(str(one))
    return 201, call.world.add_channel("G", "", everyone, creator=call.user.id).json()


async def channel_members(call: Call) -> tuple[int, Any]:
    """The members of a channel the caller may read, by pages."""
    from tests.mattermost.fake_reading import paging

    channel = call.world.readable_channel(call.user, call.id_of("channel_id"))
    page, per_page = paging(call.request.query)
    members = sorted(channel.members)[page * per_page : (page + 1) * per_page]
    return 200, [channel.member_json(m) for m in members]


async def channel_member(call: Call) -> tuple[int, Any]:
    """One membership, or 404."""
    channel = call.world.readable_channel(call.user, call.id_of("channel_id"))
    user_id = call.id_of("user_id")
    if user_id not in channel.members:
        raise Refused(
            404,
            "app.channel.get_member.missing.app_error",
            "No channel member found for that user ID and channel ID.",
        )
    return 200, channel.member_json(user_id)


async def add_channel_member(call: Call) -> tuple[int, Any]:
    """Someone joins a channel."""
    channel = call.world.readable_channel(call.user, call.id_of("channel_id"))
    user_id = str(call.body().get("user_id") or "")
    if not ID_PATTERN.match(user_id):
        raise invalid_parameter("user_id or user_ids")
    if (
        call.user.id not in channel.members
        and not call.user.is_admin
        and (channel.type != "O" or user_id != call.user.id)
    ):
        raise forbidden()
    call.world.user(user_id)
    call.world.join_channel(channel.id, user_id, call.user.id)
    return 201, channel.member_json(user_id)


async def remove_channel_member(call: Call) -> tuple[int, Any]:
    """Someone leaves a channel."""
    channel = call.world.readable_channel(call.user, call.id_of("channel_id"))
    if call.user.id not in channel.members and not call.user.is_admin:
        raise forbidden()
    call.world.leave_channel(channel.id, call.id_of("user_id"), call.user.id)
    return 200, OK


async def view_channel(call: Call) -> tuple[int, Any]:
    """Marks a channel read."""
    call.own_id()
    return 200, OK | {"last_viewed_at_times": {}}


async def create_bot(call: Call) -> tuple[int, Any]:
    """A bot account, when the server allows any."""
    body = call.body()
    if not call.server.settings.enable_bot_creation:
        raise Refused(403, "api.bot.create_disabled", "Bot creation has been disabled.")
    if not call.user.is_admin:
        raise forbidden()
    if not body.get("username"):
        raise invalid_parameter("bot")
    made = call.world.add_user(str(body["username"]), is_bot=True, owner=call.user.id)
    return 201, {
        "user_id": made.id,
        "username": made.username,
        "display_name": body.get("display_name", ""),
        "description": body.get("description", ""),
        "owner_id": made.owner_id,
        "create_at": made.create_at,
        "update_at": made.create_at,
        "delete_at": 0,
    }


async def create_token(call: Call) -> tuple[int, Any]:
    """An access token, shown this once. 200, whatever the specification says."""
    user_id, body = call.id_of("user_id"), call.body()
    if not body.get("description"):
        raise invalid_parameter("description")
    if not call.user.is_admin and user_id != call.user.id:
        raise forbidden()
    token = call.world.add_token(call.world.user(user_id).id)
    return 200, {
        "id": call.world.ids.new(),
        "token": token,
        "user_id": user_id,
        "description": body["description"],
        "is_active": True,
    }


async def upload_file(call: Call) -> tuple[int, Any]:
    """multipart: channel_id, files, client_ids."""
    channel_id, client_ids, found = call.request.query.get("channel_id", ""), [], []
    reader = await call.request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            continue
        if part.filename is None:
            text = await part.text()
            if part.name == "channel_id":
                channel_id = text
            elif part.name == "client_ids":
                client_ids.append(text)
        else:
            found.append(
                (part.filename, part.headers.get("Content-Type", "application/octet-stream"), await part.read())
            )
    channel = call.world.channels.get(channel_id)
    if channel is None or call.user.id not in channel.members:
        raise forbidden()
    if not found:
        raise Refused(400, "api.file.upload_file.storage.app_error")
    made = [
        StoredFile(call.world.ids.new(), call.user.id, channel_id, n, c, t, call.world.clock.now())
        for n, t, c in found
    ]
    call.world.files |= {f.id: f for f in made}
    return 201, {"file_infos": [f.json() for f in made], "client_ids": client_ids}


def _readable_file(call: Call) -> StoredFile:
    found = call.world.files.get(call.id_of("file_id"))
    if found is None:
        raise Refused(404, "app.file_info.get.app_error")
    call.world.readable_channel(call.user, found.channel_id)
    return found


async def get_file(call: Call) -> web.StreamResponse:
    """The content."""
    found = _readable_file(call)
    return web.Response(body=found.content, headers={"Content-Type": found.media_type})


async def get_file_info(call: Call) -> tuple[int, Any]:
    """What is known of a file."""
    return 200, _readable_file(call).json()


ROUTES: list[Route] = [
    ("POST", "/users/login", login),
    ("POST", "/users/logout", logout),
    ("POST", "/users/ids", get_users_by_ids),
    ("GET", "/users/username/{username}", get_user_by_name),
    ("GET", "/users/{user_id}", get_user),
    ("GET", "/config/client", client_config),
    ("GET", "/license/client", client_license),
    ("GET", "/system/ping", system_ping),
    ("GET", "/users/{user_id}/teams", my_teams),
    ("GET", "/teams/name/{team_name}", get_team),
    ("GET", "/teams/{team_id}", get_team),
    ("POST", "/teams/{team_id}/members", add_team_member),
    ("GET", "/teams/{team_id}/members/{user_id}", get_team_member),
    ("GET", "/users/{user_id}/channels", my_channels),
    ("GET", "/users/{user_id}/teams/{team_id}/channels", my_channels),
    ("GET", "/teams/{team_id}/channels/name/{channel_name}", get_channel_by_name),
    ("GET", "/teams/name/{team_name}/channels/name/{channel_name}", get_channel_by_name),
    ("POST", "/channels", create_channel),
    ("POST", "/channels/direct", create_direct),
    ("POST", "/channels/group", create_group),
    ("GET", "/channels/{channel_id}", get_channel),
    ("GET", "/channels/{channel_id}/members", channel_members),
    ("POST", "/channels/{channel_id}/members", add_channel_member),
    ("GET", "/channels/{channel_id}/members/{user_id}", channel_member),
    ("DELETE", "/channels/{channel_id}/members/{user_id}", remove_channel_member),
    ("POST", "/channels/members/{user_id}/view", view_channel),
    ("POST", "/bots", create_bot),
    ("POST", "/users/{user_id}/tokens", create_token),
    ("POST", "/files", upload_file),
    ("GET", "/files/{file_id}", get_file),
    ("GET", "/files/{file_id}/info", get_file_info),
]
