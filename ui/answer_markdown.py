"""Answer → Markdown, shared by the channels; what comes from documents is shown as text, never obeyed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Set
from datetime import UTC, datetime

from assistant.answer import Answer, Citation, Place, WarningCode
from ingest.errors import CctError
from ingest.passage import PRIORITY_NAMES
from ui import wording

PassageText = Callable[[Place], str]
MoreOfCard = Callable[[Citation, str], str]
"""What a channel adds below a source, as HTML, given the id of its card."""

UNFOLDED = 5

_MARKER = re.compile(r"(?<!\[)\[(\d{1,3})\](?![\](])")
_OTHER_LINK = re.compile(r"\]\((?!\s*<?https?://)", re.IGNORECASE)
_CLOSING = re.compile(r"(?<=[^\s>])>")
"""An angle bracket that would belong to the address before it; those of quoted lines begin them."""
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


SAID_IN_THE_TEXT: frozenset[WarningCode] = frozenset({"unofficial_edition", "unsure_answer"})
"""Warnings that the text of an answer gives in full: not to be said twice."""


def warnings_markdown(answer: Answer, hidden: Set[WarningCode] = frozenset()) -> str:
    """What the reader must know about the answer, one quoted line each; empty when there is nothing."""
    shown = [w.message for w in answer.warnings if w.code not in hidden]
    return "\n>\n".join(f"> ⚠ {_inert(' '.join(message.split()))}" for message in shown)


def sources_markdown(
    answer: Answer,
    passage_text: PassageText,
    source_titles: Mapping[str, str],
    anchor: str = "src",
    more: MoreOfCard = lambda _citation, _card: "",
) -> str:
    """The panel of sources: one block a citation, in order, each with the id `anchor`-n; the first ones unfolded."""
    if not answer.citations:
        return wording.NO_SOURCES
    return "\n\n".join(_card(c, passage_text, source_titles, anchor, more) for c in answer.citations)


def sources_list_markdown(answer: Answer, source_titles: Mapping[str, str]) -> str:
    """The sources as a plain Markdown list, for channels that show no panel."""
    return "\n".join(_line(c, source_titles) for c in answer.citations)


def place_words(place: Place, source_titles: Mapping[str, str]) -> str:
    """Where a passage stands, in French: "CCT MirAI, EXI-G-4, exigences.md, ligne 25"."""
    words = [source_titles.get(place.source, place.source), place.id or "", place.document, _lines(place)]
    return ", ".join(word for word in words if word)


def reference(citation: Citation, source_titles: Mapping[str, str]) -> str:
    """The citation as one writes it in a document of one's own, on one line."""
    place = citation.place
    words = [place_words(place, source_titles)]
    if place.priority:
        words.append(f"{place.priority} ({PRIORITY_NAMES[place.priority]})")
    words.append(
        wording.SHORT_REVISION.format(commit=place.commit[:7]) if place.commit else wording.DEMONSTRATION_EDITION
    )
    return ", ".join(words) + (f", {place.url}" if place.url else "")


def answer_with_sources(answer: Answer, source_titles: Mapping[str, str]) -> str:
    """The answer, its quotations with their references, and what made it: Markdown to paste elsewhere."""
    parts = [_inert(answer_markdown(answer, anchor=None))]
    if warned := warnings_markdown(answer, hidden=SAID_IN_THE_TEXT):
        parts.append(warned)
    if answer.citations:
        parts.append(wording.SOURCES_HEADING)
        parts += [
            f"[{c.n}] {reference(c, source_titles)}\n\n> {_inert(_one_line(c.quote))}" for c in answer.citations
        ]
    parts.append(f"_{generated_by(answer)}_")
    return "\n\n".join(part for part in parts if part) + "\n"


def answer_markdown_file(
    answer: Answer, source_titles: Mapping[str, str] | None = None, at: datetime | None = None
) -> str:
    """The answer as a file of its own: front matter in YAML, the question as its title, answer and sources."""
    titles = source_titles or {}
    moment = (at or datetime.now(UTC)).isoformat(timespec="seconds")
    head = {
        "question": answer.question,
        "date": moment,
        "statut": answer.status,
        "genere_par_ia": True,
        "outil": wording.TITLE,
        "redaction": wording.WRITTEN_BY_MODEL if answer.mode == "llm" else wording.WRITTEN_FROM_EXTRACTS,
        "modele": answer.model,
        "revisions": [
            {"source": r.source, "commit": r.commit, "date": r.date, "officielle": r.official}
            for r in answer.revisions
        ],
        "sources": [
            {"n": c.n, "reference": reference(c, titles), "url": c.place.url, "verifiee": c.verified}
            for c in answer.citations
        ],
    }
    # each value is written as JSON, which YAML reads: no text of a document can break out of its field
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    title = _one_line(answer.question)[:200]
    return "\n".join(["---", *lines, "---", "", f"# {title}", "", answer_with_sources(answer, titles)])


def generated_by(answer: Answer) -> str:
    """Says that a machine made the text, and from what."""
    if answer.mode == "llm":
        return wording.GENERATED_BY_MODEL.format(model=answer.model or wording.UNNAMED_MODEL)
    return wording.GENERATED_FROM_EXTRACTS


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _inert(text: str) -> str:
    """Markdown without HTML, without images, and whose only links are web addresses."""
    closed = _CLOSING.sub("&gt;", text.replace("<", "&lt;"))
    return _OTHER_LINK.sub("]&#40;", closed.replace("![", "!&#91;"))


def _with_links(text: str, known: Set[int], anchor: str) -> str:
    def link(match: re.Match[str]) -> str:
        n = int(match[1])
        title = wording.GO_TO_SOURCE.format(n=n)
        return f'[[{n}]](#{anchor}-{n} "{title}")' if n in known else match[0]

    return _MARKER.sub(link, text)


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
