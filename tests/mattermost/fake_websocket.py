"""GET /api/v4/websocket: the upgrade, the challenge, the actions of clients."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.mattermost.fake_hub import BadResume, Hub, Stream
from tests.mattermost.fake_records import SERVER_VERSION, Refused

if TYPE_CHECKING:
    from tests.mattermost.fake_server import FakeServer

LONGEST_FRAME = 8192


def reset(transport: asyncio.BaseTransport | None) -> None:
    """Ends a TCP connection with a RST, as a broken network or a killed process does."""
    if not isinstance(transport, asyncio.Transport) or transport.is_closing():
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class SocketWire:
    """An open socket as the hub sees it."""

    def __init__(self, socket_: web.WebSocketResponse, transport: asyncio.BaseTransport | None) -> None:
        self._socket, self._transport = socket_, transport

    async def send(self, text: str) -> None:
        """Sends a text frame; a socket already gone takes it without a word, as the kernel does."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self._socket.send_str(text)

    def hang_up(self) -> None:
        """Resets the connection."""
        reset(self._transport)

    def close(self) -> None:
        """Closes the connection without a closing frame, as the server does."""
        if isinstance(self._transport, asyncio.Transport):
            self._transport.close()


async def serve_websocket(server: FakeServer, request: web.Request, token: str) -> web.WebSocketResponse:
    """One connection, until it ends."""
    user = server.world.user_of(token)
    opened = web.WebSocketResponse(autoping=False, compress=False, max_msg_size=LONGEST_FRAME)
    await opened.prepare(request)
    wire = SocketWire(opened, request.transport)
    asked = request.query
    try:
        stream = server.hub.open(
            asked.get("connection_id", ""), asked.get("sequence_number", ""), user.id if user else "", token
        )
    except BadResume:
        wire.close()
        return opened
    session = _Session(server, server.hub, stream, opened, wire)
    if user:
        server.hub.register(stream, user.id, token)
    await session.run()
    return opened


class _Session:
    """The reading side of one socket."""

    def __init__(
        self, server: FakeServer, hub: Hub, stream: Stream, opened: web.WebSocketResponse, wire: SocketWire
    ) -> None:
        self._server, self._hub, self._stream, self._opened, self._wire = server, hub, stream, opened, wire
        self._stopping = server.stopping  # of this run: a restart has another

    async def run(self) -> None:
        """Reads until the end; then the stream stays, inactive."""
        stream, settings = self._stream, self._server.settings
        stream.wire = self._wire
        tasks = [asyncio.create_task(self._hub.pump(stream, self._wire)), asyncio.create_task(self._ping())]
        deadline = asyncio.get_running_loop().call_later(settings.auth_seconds, self._check_authenticated)
        self._server.changed()
        try:
            await self._read()
            if stream.half_open and not self._server.notices_half_open:
                # The client hung up, but the server has not heard of it: it goes on writing for a while.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), settings.pong_seconds)
        finally:
            deadline.cancel()
            for task in tasks:
                task.cancel()
            if stream.wire is self._wire:
                self._hub.unregister(stream)
            self._server.changed()

    def _check_authenticated(self) -> None:
        if not self._stream.user_id:
            self._wire.close()

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(self._server.settings.ping_seconds)
            if not self._stream.half_open:
                with contextlib.suppress(ConnectionError, RuntimeError):
                    await self._opened.ping()

    async def _read(self) -> None:
        while True:
            try:
                message = await self._opened.receive(self._server.settings.pong_seconds)
            except TimeoutError:
                self._wire.hang_up()
                return
            if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}:
                return
            if self._stream.half_open:
                continue
            if message.type is WSMsgType.PING:
                await self._opened.pong(message.data)
            elif message.type is WSMsgType.TEXT and not await self._act(message.data):
                self._wire.close()
                return

    async def _act(self, text: str) -> bool:
        """False when the server would close the socket."""
        try:
            asked = json.loads(text)
        except ValueError:
            return False
        if not isinstance(asked, dict):
            return False
        action, seq = asked.get("action") or "", asked.get("seq") or 0
        data = asked.get("data") or {}
        if not action or not isinstance(seq, int) or seq <= 0:
            what = "no_action" if not action else "bad_seq"
            self._fail(seq, Refused(400, f"api.web_socket_router.{what}.app_error"))
            return True
        if action == "authentication_challenge":
            return self._challenge(seq, data)
        if not self._stream.user_id:
            return True  # the refusal has no registered stream to go by: the client hears nothing
        try:
            self._reply(seq, self._perform(action, data))
        except Refused as refused:
            self._fail(seq, refused)
        return True

    def _challenge(self, seq: int, data: dict[str, Any]) -> bool:
        if self._stream.token:
            return True  # already authenticated by the header: no answer
        token = data.get("token")
        user = self._server.world.user_of(token) if isinstance(token, str) else None
        if user is None or not isinstance(token, str):
            return False
        if self._server.settings.reply_before_hello:
            self._stream.queue.append({"status": "OK", "seq_reply": seq})
            self._hub.register(self._stream, user.id, token)
        else:
            self._hub.register(self._stream, user.id, token)
            self._reply(seq, None)
        self._server.changed()
        return True

    def _perform(self, action: str, data: dict[str, Any]) -> dict[str, Any] | None:
        world = self._server.world
        user = world.users[self._stream.user_id]
        if action == "ping":
            return {"text": "pong", "version": SERVER_VERSION, "server_time": world.clock.now(), "node_id": ""}
        if action == "user_typing":
            world.typing(user, str(data.get("channel_id") or ""), str(data.get("parent_id") or ""))
            self._server.changed()
            return None
        if action in {"get_statuses", "get_statuses_by_ids"}:
            wanted = data.get("user_ids") or list(world.users)
            return {u: "online" if self._hub.active(u) else "offline" for u in wanted}
        if action in {"presence", "user_update_active_status", "posted_notify_ack"}:
            return None
        raise Refused(500, "api.web_socket_router.bad_action.app_error")

    def _reply(self, seq: int, data: dict[str, Any] | None) -> None:
        self._hub.put(
            self._stream, {"status": "OK", **({"data": data} if data is not None else {}), "seq_reply": seq}
        )

    def _fail(self, seq: int, refused: Refused) -> None:
        if self._stream not in self._hub.streams:
            return
        error = {
            "id": refused.error_id,
            "message": refused.message,
            "detailed_error": "",
            "status_code": refused.status,
        }
        self._hub.put(self._stream, {"status": "FAIL", "error": error, "seq_reply": seq})
