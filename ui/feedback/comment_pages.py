"""`/commenter`: a comment on a requirement, in a form that needs no script, for the CCT's own sheet."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from ingest.comments.comment import Importance, shortened
from ingest.sources.corpus import Corpus
from ui.commands.records_view import RecordView, find_records
from ui.doors.web_assistant import AssistantProvider
from ui.errors import RefusedRequest, StorageError
from ui.feedback import comment_wording as wording
from ui.feedback.comments import LONGEST_NAME, LONGEST_PROPOSAL, RequirementComment, StoredComments
from ui.feedback.pseudonyms import Pseudonyms
from ui.feedback.sent_form import first_values, sent_fields
from ui.feedback.signed_in import Person, person_of_request
from ui.pages.layout import message_page, page

ADDRESS = "/commenter"
_log = logging.getLogger(__name__)


def add_comment_pages(
    app: FastAPI,
    corpus: Corpus,
    assistant: AssistantProvider,
    comments: Callable[[], StoredComments],
    pseudonyms: Pseudonyms,
    person: Callable[[Request], Person | None] = person_of_request,
) -> None:
    """Adds the form, its thanks, and what takes a comment back."""
    pages = _CommentPages(corpus, assistant, comments, pseudonyms, person)
    read: dict[str, object] = {"response_class": HTMLResponse, "include_in_schema": False}
    app.add_api_route(ADDRESS, pages.form, methods=["GET", "HEAD"], **read)  # type: ignore[arg-type]
    app.add_api_route(ADDRESS, pages.left, methods=["POST"], **read)  # type: ignore[arg-type]
    app.add_api_route(f"{ADDRESS}/merci", pages.thanks, methods=["GET", "HEAD"], **read)  # type: ignore[arg-type]
    app.add_api_route(f"{ADDRESS}/retirer", pages.removed, methods=["POST"], **read)  # type: ignore[arg-type]


class _CommentPages:
    def __init__(
        self,
        corpus: Corpus,
        assistant: AssistantProvider,
        comments: Callable[[], StoredComments],
        pseudonyms: Pseudonyms,
        person: Callable[[Request], Person | None],
    ) -> None:
        self._corpus = corpus
        self._assistant = assistant
        self._comments = comments
        self._pseudonyms = pseudonyms
        self._person = person

    def form(self, request: Request) -> Response:
        """The empty form for the requirement that the address names."""
        try:
            record = self._record(dict(request.query_params))
        except RefusedRequest as exc:
            return message_page(request, exc.status, wording.NOT_FOUND_TITLE, exc.message)
        return self._shown(request, record, {"token": uuid.uuid4().hex}, 200)

    async def left(self, request: Request) -> Response:
        """Keeps the comment and leads to the thanks; the form again, filled, when something is to be corrected."""
        fields = first_values(await sent_fields(request))
        return await run_in_threadpool(self._keep, request, fields)

    def thanks(self, request: Request) -> Response:
        """What was kept, how it is signed, and how to take it back."""
        found = self._comments().get(request.query_params.get("c", ""))
        if found is None:
            return message_page(request, 404, wording.ALREADY_GONE_TITLE, wording.ALREADY_GONE)
        return page(request, "comment_thanks.html", title=wording.THANKS_TITLE, comment=found)

    async def removed(self, request: Request) -> Response:
        """Takes a comment back."""
        fields = first_values(await sent_fields(request))
        return await run_in_threadpool(self._remove, request, fields.get("c", ""))

    def _keep(self, request: Request, fields: dict[str, str]) -> Response:
        record = self._record(fields)
        try:
            comment = self._comment(request, record, fields)
            self._comments().add(comment)
        except RefusedRequest as exc:  # what was written is not lost: it comes back in the form
            return self._shown(request, record, fields, exc.status, f"{exc.message} {exc.remedy}".strip())
        except StorageError as exc:
            _log.warning("comment not kept: %s", exc.message)
            return self._shown(request, record, fields, 503, wording.CLOSED)
        return RedirectResponse(f"{ADDRESS}/merci?{urlencode({'c': comment.id})}", 303)

    def _remove(self, request: Request, comment_id: str) -> Response:
        if self._comments().remove(comment_id, self._user(request, comment_id)):
            return message_page(request, 200, wording.REMOVED_TITLE, wording.REMOVED)
        return message_page(request, 404, wording.ALREADY_GONE_TITLE, wording.ALREADY_GONE)

    def _comment(self, request: Request, record: RecordView, fields: dict[str, str]) -> RequirementComment:
        name, token = fields.get("name", "").strip(), fields.get("token", "")
        if name and fields.get("consent") != "1":
            raise RefusedRequest(wording.NAME_WITHOUT_CONSENT, status=422)
        passage = record.located.passage
        return RequirementComment(
            id=token,
            source=record.located.source,
            document=record.located.document,
            line=passage.lines.start,
            record=_record_name(record),
            commit=record.located.commit or "",
            extract=shortened(passage.text),
            proposal=fields.get("proposal", ""),
            importance=cast(Importance, fields.get("importance", "moyenne")),
            author=name,
            user=self._user(request, token),
            created_at=datetime.now(UTC),
        )

    def _user(self, request: Request, token: str) -> str:
        found = self._person(request)
        return self._pseudonyms.person(found.realm, found.identifier) if found else self._pseudonyms.bearer(token)

    def _record(self, fields: dict[str, str]) -> RecordView:
        """The record at the revision that answers. Raises RefusedRequest when there is none."""
        source, wanted = fields.get("source", ""), fields.get("id", "").strip()
        if not source or not wanted:
            raise RefusedRequest(wording.NOT_NAMED, status=404)
        if source not in {s.id for s in self._corpus.manifest.source}:
            raise RefusedRequest(wording.UNKNOWN_SOURCE.format(source=source), status=404)
        identifier, _, printed = wanted.partition("#")
        number = fields.get("occurrence") or printed or "1"
        served = {r.source: r.commit for r in self._assistant().revisions()}
        commit = served.get(source)
        revision = self._corpus.revision(source, commit) if commit else self._corpus.current(source)
        records = find_records(self._corpus, [revision], identifier)
        found = next((r for r in records if str(r.located.passage.occurrence) == number), None)
        if found is None:
            raise RefusedRequest(wording.UNKNOWN_RECORD.format(id=wanted, source=revision.source.title), status=404)
        return found

    def _shown(
        self, request: Request, record: RecordView, fields: dict[str, str], status: int, problem: str = ""
    ) -> Response:
        return page(
            request,
            "comment_form.html",
            status=status,
            headers={"cache-control": "no-store"},
            title=wording.TITLE.format(name=_record_name(record)),
            record=record,
            fields={"token": "", "proposal": "", "importance": "moyenne", "name": "", "consent": "", **fields},
            problem=problem,
            importances=wording.IMPORTANCES,
            longest=LONGEST_PROPOSAL,
            longest_name=LONGEST_NAME,
            address=ADDRESS,
        )


def _record_name(record: RecordView) -> str:
    p = record.located.passage
    return f"{p.id}#{p.occurrence}" if p.occurrence > 1 else str(p.id)
