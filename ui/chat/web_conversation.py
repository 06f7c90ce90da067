"""What each event of the web page gives back: messages, sources and status, without any gradio component."""

from __future__ import annotations

import html
import logging
import time
import uuid
from collections.abc import Mapping
from typing import Any

import anyio
import anyio.to_thread

from assistant.answer import Answer, Place, Question, Turn, UsedRevision
from ingest.errors import CctError
from ui import wording
from ui.answer_markdown import answer_markdown, literal, sources_markdown, warnings_markdown
from ui.doors.web_assistant import AssistantProvider, Recorder

CHANNEL = "web"
SHOWN_QUESTION = 2_000
REMEMBERED_TURNS = 20
REMEMBERED_SOURCES = 200_000
AT_ONCE = 16

Message = dict[str, Any]
"""A message as the browser holds it: role, content, metadata."""

_log = logging.getLogger(__name__)


class WebConversation:
    """What each event of the page gives back, without any knowledge of gradio's components."""

    def __init__(self, assistant: AssistantProvider, record: Recorder) -> None:
        self._assistant = assistant
        self._record = record
        self._limiter = anyio.CapacityLimiter(AT_ONCE)

    def titles(self) -> Mapping[str, str]:
        """Source id → title; empty while nothing is indexed."""
        try:
            return self._assistant().source_titles()
        except CctError:
            return {}

    def opening(self) -> tuple[str, str, tuple[str, ...]]:
        """Banner, served revisions and examples; the banner tells what is wrong when nothing is served."""
        try:
            served = self._assistant()
            revisions, titles = served.revisions(), served.source_titles()
            banner = [_banner(revisions, titles), *(f"⚠ {literal(stale.message)}" for stale in served.stale())]
            told = f"{_served(revisions, titles)}<br>{wording.REVISIONS_LINK}"
            return "\n\n".join(filter(None, banner)), told, served.examples()
        except CctError as problem:
            return literal(f"{problem.message} {problem.remedy}".strip()), "", ()

    def revision_choices(self) -> list[tuple[str, str]]:
        """(label, "source=commit") of each revision that may be asked instead of the served ones, these first."""
        try:
            assistant = self._assistant()
            served, titles = assistant.revisions(), assistant.source_titles()
            others = [r for r in assistant.indexed_revisions() if r not in served]
        except CctError:
            others = []
        named = [(_revision_label(titles.get(r.source, r.source), r), f"{r.source}={r.commit}") for r in others]
        return [(wording.SERVED_REVISION, ""), *named]

    async def reply(self, messages: list[Message], scope: str, revision: str = "") -> tuple[Answer, str, str] | None:
        """Answer, message and sources for the last question of the conversation; None when it has its answer.

        `revision` is "source=commit or date", or empty for the served revisions.
        """
        if not messages or messages[-1]["role"] != "user":
            return None
        question = _question(messages, scope, revision)
        number = sum(1 for message in messages if message["role"] == "user")
        return await anyio.to_thread.run_sync(self._reply, question, number, limiter=self._limiter)

    def _reply(self, question: Question, number: int) -> tuple[Answer, str, str]:
        started = time.perf_counter()
        answer = self._answer(question)
        self._record(CHANNEL, answer, time.perf_counter() - started)
        anchor = "src" if number == 1 else f"src-{number}"
        warnings = warnings_markdown(answer, hidden={"unofficial_edition", "stale_index"})  # the banner says both
        body = "\n\n".join(part for part in (answer_markdown(answer, anchor), warnings) if part)
        if not answer.citations:
            return answer, body, wording.NO_SOURCES
        served = self._assistant()
        return answer, body, sources_markdown(answer, served.passage_text, served.source_titles(), anchor)

    def _answer(self, question: Question) -> Answer:
        try:
            return self._assistant().answer(question)
        except CctError as problem:
            text = literal(f"{problem.message} {problem.remedy}".strip())
            return Answer(question.text, "error", text, error=(type(problem).__name__, problem.message))
        except Exception:  # noqa: BLE001  the channel's outermost loop: nobody is shown a traceback
            incident = uuid.uuid4().hex[:8]
            _log.exception("question failed, incident %s", incident)
            text = wording.UNEXPECTED.format(incident=incident)
            return Answer(question.text, "error", text, error=("internal", text))


def status_line(answer: Answer) -> str:
    """What the status line says once the answer stands."""
    if answer.status == "answered":
        return wording.STATUS_ANSWERED.format(count=wording.count_sources(len(answer.citations)))
    return wording.STATUS_OTHERS[answer.status]


def _banner(revisions: tuple[UsedRevision, ...], titles: Mapping[str, str]) -> str:
    named = [titles.get(r.source, r.source) for r in revisions if not r.official]
    if not named:
        return ""
    concerned = wording.SOME_DEMONSTRATION.format(sources=literal(", ".join(named)))
    return wording.DEMONSTRATION if len(named) == len(revisions) else f"{wording.DEMONSTRATION} {concerned}"


def _served(revisions: tuple[UsedRevision, ...], titles: Mapping[str, str]) -> str:
    words = []
    for r in revisions:
        source, date = literal(titles.get(r.source, r.source)), wording.french_date(r.date)
        if r.commit:
            words.append(wording.REVISION.format(source=source, commit=r.commit[:7], date=date))
        else:
            edition = wording.DEMONSTRATION_EDITION
            words.append(wording.REVISION_WITHOUT_COMMIT.format(source=source, edition=edition, date=date))
    return "<br>".join(words)


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


def _record_key(place: Place) -> str:
    if place.id is None or " " in place.id:
        return ""
    return f"{place.source}:{place.id}" + (f"#{place.occurrence}" if place.occurrence > 1 else "")


def _revision_label(title: str, revision: UsedRevision) -> str:
    date = wording.french_date(revision.date)
    return wording.REVISION_CHOICE.format(source=title, date=date, commit=(revision.commit or "")[:7])


def _question(messages: list[Message], scope: str, revision: str = "") -> Question:
    turns: list[Turn] = []
    for message in messages[:-1][-2 * REMEMBERED_TURNS :]:
        if message["role"] == "user":
            turns.append(Turn(_asked(message)[:SHOWN_QUESTION]))
        elif turns:
            turns[-1] = Turn(turns[-1].question, tuple(_carried(message).split()[:20]))
    sources = (scope,) if scope else ()
    source, _, wanted = revision.strip().partition("=")
    revisions = {source.strip(): wanted.strip()} if source else {}
    return Question(_asked(messages[-1]), uuid.uuid4().hex, sources, revisions, tuple(turns))


def _asked(message: Mapping[str, Any]) -> str:
    return _carried(message) or html.unescape(_content(message))


def _carried(message: Mapping[str, Any]) -> str:
    return str((message.get("metadata") or {}).get("log") or "")


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))


def earlier_sources(panel: str, earlier: str, messages: list[Message]) -> str:
    """The sources of the answers before, newest first, each folded under its question."""
    asked = [_asked(m) for m in messages if m["role"] == "user"]
    if len(asked) < 2 or not panel.startswith("<div id="):
        return earlier
    summary = wording.EARLIER_SOURCES.format(question=literal(" ".join(asked[-2].split())[:120]))
    folded = f"<details><summary>{summary}</summary>\n\n{panel}\n\n</details>"
    joined = f"{folded}\n\n{earlier}"
    return joined if len(joined) <= REMEMBERED_SOURCES else folded
