"""What the page adds to a cited source: its links, the requirements around it, and what it contradicts.

Every link that the script handles is a real address too: without the script it leads to the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from assistant.answer import Answer, Citation, Place
from assistant.composing.surroundings import Namesake, Surroundings
from ingest.errors import CctError
from ingest.passage import PRIORITY_NAMES
from ui import wording
from ui.answer_markdown import literal, reference
from ui.chat import page_wording
from ui.doors.web_assistant import WebAssistant
from ui.source_panel import sources_markdown

MANY = 4
"""Requirements above which an answer is a list, about none of them in particular."""


def source_cards(answer: Answer, served: WebAssistant, anchor: str, comments: bool = False, base: str = "") -> str:
    """The panel of sources as the page shows it; with comments, each requirement leads to its comment form.

    `base` comes before the address of each page, "/cct" for a service that stands under /cct/.
    """
    titles = served.source_titles()

    answering = {r.source: r.commit for r in served.revisions()}

    def more(citation: Citation, card: str) -> str:
        place = citation.place
        current = answering.get(place.source) == place.commit
        links = [_beside(base + requirement_address(place, current), page_wording.REQUIREMENT_PAGE)]
        if comments and current:
            links.append(_beside(base + _comment_address(place), page_wording.COMMENT_REQUIREMENT))
        own = links if place.kind == "requirement" and place.id else []
        return _more(citation, card, _around(served, place), titles, own, base)

    return sources_markdown(answer, served.passage_text, titles, anchor, more)


def follow_ups(answer: Answer, served: WebAssistant) -> tuple[str, ...]:
    """Questions to ask next: the assistant's own, then which source was meant, the history, the next requirement."""
    titles = served.source_titles()
    asked = list(answer.suggestions)
    requirements = [c.place for c in answer.citations if c.place.kind == "requirement"]
    if 0 < len(requirements) <= MANY and (cited := requirements[0]).id:
        around = _around(served, cited)
        others = [n.place for n in around.namesakes if not n.same_text and n.place.source != cited.source]
        if others:  # the same identifier says two things: each one on its own
            asked += [_neighbour_question(p, titles) for p in (cited, *others)]
        if cited.commit:
            asked.append(_history_question(cited, titles))
        asked += [_neighbour_question(p, titles) for p in (around.after,) if p is not None]
    own = answer.question.strip().casefold()
    return tuple(dict.fromkeys(q for q in asked if q.casefold() != own))


def requirement_address(place: Place, current: bool = True) -> str:
    """The requirement's own page, "/exigences/pi/EXI-ORG-16/2"; at its own revision when that one is not current."""
    address = f"/exigences/{quote(place.source)}/{quote(place.id or '', safe='')}"
    if place.occurrence > 1:
        address += f"/{place.occurrence}"
    return address if current or not place.commit else f"{address}?revision={place.commit[:10]}"


def _comment_address(place: Place) -> str:
    return "/commenter?" + urlencode({"source": place.source, "id": place.id, "occurrence": place.occurrence})


def _around(served: WebAssistant, place: Place) -> Surroundings:
    try:
        return served.surroundings(place)
    except CctError:  # the index went away since the answer: the passage is shown all the same
        return Surroundings()


def _more(
    citation: Citation, card: str, around: Surroundings, titles: Mapping[str, str], own: list[str], base: str
) -> str:
    place = citation.place
    conflicts = _conflicts(place, around.namesakes, titles, base)
    rows = [f'<p class="source-conflict">⚠ {text}</p>' for text in conflicts]
    links = [*own[:1], f'<a href="#copier-{card}" class="action">{page_wording.COPY_REFERENCE}</a>', *own[1:]]
    rows.append(f'<p class="source-links">{" ".join(links)}</p>')
    if near := _near(place, around, titles, base):
        rows.append(f'<p class="source-near">{near}</p>')
    hidden = literal(reference(citation, titles))
    rows.append(f'<span class="source-reference">{hidden}</span>')
    return "".join(rows)


def _beside(address: str, label: str) -> str:
    """A link that opens beside the page: leaving it would lose the conversation."""
    hidden = f'<span class="lu">{page_wording.NEW_WINDOW}</span>'
    return f'<a href="{literal(address)}" target="_blank">{label} {hidden}</a>'


def _near(place: Place, around: Surroundings, titles: Mapping[str, str], base: str) -> str:
    links = []
    for label, neighbour in ((page_wording.BEFORE, around.before), (page_wording.AFTER, around.after)):
        if neighbour is not None:
            links.append(label + _asking(neighbour.id or "", _neighbour_question(neighbour, titles), base))
    if place.kind == "requirement" and place.commit:
        links.append(_asking(page_wording.HISTORY, _history_question(place, titles), base))
    return " · ".join(links)


def _conflicts(place: Place, namesakes: tuple[Namesake, ...], titles: Mapping[str, str], base: str) -> list[str]:
    told = []
    for namesake in namesakes:
        other = namesake.place
        if other.source == place.source:
            told.append(page_wording.PRINTED_TWICE.format(id=literal(place.id or ""), line=other.line_start))
            continue
        if namesake.same_text and other.priority == place.priority:
            continue  # the card already lists the places of the same text
        form = page_wording.SAME_ID_SAME_TEXT if namesake.same_text else page_wording.SAME_ID_OTHER_TEXT
        name = PRIORITY_NAMES.get(other.priority or "", "")
        kind = wording.PRIORITY.format(letter=other.priority, name=name) if other.priority else page_wording.UNTYPED
        text = form.format(id=literal(place.id or ""), source=literal(_title(other, titles)), type=kind)
        told.append(f"{text} {_asking(page_wording.READ_IT, _neighbour_question(other, titles), base)}")
    return told


def _asking(label: str, question: str, base: str) -> str:
    """A link that asks in the conversation; followed elsewhere, it opens the page with the question filled in."""
    return f'<a href="{base}/?{literal(urlencode({"q": question}))}" class="ask">{literal(label)}</a>'


def _neighbour_question(place: Place, titles: Mapping[str, str]) -> str:
    return page_wording.NEIGHBOUR_QUESTION.format(id=place.id, source=_title(place, titles))


def _history_question(place: Place, titles: Mapping[str, str]) -> str:
    return page_wording.HISTORY_QUESTION.format(id=place.id, source=_title(place, titles))


def _title(place: Place, titles: Mapping[str, str]) -> str:
    return titles.get(place.source, place.source)
