"""The language model behind two methods. With ingest/index/embedding.py, the only importer of langchain_openai."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import time
from typing import Any, Protocol

from assistant.errors import ModelBusy, ModelError, ModelTimeout, ModelUnreachable, PersonalDataRefused
from assistant.model.connection import Connection, RunningRequests, openai_client
from assistant.settings import AssistantSettings

_REMEDY = "Vérifiez OPENAI_BASE_URL, OPENAI_API_KEY et LLM_DEFAULT_MODEL."
_PII = re.compile(r"pii[ _-]?detected\W*([a-z_, ]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counted them."""

    prompt: int
    completion: int

    def plus(self, other: Usage | None) -> Usage:
        """Both together."""
        return Usage(self.prompt + other.prompt, self.completion + other.completion) if other else self


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer that is being written; the text may be empty while a model reasons."""

    text: str = ""
    finish: str | None = None
    """Why the answer ends, on its last piece: "stop", "length" (cut off), "content_filter"…"""
    usage: Usage | None = None


class LanguageModel(Protocol):
    """Instructions and a request → a text, whole or as it is written."""

    def complete(self, instructions: str, request: str) -> str:
        """The model's answer, never empty. Raises ModelError when it cannot be had."""

    def stream(self, instructions: str, request: str) -> Iterator[Piece]:
        """The pieces of the answer in order. Raises ModelError. `close()` on the iterator ends the request; on one
        that waits for a server, it may be called from another thread and ends it at once.
        """


class OpenAIModel:
    """An OpenAI-compatible /v1/chat/completions endpoint; the base URL may come with or without /v1."""

    def __init__(self, settings: AssistantSettings) -> None:
        if not settings.base_url or not settings.model:
            raise ModelError(
                "Aucun modèle de langue n'est configuré.",
                "Donnez OPENAI_BASE_URL et LLM_DEFAULT_MODEL (et OPENAI_API_KEY s'il en faut une).",
            )
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        self._requests = RunningRequests()
        self._model = ChatOpenAI(
            model=settings.model,
            base_url=versioned(settings.base_url),
            api_key=SecretStr(settings.api_key.get_secret_value() or "-"),
            timeout=settings.timeout,
            max_retries=0,  # the wait that a 429 asks for is ours to bound, see assistant/model/patience.py
            temperature=settings.temperature,
            max_completion_tokens=settings.max_tokens,
            stream_usage=True,
            use_responses_api=False,
            http_client=openai_client(self._requests.begins),
        )
        self._counts = True

    def complete(self, instructions: str, request: str) -> str:
        """See LanguageModel.complete; what a model writes between <think> marks is left out."""
        return whole_text(self.stream(instructions, request))

    def stream(self, instructions: str, request: str) -> Iterator[Piece]:
        """See LanguageModel.stream."""
        connection = Connection()
        return StoppableStream(self._pieces(instructions, request, connection), connection)

    def _pieces(self, instructions: str, request: str, connection: Connection) -> Generator[Piece]:
        messages = [("system", instructions), ("human", request)]
        begun = False
        self._requests.of_this_thread(connection)
        try:
            for chunk in self._model.stream(messages, stream_usage=self._counts):
                begun = True
                yield _piece(chunk)
        except Exception as exc:  # openai and httpx errors, translated here only
            if not begun and self._counts and "stream_options" in str(exc):
                self._counts = False  # an older server that does not count while it streams
                yield from self._pieces(instructions, request, connection)
                return
            raise _translated(exc) from exc


class StoppableStream(Iterator[Piece]):
    """Pieces of one answer; `close` ends its request at once, from any thread."""

    def __init__(self, pieces: Generator[Piece], connection: Connection) -> None:
        self._pieces = pieces
        self._connection = connection

    def __next__(self) -> Piece:
        return next(self._pieces)

    def close(self) -> None:
        """Hangs up; the thread that reads, if it is another, sees the end of the answer."""
        self._connection.hang_up()
        with suppress(ValueError):  # another thread is in it, which will see that the server is gone
            self._pieces.close()


def versioned(base_url: str) -> str:
    """The address with its version: ".../v1" is added unless one is there, ".../chat/completions" taken away."""
    base = re.sub(r"/chat/completions/?$", "", base_url.strip()).rstrip("/")
    return base if re.search(r"/v\d+\w*$", base) else f"{base}/v1"


def whole_text(pieces: Iterator[Piece]) -> str:
    """The answer that the pieces make, without its reasoning. Raises ModelError when nothing is left."""
    visible = VisibleText()
    text = "".join([visible.feed(piece.text) for piece in pieces]) + visible.finish()
    if visible.restarted:
        text = visible.since_restart
    if not text.strip():
        raise ModelError("Le modèle de langue a répondu un texte vide.", "Réessayez, ou changez de modèle.")
    return text


class VisibleText:
    """Takes out what a reasoning model writes between <think> and </think>, piece by piece."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._answer: list[str] = []
        self.restarted = False
        """True once a </think> came that nothing had opened: all that came before it was reasoning."""

    @property
    def since_restart(self) -> str:
        """What is visible since the last </think>."""
        return "".join(self._answer)

    def feed(self, piece: str) -> str:
        """What a reader may see of this piece; the start of a mark is held until it is known to be one."""
        self._held += piece
        seen = ""
        while True:
            mark = re.search(r"</?think(?:ing)?>", self._held)
            if mark is None:
                break
            before = self._held[: mark.start()]
            self._held = self._held[mark.end() :]
            if mark[0].startswith("</"):
                if not self._thinking:
                    self.restarted, seen = True, ""
                    self._answer.clear()
                self._thinking = False
            else:
                seen += self._shown(before)
                self._thinking = True
        keep = self._held.rfind("<")
        ready = self._held if keep < 0 or len(self._held) - keep > len("</thinking>") else self._held[:keep]
        self._held = self._held[len(ready) :]
        return seen + ("" if self._thinking else self._shown(ready))

    def finish(self) -> str:
        """What was held."""
        held, self._held = self._held, ""
        return "" if self._thinking else self._shown(held)

    def _shown(self, text: str) -> str:
        self._answer.append(text)
        return text


def _piece(chunk: Any) -> Piece:
    content = chunk.content
    if not isinstance(content, str):  # a list of parts: only the text ones are the answer
        content = "".join(p if isinstance(p, str) else str(p.get("text", "")) for p in content if _is_text(p))
    counted = getattr(chunk, "usage_metadata", None)
    usage = Usage(int(counted["input_tokens"]), int(counted["output_tokens"])) if counted else None
    reason = (getattr(chunk, "response_metadata", None) or {}).get("finish_reason")
    return Piece(content, str(reason) if reason else None, usage)


def _is_text(part: Any) -> bool:
    return isinstance(part, str) or (isinstance(part, dict) and part.get("type") == "text")


def _translated(exc: Exception) -> ModelError:
    import httpx
    import openai

    if isinstance(exc, openai.APITimeoutError | httpx.TimeoutException):
        return ModelTimeout("Le modèle de langue n'a pas répondu à temps.", "Augmentez LLM_TIMEOUT.")
    if isinstance(exc, openai.RateLimitError):
        wait = _retry_after(exc.response.headers.get("retry-after"))
        return ModelBusy(
            "Le modèle de langue refuse les demandes pour l'instant (429).", "Réessayez plus tard.", wait
        )
    if isinstance(exc, openai.APIStatusError):
        found = _PII.search(str(exc))
        if found:
            kinds = found[1].strip(" ,") or "nature non précisée"
            return PersonalDataRefused(
                f"La passerelle a refusé la demande : donnée personnelle détectée ({kinds}).",
                "Retirez-la de la question.",
            )
        if exc.status_code >= 500:
            return ModelUnreachable(f"Le serveur du modèle de langue est en échec ({exc.status_code}).", _REMEDY)
        return ModelError(f"Le modèle de langue refuse la demande ({exc.status_code} : {_short(exc)}).", _REMEDY)
    if isinstance(exc, openai.APIConnectionError | httpx.HTTPError | OSError):
        return ModelUnreachable(f"Le modèle de langue est injoignable ({type(exc).__name__}).", _REMEDY)
    return ModelError(f"Le modèle de langue n'a pas répondu ({type(exc).__name__} : {_short(exc)}).", _REMEDY)


def _short(exc: Exception) -> str:
    return " ".join(str(exc).split())[:200]


def _retry_after(header: str | None) -> float | None:
    """Seconds to wait, from a number or a date; None when the header says nothing usable."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time())
    except (TypeError, ValueError):
        return None
