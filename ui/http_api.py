"""The HTTP application: questions as JSON, health, measures, and the web page at "/"."""

from __future__ import annotations

import logging
import time
import uuid
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from assistant.answer import Question, Turn
from ingest.errors import CctError, RevisionNotFound
from ingest.sources.corpus import Corpus
from ui import wording
from ui.doors.access_guard import AccessGuard, AccessPolicy
from ui.doors.departures import StopForTheAbsent, somebody_waits
from ui.doors.http_protection import BodyLimit, problem, refusal
from ui.doors.openai_api import add_openai_door
from ui.doors.site_assembly import add_site_guard
from ui.doors.site_policy import SitePolicy
from ui.doors.web_assistant import AssistantProvider, WebAssistant
from ui.errors import RefusedRequest, StorageError
from ui.feedback import feedback_wording
from ui.feedback.comment_pages import add_comment_pages
from ui.feedback.desk import FeedbackDesk
from ui.feedback.http_routes import add_feedback_routes
from ui.feedback.maintenance_page import add_maintenance_page
from ui.feedback.vote_pages import add_vote_pages
from ui.field_problems import field_problem
from ui.metrics import CONTENT_TYPE, Metrics
from ui.pages import page_wording
from ui.pages.checklist_pages import MakerProvider, add_checklist_pages
from ui.pages.layout import add_layout, message_page, wants_page
from ui.pages.legal_pages import ServiceFacts, add_legal_pages
from ui.pages.question_page import add_question_page
from ui.pages.record_pages import add_record_pages
from ui.pages.revision_pages import add_revision_pages

if TYPE_CHECKING:
    from ui.doors.mcp_server import ConsultationProvider, McpDoor
    from ui.feedback.assembly import FeedbackService

CHANNEL: Final = "api"

_log = logging.getLogger(__name__)

Text = Annotated[str, Field(pattern=r"\S")]


class AskedBefore(BaseModel):
    """An earlier question of the same conversation."""

    model_config = ConfigDict(extra="forbid")

    question: Text
    cited: tuple[str, ...] = ()


class Asked(BaseModel):
    """The body of POST /api/v1/ask."""

    model_config = ConfigDict(extra="forbid")

    question: Text
    sources: tuple[str, ...] = ()
    revisions: dict[str, str] = Field(default_factory=dict)
    history: tuple[AskedBefore, ...] = Field(default=(), max_length=50)

    def as_question(self) -> Question:
        """The question that the assistant understands."""
        history = tuple(Turn(turn.question, turn.cited) for turn in self.history)
        return Question(self.question, uuid.uuid4().hex, self.sources, self.revisions, history)


class _UnknownSource(Exception):
    """The request names a source that is not declared."""


def create_app(
    assistant: AssistantProvider,
    *,
    web_page: bool = True,
    access: AccessPolicy | None = None,
    consultation: ConsultationProvider | None = None,
    corpus: Corpus | None = None,
    feedback: FeedbackDesk | None = None,
    maintenance: FeedbackService | None = None,
    site: SitePolicy | None = None,
    facts: ServiceFacts | None = None,
    checklists: MakerProvider | None = None,
    skin: Path | None = None,
) -> FastAPI:
    """The application to serve; with web_page=False the API alone, without loading gradio.

    `access` opens the doors of other programs under its policy, none is there without one; /mcp reads `consultation`.
    With a corpus, the pages of its requirements and revisions too, dressed with the style sheet of the folder `skin`;
    with a desk of feedback, answers carry their receipt. With `maintenance`, unanswered questions are noted; with a
    corpus besides, requirements can be commented on and maintainers have their page. `site` guards everything, and
    nothing is guarded without one. `facts` are what the State's pages say: none is there without. `checklists` makes
    those of the page /liste-de-conformite, with the corpus.
    """
    metrics = Metrics()
    base = site.site.base if site else ""
    door = _mcp_door(consultation, metrics) if access is not None and consultation is not None else None
    app = FastAPI(
        title=wording.API_TITLE,
        description=wording.API_DESCRIPTION,
        version=program_version(),
        docs_url=None,
        redoc_url=None,
        lifespan=door.lifespan if door else None,
        servers=[{"url": base}] if base else None,
    )
    app.add_middleware(StopForTheAbsent)  # inside the limit, which hands bodies over whole
    app.add_middleware(BodyLimit)
    if access is not None:
        app.add_middleware(AccessGuard, policy=access, metrics=metrics)
    add_site_guard(app, site, access)
    add_layout(app, assistant, skin)
    _answer_errors(app)
    _add_ask(app, assistant, metrics, feedback)
    if feedback is not None:
        feedback.counted_by(metrics)
        add_feedback_routes(app, feedback)
        add_vote_pages(app, feedback)
    _add_health(app, assistant)
    _add_metrics(app, assistant, metrics)
    if access is not None:
        add_openai_door(app, assistant, metrics)
    if door is not None:
        door.add_to(app)
    if maintenance is not None:
        metrics.also_tell(maintenance.journal.record)
    receipt = (lambda answer: feedback.receipt(answer, "web")) if feedback is not None else None
    add_question_page(app, assistant, metrics.record, receipt)
    if facts is not None:
        add_legal_pages(app, facts)
    if corpus is not None:
        add_record_pages(app, corpus, assistant)
        add_revision_pages(app, corpus, assistant)
        if checklists is not None:
            add_checklist_pages(app, checklists, corpus)
    if corpus is not None and maintenance is not None:
        add_comment_pages(app, corpus, assistant, maintenance.comments, maintenance.desk.pseudonyms)
        add_maintenance_page(app, corpus, assistant, maintenance)
    _add_refusals(app)
    if web_page:
        from ui.chat.page_feedback import PageFeedback
        from ui.chat.web_chat import mount_web_chat  # loads gradio

        votes = PageFeedback.of(feedback) if feedback else None
        mount_web_chat(app, assistant, metrics.record, votes, site)
    return app


def _mcp_door(consultation: ConsultationProvider, metrics: Metrics) -> McpDoor:
    from ui.doors.mcp_server import McpDoor  # loads the SDK

    return McpDoor(consultation, program_version(), metrics)


def program_version() -> str:
    """The installed version; 0 when the program runs from its sources."""
    try:
        return version("assistant-cct")
    except PackageNotFoundError:
        return "0"


def _add_ask(app: FastAPI, assistant: AssistantProvider, metrics: Metrics, feedback: FeedbackDesk | None) -> None:
    @app.post(
        "/api/v1/ask",
        summary="Poser une question",
        description="Rend l'objet Answer, version 1 ; 200 aussi quand les documents ne répondent pas.",
        responses={code: {"description": text} for code, text in wording.API_RESPONSES.items()},
    )
    def ask(asked: Asked, response: Response) -> dict[str, Any]:
        served = assistant()
        _check_sources(asked, served)
        started = time.perf_counter()
        answer = served.answer(asked.as_question())
        if somebody_waits():
            metrics.record(CHANNEL, answer, time.perf_counter() - started)
        response.headers["x-contenu-genere"] = f"ia; mode={answer.mode}"
        return answer.to_json() | ({"receipt": feedback.receipt(answer, CHANNEL)} if feedback is not None else {})


def _check_sources(asked: Asked, served: WebAssistant) -> None:
    known = served.source_titles()
    for source in (*asked.sources, *asked.revisions):
        if source not in known:
            raise _UnknownSource(wording.UNKNOWN_SOURCE.format(source=source, known=", ".join(known)))


def _add_health(app: FastAPI, assistant: AssistantProvider) -> None:
    def health(request: Request) -> Response:
        served = assistant()
        checks = served.health()
        down = [f"{name} ({state})" for name, state in checks.items() if state not in {"UP", "DEGRADED"}]
        if down:
            detail = wording.DOWN.format(names=", ".join(down))
            more = {"version": program_version(), "checks": dict(checks)}
            return problem(503, wording.SERVICE_TITLE, detail, request.url.path, **more)
        notices = [stale.message for stale in served.stale()]  # an old index answers all the same
        return JSONResponse(
            {"status": "UP", "version": program_version(), "checks": dict(checks), "notices": notices}
        )

    def live() -> dict[str, str]:
        return {"status": "UP"}

    unavailable: dict[int | str, dict[str, Any]] = {503: {"description": wording.SERVICE_TITLE}}
    app.add_api_route("/health", health, summary="État du service", response_model=None, responses=unavailable)
    app.add_api_route("/health/ready", health, summary="Prêt à répondre", response_model=None, responses=unavailable)
    app.add_api_route("/health/live", live, summary="Le programme tourne")


def _add_metrics(app: FastAPI, assistant: AssistantProvider, metrics: Metrics) -> None:
    @app.get("/metrics", summary="Mesures au format Prometheus", response_class=Response)
    def measures() -> Response:
        try:
            revisions = assistant().revisions()
        except CctError:
            revisions = ()
        return Response(metrics.text(revisions), media_type=CONTENT_TYPE)


def _add_refusals(app: FastAPI) -> None:
    """Answers of our own where gradio, mounted below at "/", would answer in English."""

    def unknown(request: Request) -> Response:
        if request.url.path == "/api/v1/ask":
            response = problem(405, wording.WRONG_METHOD_TITLE, wording.WRONG_METHOD, request.url.path)
            response.headers["allow"] = "POST"
            return response
        return problem(404, wording.NOT_FOUND_TITLE, wording.NOT_FOUND, request.url.path)

    every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    for path in ("/api/{path:path}", "/gradio_api/upload"):  # no file is received
        app.add_api_route(path, unknown, methods=every, include_in_schema=False, response_model=None)


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(RequestValidationError)
    def refused(request: Request, exc: RequestValidationError) -> Response:
        words = "; ".join(field_problem(error) for error in exc.errors())
        return _refused(request, 422, wording.BAD_REQUEST_TITLE, f"{words}.")

    @app.exception_handler(HTTPException)
    def not_text(request: Request, exc: HTTPException) -> Response:
        if wants_page(request) and exc.status_code in {404, 405}:
            return message_page(request, 404, page_wording.NOT_FOUND_TITLE, page_wording.NOT_FOUND)
        unreadable = exc.status_code == 400  # what FastAPI says of a body that is no UTF-8
        detail = f"{wording.BODY} : {wording.FIELD_PROBLEMS['json_invalid']}." if unreadable else str(exc.detail)
        status = 422 if unreadable else exc.status_code
        return _refused(request, status, wording.BAD_REQUEST_TITLE, detail)

    @app.exception_handler(_UnknownSource)
    def unknown_source(request: Request, exc: _UnknownSource) -> Response:
        return _refused(request, 422, wording.BAD_REQUEST_TITLE, f"{exc}.")

    @app.exception_handler(RefusedRequest)
    def refused_request(request: Request, exc: RefusedRequest) -> Response:
        return _refused(request, exc.status, wording.BAD_REQUEST_TITLE, exc.message, exc.remedy or None)

    @app.exception_handler(StorageError)
    def not_kept(request: Request, exc: StorageError) -> Response:
        _log.warning("database: %s", exc.message)  # which names the server: for the operator alone
        return _refused(request, 503, wording.SERVICE_TITLE, feedback_wording.CLOSED)

    @app.exception_handler(CctError)
    def cannot_serve(request: Request, exc: CctError) -> Response:
        missing = isinstance(exc, RevisionNotFound)
        status, title = (404, wording.REVISION_TITLE) if missing else (503, wording.SERVICE_TITLE)
        return _refused(request, status, title, exc.message, exc.remedy or None)

    @app.exception_handler(Exception)
    def failed(request: Request, exc: Exception) -> Response:
        incident = uuid.uuid4().hex[:8]
        _log.error("request failed, incident %s: %s", incident, type(exc).__name__)  # uvicorn logs the traceback
        return _refused(request, 500, wording.SERVICE_TITLE, wording.UNEXPECTED.format(incident=incident))


def _refused(request: Request, status: int, title: str, detail: str, remedy: str | None = None) -> Response:
    """A page for a person, the shape of the address for a program."""
    if wants_page(request):
        return message_page(request, status, title, detail, remedy=remedy or "")
    more = {} if remedy is None else {"remedy": remedy}
    return refusal(status, title, detail, request.url.path, **more)
