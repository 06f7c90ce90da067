"""`/liste-de-conformite`: describe an application, fill the list in the browser, export it, bring it back later.

No script and no state: the list travels in the page's form and in the file that is saved.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from assistant.checklist.description import LONGEST_DESCRIPTION, QUESTIONS, read_answers, read_description
from assistant.errors import QuestionError
from ingest.errors import CctError
from ingest.sources.corpus import Corpus
from ui.checklist.files import MEDIA, Format, file_of, rows_of_file
from ui.checklist.making import TITLE, ChecklistMaker
from ui.checklist.revisit import NEW, NEW_GROUNDS, Revisit, Revisitor
from ui.checklist.rows import STATUSES, Row, Sheet
from ui.checklist.travelling import described, filled, packed, unpacked
from ui.doors.http_protection import CHECKLIST_PATH
from ui.errors import UnreadableChecklist
from ui.pages.checklist_view import ListView, view_of
from ui.pages.layout import page

MakerProvider = Callable[[], ChecklistMaker]
"""Gives the maker of the index that serves; raises CctError while there is none."""
FILL, REVISIT = f"{CHECKLIST_PATH}/remplir", f"{CHECKLIST_PATH}/reprise"
_MOST_FIELDS = 12_000
_LARGEST_PART = 6_000_000
_LARGEST_FILE = 3_000_000
_FORMATS: Mapping[str, Format] = {"ods": "ods", "csv": "csv", "markdown": "markdown"}
_MADE_BY = "Établie automatiquement par Assistant CCT, à relire par l'équipe."


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody wrote on the first page."""

    text: str = ""
    answers: Mapping[str, str] | None = None
    sources: tuple[str, ...] = ()


def add_checklist_pages(app: FastAPI, maker: MakerProvider, corpus: Corpus) -> None:
    """Adds the pages."""
    pages = _Pages(app, maker, corpus)
    for path, method, endpoint in (
        (CHECKLIST_PATH, "GET", pages.start),
        (CHECKLIST_PATH, "POST", pages.made),
        (FILL, "POST", pages.filled),
        (REVISIT, "POST", pages.revisited),
        (FILL, "GET", pages.start),  # the address of a page that was posted to, opened again
        (REVISIT, "GET", pages.start),
    ):
        app.add_api_route(
            path,
            endpoint,
            methods=[method],
            include_in_schema=False,
            response_model=None,
        )


class _Pages:
    def __init__(self, app: FastAPI, maker: MakerProvider, corpus: Corpus) -> None:
        self._app = app
        self._maker = maker
        self._corpus = corpus

    def start(self, request: Request) -> Response:
        """The description to write, or the file to bring back."""
        return self._start(request, _Asked())

    async def made(self, request: Request) -> Response:
        """The list of an application that was just described."""
        try:
            async with _form(request) as form:
                answers = {q.key: str(form.get(q.key) or "").strip() for q in QUESTIONS}
                sources = tuple(str(source) for source in form.getlist("source"))
                asked = _Asked(str(form.get("description") or ""), answers, sources)
        except UnreadableChecklist as exc:
            return self._start(request, _Asked(), exc)
        try:
            sheet = await run_in_threadpool(self._made, asked)
        except QuestionError as exc:
            return self._start(request, asked, exc)
        return self._list(request, sheet)

    def _made(self, asked: _Asked) -> Sheet:
        answers = {key: answer for key, answer in (asked.answers or {}).items() if answer}
        if asked.text.strip() and answers:
            raise QuestionError(
                "Vous avez écrit une description et répondu à des questions.",
                "Gardez l'une des deux façons de faire.",
            )
        description = read_answers(answers) if answers else read_description(asked.text)
        maker = self._maker()
        unknown = [source for source in asked.sources if source not in maker.titles]
        if unknown:
            raise QuestionError(f"CCT inconnu : « {unknown[0]} ».", f"Ceux-ci : {', '.join(maker.titles)}.")
        _, sheet = maker.checklist(description, asked.sources, by_command=False)
        return replace(sheet, revisions=f"{sheet.revisions} {_MADE_BY}")

    async def filled(self, request: Request) -> Response:
        """The list with what was written: as a file where one was asked, else as the page again."""
        try:
            async with _form(request) as form:
                fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
            sheet = await run_in_threadpool(lambda: filled(unpacked(fields.get("liste", "")), fields))
        except UnreadableChecklist as exc:
            return self._start(request, _Asked(), exc)
        wanted = _FORMATS.get(str(request.query_params.get("format") or ""))
        if wanted is None:
            return self._list(request, sheet, "La page est à jour. Enregistrez un fichier pour ne rien perdre.")
        content = await run_in_threadpool(file_of, sheet, wanted)
        media, suffix = MEDIA[wanted]
        disposition = f'attachment; filename="liste-de-conformite.{suffix}"'
        return Response(content, media_type=media, headers={"content-disposition": disposition})

    async def revisited(self, request: Request) -> Response:
        """A saved list at the revisions that serve now, what changed first."""
        try:
            async with _form(request) as form:
                name, content = await _brought(form)
            sheet, told = await run_in_threadpool(self._revisited, content, name)
        except UnreadableChecklist as exc:
            return self._start(request, _Asked(), exc)
        return self._list(request, sheet, told)

    def _revisited(self, content: bytes, name: str) -> tuple[Sheet, str]:
        rows, description = rows_of_file(content, name)
        maker = self._maker()
        try:
            found = Revisitor(self._corpus, maker.titles, maker.link).revisit(rows, maker.served)
        except UnreadableChecklist:
            raise
        except CctError as exc:
            raise UnreadableChecklist(f"{name} : {exc.message}", exc.remedy) from exc
        names = " ; ".join(
            f"{maker.titles.get(one.source, one.source)}, {', '.join(c[:7] for c in one.older)} → "
            f"{one.newer.commit[:7]} ({one.newer.date})"
            for one in found.sources
        )
        judged = _judged(maker, found, description)
        sheet = Sheet(f"{TITLE} revue", f"{names}. {_MADE_BY}", judged, description)
        count = sum(bool(row.review) for row in judged)
        if not count:
            return sheet, "Rien n'a changé depuis que cette liste a été enregistrée."
        return sheet, f"{count} ligne(s) à revoir depuis que cette liste a été enregistrée, en premier ci-dessous."

    def _start(self, request: Request, asked: _Asked, error: CctError | None = None) -> Response:
        try:
            titles: Mapping[str, str] = self._maker().titles
        except CctError:
            titles = {source.id: source.title for source in self._corpus.manifest.source}
        return page(
            request,
            "liste_depart.html",
            status=422 if error else 200,
            title=TITLE,
            asked=asked,
            answers=asked.answers or {},
            questions=QUESTIONS,
            titles=titles,
            error=error,
            longest=LONGEST_DESCRIPTION,
            paths={"make": CHECKLIST_PATH, "revisit": REVISIT},
            largest_file=_LARGEST_FILE // 1_000_000,
        )

    def _list(self, request: Request, sheet: Sheet, told: str = "") -> Response:
        view: ListView = view_of(sheet, has_pages=self._has_requirement_pages)
        return page(
            request,
            "liste_remplir.html",
            headers={"cache-control": "no-store"},
            title=sheet.title,
            sheet=sheet,
            view=view,
            message=told,
            packed=packed(sheet),
            statuses=STATUSES,
            paths={"fill": FILL, "start": CHECKLIST_PATH},
        )

    @property
    def _has_requirement_pages(self) -> bool:
        paths = [str(getattr(route, "path", "")) for route in self._app.routes]
        return any(path.startswith("/exigences/{") for path in paths)


def _judged(maker: ChecklistMaker, found: Revisit, description: str) -> tuple[Row, ...]:
    """The rows, the new ones with a reason: the description's where the file holds it, else that it does not."""
    try:
        return maker.judged(found, described(description))
    except QuestionError:
        why = f"{NEW_GROUNDS} Le fichier ne porte pas de description qui dise si elle s'applique."
        return tuple(replace(row, grounds=why) if row.review == NEW else row for row in found.rows)


@asynccontextmanager
async def _form(request: Request) -> AsyncIterator[FormData]:
    """The form that was sent, its files closed afterwards. Raises UnreadableChecklist: too large, or not a form."""
    try:
        given: Any = await request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=_LARGEST_PART)
    except HTTPException as exc:
        raise UnreadableChecklist("Le formulaire est illisible ou trop grand.", "Rechargez la page.") from exc
    form: FormData = given
    try:
        yield form
    finally:
        await form.close()


async def _brought(form: FormData) -> tuple[str, bytes]:
    """The name and content of the saved list. Raises UnreadableChecklist."""
    upload = form.get("fichier")
    if not isinstance(upload, UploadFile) or not upload.filename:
        raise UnreadableChecklist("Aucun fichier n'est joint.", "Choisissez un fichier ODS ou CSV.")
    content = await upload.read(_LARGEST_FILE + 1)
    if len(content) > _LARGEST_FILE:
        limit = _LARGEST_FILE // 1_000_000
        raise UnreadableChecklist(f"Le fichier dépasse {limit} Mo.", "Donnez une liste plus petite.")
    return upload.filename[:120], content
