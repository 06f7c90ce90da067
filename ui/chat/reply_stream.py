"""POST /gradio_api/run/reply: the page's reply event, in one request that any replica can answer.

Gradio streams through a queue, whose two requests must reach the same process. Here the page's script sends the
request that Gradio would send, receives the progress as server-sent events, and at the end the very response that
Gradio would have given: the page goes on as if it had asked Gradio.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.answer_stream import Searched, SentencePassed
from assistant.model.stopping import Stop, current_stop
from ui import wording
from ui.chat import page_wording
from ui.chat.answer_record import record_of
from ui.chat.page_feedback import PageFeedback
from ui.chat.web_conversation import Progress, Reply, Request, WebConversation
from ui.doors.http_protection import problem

ADDRESS = "/gradio_api/run/reply"
"""Beside the address that it stands for, so that whatever guards and counts that one does the same here."""
GRADIO_ADDRESS = "/gradio_api/run/predict"
LONGEST_BODY = 5_000_000
"""Bytes: the whole conversation and its sources come with each question."""
AT_ONCE = 32

prepared: ContextVar[Reply | None] = ContextVar("prepared", default=None)
"""The reply that the event of this request has only to show."""


class EventRequest(BaseModel):
    """What the browser sends for the reply event; `data` holds the inputs in their order."""

    model_config = ConfigDict(extra="ignore")

    data: tuple[list[dict[str, Any]], str | None, str | None, str | None, str | None, str | None]
    fn_index: int
    session_hash: str = Field(max_length=100)
    trigger_id: int | None = None
    stopped: bool = False

    def asked(self) -> Request:
        """The question as the conversation understands it."""
        messages, panel, earlier, scope, revision, mode = self.data
        extractive = mode == page_wording.MODE_EXTRACTED
        return Request(messages, panel or "", earlier or "", scope or "", revision or "", extractive, self.stopped)


@dataclass(frozen=True, slots=True)
class ReplyDoor:
    """What the route needs: who answers, gradio, and which of gradio's events may be answered there."""

    conversation: WebConversation
    gradio_app: ASGIApp
    replies: frozenset[int]
    feedback: PageFeedback | None = None
    limiter: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(AT_ONCE))


def add_reply_stream(app: FastAPI, door: ReplyDoor) -> None:
    """Adds the route."""

    async def respond(request: HttpRequest) -> Response:
        body = await _limited(request)
        if body is None:
            return problem(413, wording.TOO_LARGE_TITLE, page_wording.BODY_TOO_LARGE, request.url.path)
        try:
            event = EventRequest.model_validate_json(body)
        except ValidationError:
            event = None
        if event is None or event.fn_index not in door.replies:
            return problem(422, wording.BAD_REQUEST_TITLE, page_wording.UNREADABLE_EVENT, request.url.path)
        return _ReplyStream(event, door)

    app.add_api_route(ADDRESS, respond, methods=["POST"], include_in_schema=False, response_model=None)


class _ReplyStream(Response):
    """Server-sent events: progress, then gradio's own response with what the page may do with the answer."""

    def __init__(self, event: EventRequest, door: ReplyDoor) -> None:
        super().__init__()
        self._event = event
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends until the end, or until the person goes away: the model is then stopped."""
        headers = {"content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no"}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        made, stop = None, Stop()
        current_stop.set(stop)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_cancel_when_gone, receive, tasks.cancel_scope, stop)
            made = (await self._send_progress(send),)
            tasks.cancel_scope.cancel()
        if made is not None:
            await self._send_end(scope, send, made[0])

    async def _send_progress(self, send: Send) -> Reply | None:
        progress = self._door.conversation.stream(self._event.asked())
        reply = None
        try:
            while (event := await self._next(progress)) is not None:
                if isinstance(event, Reply):
                    reply = event
                else:
                    await send(_frame(_progress(event)))
        finally:
            with anyio.CancelScope(shield=True):  # the model stops where it is, outside the event loop
                await anyio.to_thread.run_sync(progress.close)
        return reply

    async def _send_end(self, scope: Scope, send: Send, reply: Reply | None) -> None:
        response = await self._from_gradio(scope, reply)
        done = {"kind": "done", "response": response}
        if response is None:
            done["problem"] = page_wording.UNREADABLE_EVENT
        elif reply is not None:
            receipt = self._door.feedback.receipt(reply.answer) if self._door.feedback else ""
            done["record"] = record_of(reply.answer, self._door.conversation.titles(), receipt)
        await send(_frame(done))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _next(self, progress: Generator[Progress]) -> Progress | None:
        return await anyio.to_thread.run_sync(partial(next, progress, None), limiter=self._door.limiter)

    async def _from_gradio(self, scope: Scope, reply: Reply | None) -> Any:
        """What gradio answers to the same event, the reply being ready."""
        body = self._event.model_dump_json(exclude={"stopped"}).encode()
        token = prepared.set(reply)
        try:
            return await _called(self._door.gradio_app, scope, body)
        finally:
            prepared.reset(token)


async def _called(app: ASGIApp, scope: Scope, body: bytes) -> Any:
    """What the application answers to a POST, made of the request that is being answered; None when it refuses."""
    headers = [(name, value) for name, value in scope["headers"] if name not in {b"content-length", b"expect"}]
    headers.append((b"content-length", str(len(body)).encode()))
    inner = {
        name: value for name, value in scope.items() if name not in {"endpoint", "path_params", "route", "router"}
    }
    root = str(scope.get("root_path", ""))
    path = root + GRADIO_ADDRESS
    inner |= {"path": path, "raw_path": path.encode(), "headers": headers, "query_string": b"", "state": {}}
    parts: list[bytes] = []
    status = 0

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(inner, receive, send)
    return json.loads(b"".join(parts)) if status == 200 else None


async def _cancel_when_gone(receive: Receive, running: anyio.CancelScope, stop: Stop) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stop.set()  # the thread that waits for the model cannot be cancelled: the model is
    running.cancel()


async def _limited(request: HttpRequest) -> bytes | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return None
    return body


def _progress(event: Searched | SentencePassed) -> dict[str, str]:
    if isinstance(event, Searched):
        return {"kind": "writing"}
    return {"kind": "text", "text": event.so_far}


def _frame(content: dict[str, Any]) -> Message:
    line = json.dumps(content, ensure_ascii=False)
    return {"type": "http.response.body", "body": f"data: {line}\n\n".encode(), "more_body": True}
