"""Answer → the words of a post, and what is kept of it for its buttons."""

from __future__ import annotations

from collections.abc import Mapping, Set

from assistant.answer import Answer, Citation, Place
from ingest.comments.comment import shortened
from ingest.passage import PRIORITY_NAMES
from ui import wording as shared
from ui.answer_markdown import SAID_IN_THE_TEXT, answer_markdown
from ui.feedback.feedback import place_key
from ui.mattermost import wording
from ui.mattermost.ledger.question import AnswerRecord, CitedPlace
from ui.mattermost.writing.neutral import neutral

_MOST_TWINS = 3
_QUOTE_KEPT = 1_500
_LONGEST_TITLE = 90


def answer_post(answer: Answer, titles: Mapping[str, str], public_url: str, served: Set[str]) -> str:
    """The whole answer: its text, its warnings, its sources once, what may be asked next.

    `served` holds the commits that answer now: an identifier of another revision may be another requirement's today,
    and gets no link to its page.
    """
    parts = [neutral(answer_markdown(answer, anchor=None))]
    warnings = [
        f"> ⚠ {neutral(' '.join(w.message.split()))}" for w in answer.warnings if w.code not in SAID_IN_THE_TEXT
    ]
    parts += ["\n".join(warnings)] if warnings else []
    if answer.citations:
        lines = [_source(c, titles, public_url if c.place.commit in served else "") for c in answer.citations]
        parts.append("\n".join([wording.SOURCES, *lines]))
    if answer.suggestions:
        parts.append("\n".join([wording.NEXT, *(f"- {neutral(s)}" for s in answer.suggestions)]))
    if answer.status == "answered":
        parts.append(wording.WATERMARK)
    return "\n\n".join(parts)


def draft_post(so_far: str) -> str:
    """What a model has written up to now, every sentence of it checked."""
    return f"{neutral(so_far)}\n\n{wording.WRITING}" if so_far.strip() else wording.READING


def answer_record(answer: Answer, question: str, receipt: str) -> AnswerRecord:
    """What is kept of an answer."""
    return AnswerRecord(
        answer_id=answer.id,
        question=question,
        receipt=receipt,
        searched=answer.searched or question,
        cited=tuple(place_key(c.place) for c in answer.citations),
        places=tuple(_kept(c) for c in answer.citations),
    )


def passages_post(record: AnswerRecord, titles: Mapping[str, str], public_url: str) -> str:
    """The quoted passages of an answer one by one, for the button that shows them."""
    blocks = []
    for n, place in enumerate(record.places, 1):
        kind = f", {place.priority} ({PRIORITY_NAMES[place.priority]})" if place.priority in PRIORITY_NAMES else ""
        head = f"**[{n}] {place.id or place.document}**{kind}, {neutral(titles.get(place.source, place.source))}"
        links = [f"[ligne {place.line}]({place.url})"] if place.url else []
        if place.id.startswith("EXI-") and public_url:
            links.append(f"[{wording.PAGE}]({requirement_page(public_url, place.source, place.id)})")
        tail = f" : {' · '.join(links)}" if links else ""
        quoted = "\n".join(f"> {line}" for line in neutral(place.quote).splitlines())
        blocks.append(f"{head}{tail}\n{quoted}")
    return "\n\n".join(blocks) or shared.NO_SOURCES


def requirement_page(public_url: str, source: str, identifier: str) -> str:
    """Address of the page of a requirement on the web service."""
    return f"{public_url.rstrip('/')}/exigences/{source}/{identifier}"


def _source(citation: Citation, titles: Mapping[str, str], public_url: str) -> str:
    place = citation.place
    words = [f"[{citation.n}] {_name(citation)}", neutral(titles.get(place.source, place.source)), _link(place)]
    if place.kind == "requirement" and place.id and public_url:
        words.append(f"[{wording.PAGE}]({requirement_page(public_url, place.source, place.id)})")
    if citation.also:
        twins = [_twin(p, titles) for p in citation.also[:_MOST_TWINS]]
        if len(citation.also) > _MOST_TWINS:
            twins.append(wording.AND_OTHERS.format(count=len(citation.also) - _MOST_TWINS))
        words.append(wording.ALSO + ", ".join(twins))
    if not citation.verified:
        words.append(f"**{shared.UNVERIFIED}**")
    return "- " + " · ".join(word for word in words if word)


def _name(citation: Citation) -> str:
    place = citation.place
    name = f"**{place.id}**" if place.id else neutral(shortened(citation.title, _LONGEST_TITLE))
    if place.occurrence > 1:
        name += f" ({shared.OCCURRENCE.format(n=place.occurrence)})"
    return f"{name} {place.priority} ({PRIORITY_NAMES[place.priority]})".strip() if place.priority else name


def _twin(place: Place, titles: Mapping[str, str]) -> str:
    name = f"{titles.get(place.source, place.source)} {place.id or ''}".strip()
    kind = f" {place.priority} ({PRIORITY_NAMES[place.priority]})" if place.priority else ""
    return f"[{neutral(name)}{kind}]({place.url})" if place.url else f"{neutral(name)}{kind}"


def _link(place: Place) -> str:
    lines = (
        shared.LINE.format(start=place.line_start)
        if place.line_start == place.line_end
        else shared.LINES.format(start=place.line_start, end=place.line_end)
    )
    words = wording.LINE_LINK.format(document=neutral(place.document), lines=lines)
    if not place.url:
        return f"{words} ({shared.DEMONSTRATION_EDITION})"
    return f"[{words}]({place.url})"


def _kept(citation: Citation) -> CitedPlace:
    place = citation.place
    return CitedPlace(
        source=place.source,
        document=place.document,
        id=place.id or "",
        occurrence=place.occurrence,
        priority=place.priority or "",
        line=place.line_start,
        commit=place.commit or "",
        url=place.url or "",
        quote=citation.quote[:_QUOTE_KEPT],
    )
