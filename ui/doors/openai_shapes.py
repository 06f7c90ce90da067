"""Answers in the shapes of OpenAI's chat completions, with our citations beside the text and Open WebUI's sources."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.answer import Answer, Citation, UsedRevision
from ui import wording
from ui.answer_markdown import SAID_IN_THE_TEXT, literal, place_words, sources_list_markdown, warnings_markdown
from ui.doors import door_wording

MODEL = "assistant-cct"
_COUNTED = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens in and out: the language model's own count, or the words and signs read and written without one."""

    prompt: int
    completion: int

    @staticmethod
    def of(answer: Answer | None, asked: str, written: str) -> Usage:
        """The usage of one request."""
        if answer is not None and answer.tokens is not None:
            return Usage(*answer.tokens)
        return Usage(len(_COUNTED.findall(asked)), len(_COUNTED.findall(written)))

    def to_json(self) -> dict[str, int]:
        """OpenAI's names."""
        total = self.prompt + self.completion
        return {"prompt_tokens": self.prompt, "completion_tokens": self.completion, "total_tokens": total}


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion: its identity, and the JSON of its whole or of its pieces."""

    id: str
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: Answer | None, text: str, usage: Usage, titles: Mapping[str, str]) -> dict[str, Any]:
        """The answer at once; without an answer the text alone."""
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
        if answer is not None and (annotations := _annotations(answer, text, titles)):
            message["annotations"] = annotations
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        more = {} if answer is None else {**_ours(answer), "sources": webui_sources(answer, titles)}
        return {**self._head("chat.completion"), "choices": [choice], "usage": usage.to_json(), **more}

    def opening(self) -> str:
        """The event that opens a stream."""
        return self._event({"role": "assistant", "content": ""})

    def piece(self, text: str) -> str:
        """An event that adds text."""
        return self._event({"content": text})

    def sources(self, answer: Answer, titles: Mapping[str, str]) -> list[str]:
        """One event a citation, as Open WebUI reads sources; other clients see an empty piece."""
        sources = webui_sources(answer, titles)
        return [self._event({}, event={"type": "source", "data": source}) for source in sources]

    def closing(self, answer: Answer | None) -> str:
        """The event that ends the text, with our citations beside it."""
        return self._event({}, finish="stop", **({} if answer is None else _ours(answer)))

    def usage(self, usage: Usage) -> str:
        """The event that a client gets when it asks for the usage: no choice in it."""
        return sse({**self._head("chat.completion.chunk"), "choices": [], "usage": usage.to_json()})

    def _event(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return sse({**self._head("chat.completion.chunk"), "choices": [choice], **more})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL}


def sse(content: dict[str, Any] | str) -> str:
    """One server-sent event."""
    data = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return f"data: {data}\n\n"


def models(revisions: Sequence[UsedRevision]) -> dict[str, Any]:
    """The list of /v1/models: the assistant, and the revisions that it answers from."""
    served = [{"source": r.source, "commit": r.commit, "date": r.date, "official": r.official} for r in revisions]
    model = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL, "name": door_wording.MODEL_TITLE}
    return {"object": "list", "data": [{**model, "revisions": served}]}


def closing_text(answer: Answer, titles: Mapping[str, str]) -> str:
    """What follows the answer's own text: what was searched, what to know, and the sources with their links."""
    parts = []
    if answer.searched:
        parts.append("*" + wording.SEARCHED.format(question=literal(answer.searched)) + "*")
    if answer.degraded:
        parts.append("*" + wording.DEGRADED.format(reason=literal(answer.degraded)) + "*")
    if answer.suggestions and answer.status == "abstained":
        parts.append("\n".join([f"**{wording.SUGGESTIONS}**", *(f"- {literal(s)}" for s in answer.suggestions)]))
    parts.append(warnings_markdown(answer, hidden=SAID_IN_THE_TEXT))
    if answer.citations:
        parts.append(f"{door_wording.SOURCES}\n\n{sources_list_markdown(answer, titles)}")
    return "".join(f"\n\n{part}" for part in parts if part)


def webui_sources(answer: Answer, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """One source a citation, in order: Open WebUI turns [2] of the text into a button for the second one.

    It counts sources by `metadata.source`, hence one that differs for each citation.
    """
    return [_webui_source(citation, titles) for citation in answer.citations]


def _webui_source(citation: Citation, titles: Mapping[str, str]) -> dict[str, Any]:
    place = citation.place
    # short, because the button shows its beginning and its end only
    name = f"{place.id or place.document}, {titles.get(place.source, place.source)}"
    whole = f"[{citation.n}] {place_words(place, titles)}"
    source: dict[str, str] = {"id": whole, "name": name}
    metadata: dict[str, Any] = {"source": whole, "name": name, "verified": citation.verified}
    if place.url:
        source["url"] = metadata["url"] = place.url
        metadata["source"] = _marked(citation)
    return {"source": source, "document": [citation.quote], "metadata": [metadata]}


def _marked(citation: Citation) -> str:
    """The permalink, its query marked with the citation's number: the fragment must stay last."""
    address, _, fragment = str(citation.place.url).partition("#")
    marked = f"{address}{'&' if '?' in address else '?'}citation={citation.n}"
    return f"{marked}#{fragment}" if fragment else marked


def _annotations(answer: Answer, text: str, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for citation in answer.citations:
        marker = f"[{citation.n}]"
        start = text.find(marker)
        if not citation.place.url or start < 0:
            continue
        place = {"start_index": start, "end_index": start + len(marker)}
        title = place_words(citation.place, titles)
        found.append({"type": "url_citation", "url_citation": {**place, "url": citation.place.url, "title": title}})
    return found


def _ours(answer: Answer) -> dict[str, Any]:
    kept = ("status", "mode", "degraded", "revisions", "citations", "warnings", "suggestions", "searched")
    whole = answer.to_json()
    return {"citations": whole["citations"], "cct": {name: whole[name] for name in kept if name != "citations"}}
