"""The body of /v1/chat/completions, and the question that its messages hold."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Question, Turn
from ui.doors import door_wording
from ui.errors import RefusedRequest

REMEMBERED_TURNS = 20
LONGEST_TURN = 2_000
_CITED = re.compile(r"^- \[\d{1,3}\] (?P<title>.+?), (?P<id>EXI-[A-Z]+-\d+|[A-Z]{3,}\d*), ", re.MULTILINE)
_HOUSEKEEPING = re.compile(r"\s*### Task:\n")


class Message(BaseModel):
    """One message; other fields than these (name, tool_calls…) are none of our business."""

    model_config = ConfigDict(extra="ignore")

    role: str
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(BaseModel):
    """How the stream is wanted."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class ChatRequest(BaseModel):
    """What a client asks. Clients send many settings of a model (temperature, tools…): they change nothing here."""

    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[Message] = Field(min_length=1, max_length=2_000)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = 1


def question_of(messages: Sequence[Message], source_titles: Mapping[str, str]) -> Question:
    """The last message of the user, after the turns before it. Raises RefusedRequest when there is none.

    Only what the user and the assistant said is read. A system, developer or tool message is never obeyed nor
    searched: the assistant's behaviour is not for a client to change.
    """
    said = [(m.role, text_of(m)) for m in messages if m.role in {"user", "assistant"}]
    if not any(role == "user" and text.strip() for role, text in said):
        raise RefusedRequest(door_wording.NO_QUESTION)
    role, asked = said[-1]
    if role != "user":
        raise RefusedRequest(door_wording.LAST_IS_NOT_A_QUESTION)
    turns: list[Turn] = []
    source_of = {title: source for source, title in source_titles.items()}
    for role, text in said[:-1]:
        if role == "user":
            turns.append(Turn(text[:LONGEST_TURN]))
        elif turns:
            turns[-1] = Turn(turns[-1].question, _cited(text, source_of))
    return Question(asked, id=uuid.uuid4().hex, history=tuple(turns[-REMEMBERED_TURNS:]))


def text_of(message: Message) -> str:
    """The text of a message, its parts joined. Raises RefusedRequest for the user's image, sound or file."""
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    parts = []
    for part in message.content:
        if part.get("type") == "text" and isinstance(part.get("text"), str):
            parts.append(str(part["text"]))
        elif message.role == "user":
            raise RefusedRequest(door_wording.TEXT_ONLY)
    return "\n".join(parts)


def is_housekeeping(question: str) -> bool:
    """True for what Open WebUI asks a model on its own account: a title, tags, follow-up questions."""
    return bool(_HOUSEKEEPING.match(question))


def _cited(text: str, source_of: Mapping[str, str]) -> tuple[str, ...]:
    """Keys of the records that the sources of an earlier answer of ours name."""
    found = ((source_of.get(match["title"]), match["id"]) for match in _CITED.finditer(text))
    return tuple(dict.fromkeys(f"{source}:{identifier}" for source, identifier in found if source))[:20]
