"""`/revisions`, `/revisions/A..B` and `/revisions.atom`: server-rendered, without any script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse

from ingest.corpus import Corpus, CorpusRevision
from ingest.errors import CctError, RevisionNotFound
from ingest.manifest import Source
from ingest.requirement_history import RevisionReader, compare_documents, compare_revisions
from ingest.revision_log import LoggedRevision, RevisionLog
from ingest.watch_state import load_state
from ui.commands.diff_view import RevisionDiff
from ui.doors.web_assistant import AssistantProvider
from ui.pages.diff_page import PAGE_STYLE, html_diff, html_page
from ui.pages.revision_feed import CONTENT_TYPE, atom_feed
from ui.pages.revision_wording import document_words, scores_words, summary_words
from ui.wording import french_date

_SECONDS = 2.0
"""Time that a page spends comparing what was never compared before it shows what it has."""


def add_revision_pages(app: FastAPI, corpus: Corpus, assistant: AssistantProvider) -> None:
    """Adds the three routes; each reads the synchronised repositories when it is asked."""
    pages = _Pages(corpus, assistant)
    app.add_api_route("/revisions", pages.listed, response_class=HTMLResponse, include_in_schema=False)
    app.add_api_route("/revisions.atom", pages.feed, response_class=Response, summary="Fil Atom des révisions")
    app.add_api_route("/revisions/{pair}", pages.compared, response_class=HTMLResponse, include_in_schema=False)


class _Pages:
    def __init__(self, corpus: Corpus, assistant: AssistantProvider) -> None:
        self._corpus = corpus
        self._assistant = assistant
        self._log = RevisionLog(corpus)
        self._reader = RevisionReader(corpus)

    def listed(self) -> HTMLResponse:
        """Every revision of every source, the newest first."""
        parts = ["<h1>Révisions des CCT</h1>", f"<p>{_INTRODUCTION}</p>", *self._notices()]
        sources = self._sources()
        if not sources:
            parts.append(f'<p class="warning">{_NO_SOURCE}</p>')
        for source in sources:
            parts += self._table(source)
        return HTMLResponse(html_page("Révisions des CCT", "\n".join(parts), _HEAD, PAGE_STYLE + _STYLE))

    def compared(self, pair: str, source: str = Query("")) -> HTMLResponse:
        """Two revisions of one source, word by word; hashes, or dates with ?source=."""
        first, dots, second = pair.partition("..")
        if not (dots and first and second):
            return _missing(f"« {pair} » ne nomme pas deux révisions : écrivez /revisions/A..B.")
        for candidate in self._sources():
            if source and candidate.id != source:
                continue
            try:
                older, newer = (self._corpus.revision(candidate.id, r) for r in (first, second))
            except RevisionNotFound:
                continue
            except CctError as exc:
                return _missing(f"{exc.message} {exc.remedy}")
            documents = tuple(compare_documents(self._reader, older, newer))
            diff = RevisionDiff(older, newer, compare_revisions(self._reader, older, newer), documents)
            return HTMLResponse(html_diff(diff, _BACK))
        return _missing(f"Aucune source n'a à la fois les révisions {first} et {second}.")

    def feed(self, request: Request) -> Response:
        """One entry a revision, all sources together, the newest first."""
        state = load_state(self._corpus.settings.home)
        logged = [r for s in self._sources() for r in self._log.revisions(s.id, _SECONDS) if r.summary is not None]
        content = atom_feed(logged, str(request.base_url), state)
        return Response(content, media_type=CONTENT_TYPE)

    def _sources(self) -> list[Source]:
        if self._corpus.settings.edition == "demo":
            return []
        return [s for s in self._corpus.manifest.source if self._corpus.repository(s).exists]

    def _notices(self) -> Iterator[str]:
        try:
            stale = self._assistant().stale()
        except CctError:
            return
        for one in stale:
            yield f'<p class="warning">{escape(one.message)}</p>'

    def _table(self, source: Source) -> Iterator[str]:
        state = load_state(self._corpus.settings.home)
        logged = self._log.revisions(source.id, _SECONDS)
        served = self._served(source)
        yield f"<h2>{escape(source.title)}</h2>"
        yield f'<table class="revisions">\n<caption>{len(logged)} révisions, la plus récente en premier</caption>'
        yield "<thead><tr>" + "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS) + "</tr></thead>\n<tbody>"
        for one in logged:
            scores = scores_words(state.scores_of(source.id, one.revision.commit))
            yield _row(one, one.revision.commit == served, scores)
        yield "</tbody>\n</table>"
        waiting = sum(one.summary is None for one in logged)
        if waiting:
            yield f'<p class="warning">{waiting} révisions restent à comparer : rechargez la page pour continuer.</p>'

    def _served(self, source: Source) -> str | None:
        try:
            return next((r.commit for r in self._assistant().revisions() if r.source == source.id), None)
        except CctError:
            return None


_INTRODUCTION = (
    "Ce que chaque révision des documents a changé, exigences rapprochées par leur texte puis par leur identifiant. "
    'S’abonner : <a href="/revisions.atom">fil Atom</a>. <a href="/">Poser une question</a>.'
)
_NO_SOURCE = "Aucune source officielle n'est synchronisée : lancez « cct sync »."
_HEAD = '<link rel="alternate" type="application/atom+xml" title="Révisions des CCT" href="/revisions.atom">\n'
_BACK = '<p><a href="/revisions">Toutes les révisions</a></p>'
_COLUMNS = ("Date", "Révision", "Exigences", "Autres documents")
_STYLE = """
table.revisions { width: 100%; } table.revisions td { vertical-align: top; font-size: .95rem; }
caption { text-align: left; font-weight: bold; padding: .3rem 0; } td.date { white-space: nowrap; }
.served { font-size: .85rem; font-weight: bold; color: #18753c; } ul { margin: 0; padding-left: 1.1rem; }
td::before { display: none; }
@media (max-width: 40rem) {
  table.revisions, .revisions caption, .revisions tbody, .revisions tr, .revisions td { display: block; }
  .revisions thead { display: none; } .revisions td { border-width: 0 1px; }
  .revisions tr { border: 1px solid #929292; }
  td[data-label]::before { content: attr(data-label) " : "; display: inline; font-weight: bold; }
}
"""


def _row(one: LoggedRevision, served: bool, scores: str) -> str:
    mark = ' <span class="served">en service</span>' if served else ""
    measured = f"<br>{escape(scores)}" if scores else ""
    cells = [
        f'<td class="date">{french_date(one.revision.date)}</td>',
        f"<td>{_compare_link(one.revision, one.before)}{mark}<br>{escape(one.revision.subject)}{measured}</td>",
        _cell(2, _lines(summary_words(one.summary)) if one.summary else "pas encore comparée"),
        _cell(3, _lines([document_words(d) for d in one.summary.documents]) if one.summary else ""),
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _cell(column: int, content: str) -> str:
    return f'<td data-label="{_COLUMNS[column]}">{content}</td>'


def _compare_link(revision: CorpusRevision, before: CorpusRevision | None) -> str:
    name = revision.commit[:7]
    if before is None:
        return f"<code>{name}</code>"
    href = f"/revisions/{before.commit[:12]}..{revision.commit[:12]}?source={revision.source.id}"
    return f'<a href="{href}"><code>{before.commit[:7]}</code> → <code>{name}</code></a>'


def _lines(lines: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>" if lines else "sans changement"


def _missing(told: str) -> HTMLResponse:
    body = f"<h1>Révisions introuvables</h1>\n<p>{escape(told)}</p>\n{_BACK}"
    return HTMLResponse(html_page("Révisions introuvables", body), 404)
