"""The panel of sources: each cited passage whole, its quoted words marked, as HTML inside Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from assistant.answer import Answer, Citation, Place
from ingest.errors import CctError
from ingest.passage import PRIORITY_NAMES
from ui import wording
from ui.answer_markdown import PassageText, lines_words, literal, place_words

MoreOfCard = Callable[[Citation, str], str]
"""What a channel adds below a source, as HTML, given the id of its card."""

UNFOLDED = 5

_CUT = re.compile(r"\s*\[(?:\.\.\.|…)\]\s*")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~:/])")
_BOLD = re.compile(r"&#42;&#42;(?=\S)(.+?)&#42;&#42;")
_WORD = re.compile(r"[^\W_]+")


def sources_markdown(
    answer: Answer,
    passage_text: PassageText,
    source_titles: Mapping[str, str],
    anchor: str = "src",
    more: MoreOfCard = lambda _citation, _card: "",
) -> str:
    """The panel of sources: one block a citation, in order, each with the id `anchor`-n; the first ones unfolded.

    Without a citation, the passage that came nearest, said to be no answer.
    """
    if not answer.citations and answer.nearest is not None:
        return _nearest(answer.nearest, passage_text, source_titles)
    if not answer.citations:
        return wording.NO_SOURCES
    return "\n\n".join(_card(c, passage_text, source_titles, anchor, more) for c in answer.citations)


def _card(
    citation: Citation,
    passage_text: PassageText,
    source_titles: Mapping[str, str],
    anchor: str,
    more: MoreOfCard,
) -> str:
    place, card = citation.place, f"{anchor}-{citation.n}"
    title = literal(citation.title.removeprefix(place.id or "").removeprefix(" — "))
    rows = [
        f'<details id="{card}" class="source"{" open" if citation.n <= UNFOLDED else ""}>',
        f'<summary class="source-head">{_head(citation, source_titles)}</summary>',
        f'<p class="source-title">{title}</p>' if title else "",
        f'<blockquote class="source-text">{_text_with_quote(citation, passage_text)}</blockquote>',
        f'<p class="source-alert">{wording.UNVERIFIED_EXPLAINED}</p>' if not citation.verified else "",
        f'<p class="source-place">{_where(place)}</p>',
        _also(citation.also, source_titles),
        more(citation, card),
        "</details>",
    ]
    return "".join(row for row in rows if row)


def _nearest(place: Place, passage_text: PassageText, source_titles: Mapping[str, str]) -> str:
    try:
        text = passage_text(place)
    except CctError:
        text = ""
    if not text.strip():
        return wording.NO_SOURCES
    rows = [
        f'<p class="source-alert">{wording.NEAREST_PASSAGE}</p><details class="source" open>',
        f'<summary class="source-head">{_names(place, source_titles)}</summary>',
        f'<blockquote class="source-text">{_shown(text)}</blockquote>',
        f'<p class="source-place">{_where(place)}</p></details>',
    ]
    return "".join(rows)


def _head(citation: Citation, source_titles: Mapping[str, str]) -> str:
    words = [
        f'<span class="source-number">{citation.n}</span>',
        _names(citation.place, source_titles),
        f'<span class="badge badge-alert">{wording.UNVERIFIED}</span>' if not citation.verified else "",
    ]
    return " ".join(word for word in words if word)


def _names(place: Place, source_titles: Mapping[str, str]) -> str:
    words = [
        f'<span class="source-id">{literal(place.id)}</span>' if place.id else "",
        f'<span class="source-document">{literal(source_titles.get(place.source, place.source))}</span>',
        f'<span class="badge badge-{place.priority}">{_priority(place)}</span>' if place.priority else "",
    ]
    return " ".join(word for word in words if word)


def _priority(place: Place) -> str:
    letter = place.priority or ""
    return wording.PRIORITY.format(letter=letter, name=PRIORITY_NAMES.get(letter, ""))


def _where(place: Place) -> str:
    words = [literal(place.document), lines_words(place)]
    if place.occurrence > 1:
        words.append(wording.OCCURRENCE.format(n=place.occurrence))
    revision = wording.SHORT_REVISION.format(commit=place.commit[:7]) if place.commit else ""
    words.append(revision or wording.DEMONSTRATION_EDITION)
    where = " · ".join(words)
    return f"{where}<br>{_repository_link(place.url)}" if place.url else where


def _repository_link(url: str) -> str:
    if not re.match(r"https?://", url):
        return ""
    return f'<a href="{literal(url)}" target="_blank" rel="noopener noreferrer">{wording.READ_IN_REPOSITORY}</a>'


def _also(places: tuple[Place, ...], source_titles: Mapping[str, str]) -> str:
    if not places:
        return ""
    entries = "".join(f"<li>{_also_entry(place, source_titles)}</li>" for place in places)
    return f'<p class="source-also">{wording.SAME_TEXT}</p><ul class="source-also">{entries}</ul>'


def _also_entry(place: Place, source_titles: Mapping[str, str]) -> str:
    words = literal(place_words(place, source_titles))
    if place.priority:
        words += f" ({_priority(place)})"
    return f"{words} · {_repository_link(place.url)}" if place.url else words


def _text_with_quote(citation: Citation, passage_text: PassageText) -> str:
    """The passage with the quoted words marked; the quotation alone when the passage does not show it."""
    try:
        text = passage_text(citation.place)
    except CctError:
        text = ""
    spans = quoted_spans(citation.quote, text)
    if not spans:
        marked = f"<mark>{_shown(citation.quote)}</mark>"
        return f"{marked}<br>{_shown(text)}" if text.strip() else marked
    parts, at = [], 0
    for start, end in spans:
        parts += [_shown(text[at:start]), f"<mark>{_shown(text[start:end])}</mark>"]
        at = end
    return "".join([*parts, _shown(text[at:])])


def _shown(text: str) -> str:
    """A document's words as HTML: Markdown emphasis becomes bold, its escapes go, lines stay."""
    shown = _BOLD.sub(r"<strong>\1</strong>", literal(_ESCAPE.sub(r"\1", text)))
    return re.sub(r"\s*\n\s*", "<br>", shown)


def quoted_spans(quote: str, text: str) -> list[tuple[int, int]]:
    """Where each part of the quotation stands in the text (start, end), in order; empty unless all are found."""
    spans: list[tuple[int, int]] = []
    at = 0
    for part in _CUT.split(quote):
        tokens = _WORD.findall(part)
        if not tokens:
            continue
        closing = re.escape(part.rstrip()[-1])
        pattern = r"[\W_]+".join(map(re.escape, tokens)) + rf"(?:\s*{closing})?"
        if not (found := re.compile(pattern).search(text, at)):
            return []
        spans.append(found.span())
        at = found.end()
    return spans
