"""A client that goes away before its answer: what was being made for it is stopped, whichever door it came by."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.model.stopping import Stop, current_stop


class StopForTheAbsent:
    """Gives each question a Stop, in `current_stop`, that is set when its client hangs up.

    Only requests that carry a body are watched: no question comes otherwise. The thread that waits for a model cannot
    be cancelled; its model can.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, and watches its client from the moment the body is read."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        presence = _Presence(receive)
        token = current_stop.set(presence.stop)
        try:
            await self._app(scope, presence.receive, send)
        finally:
            current_stop.reset(token)
            presence.leave()


class _Presence:
    """The only reader of what a client sends, which may be asked several times at once whether it has left."""

    def __init__(self, receive: Receive) -> None:
        self.stop = Stop()
        self._receive = receive
        self._watch: asyncio.Task[Message] | None = None

    async def receive(self) -> Message:
        """The body, then the departure; as ASGI has it."""
        if self._watch is not None:
            return await asyncio.shield(self._watch)  # whoever gives up waiting leaves the watch to the others
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            self._watch = asyncio.create_task(self._left())
        return message

    def leave(self) -> None:
        """The request is answered: nobody watches any more."""
        if self._watch is not None:
            self._watch.cancel()

    async def _left(self) -> Message:
        while (message := await self._receive())["type"] != "http.disconnect":
            pass
        self.stop.set()
        return message


def somebody_waits() -> bool:
    """False once the client of the question under way has gone away."""
    stop = current_stop.get()
    return stop is None or not stop.is_set
