"""`/question`: the conversation without any script: a form, then the answer with its sources on the next page."""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

import anyio
import anyio.to_thread
from fastapi import FastAPI, Request, Response
from markupsafe import Markup

from assistant.answer import Answer, Citation, Place, Turn
from assistant.search.french_text import without_accents
from ingest.errors import CctError
from ingest.passage import PRIORITY_NAMES
from ui import wording
from ui.answer_markdown import SAID_IN_THE_TEXT, answer_markdown
from ui.doors.departures import somebody_waits
from ui.doors.web_assistant import AssistantProvider, Recorder, WebAssistant
from ui.errors import RefusedRequest
from ui.feedback.vote_pages import FORM_WORDS
from ui.pages.answer_export import CONTENT_TYPE, answer_file
from ui.pages.document_text import answer_html, document_html, quoted_html
from ui.pages.layout import page
from ui.pages.question_form import UNREADABLE, AskedForm, asked_form, read_form
from ui.pages.record_shelf import SECTIONS, fragment

CHANNEL = "question"
AT_ONCE = 8
_FRONT = re.compile(r"---\nquestion: ")
_WRONG_REVISION = {"RevisionNotFound", "UnknownSource", "RepositoryError"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SourceCard:
    """A cited passage as the page shows it; `also` are the other places of the same text."""

    citation: Citation
    place: Place
    title: str
    source_title: str
    href: str
    text: Markup
    type_words: str
    also: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers to choose from: sources by id, revisions as (value, label), questions to begin with."""

    sources: Mapping[str, str] = field(default_factory=dict)
    revisions: tuple[tuple[str, str], ...] = ()
    examples: tuple[str, ...] = ()


def add_question_page(
    app: FastAPI,
    assistant: AssistantProvider,
    record: Recorder,
    receipt: Callable[[Answer], str] | None = None,
) -> None:
    """Adds the form, its answer, and the answer as a file; `record` counts each question.

    With `receipt`, which gives what a vote needs, the answer can be voted on.
    """
    pages = _QuestionPage(assistant, record, receipt or _no_receipt)
    app.add_api_route("/question", pages.shown, methods=["GET", "HEAD"], include_in_schema=False, response_model=None)
    app.add_api_route("/question", pages.answered, methods=["POST"], include_in_schema=False, response_model=None)
    app.add_api_route("/question.md", pages.exported, methods=["POST"], include_in_schema=False, response_model=None)


def _no_receipt(_answer: Answer) -> str:
    return ""


class _QuestionPage:
    def __init__(self, assistant: AssistantProvider, record: Recorder, receipt: Callable[[Answer], str]) -> None:
        self._receipt = receipt
        self._assistant = assistant
        self._record = record
        self._limiter = anyio.CapacityLimiter(AT_ONCE)

    def shown(self, request: Request) -> Response:
        """The form, filled from the address and not sent: a link alone asks nothing."""
        parameters = request.query_params
        form = AskedForm(
            parameters.get("q", ""), parameters.get("source", "").strip(), parameters.get("revision", "").strip()
        )
        problems = {name: told for name, told in form.problems(self._titles()).items() if name != "question"}
        return self._form(request, form, problems, 200)

    async def answered(self, request: Request) -> Response:
        """The answer to the form; the form again, its fields marked, when it cannot be asked."""
        form = asked_form(await read_form(request))
        return await anyio.to_thread.run_sync(self._answered, request, form, limiter=self._limiter)

    async def exported(self, request: Request) -> Response:
        """The answer that a page of ours sends back, as a file: it is not made again, which could tell otherwise."""
        content = dict(await read_form(request)).get("reponse", "").replace("\r\n", "\n")
        if not _FRONT.match(content):
            raise RefusedRequest(UNREADABLE)
        name = _file_name(content)
        headers = {
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
            "x-contenu-genere": "ia",
        }
        return Response(content, media_type=CONTENT_TYPE, headers=headers)

    def _answered(self, request: Request, form: AskedForm) -> Response:
        problems = form.problems(self._titles())
        if problems:
            return self._form(request, form, problems, 422)
        started = time.perf_counter()
        answer = self._answer(form)
        if somebody_waits():
            self._record(CHANNEL, answer, time.perf_counter() - started)
        if form.revision and answer.error and answer.error[0] in _WRONG_REVISION:
            return self._form(request, form, {"revision": answer.error[1]}, 422)
        return self._answer_page(request, form, answer)

    def _answer(self, form: AskedForm) -> Answer:
        try:
            return self._assistant().answer(form.as_question(uuid.uuid4().hex))
        except CctError as problem:
            text = f"{problem.message} {problem.remedy}".strip()
            return Answer(form.question, "error", text, error=(type(problem).__name__, text))
        except Exception:  # noqa: BLE001  the channel's outermost loop: nobody is shown a traceback
            incident = uuid.uuid4().hex[:8]
            _log.exception("question failed, incident %s", incident)
            text = wording.UNEXPECTED.format(incident=incident)
            return Answer(form.question, "error", text, error=("internal", text))

    def _form(self, request: Request, form: AskedForm, problems: Mapping[str, str], status: int) -> Response:
        return page(request, "question.html", status=status, title="Poser une question",
                    answer=None, problems=problems, form=form, choices=self._choices(form))  # fmt: skip

    def _answer_page(self, request: Request, form: AskedForm, answer: Answer) -> Response:
        titles = self._titles()
        served = self._assistant() if answer.citations or answer.nearest else None
        hidden = SAID_IN_THE_TEXT | {"stale_index"}  # the banners say that
        turns = (*form.turns, Turn(form.question, _keys(answer)))
        following = AskedForm("", form.source, form.revision, turns)
        return page(
            request,
            "question.html",
            status=503 if answer.status == "error" and not answer.revisions else 200,
            headers={"x-contenu-genere": "ia"},
            title=wording.LABELS.get(answer.status, "Réponse"),
            answer=answer,
            asked=form.question,
            body=answer_html(answer_markdown(answer, anchor="source")),
            warnings=[w.message for w in answer.warnings if w.code not in hidden],
            cards=[_card(c, titles, served) for c in answer.citations] if served is not None else [],
            nearest=_nearest(answer.nearest, titles, served) if answer.nearest and served is not None else None,
            suggestions=[(text, _asking(text, form)) for text in answer.suggestions],
            file=answer_file(answer, titles),
            receipt=self._receipt(answer),
            kept=None,
            feedback=FORM_WORDS,
            problems={},
            form=following,
            choices=self._choices(form),
        )

    def _choices(self, form: AskedForm) -> Choices:
        """What the lists of the form offer."""
        try:
            assistant = self._assistant()
            served = assistant.revisions()
            titles, examples = assistant.source_titles(), assistant.examples()
            others = [r for r in assistant.indexed_revisions() if r not in served]
        except CctError:
            return Choices()
        revisions = [
            (
                f"{r.source}={r.commit}",
                f"{titles.get(r.source, r.source)}, {wording.french_date(r.date)} ({r.commit[:7]})",
            )
            for r in others
            if r.commit
        ]
        if form.revision and form.revision not in dict(revisions):
            revisions.append((form.revision, form.revision))
        return Choices(titles, tuple(revisions), examples[:4])

    def _titles(self) -> Mapping[str, str]:
        try:
            return self._assistant().source_titles()
        except CctError:
            return {}


def _card(citation: Citation, titles: Mapping[str, str], served: WebAssistant) -> SourceCard:
    place = citation.place
    try:
        text = served.passage_text(place)
    except CctError:
        text = ""
    title = citation.title.removeprefix(place.id or "").removeprefix(" — ")
    letter = place.priority or ""
    also = [
        (", ".join(w for w in (titles.get(p.source, p.source), p.id, p.document) if w), _href(p))
        for p in citation.also
    ]
    return SourceCard(
        citation=citation,
        place=place,
        title=title,
        source_title=titles.get(place.source, place.source),
        href=_href(place),
        text=quoted_html(citation, text),
        type_words=f"{letter}, {PRIORITY_NAMES[letter]}" if letter else "",
        also=tuple(also),
    )


def _nearest(place: Place, titles: Mapping[str, str], served: WebAssistant) -> SourceCard | None:
    """The passage that an answer names without quoting it; None when its text is not there."""
    try:
        text = served.passage_text(place)
    except CctError:
        return None
    if not text.strip():
        return None
    card = _card(Citation(1, place, "", text, verified=True), titles, served)
    return replace(card, text=document_html(text))


def _href(place: Place) -> str:
    """The page of a cited record; empty for a paragraph, which has none."""
    if place.kind == "section" or place.id is None:
        return ""
    section = SECTIONS[place.kind]
    if place.kind != "requirement":
        return f"{section}#{fragment(place.id)}"
    address = f"{section}/{quote(place.source)}/{quote(place.id, safe='')}"
    return address + (f"/{place.occurrence}" if place.occurrence > 1 else "")


def _asking(text: str, form: AskedForm) -> str:
    """The address of the form filled with a suggested question, in the same scope."""
    fields = {"q": text, "source": form.source, "revision": form.revision}
    return f"/question?{urlencode({name: value for name, value in fields.items() if value})}"


def _keys(answer: Answer) -> tuple[str, ...]:
    """The keys of the cited records, for the question that follows."""
    places = [c.place for c in answer.citations if c.place.id is not None and " " not in c.place.id]
    return tuple(f"{p.source}:{p.id}" + (f"#{p.occurrence}" if p.occurrence > 1 else "") for p in places)


def _file_name(content: str) -> str:
    """A file name made of the question's words: "que-dit-exi-arch-11.md"."""
    line = content.split("\n", 2)[1].removeprefix("question: ")
    try:
        question = str(json.loads(line))
    except ValueError:
        question = line
    words = re.findall(r"[a-z0-9]+", without_accents(question))
    return f"{'-'.join(words)[:60].strip('-') or 'reponse'}.md"
