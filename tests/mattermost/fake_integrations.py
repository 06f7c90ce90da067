"""What the server calls: slash commands, buttons, dialogs; and what it is called back on: response_url."""

from __future__ import annotations

import copy
import ipaddress
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
from aiohttp import web

from tests.mattermost.fake_records import Channel, Command, Post, Refused, User, forbidden, invalid_parameter
from tests.mattermost.fake_rest import OK, Call, Route

LARGEST_ANSWER = 1 << 20
RETAINED_PROPS = ("from_webhook", "override_username", "override_icon_url")


@dataclass
class _ResponseUrl:
    """A response_url: who it answers, and how much of it is left."""

    user_id: str
    channel_id: str
    root_id: str
    made_at: float
    used: int = 0


@dataclass
class Integrations:
    """Trigger identifiers and response URLs in use."""

    triggers: dict[str, tuple[str, float]] = field(default_factory=dict)
    response_urls: dict[str, _ResponseUrl] = field(default_factory=dict)
    called: list[str] = field(default_factory=list)
    """Every address the server called, in order."""


def new_trigger(call: Call) -> str:
    """A trigger identifier for the caller."""
    made = call.world.ids.new()
    call.server.integrations.triggers[made] = (call.user.id, call.world.clock.seconds())
    return made


class Unreachable(Exception):
    """The integration did not answer, answered badly, or may not be called."""


def _forbidden_address(url: str, allowed: str) -> bool:
    """Whether the host is private and not in AllowedUntrustedInternalConnections (exact host name or CIDR)."""
    host = urlsplit(url).hostname or ""
    entries = allowed.replace(",", " ").split()
    if host in entries:
        return False
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return True  # no name is looked up here: only what is listed by name can be meant
    if not (address.is_private or address.is_loopback or address.is_link_local):
        return False
    return not any("/" in e and address in ipaddress.ip_network(e, strict=False) for e in entries)


async def call_integration(call: Call, method: str, url: str, body: bytes, headers: dict[str, str]) -> Any:
    """The JSON the integration answers, {} for an empty body. Raises Unreachable."""
    server = call.server
    if _forbidden_address(url, server.settings.allowed_untrusted):
        raise Unreachable("address forbidden, you may need to set AllowedUntrustedInternalConnections")
    server.integrations.called.append(url)
    timeout = aiohttp.ClientTimeout(total=server.settings.outgoing_timeout)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, url, data=body or None, headers=headers) as answer,
        ):
            content = await answer.content.read(LARGEST_ANSWER)
            if answer.status != 200:
                raise Unreachable(f"status={answer.status}")
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error
    if not content.strip():
        return {}
    try:
        return json.loads(content)
    except ValueError as error:
        if headers.get("Accept-Text"):
            return {"text": content.decode()}
        raise Unreachable(str(error)) from error


# --- buttons


async def do_action(call: Call) -> tuple[int, Any]:
    """A click: the integration is called in the name of who clicked."""
    failed = Refused(400, "api.post.do_action.action_integration.app_error", "Action integration error.")
    selected = str((call.body() if call.raw.strip() else {}).get("selected_option") or "")
    post = call.world.readable_post(call.user, call.id_of("post_id"))
    wanted = call.request.match_info["action_id"]
    action = next((a for a in post.actions() if a.get("id") == wanted), None)
    if action is None:
        raise Refused(404, "api.post.do_action.action_id.app_error", "Invalid action id.")
    channel = call.world.channels[post.channel_id]
    trigger = new_trigger(call)
    asked = _action_request(call, post, channel, action, selected, trigger)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    try:
        answer = await call_integration(
            call, "POST", action["integration"]["url"], json.dumps(asked).encode(), headers
        )
    except Unreachable as error:
        failed.detail = str(error)
        raise failed from error
    if not isinstance(answer, dict):
        raise failed
    _after_action(call, post, answer)
    return 200, OK | {"trigger_id": trigger}


def _action_request(
    call: Call, post: Post, channel: Channel, action: dict[str, Any], selected: str, trigger: str
) -> dict[str, Any]:
    context = copy.deepcopy(action["integration"].get("context") or {})
    if action.get("type") == "select" and selected:
        context["selected_option"] = selected
    team = call.world.teams.get(channel.team_id)
    return {
        "user_id": call.user.id,
        "user_name": call.user.username,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "team_id": channel.team_id,
        "team_domain": team.name if team else "",
        "post_id": post.id,
        "trigger_id": trigger,
        "type": action.get("type", ""),
        "data_source": action.get("data_source", ""),
        "context": context,
    }


def _after_action(call: Call, post: Post, answer: dict[str, Any]) -> None:
    update = answer.get("update")
    if isinstance(update, dict) and not post.delete_at:
        props = update.get("props")
        if isinstance(props, dict):
            kept = {k: v for k, v in props.items() if k not in RETAINED_PROPS}
            props = kept | {k: post.props[k] for k in RETAINED_PROPS if k in post.props}
            props |= {"from_bot": "true"} if call.world.users[post.user_id].is_bot else {}
        else:
            props = None
        call.world.rewrite_post(post, str(update.get("message", "")), props)
    if answer.get("ephemeral_text"):
        root = post.root_id or post.id
        call.world.whisper(call.user.id, post.channel_id, str(answer["ephemeral_text"]), root)


# --- dialogs


async def open_dialog(call: Call) -> tuple[int, Any]:
    """Needs no session: the trigger identifier names the user, for 30 s."""
    body = call.body()
    user_id, made_at = call.server.integrations.triggers.get(str(body.get("trigger_id")), ("", 0.0))
    if not user_id or call.world.clock.seconds() - made_at > call.server.settings.trigger_seconds:
        raise Refused(
            400, "interactive_message.decode_trigger_id.expired", "Trigger ID for interactive dialog is expired."
        )
    dialog = body.get("dialog")
    if not body.get("url") or not isinstance(dialog, dict) or not dialog.get("title"):
        raise Refused(
            400, "app.open_interactive_dialog.app_error", "Encountered an error opening the interactive dialog."
        )
    if len(dialog["title"]) > 24:
        raise Refused(
            400, "app.open_interactive_dialog.app_error", "Encountered an error opening the interactive dialog."
        )
    shown = {k: body[k] for k in ("trigger_id", "url", "dialog")}
    call.server.tell(user_id, "open_dialog", {"dialog": json.dumps(shown)})
    return 200, OK


async def submit_dialog(call: Call) -> tuple[int, Any]:
    """The person's entries go to the dialog's address."""
    body = call.body()
    channel = call.world.readable_channel(call.user, str(body.get("channel_id") or ""))
    if not body.get("url"):
        raise invalid_parameter("url")
    kind = "dialog_cancellation" if body.get("cancelled") else "dialog_submission"
    sent = {k: body.get(k, "") for k in ("callback_id", "state")} | {
        "type": kind,
        "user_id": call.user.id,
        "channel_id": channel.id,
        "team_id": body.get("team_id", ""),
        "submission": body.get("submission") or {},
        "cancelled": bool(body.get("cancelled")),
    }
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    try:
        answer = await call_integration(call, "POST", body["url"], json.dumps(sent).encode(), headers)
    except Unreachable as error:
        raise Refused(400, "app.submit_interactive_dialog.app_error", detail=str(error)) from error
    return 200, {"error": answer.get("error", ""), "errors": answer.get("errors") or None}


# --- slash commands


async def create_command(call: Call) -> tuple[int, Any]:
    """A command of a team, with its token."""
    body = call.body()
    team = call.world.teams.get(str(body.get("team_id")))
    trigger, url = str(body.get("trigger") or ""), str(body.get("url") or "")
    if team is None or call.user.id not in team.members:
        raise forbidden()
    if (
        not re.match(r"^[^\s/]\S{0,127}$", trigger)
        or not re.match(r"https?://.", url)
        or body.get("method") not in {"P", "G"}
    ):
        raise Refused(400, "model.command.is_valid.url_http.app_error")
    if any(c.team_id == team.id and c.trigger == trigger and not c.delete_at for c in call.world.commands.values()):
        raise Refused(400, "api.command.duplicate_trigger.app_error")
    world = call.world
    made = Command(
        world.ids.new(), world.ids.new(), team.id, trigger, url, call.user.id, world.clock.now(), body["method"]
    )
    world.commands[made.id] = made
    return 201, made.json()


async def list_commands(call: Call) -> tuple[int, Any]:
    """The team's commands, tokens shown to their creators."""
    team_id = call.request.query.get("team_id", "")
    found = [c for c in call.world.commands.values() if c.team_id == team_id and not c.delete_at]
    return 200, [c.json() | ({} if c.creator_id == call.user.id else {"token": "", "url": ""}) for c in found]


async def delete_command(call: Call) -> tuple[int, Any]:
    """By its creator."""
    command = call.world.commands.get(call.id_of("command_id"))
    if command is None or (command.creator_id != call.user.id and not call.user.is_admin):
        raise Refused(404, "api.command.disabled.app_error")
    command.delete_at = call.world.clock.now()
    return 200, OK


async def execute_command(call: Call) -> tuple[int, Any]:
    """Someone typed a command."""
    body, server = call.body(), call.server
    text = str(body.get("command") or "")
    if len(text) <= 1 or text[0] != "/":
        raise invalid_parameter("command")
    channel = call.world.channels.get(str(body.get("channel_id")))
    if channel is None or call.user.id not in channel.members:
        raise forbidden()
    team_id = channel.team_id or str(body.get("team_id") or "")
    trigger, _, rest = text[1:].partition(" ")
    command = next(
        (
            c
            for c in call.world.commands.values()
            if (c.team_id, c.trigger) == (team_id, trigger.lower()) and not c.delete_at
        ),
        None,
    )
    if command is None or not server.settings.enable_commands:
        raise Refused(
            404,
            "api.command.execute_command.not_found.app_error",
            f"Command with a trigger of '{trigger}' not found.",
        )
    if not server.site_url:
        raise Refused(400, "api.command.execute_command.no_site_url", "SiteURL is not set.")
    trigger_id = new_trigger(call)
    hook = call.world.ids.new()
    root_id = str(body.get("root_id") or "")
    server.integrations.response_urls[hook] = _ResponseUrl(
        call.user.id, channel.id, root_id, call.world.clock.seconds()
    )
    form = _command_form(call, command, channel, team_id, rest.strip(), root_id)
    form += [("trigger_id", trigger_id), ("response_url", f"{server.site_url}/hooks/commands/{hook}")]
    answer = await _call_command(call, command, form, trigger)
    respond(call, call.user, channel.id, root_id, answer)
    return 200, answer | {"trigger_id": trigger_id}


async def _call_command(call: Call, command: Command, form: list[tuple[str, str]], trigger: str) -> dict[str, Any]:
    headers = {"Accept": "application/json", "Authorization": f"Token {command.token}", "Accept-Text": "yes"}
    failed = Refused(
        500, "api.command.execute_command.failed.app_error", f"Command with a trigger of '{trigger}' failed."
    )
    url, sent = command.url, urlencode(form)
    if command.method == "G":
        url, sent = f"{url}{'&' if '?' in url else '?'}{sent}", ""
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        answer = await call_integration(call, "GET" if command.method == "G" else "POST", url, sent.encode(), headers)
    except Unreachable as error:
        failed.detail = str(error)
        raise failed from error
    if not isinstance(answer, dict):
        raise failed
    return {"response_type": "", "text": "", **answer}


def _command_form(
    call: Call, command: Command, channel: Channel, team_id: str, text: str, root_id: str
) -> list[tuple[str, str]]:
    team = call.world.teams.get(team_id)
    form = [
        ("token", command.token),
        ("team_id", team_id),
        ("team_domain", team.name if team else ""),
        ("channel_id", channel.id),
        ("channel_name", channel.name),
        ("user_id", call.user.id),
        ("user_name", call.user.username),
        ("command", f"/{command.trigger}"),
        ("text", text),
        ("root_id", root_id),
    ]
    names = re.findall(r"@([a-z0-9._-]+)", text)
    for user in [u for u in call.world.users.values() if u.username in names]:
        form += [("user_mentions", user.username), ("user_mentions_ids", user.id)]
    return form


def respond(call: Call, user: User, channel_id: str, root_id: str, answer: dict[str, Any]) -> None:
    """Shows what a command answered: to its user only, or to the channel in that user's name."""
    text, attachments = str(answer.get("text") or ""), answer.get("attachments")
    props: dict[str, Any] = dict(answer.get("props") or {}) | ({"attachments": attachments} if attachments else {})
    if text or attachments:
        if answer.get("response_type") == "in_channel":
            props["from_webhook"] = "true"
            post = Post(call.world.ids.new(), user.id, channel_id, text, 0, root_id=root_id, props=props)
            call.world.insert_post(post)
        else:
            call.world.whisper(user.id, channel_id, text, root_id, user.id, props)
    for extra in answer.get("extra_responses") or []:
        respond(call, user, channel_id, root_id, extra)


async def command_webhook(call: Call) -> web.StreamResponse:
    """POST /hooks/commands/{id}: 5 uses in 30 min, no session."""
    found = call.server.integrations.response_urls.get(call.request.match_info["hook_id"])
    settings = call.server.settings
    if found is None or call.world.clock.seconds() - found.made_at > settings.response_url_seconds:
        raise Refused(404, "app.command_webhook.get.missing", "Unable to get the webhook.")
    if found.used >= settings.response_url_uses:
        raise Refused(400, "app.command_webhook.try_use.invalid", "Unable to use the webhook.")
    body = call.body()
    found.used += 1
    respond(call, call.world.users[found.user_id], found.channel_id, found.root_id, body)
    return web.Response(body=b"ok", headers={"Content-Type": "text/plain"})


ROUTES: list[Route] = [
    ("POST", "/posts/{post_id}/actions/{action_id:[A-Za-z0-9]+}", do_action),
    ("POST", "/actions/dialogs/open", open_dialog),
    ("POST", "/actions/dialogs/submit", submit_dialog),
    ("POST", "/commands", create_command),
    ("GET", "/commands", list_commands),
    ("POST", "/commands/execute", execute_command),
    ("DELETE", "/commands/{command_id}", delete_command),
]
