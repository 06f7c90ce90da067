"""What each event of the web page gives back: messages, sources and status, without any gradio component."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace

from assistant.answer import Answer, Question, UsedRevision
from assistant.answer_stream import Finished, Searched, SentencePassed
from ingest.errors import CctError
from ui import wording
from ui.answer_markdown import SAID_IN_THE_TEXT, answer_markdown, literal, warnings_markdown
from ui.chat import page_wording
from ui.chat.conversation_messages import Message, as_question, earlier_sources, questions
from ui.chat.source_cards import follow_ups, source_cards
from ui.doors.answer_stream import StreamingAssistant
from ui.doors.web_assistant import AssistantProvider, Recorder, WebAssistant

CHANNEL = "web"
SUGGESTIONS = 4
MINUTES_OF_A_SUGGESTION = 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """One question as the page sends it: the conversation that ends with it, the panels, and the settings."""

    messages: list[Message]
    panel: str = ""
    earlier: str = ""
    scope: str = ""
    revision: str = ""
    """ "source=commit or date", or empty for the served revisions."""
    extractive: bool = False
    stopped: bool = False
    """The person stopped the model: the extracts are wanted at once."""

    @property
    def open(self) -> bool:
        """True while the conversation ends with a question that has no answer."""
        return bool(self.messages) and self.messages[-1]["role"] == "user"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer, and what the page shows of it."""

    answer: Answer
    body: str
    sources: str
    earlier: str
    suggestions: tuple[str, ...]


Progress = Searched | SentencePassed | Reply


class WebConversation:
    """What each event of the page gives back, without any knowledge of gradio's components."""

    def __init__(
        self,
        assistant: AssistantProvider,
        record: Recorder,
        comments: bool = False,
        base: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._assistant = assistant
        self._comments = comments
        self._base = base
        self._record = record
        self._clock = clock

    def titles(self) -> Mapping[str, str]:
        """Source id → title; empty while nothing is indexed."""
        try:
            return self._assistant().source_titles()
        except CctError:
            return {}

    def writes(self) -> bool:
        """True when a model is configured."""
        try:
            return "modele" in self._assistant().health()
        except CctError:
            return False

    def opening(self) -> tuple[str, str, tuple[str, ...]]:
        """Banner, served revisions and examples; the banner tells what is wrong when nothing is served."""
        try:
            served = self._assistant()
            revisions, titles = served.revisions(), served.source_titles()
            banner = [_banner(revisions, titles), *(f"⚠ {literal(stale.message)}" for stale in served.stale())]
            return "\n\n".join(filter(None, banner)), _served(revisions, titles), self._turned(served.examples())
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

    def cleared(self, revision: str) -> str:
        """What the status line says of a new conversation: a revision that was chosen stays so."""
        label = {value: label for label, value in self.revision_choices() if value}.get(revision)
        stays = page_wording.REVISION_STAYS.format(revision=literal(label)) if label else ""
        return f"{wording.CONVERSATION_CLEARED} {stays}".strip()

    def stream(self, request: Request) -> Generator[Progress]:
        """What may be shown while the answer is made, then the Reply; nothing when no question is open.

        Closing the iterator stops the model.
        """
        if not request.open:
            return
        extractive = request.extractive or request.stopped
        question = as_question(request.messages, request.scope, request.revision, extractive)
        started = time.perf_counter()
        answer = yield from self._answer(question)
        if request.stopped and answer.status == "answered":
            answer = replace(answer, degraded=page_wording.STOPPED)
        self._record(CHANNEL, answer, time.perf_counter() - started)
        yield self._shown(answer, request)

    def reply(self, request: Request) -> Reply | None:
        """The Reply alone; None when no question is open."""
        last = None
        for event in self.stream(request):
            last = event
        return last if isinstance(last, Reply) else None

    def _answer(self, question: Question) -> Generator[Searched | SentencePassed, None, Answer]:
        try:
            assistant = self._assistant()
            if not isinstance(assistant, StreamingAssistant):
                return assistant.answer(question)
            with closing(assistant.stream(question)) as events:
                for event in events:
                    if isinstance(event, Finished):
                        return event.answer
                    yield event
            raise RuntimeError("the stream ended without an answer")
        except CctError as problem:
            text = literal(f"{problem.message} {problem.remedy}".strip())
            return Answer(question.text, "error", text, error=(type(problem).__name__, problem.message))
        except Exception:  # noqa: BLE001  the channel's outermost loop: nobody is shown a traceback
            incident = uuid.uuid4().hex[:8]
            _log.exception("question failed, incident %s", incident)
            text = wording.UNEXPECTED.format(incident=incident)
            return Answer(question.text, "error", text, error=("internal", text))

    def _shown(self, answer: Answer, request: Request) -> Reply:
        number = len(questions(request.messages))
        anchor = "src" if number == 1 else f"src-{number}"
        warnings = warnings_markdown(answer, hidden=SAID_IN_THE_TEXT | {"stale_index"})  # the banner says that
        body = "\n\n".join(part for part in (answer_markdown(answer, anchor), warnings) if part)
        earlier = earlier_sources(request.panel, request.earlier, request.messages, anchor)
        if not answer.citations and answer.nearest is None:
            return Reply(answer, body, wording.NO_SOURCES, earlier, answer.suggestions[:SUGGESTIONS])
        served: WebAssistant = self._assistant()
        return Reply(
            answer,
            body,
            source_cards(answer, served, anchor, self._comments, self._base),
            earlier,
            follow_ups(answer, served)[:SUGGESTIONS],
        )

    def _turned(self, examples: tuple[str, ...]) -> tuple[str, ...]:
        """As many as there are buttons; when there are more, others every twenty minutes."""
        if len(examples) <= SUGGESTIONS:
            return examples
        first = int(self._clock() // (60 * MINUTES_OF_A_SUGGESTION)) * SUGGESTIONS
        return tuple(examples[(first + n) % len(examples)] for n in range(SUGGESTIONS))


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


def _revision_label(title: str, revision: UsedRevision) -> str:
    date = wording.french_date(revision.date)
    return wording.REVISION_CHOICE.format(source=title, date=date, commit=(revision.commit or "")[:7])
