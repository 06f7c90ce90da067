"""The messages of the conversation as the browser holds them, and what they say to the assistant."""

from __future__ import annotations

import html
import uuid
from collections.abc import Mapping
from typing import Any

from assistant.answer import Answer, Place, Question, Turn
from ui import wording
from ui.answer_markdown import literal

SHOWN_QUESTION = 2_000
REMEMBERED_TURNS = 20
REMEMBERED_SOURCES = 200_000

Message = dict[str, Any]
"""A message as the browser holds it: role, content, metadata."""


def user_message(text: str) -> Message:
    """The person's words as a message of the conversation; only the start of a very long text is shown."""
    shown = "\n".join(line.strip() for line in text[:SHOWN_QUESTION].splitlines())
    if len(text) > SHOWN_QUESTION:
        shown += wording.LONG_QUESTION.format(length=len(text))
    return {"role": "user", "content": literal(shown), "metadata": {"log": text} if shown != text else None}


def answer_message(answer: Answer, body: str) -> Message:
    """The answer as a message; it carries the keys of the cited records for the questions that follow."""
    cited = [key for c in answer.citations if (key := _record_key(c.place))]
    return {"role": "assistant", "content": body, "metadata": {"log": " ".join(cited)} if cited else None}


def as_question(messages: list[Message], scope: str, revision: str, extractive: bool) -> Question:
    """The last message as the question to answer, after those before it.

    `revision` is "source=commit or date", or empty for the served revisions.
    """
    turns: list[Turn] = []
    for message in messages[:-1][-2 * REMEMBERED_TURNS :]:
        if message["role"] == "user":
            turns.append(Turn(asked(message)[:SHOWN_QUESTION]))
        elif turns:
            turns[-1] = Turn(turns[-1].question, tuple(_carried(message).split()[:20]))
    sources = (scope,) if scope else ()
    source, _, wanted = revision.strip().partition("=")
    revisions = {source.strip(): wanted.strip()} if source else {}
    return Question(asked(messages[-1]), uuid.uuid4().hex, sources, revisions, tuple(turns), extractive)


def asked(message: Mapping[str, Any]) -> str:
    """The words of a person's message, whole."""
    return _carried(message) or html.unescape(_content(message))


def questions(messages: list[Message]) -> list[str]:
    """Every question of the conversation, oldest first."""
    return [asked(message) for message in messages if message["role"] == "user"]


def before_last_question(messages: list[Message]) -> list[Message]:
    """The conversation without its last question and what answered it."""
    last = max((n for n, message in enumerate(messages) if message["role"] == "user"), default=0)
    return messages[:last]


def earlier_sources(panel: str, earlier: str, messages: list[Message], anchor: str) -> str:
    """The sources of the answers before, newest first, each folded under its question.

    A panel that bears the anchor of the answer to come is replaced by it: the question was asked again.
    """
    before = questions(messages)[:-1]
    if not before or not panel.startswith("<details id=") or panel.startswith(f'<details id="{anchor}-'):
        return earlier
    summary = wording.EARLIER_SOURCES.format(question=literal(" ".join(before[-1].split())[:120]))
    folded = f'<details class="earlier"><summary>{summary}</summary>\n\n{panel}\n\n</details>'
    joined = f"{folded}\n\n{earlier}"
    return joined if len(joined) <= REMEMBERED_SOURCES else folded


def _record_key(place: Place) -> str:
    if place.id is None or " " in place.id:
        return ""
    return f"{place.source}:{place.id}" + (f"#{place.occurrence}" if place.occurrence > 1 else "")


def _carried(message: Mapping[str, Any]) -> str:
    return str((message.get("metadata") or {}).get("log") or "")


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
