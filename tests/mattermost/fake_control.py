"""The fake's own HTTP control, under /_control: for a bot or a test that runs in another process.

GET /_control/state gives all there is. POST /_control/OPERATION takes a JSON object of the operation's
arguments; accounts, teams, channels and posts are named by their names or identifiers.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.mattermost.fake_faults import Fault
from tests.mattermost.fake_records import Channel, Refused, Team

if TYPE_CHECKING:
    from tests.mattermost.fake_mattermost import Account, FakeMattermost

Route = tuple[str, str, Callable[[web.Request], Any]]


def control_routes(fake: FakeMattermost) -> list[Route]:
    """The routes of the control."""

    async def state(_: web.Request) -> web.Response:
        return _json(await asyncio.to_thread(fake.state))

    async def operate(request: web.Request) -> web.Response:
        asked = json.loads(await request.read() or b"{}")
        operation = OPERATIONS.get(request.match_info["operation"])
        if operation is None:
            return _json({"error": f"opérations : {', '.join(sorted(OPERATIONS))}"}, 404)
        try:
            return _json(await asyncio.to_thread(operation, fake, asked))
        except (KeyError, TypeError, ValueError, Refused) as error:
            return _json({"error": str(error)}, 400)

    async def restart(_: web.Request) -> web.Response:
        asyncio.get_running_loop().run_in_executor(None, fake.restart)  # this very answer may be cut
        return _json({})

    return [
        ("GET", "/_control/state", state),
        ("POST", "/_control/restart", restart),
        ("POST", "/_control/{operation}", operate),
    ]


def _json(payload: Any, status: int = 200) -> web.Response:
    return web.Response(
        status=status, body=json.dumps(payload).encode(), headers={"Content-Type": "application/json"}
    )


def _account(fake: FakeMattermost, name: str) -> Account:
    from tests.mattermost.fake_mattermost import Account

    def found() -> Account:
        world = fake._world
        user = next(u for u in world.users.values() if name in {u.id, u.username})
        return Account(user.id, user.username, next((t for t, u in world.tokens.items() if u == user.id), ""))

    return fake.call(found)


def _team(fake: FakeMattermost, name: str) -> Team:
    return fake.call(lambda: next(t for t in fake._world.teams.values() if name in {t.id, t.name}))


def _channel(fake: FakeMattermost, name: str) -> Channel:
    return fake.call(lambda: next(c for c in fake._world.channels.values() if name in {c.id, c.name}))


def _user(fake: FakeMattermost, asked: dict[str, Any]) -> Any:
    teams = [_team(fake, t) for t in asked.get("teams", [])]
    made = fake.bot(asked["username"], *teams) if asked.get("bot") else fake.user(asked["username"], *teams)
    return dataclasses.asdict(made)


def _new_channel(fake: FakeMattermost, asked: dict[str, Any]) -> Any:
    members = [_account(fake, m) for m in asked.get("members", [])]
    kind = asked.get("type", "O")
    if kind == "D":
        return fake.direct(*members).json()
    if kind == "G":
        return fake.group(*members).json()
    return fake.channel(_team(fake, asked["team"]), asked["name"], *members, private=kind == "P").json()


def _post(fake: FakeMattermost, asked: dict[str, Any]) -> Any:
    author, channel = _account(fake, asked["author"]), _channel(fake, asked["channel"])
    made = fake.post(author, channel, asked["message"], asked.get("root", ""), props=asked.get("props"))
    return {"id": made.id, "create_at": made.create_at}


def _fault(fake: FakeMattermost, asked: dict[str, Any]) -> Any:
    fields = {f.name for f in dataclasses.fields(Fault)}
    fault = Fault(**{k: v for k, v in asked.items() if k in fields})
    if "share" in asked:
        fake.faults.at_random(asked["request"], fault, asked["share"])
    else:
        fake.faults.next(asked["request"], fault, asked.get("times", 1))
    return {}


def _strike(fake: FakeMattermost, asked: dict[str, Any]) -> Any:
    return {"struck": fake.strike(_account(fake, asked["account"]), asked.get("kind", ""))}


def _calm(fake: FakeMattermost, _: dict[str, Any]) -> Any:
    fake.faults.calm()
    return {}


def _advance(fake: FakeMattermost, asked: dict[str, Any]) -> Any:
    fake.clock.advance(asked["seconds"])
    return {}


def _edit(fake: FakeMattermost, asked: dict[str, Any]) -> Any:
    fake.edit(_account(fake, asked["author"]), asked["post"], asked["message"])
    return {}


def _delete(fake: FakeMattermost, asked: dict[str, Any]) -> Any:
    fake.delete(_account(fake, asked["author"]), asked["post"])
    return {}


def _react(fake: FakeMattermost, asked: dict[str, Any]) -> Any:
    fake.react(_account(fake, asked["account"]), asked["post"], asked["emoji"])
    return {}


OPERATIONS: dict[str, Callable[[FakeMattermost, dict[str, Any]], Any]] = {
    "team": lambda fake, asked: fake.team(asked["name"]).json(),
    "user": _user,
    "channel": _new_channel,
    "post": _post,
    "edit": _edit,
    "delete": _delete,
    "react": _react,
    "fault": _fault,
    "strike": _strike,
    "calm": _calm,
    "advance": _advance,
}
