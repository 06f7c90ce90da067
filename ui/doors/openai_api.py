"""The OpenAI-compatible door: /v1/models and /v1/chat/completions, streamed or not."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from contextlib import suppress
from typing import Any

import anyio
import anyio.to_thread
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from assistant.answer import Answer, Question
from assistant.errors import QuestionError
from assistant.model.stopping import Stop, current_stop
from ingest.errors import CctError
from ui import wording
from ui.answer_markdown import answer_markdown
from ui.doors import door_wording
from ui.doors.answer_stream import answer_pieces
from ui.doors.http_protection import openai_error, refusal
from ui.doors.openai_messages import ChatRequest, is_housekeeping, question_of
from ui.doors.openai_shapes import MODEL, Completion, Usage, closing_text, models, sse
from ui.doors.web_assistant import AssistantProvider
from ui.errors import RefusedRequest
from ui.metrics import Metrics

CHANNEL = "openai"
AT_ONCE = 16
NOTHING = "{}"
"""What Open WebUI's own tasks get: it then names the conversation by its first question."""

_log = logging.getLogger(__name__)
_PATHS = {"/v1/models": "GET", f"/v1/models/{MODEL}": "GET", "/v1/chat/completions": "POST"}


def add_openai_door(app: FastAPI, assistant: AssistantProvider, metrics: Metrics) -> None:
    """Adds the addresses of /v1, refusals of the others included."""
    chat = _Chat(assistant, metrics, anyio.CapacityLimiter(AT_ONCE))

    @app.get("/v1/models", summary="Le modèle proposé", tags=["compatible OpenAI"])
    def list_models() -> dict[str, Any]:
        return models(assistant().revisions())

    @app.get("/v1/models/{name}", summary="Un modèle", tags=["compatible OpenAI"], response_model=None)
    def one_model(name: str) -> dict[str, Any]:
        _check_model(name)
        found: dict[str, Any] = models(assistant().revisions())["data"][0]
        return found

    @app.post(
        "/v1/chat/completions",
        summary="Poser une question dans une conversation",
        description="Compatible OpenAI. Les citations sont dans le texte et dans le champ « citations ».",
        tags=["compatible OpenAI"],
        response_model=None,
    )
    async def complete(body: ChatRequest) -> Response:
        return await chat.respond(body)

    def unknown(request: Request) -> Response:
        method = _PATHS.get(request.url.path.rstrip("/"))
        if method is None:
            detail = door_wording.UNKNOWN_ADDRESS.format(known=", ".join(_PATHS))
            return refusal(404, wording.NOT_FOUND_TITLE, detail, request.url.path)
        response = refusal(
            405, wording.WRONG_METHOD_TITLE, door_wording.WRONG_METHOD.format(method=method), request.url.path
        )
        response.headers["allow"] = method
        return response

    every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    app.add_api_route("/v1/{path:path}", unknown, methods=every, include_in_schema=False, response_model=None)


class _Chat:
    def __init__(self, assistant: AssistantProvider, metrics: Metrics, limiter: anyio.CapacityLimiter) -> None:
        self._assistant = assistant
        self._metrics = metrics
        self._limiter = limiter

    async def respond(self, body: ChatRequest) -> Response:
        _check_model(body.model)
        if body.n not in (None, 1):
            raise RefusedRequest(door_wording.ONE_CHOICE)
        served = self._assistant()
        titles = served.source_titles()
        question = question_of(body.messages, titles)
        own_task = is_housekeeping(question.text)
        pieces: Iterator[str | Answer] = iter([NOTHING]) if own_task else answer_pieces(served, question)
        writing = _Writing(question, titles, pieces, self._limiter)
        started = time.perf_counter()
        # the first piece is waited for here: what cannot be answered is an HTTP error, not a broken stream
        first = await writing.next()
        if isinstance(first, Answer) and first.status == "error":
            self._count(first, started)
            return _refused(first)
        if body.stream:
            with_usage = bool(body.stream_options and body.stream_options.include_usage)
            events = self._events(writing, first, started, with_usage)
            return StreamingResponse(events, media_type="text/event-stream", headers={"cache-control": "no-cache"})
        async for _ in writing.texts(first):
            pass
        self._count(writing.answer, started)
        completion = Completion(f"chatcmpl-{question.id}")
        return JSONResponse(completion.whole(writing.answer, writing.written, writing.usage, titles))

    async def _events(
        self, writing: _Writing, first: str | Answer | None, started: float, with_usage: bool
    ) -> AsyncIterator[str]:
        completion = Completion(f"chatcmpl-{writing.question.id}")
        try:
            yield completion.opening()
            async for text in writing.texts(first):
                yield completion.piece(text)
            if writing.answer is not None:
                for event in completion.sources(writing.answer, writing.titles):
                    yield event
            yield completion.closing(writing.answer)
            if with_usage:
                yield completion.usage(writing.usage)
        except CctError as exc:
            detail = door_wording.INTERRUPTED.format(detail=f"{exc.message} {exc.remedy}".strip())
            yield sse(openai_error(503, detail))
        except Exception:  # noqa: BLE001  the outermost loop: the status is sent, the stream says what happened
            incident = uuid.uuid4().hex[:8]
            _log.exception("stream failed, incident %s", incident)
            yield sse(openai_error(500, wording.UNEXPECTED.format(incident=incident)))
        finally:
            self._count(writing.answer, started)
        yield sse("[DONE]")

    def _count(self, answer: Answer | None, started: float) -> None:
        if answer is not None:
            self._metrics.record(CHANNEL, answer, time.perf_counter() - started)


class _Writing:
    """One completion as it is written: its text so far, then its answer."""

    def __init__(
        self,
        question: Question,
        titles: Mapping[str, str],
        pieces: Iterator[str | Answer],
        limiter: anyio.CapacityLimiter,
    ) -> None:
        self.question = question
        self.titles = titles
        self.answer: Answer | None = None
        self.written = ""
        self._pieces = pieces
        self._limiter = limiter
        self._stop = current_stop.get() or Stop()

    async def next(self) -> str | Answer | None:
        """The next piece, in a thread of its own; None after the last."""
        current_stop.set(self._stop)
        try:
            return await anyio.to_thread.run_sync(self._next, limiter=self._limiter, abandon_on_cancel=True)
        except anyio.get_cancelled_exc_class():
            self._stop.set()  # the thread that waits for the model cannot be cancelled: the model is
            raise

    def _next(self) -> str | Answer | None:
        try:
            return next(self._pieces, None)
        finally:
            if self._stop.is_set:  # who abandoned this thread could not close what it was running
                self._close()

    def _close(self) -> None:
        if isinstance(self._pieces, Generator):
            with suppress(ValueError):  # its thread is still in it, and closes it when it comes out
                self._pieces.close()

    async def texts(self, first: str | Answer | None) -> AsyncIterator[str]:
        """Each piece of the text, from the first, then what follows the answer."""
        piece = first
        try:
            while piece is not None:
                if isinstance(piece, Answer):
                    self.answer = piece
                else:
                    self.written += piece
                    yield piece
                piece = await self.next()
        finally:
            self._close()  # a client that left must not keep a model writing
        if self.answer is not None:
            whole = "" if self.written else answer_markdown(self.answer, anchor=None)
            rest = whole + closing_text(self.answer, self.titles)
            self.written += rest
            if rest:
                yield rest

    @property
    def usage(self) -> Usage:
        """What was read and written."""
        asked = "\n".join([*(turn.question for turn in self.question.history), self.question.text])
        return Usage.of(self.answer, asked, self.written)


def _refused(answer: Answer) -> Response:
    """An answer that is an error: the client's when the question cannot be searched, else the service's."""
    code, message = answer.error or ("", answer.text)
    status = 400 if code == QuestionError.__name__ else 503
    return refusal(status, wording.SERVICE_TITLE, message, "/v1/chat/completions")


def _check_model(name: str) -> None:
    if name != MODEL:
        raise RefusedRequest(door_wording.UNKNOWN_MODEL.format(model=name[:100], known=MODEL), status=404)
