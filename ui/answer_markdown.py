"""Answer → Markdown, shared by the channels; what comes from documents is shown as text, never obeyed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set

from assistant.answer import Answer, Citation, Place, WarningCode
from ingest.errors import CctError
from ingest.passage import PRIORITY_NAMES
from ui import wording

PassageText = Callable[[Place], str]

_MARKER = re.compile(r"(?<!\[)\[(\d{1,3})\](?![\](])")
_OTHER_LINK = re.compile(r"\]\((?!\s*<?https?://)", re.IGNORECASE)
_SPECIAL = re.compile(r"[&<>\"*_`\[\]#~|\\!$@]|(?<!\S)[-+=](?=[\s=-])|(?<=\d)[.)](?=\s)|:(?=//)|(?<=www)\.")
_CUT = re.compile(r"\s*\[(?:\.\.\.|…)\]\s*")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~:/])")
_BOLD = re.compile(r"&#42;&#42;(?=\S)(.+?)&#42;&#42;")
_WORD = re.compile(r"[^\W_]+")


def literal(text: str) -> str:
    """The text as Markdown, and as HTML, that displays exactly it; html.unescape gives it back."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", text)


def answer_markdown(answer: Answer, anchor: str | None = "src") -> str:
    """The answer's body; [1] links to the element `anchor`-1, or stays as it is when anchor is None."""
    text = answer.text.strip()
    if not text and answer.error:
        text = answer.error[1]
    if anchor is not None:
        text = _with_links(_inert(text), {c.n for c in answer.citations}, anchor)
    parts = [text]
    if label := wording.LABELS.get(answer.status):
        parts.insert(0, f"**{label}**")
    if answer.searched:
        parts.append("*" + wording.SEARCHED.format(question=literal(answer.searched)) + "*")
    if answer.degraded:
        parts.append("*" + wording.DEGRADED.format(reason=literal(answer.degraded)) + "*")
    return "\n\n".join(part for part in parts if part)


def warnings_markdown(answer: Answer, hidden: Set[WarningCode] = frozenset()) -> str:
    """What the reader must know about the answer, one quoted line each; empty when there is nothing."""
    shown = [w.message for w in answer.warnings if w.code not in hidden]
    return "\n>\n".join(f"> ⚠ {_inert(' '.join(message.split()))}" for message in shown)


def sources_markdown(
    answer: Answer, passage_text: PassageText, source_titles: Mapping[str, str], anchor: str = "src"
) -> str:
    """The panel of sources: one block a citation, in order, each with the id `anchor`-n."""
    if not answer.citations:
        return wording.NO_SOURCES
    return "\n\n".join(_card(c, passage_text, source_titles, anchor) for c in answer.citations)


def sources_list_markdown(answer: Answer, source_titles: Mapping[str, str]) -> str:
    """The sources as a plain Markdown list, for channels that show no panel."""
    return "\n".join(_line(c, source_titles) for c in answer.citations)


def place_words(place: Place, source_titles: Mapping[str, str]) -> str:
    """Where a passage stands, in French: "CCT MirAI, EXI-G-4, exigences.md, ligne 25"."""
    words = [source_titles.get(place.source, place.source), place.id or "", place.document, _lines(place)]
    return ", ".join(word for word in words if word)


def _inert(text: str) -> str:
    """Markdown without HTML, without images, and whose only links are web addresses."""
    return _OTHER_LINK.sub("]&#40;", text.replace("<", "&lt;").replace("![", "!&#91;"))


def _with_links(text: str, known: Set[int], anchor: str) -> str:
    def link(match: re.Match[str]) -> str:
        n = int(match[1])
        title = wording.GO_TO_SOURCE.format(n=n)
        return f'[[{n}]](#{anchor}-{n} "{title}")' if n in known else match[0]

    return _MARKER.sub(link, text)


def _card(citation: Citation, passage_text: PassageText, source_titles: Mapping[str, str], anchor: str) -> str:
    place = citation.place
    title = literal(citation.title.removeprefix(place.id or "").removeprefix(" — "))
    rows = [
        f'<div id="{anchor}-{citation.n}" class="source">',
        f'<h3 class="source-head">{_head(citation, source_titles)}</h3>',
        f'<p class="source-title">{title}</p>' if title else "",
        f'<blockquote class="source-text">{_text_with_quote(citation, passage_text)}</blockquote>',
        f'<p class="source-alert">{wording.UNVERIFIED_EXPLAINED}</p>' if not citation.verified else "",
        f'<p class="source-place">{_where(place)}</p>',
        _also(citation.also, source_titles),
        "</div>",
    ]
    return "".join(row for row in rows if row)


def _head(citation: Citation, source_titles: Mapping[str, str]) -> str:
    place = citation.place
    words = [
        f'<span class="source-number">{citation.n}</span>',
        f'<span class="source-id">{literal(place.id)}</span>' if place.id else "",
        f'<span class="source-document">{literal(source_titles.get(place.source, place.source))}</span>',
        f'<span class="badge badge-{place.priority}">{_priority(place)}</span>' if place.priority else "",
        f'<span class="badge badge-alert">{wording.UNVERIFIED}</span>' if not citation.verified else "",
    ]
    return " ".join(word for word in words if word)


def _priority(place: Place) -> str:
    letter = place.priority or ""
    return wording.PRIORITY.format(letter=letter, name=PRIORITY_NAMES.get(letter, ""))


def _where(place: Place) -> str:
    words = [literal(place.document), _lines(place)]
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


def _lines(place: Place) -> str:
    if place.line_start == place.line_end:
        return wording.LINE.format(start=place.line_start)
    return wording.LINES.format(start=place.line_start, end=place.line_end)


def _line(citation: Citation, source_titles: Mapping[str, str]) -> str:
    place = citation.place
    words = f"[{citation.n}] {place_words(place, source_titles)}"
    if place.priority:
        words += f" ({PRIORITY_NAMES[place.priority]})"
    if not citation.verified:
        words += f" ({wording.UNVERIFIED})"
    return f"- {words} : {place.url}" if place.url else f"- {words} ({wording.DEMONSTRATION_EDITION})"


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
