"""What the bot serves over HTTP: its health and measures, and the callbacks where the server can reach us."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qsl

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ui.mattermost import wording
from ui.mattermost.callbacks.bodies import ButtonPress, DialogSubmission, SlashCommand
from ui.mattermost.callbacks.presses import Presses
from ui.mattermost.callbacks.slash import SlashCommands
from ui.mattermost.errors import MattermostError
from ui.mattermost.health import Gauges
from ui.metrics import CONTENT_TYPE

BODY_LIMIT = 64 * 1024
_BODY_SECONDS = 5.0


class _Refused(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def bot_app(
    gauges: Gauges,
    clock: Callable[[], float],
    measures: Callable[[], bytes],
    slash: SlashCommands | None,
    presses: Presses | None,
) -> Starlette:
    """The application; `measures` is what /metrics says of the answers; no callback without what it needs."""
    routes = [
        Route("/health", _health(gauges, clock)),
        Route("/health/ready", _health(gauges, clock)),
        Route("/health/live", _live),
        Route("/metrics", _metrics(gauges, clock, measures)),
    ]
    if slash is not None:
        routes.append(Route("/mattermost/commande", _slash(slash, gauges), methods=["POST"]))
    if presses is not None:
        routes.append(Route("/mattermost/bouton", _button(presses, gauges), methods=["POST"]))
        routes.append(Route("/mattermost/dialogue", _dialog(presses, gauges), methods=["POST"]))
    return Starlette(routes=routes)


def _health(gauges: Gauges, clock: Callable[[], float]) -> Callable[[Request], Response]:
    def health(_: Request) -> Response:
        status, state = gauges.health(clock())
        return JSONResponse(dict(state), status)

    return health


def _live(_: Request) -> Response:
    return JSONResponse({"status": "UP"})


def _metrics(
    gauges: Gauges, clock: Callable[[], float], measures: Callable[[], bytes]
) -> Callable[[Request], Response]:
    def metrics(_: Request) -> Response:
        return Response(gauges.text(clock()) + measures(), media_type=CONTENT_TYPE)

    return metrics


def _slash(slash: SlashCommands, gauges: Gauges) -> Callable[[Request], object]:
    async def taken(request: Request) -> Response:
        try:
            form = dict(parse_qsl((await _body(request)).decode("utf-8", "replace"), keep_blank_values=True))
        except _Refused as exc:
            gauges.callback("commande", "refusee")
            return Response(status_code=exc.status)
        command = SlashCommand.model_validate(form)
        header = request.headers.get("authorization", "").removeprefix("Token ").strip()
        if not slash.known(command.token or header):
            gauges.callback("commande", "refusee")
            return JSONResponse({"response_type": "ephemeral", "text": wording.SLASH_REFUSED}, 401)
        try:
            text = await slash.acknowledge(command)
        except MattermostError as exc:
            text = f"{exc.message} {exc.remedy}".strip()
        gauges.callback("commande", "faite")
        return JSONResponse({"response_type": "ephemeral", "text": text, "skip_slack_parsing": True})

    return taken


def _button(presses: Presses, gauges: Gauges) -> Callable[[Request], object]:
    async def taken(request: Request) -> Response:
        try:
            press = ButtonPress.model_validate_json(await _body(request))
        except (_Refused, ValidationError) as exc:
            gauges.callback("bouton", "refusee")
            return Response(status_code=exc.status if isinstance(exc, _Refused) else 400)
        text = await presses.pressed(press)
        refused = text == wording.BAD_SIGNATURE
        gauges.callback("bouton", "refusee" if refused else "faite")
        return JSONResponse({"ephemeral_text": text, "skip_slack_parsing": True} if text else {})

    return taken


def _dialog(presses: Presses, gauges: Gauges) -> Callable[[Request], object]:
    async def taken(request: Request) -> Response:
        try:
            sent = DialogSubmission.model_validate_json(await _body(request))
        except (_Refused, ValidationError) as exc:
            gauges.callback("dialogue", "refusee")
            return Response(status_code=exc.status if isinstance(exc, _Refused) else 400)
        problems = await presses.submitted(sent)
        gauges.callback("dialogue", "refusee" if problems else "faite")
        return JSONResponse({"errors": dict(problems)} if problems else {})

    return taken


async def _body(request: Request) -> bytes:
    """The body, at most 64 KB, within five seconds."""
    body = b""
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > BODY_LIMIT:
                    raise _Refused(413)
    except TimeoutError as exc:
        raise _Refused(408) from exc
    except ClientDisconnect as exc:
        raise _Refused(400) from exc
    return body
