"""`/revisions`, `/revisions/A..B` and `/revisions.atom`: server-rendered, without any script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from ingest.errors import CctError, RevisionNotFound
from ingest.revisions.requirement_history import RevisionReader, compare_documents, compare_revisions
from ingest.revisions.revision_log import LoggedRevision, RevisionLog
from ingest.sources.corpus import Corpus
from ingest.sources.manifest import Source
from ingest.watching.state import WatchState, load_state
from ui.commands.diff_view import RevisionDiff
from ui.doors.sub_path import base_of
from ui.doors.web_assistant import AssistantProvider
from ui.pages.conditional import with_etag
from ui.pages.diff_page import diff_body
from ui.pages.layout import Link, message_page, page
from ui.pages.revision_feed import CONTENT_TYPE, atom_feed
from ui.pages.revision_wording import document_words, scores_words, summary_words
from ui.wording import french_date

_SECONDS = 2.0
"""Time that a page spends comparing what was never compared before it shows what it has."""
_ALL = Link("/revisions", "Toutes les révisions")


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision as the page lists it; `href` compares it with the one before, None for the first."""

    date: str
    subject: str
    commit: str
    before: str
    href: str | None
    served: bool
    scores: str
    requirements: tuple[str, ...]
    documents: tuple[str, ...]
    compared: bool


@dataclass(frozen=True, slots=True)
class RevisionTable:
    """The revisions of one source, the newest first."""

    title: str
    rows: tuple[RevisionRow, ...]

    @property
    def waiting(self) -> int:
        """How many were not compared yet."""
        return sum(not row.compared for row in self.rows)


def add_revision_pages(app: FastAPI, corpus: Corpus, assistant: AssistantProvider) -> None:
    """Adds the three routes; each reads the synchronised repositories when it is asked."""
    pages = _Pages(corpus, assistant)
    read = ["GET", "HEAD"]
    app.add_api_route("/revisions", pages.listed, methods=read, response_class=HTMLResponse, include_in_schema=False)
    app.add_api_route("/revisions.atom", pages.feed, response_class=Response, summary="Fil Atom des révisions")
    app.add_api_route("/revisions.atom", pages.feed, methods=["HEAD"], include_in_schema=False)
    app.add_api_route(
        "/revisions/{pair}", pages.compared, methods=read, response_class=HTMLResponse, include_in_schema=False
    )


class _Pages:
    def __init__(self, corpus: Corpus, assistant: AssistantProvider) -> None:
        self._corpus = corpus
        self._assistant = assistant
        self._log = RevisionLog(corpus)
        self._reader = RevisionReader(corpus)

    def listed(self, request: Request) -> Response:
        """Every revision of every source, the newest first."""
        tables = list(self._tables())
        return page(request, "revisions.html", title="Révisions des CCT", tables=tables)

    def compared(self, request: Request, pair: str, source: str = Query("")) -> Response:
        """Two revisions of one source, word by word; hashes, or dates with ?source=."""
        first, dots, second = pair.partition("..")
        if not (dots and first and second):
            return _missing(request, f"« {pair} » ne nomme pas deux révisions : écrivez /revisions/A..B.")
        for candidate in self._sources():
            if source and candidate.id != source:
                continue
            try:
                older, newer = (self._corpus.revision(candidate.id, r) for r in (first, second))
            except RevisionNotFound:
                continue
            except CctError as exc:
                return _missing(request, f"{exc.message} {exc.remedy}")
            documents = tuple(compare_documents(self._reader, older, newer))
            diff = RevisionDiff(older, newer, compare_revisions(self._reader, older, newer), documents)
            # diff_body escapes every word of the documents itself
            return page(request, "comparison.html", title=diff.title, body=Markup(diff_body(diff)), back=_ALL)
        return _missing(request, f"Aucune source n'a à la fois les révisions {first} et {second}.")

    def feed(self, request: Request) -> Response:
        """One entry a revision, all sources together, the newest first."""
        state = load_state(self._corpus.settings.home)
        logged = [r for s in self._sources() for r in self._log.revisions(s.id, _SECONDS) if r.summary is not None]
        content = atom_feed(logged, f"{str(request.base_url).rstrip('/')}{base_of(request)}/", state)
        return with_etag(request, Response(content, media_type=CONTENT_TYPE))

    def _sources(self) -> list[Source]:
        if self._corpus.settings.edition == "demo":
            return []
        return [s for s in self._corpus.manifest.source if self._corpus.repository(s).exists]

    def _tables(self) -> Iterator[RevisionTable]:
        state = load_state(self._corpus.settings.home)
        for source in self._sources():
            served = self._served(source)
            logged = self._log.revisions(source.id, _SECONDS)
            yield RevisionTable(source.title, tuple(_row(one, served, state) for one in logged))

    def _served(self, source: Source) -> str | None:
        try:
            return next((r.commit for r in self._assistant().revisions() if r.source == source.id), None)
        except CctError:
            return None


def _row(one: LoggedRevision, served: str | None, state: WatchState) -> RevisionRow:
    revision, before, summary = one.revision, one.before, one.summary
    href = None
    if before is not None:
        href = f"/revisions/{before.commit[:12]}..{revision.commit[:12]}?source={revision.source.id}"
    return RevisionRow(
        date=french_date(revision.date),
        subject=revision.subject,
        commit=revision.commit[:7],
        before=before.commit[:7] if before is not None else "",
        href=href,
        served=revision.commit == served,
        scores=scores_words(state.scores_of(revision.source.id, revision.commit)),
        requirements=tuple(summary_words(summary)) if summary else (),
        documents=tuple(document_words(d) for d in summary.documents) if summary else (),
        compared=summary is not None,
    )


def _missing(request: Request, told: str) -> Response:
    return message_page(request, 404, "Révisions introuvables", told, (_ALL,))
