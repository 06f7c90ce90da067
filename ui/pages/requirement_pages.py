"""`/exigences`, `/exigences.csv` and a page for each requirement: server-rendered, complete without any script."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from ingest.sources.corpus import CorpusRevision
from ui.commands.history_view import path as borne_ids
from ui.commands.history_view import record_name, relation_words, stay_words, step_words
from ui.pages import record_csv
from ui.pages.conditional import with_etag
from ui.pages.document_text import document_html
from ui.pages.layout import Link, message_page, page
from ui.pages.record_query import ORDERS, TYPES, Query, categories, matching, read_query
from ui.pages.record_shelf import Record, RecordShelf, Shelf, excerpt
from ui.pages.requirement_facts import RequirementFacts, RequirementHistory
from ui.pages.revision_choices import RevisionChoices
from ui.pages.word_differences import Piece, shortened, word_differences
from ui.wording import french_date

_ALL = Link("/exigences", "Toutes les exigences")


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step of a requirement's history, as the page tells it."""

    date: str
    commit: str
    what: str
    relations: tuple[str, ...]
    pieces: tuple[Piece, ...]
    link: str | None


def add_requirement_pages(
    app: FastAPI, shelf: RecordShelf, facts: RequirementFacts, choices: RevisionChoices
) -> None:
    """Adds the routes of the list and of each requirement."""
    pages = _RequirementPages(shelf, facts, choices)
    routes = (
        ("/exigences", pages.listed),
        ("/exigences/", pages.listed),
        ("/exigences.csv", pages.exported),
        ("/exigences/{first}", pages.without_source),
        ("/exigences/{source}/{identifier}", pages.one),
        ("/exigences/{source}/{identifier}/{occurrence}", pages.one),
    )
    for path, endpoint in routes:
        app.add_api_route(path, endpoint, methods=["GET", "HEAD"], include_in_schema=False, response_model=None)


class _RequirementPages:
    def __init__(self, shelf: RecordShelf, facts: RequirementFacts, choices: RevisionChoices) -> None:
        self._shelf = shelf
        self._facts = facts
        self._choices = choices

    def listed(self, request: Request) -> Response:
        """The requirements that pass the filters of the address."""
        shelf, query = self._read(request)
        found = matching(query, shelf) if not query.problems else []
        return page(
            request,
            "requirements.html",
            status=400 if query.problems else 200,
            title="Exigences des CCT",
            query=query,
            problems=dict(query.problems),
            records=found,
            total=len(shelf.requirements),
            counts=_counts(found),
            sources=shelf.titles,
            types=TYPES,
            orders=ORDERS,
            categories=categories(shelf),
            revisions=self._choices.of_every_source(),
            pinned=[r for r in shelf.revisions if query.revision],
            csv=query.address("/exigences.csv"),
            excerpt=excerpt,
        )

    def exported(self, request: Request) -> Response:
        """The same requirements as a CSV file, with their whole text."""
        shelf, query = self._read(request)
        if query.problems:
            return PlainTextResponse("\n".join(told for _, told in query.problems) + "\n", 400)
        content = record_csv.requirements_csv(matching(query, shelf))
        response = Response(content, media_type=record_csv.CONTENT_TYPE)
        response.headers["content-disposition"] = f'attachment; filename="{_file_name(query, shelf)}"'
        return with_etag(request, response)

    def without_source(self, request: Request, first: str) -> Response:
        """A source's list, the requirement of an identifier that one source has, or the choice between several."""
        revision = request.query_params.get("revision", "")
        shelf = self._shelf.at(revision)
        if first in shelf.titles:
            kept = urlencode({"source": first, **({"revision": revision} if revision else {})})
            return RedirectResponse(f"/exigences?{kept}", 307)
        found = shelf.named(first)
        if not found:
            return _unknown(request, shelf, first)
        if len(found) == 1:
            return RedirectResponse(_with_revision(found[0].path, revision), 307)
        ids = " et ".join(dict.fromkeys(r.id for r in found))
        return page(request, "requirement_choice.html", status=300, title=ids, records=found, excerpt=excerpt)

    def one(self, request: Request, source: str, identifier: str, occurrence: str = "") -> Response:
        """One requirement, entire; any spelling of its identifier leads to its address."""
        revision = request.query_params.get("revision", "")
        declared = {one.id: one.title for one in self._shelf.corpus.manifest.source}
        if source not in declared:
            links = tuple(Link(f"/exigences?source={name}", title) for name, title in declared.items())
            return message_page(
                request, 404, "Source inconnue", f"« {source} » n'est pas une source déclarée.", links
            )
        shelf = self._shelf.at(revision, source)
        named = [r for r in shelf.named(identifier) if r.source == source]
        if not named:
            return _unknown(request, shelf, identifier, source)
        n = int(occurrence or 1) if occurrence.isascii() and (occurrence.isdecimal() or not occurrence) else 0
        record = next((r for r in named if r.passage.occurrence == n), None)
        if record is None:
            title = f"{named[0].id} n'a pas d'occurrence {occurrence}"
            text = f"{named[0].source_title} l'imprime {len(named)} fois." if len(named) > 1 else ""
            return message_page(request, 404, title, text or "Il n'est imprimé qu'une fois.", _links(named))
        if (identifier, occurrence) != (record.id, str(n) if n > 1 else ""):
            return RedirectResponse(_with_revision(record.path, revision), 308)
        return self._page(request, record, shelf)

    def _page(self, request: Request, record: Record, shelf: Shelf) -> Response:
        before, after = self._facts.neighbours(record, shelf)
        history = self._facts.history(record)
        return page(
            request,
            "requirement.html",
            title=f"{record.name} ({record.source_title})",
            record=record,
            text=document_html(record.passage.text),
            category=record.passage.category,
            occurrences=self._facts.others_of_the_id(record, shelf),
            conflicts=self._facts.conflicts(record, shelf),
            twins=self._facts.twins(record, shelf),
            questions=self._facts.questions(record, shelf),
            findings=self._facts.findings(record, shelf),
            history=history,
            lines=_history_lines(record, history),
            others=_others(history),
            today=self._today(record, history) if record.pinned else None,
            before=before,
            after=after,
            ask=f"Que demande {record.id} dans {record.source_title} ?",
            comment=_comment_address(record),
            revisions=self._choices.of_source(record.source),
            excerpt=excerpt,
        )

    def _today(self, record: Record, history: RequirementHistory | None) -> Record | None:
        """What the requirement of an older revision is in the served one: its identifier may have changed hands."""
        steps = history.lineage.steps if history is not None and history.lineage is not None else ()
        bearer = steps[-1].bearer if steps else None
        if bearer is None:
            return None
        return next(
            (
                r
                for r in self._shelf.served().requirements
                if r.source == record.source
                and (r.id, r.passage.occurrence) == (bearer.passage.id, bearer.passage.occurrence)
            ),
            None,
        )

    def _read(self, request: Request) -> tuple[Shelf, Query]:
        parameters = request.query_params
        revision = parameters.get("revision", "").strip()
        shelf = self._shelf.at(revision, parameters.get("source", "").strip() if "=" not in revision else "")
        return shelf, read_query(parameters, shelf)


def _unknown(request: Request, shelf: Shelf, identifier: str, source: str = "") -> Response:
    """404: where it is, when another source has it, and the identifiers nearest to it."""
    where = shelf.titles.get(source, source) if source else "les CCT"
    elsewhere = [r for r in shelf.named(identifier) if r.source != source]
    read = [r for r in shelf.revisions if source in ("", r.source.id)]
    revisions = " ; ".join(_edition(r) if source else f"{r.source.title}, {_edition(r)}" for r in read)
    near = [r for r in shelf.near(identifier) if not source or r.source == source or r in elsewhere]
    text = f"Aucune exigence « {identifier} » dans {where} ({revisions})."
    if elsewhere:
        text += " Elle est ailleurs :"
    elif near:
        text += " Les identifiants les plus proches :"
    links = _links([*elsewhere, *(r for r in near if r not in elsewhere)])
    return message_page(request, 404, "Exigence inconnue", text, (*links, _ALL))


def _links(records: list[Record]) -> tuple[Link, ...]:
    return tuple(Link(r.href, f"{r.name}, {r.source_title} : {excerpt(r.passage.text, 90)}") for r in records)


def _edition(revision: CorpusRevision) -> str:
    return f"révision {revision.commit[:7]}" if revision.official else "édition de démonstration"


def _with_revision(path: str, revision: str) -> str:
    return f"{path}?{urlencode({'revision': revision}, safe='=')}" if revision else path


def _comment_address(record: Record) -> str:
    named = {"source": record.source, "id": record.id}
    if record.passage.occurrence > 1:
        named["occurrence"] = str(record.passage.occurrence)
    return f"/commenter?{urlencode(named)}"


def _counts(records: list[Record]) -> list[str]:
    """ "CCT MirAI : 18", "35 primordiales", …; only what says something."""
    sources = Counter(r.source_title for r in records)
    types: Counter[str] = Counter(r.passage.priority or "" for r in records)
    told = [f"{title} : {n}" for title, n in sources.items()]
    names = (("P", "primordiale"), ("I", "importante"), ("", "sans type"))
    return told + [f"{n} {name}{'s' if n > 1 and key else ''}" for key, name in names if (n := types[key])]


def _file_name(query: Query, shelf: Shelf) -> str:
    parts = ["exigences", query.source, query.type, *(r.commit[:7] for r in shelf.revisions if r.official)]
    return "-".join(part for part in parts if part) + ".csv"


def _history_lines(record: Record, history: RequirementHistory | None) -> list[HistoryLine]:
    """The steps, the newest first, each with what it changed in the words."""
    if history is None or history.lineage is None:
        return []
    lines, before = [], None
    source = record.revision.source
    for step in history.lineage.steps:
        pieces: list[Piece] = []
        link = None
        if step.bearer is not None:
            if before is not None and "reworded" in step.changes:
                pieces = shortened(word_differences(before.passage.text, step.bearer.passage.text))
            link = source.link(step.bearer.commit or "", step.bearer.document, step.bearer.passage.lines)
        relations = tuple(relation_words(other, step) for other in step.related)
        what = step_words(step, before)
        date, commit = french_date(step.revision.date), step.revision.commit[:7]
        lines.append(HistoryLine(date, commit, what, relations, tuple(pieces), link))
        before = step.bearer or before
    return lines[::-1]


def _others(history: RequirementHistory | None) -> list[str]:
    """The other requirements that have borne the identifier, one line each."""
    told = []
    for holder in history.others if history is not None else ():
        last = holder.lineage.steps[-1]
        retired = f"retirée le {french_date(last.revision.date)}"
        now = f"aujourd'hui {record_name(last.bearer)}" if last.bearer is not None else retired
        told.append(f"{stay_words(holder)} : {borne_ids(holder.lineage)} ({now})")
    return told
