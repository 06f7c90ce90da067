"""The fake's HTTP server: requests in, faults on the way, answers out. Run by FakeMattermost in its own loop."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.mattermost import fake_integrations, fake_rest, fake_rest_posts
from tests.mattermost.fake_faults import Fault, Faults
from tests.mattermost.fake_hub import Hub
from tests.mattermost.fake_integrations import Integrations, command_webhook
from tests.mattermost.fake_records import VERSION_ID, Clock, FakeSettings, Ids, Refused
from tests.mattermost.fake_rest import Call, Handler
from tests.mattermost.fake_websocket import reset, serve_websocket
from tests.mattermost.fake_world import Event, World

API = "/api/v4"


@dataclass(frozen=True)
class Seen:
    """A request the server got, and how it answered (0: not at all)."""

    method: str
    path: str
    status: int
    user_id: str
    at: float
    """time.monotonic() when it came in."""
    body: bytes = b""


@dataclass
class FakeServer:
    """One server: its data outlive `stop`, its streams and caches do not."""

    settings: FakeSettings
    clock: Clock = field(default_factory=Clock)
    ids: Ids = field(default_factory=Ids)
    faults: Faults = field(default_factory=Faults)
    on_change: Callable[[], None] = lambda: None
    seen: list[Seen] = field(default_factory=list)
    port: int = 0
    host: str = "127.0.0.1"
    notices_half_open: bool = False
    integrations: Integrations = field(default_factory=Integrations)
    extra_routes: list[tuple[str, str, Callable[[web.Request], Any]]] = field(default_factory=list)
    """Routes outside the contract: the control of the fake itself."""

    def __post_init__(self) -> None:
        self.world = World(self.settings, self.clock, self.ids, self._publish)
        self.hub = Hub(self.world, self.settings, self.clock, self.ids, self.faults)
        self.stopping = asyncio.Event()
        self.hurry = asyncio.Event()
        self.runs = 0
        self._runner: web.AppRunner | None = None
        self._tokens_left = float(self.settings.rate_burst)
        self._refilled = time.monotonic()

    # --- life

    async def start(self) -> None:
        """Listens; the same port again after a stop."""
        self.stopping = asyncio.Event()
        self.hub = Hub(self.world, self.settings, self.clock, self.ids, self.faults)
        self.world.pending.clear()
        app = web.Application(client_max_size=50 << 20)
        for method, path, handler in [*fake_rest.ROUTES, *fake_rest_posts.ROUTES, *fake_integrations.ROUTES]:
            app.router.add_route(method, API + path, self._answering(handler))
        app.router.add_post("/hooks/commands/{hook_id}", self._answering(command_webhook))
        app.router.add_get(API + "/websocket", self._websocket)
        for method, path, plain in self.extra_routes:
            app.router.add_route(method, path, plain)
        app.router.add_route("*", "/{tail:.*}", self._answering(_unknown))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.0, handle_signals=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, reuse_address=True)
        await site.start()
        self.port = self.port or self._runner.addresses[0][1]
        self.runs += 1
        self.changed()

    async def stop(self) -> None:
        """As a killed process: every connection is reset, streams and caches are gone."""
        self.stopping.set()
        if self._runner is None:
            return
        if self._runner.server is not None:
            for connection in list(self._runner.server.connections):
                reset(connection.transport)
        runner, self._runner = self._runner, None
        await runner.cleanup()
        self.changed()

    @property
    def site_url(self) -> str:
        """SiteURL, empty when it is not set."""
        return "" if self.settings.without_site_url else self.settings.site_url or f"http://{self.host}:{self.port}"

    def changed(self) -> None:
        """Whoever waits for something looks again."""
        self.on_change()

    def _publish(self, event: Event) -> None:
        self.hub.publish(event)
        self.changed()

    def tell(self, user_id: str, name: str, data: dict[str, Any]) -> None:
        """An event to one user."""
        self._publish(Event(name, data, user_id=user_id))

    # --- requests

    def _answering(self, handler: Handler) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.StreamResponse:
            arrived = time.monotonic()
            token = _token(request)
            user = self.world.user_of(token)
            multipart = request.content_type.startswith("multipart/")
            raw = b"" if multipart else await request.read()
            call = Call(self, request, user, token, raw)
            path = request.path.removeprefix(API)
            fault = self.faults.for_request(request.method, path, user.id if user else "")
            self.changed()
            status = 0
            try:
                response = await self._with_fault(fault, call, handler)
                status = response.status if fault is None or not fault.drop else 0
                return response
            finally:
                self.seen.append(Seen(request.method, path, status, user.id if user else "", arrived, raw))
                self.changed()

        return answer

    async def _with_fault(self, fault: Fault | None, call: Call, handler: Handler) -> web.StreamResponse:
        if fault is None:
            return await self._run(call, handler)
        if fault.hang:
            await self.stopping.wait()
            reset(call.request.transport)
            return web.Response()
        if not fault.after_commit:
            await self.patience(fault.delay)
            if fault.drop or fault.status:
                return self._faulty(fault, call)
        call.committing = fault.committing
        response = await self._run(call, handler)
        if fault.after_commit:
            await self.patience(fault.delay)
            if fault.drop or fault.status:
                return self._faulty(fault, call)
        return response

    async def patience(self, seconds: float) -> None:
        """Waits, less if the test is in a hurry; a server that stops meanwhile does no more for the request."""
        if seconds > 0:
            stopping = self.stopping
            waits = [asyncio.ensure_future(e.wait()) for e in (stopping, self.hurry)]
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
            if stopping.is_set():
                raise asyncio.CancelledError

    def _faulty(self, fault: Fault, call: Call) -> web.StreamResponse:
        if fault.drop:
            reset(call.request.transport)
            return web.Response()
        if fault.status == 429:
            return self._too_many(fault.retry_after if fault.retry_after is not None else 1.0)
        if fault.status == 500 and fault.body is None:
            return self._error(Refused(500, "app.post.save.app_error", "Unable to save the Post."))
        page = fault.body if fault.body is not None else f"<html><title>{fault.status}</title></html>"
        return web.Response(status=fault.status, body=page.encode(), headers={"Content-Type": "text/html"})

    def _too_many(self, wait: float) -> web.Response:
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            "X-RateLimit-Limit": str(self.settings.rate_burst),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(max(1, round(wait))),  # relative seconds, whatever the documentation says
            "Retry-After": str(int(wait) if wait == int(wait) else wait),
        }
        return web.Response(status=429, body=b"limit exceeded\n", headers=headers)

    def _over_the_rate(self) -> bool:
        rate = self.settings.rate_per_second
        if not rate:
            return False
        now = time.monotonic()
        self._tokens_left = min(float(self.settings.rate_burst), self._tokens_left + (now - self._refilled) * rate)
        self._refilled = now
        if self._tokens_left < 1:
            return True
        self._tokens_left -= 1
        return False

    async def _run(self, call: Call, handler: Handler) -> web.StreamResponse:
        if self._over_the_rate():
            return self._too_many(1.0)
        try:
            if len(call.raw) > self.settings.maximum_payload:
                raise Refused(413, "api.context.request_body_too_large.app_error", "The request body is too large.")
            answer = await handler(call)
        except Refused as refused:
            return self._error(refused)
        if isinstance(answer, web.StreamResponse):
            answer.headers.setdefault("X-Version-Id", VERSION_ID)
            return answer
        response = self.json_response(*answer)
        if self.settings.session_cookies and call.request.method == "POST" and call.account:
            response.set_cookie("MMAUTHTOKEN", call.token, path="/", httponly=True)
        return response

    def json_response(self, status: int, payload: Any, headers: dict[str, str] | None = None) -> web.Response:
        """An answer with exactly the server's content type: both known clients compare the whole of it."""
        kind = "application/json; charset=utf-8" if "content-type" in self.settings.broken else "application/json"
        common = {
            "Content-Type": kind,
            "X-Version-Id": VERSION_ID,
            "X-Request-Id": self.ids.new(),
            "Vary": "Accept-Encoding",
        }
        return web.Response(
            status=status, body=json.dumps(payload, ensure_ascii=False).encode(), headers=common | (headers or {})
        )

    def _error(self, refused: Refused) -> web.Response:
        # The server empties detailed_error unless EnableDeveloper is set.
        body = {
            "id": refused.error_id,
            "message": refused.message,
            "detailed_error": "",
            "request_id": self.ids.new(),
            "status_code": refused.status,
        }
        return self.json_response(refused.status, body)

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        token = _token(request)
        user = self.world.user_of(token)
        fault = self.faults.for_request("GET", "/websocket", user.id if user else "")
        if fault is not None:
            await self.patience(fault.delay)
            if fault.drop or fault.status:
                return self._faulty(fault, Call(self, request, user, token, b""))
        return await serve_websocket(self, request, token)


def _token(request: web.Request) -> str:
    cookie = request.cookies.get("MMAUTHTOKEN", "")
    if cookie:  # it wins over the header, and then anything but a GET must show it is no forged form
        safe = request.method == "GET" or request.headers.get("X-Requested-With") == "XMLHttpRequest"
        return cookie if safe else ""
    found = re.match(r"(?i)(?:bearer|token)\s+(\S+)$", request.headers.get("Authorization", ""))
    return found[1] if found else ""


async def _unknown(call: Call) -> tuple[int, Any]:
    raise Refused(404, "api.context.404.app_error", "Sorry, we could not find the page.", call.request.path)
