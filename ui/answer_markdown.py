"""Answer → Markdown, shared by the channels; what comes from documents is shown as text, never obeyed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Set
from datetime import UTC, datetime

from assistant.answer import Answer, Citation, Place, WarningCode
from ingest.passage import PRIORITY_NAMES
from ui import wording

PassageText = Callable[[Place], str]
_MARKER = re.compile(r"(?<!\[)\[(\d{1,3})\](?![\](])")
_OTHER_LINK = re.compile(r"\]\((?!\s*<?https?://)", re.IGNORECASE)
_CLOSING = re.compile(r"(?<=[^\s>])>")
"""An angle bracket that would belong to the address before it; those of quoted lines begin them."""
_SPECIAL = re.compile(r"[&<>\"*_`\[\]#~|\\!$@]|(?<!\S)[-+=](?=[\s=-])|(?<=\d)[.)](?=\s)|:(?=//)|(?<=www)\.")


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


def sources_list_markdown(answer: Answer, source_titles: Mapping[str, str]) -> str:
    """The sources as a plain Markdown list, for channels that show no panel."""
    return "\n".join(_line(c, source_titles) for c in answer.citations)


def place_words(place: Place, source_titles: Mapping[str, str]) -> str:
    """Where a passage stands, in French: "CCT MirAI, EXI-G-4, exigences.md, ligne 25"."""
    words = [source_titles.get(place.source, place.source), place.id or "", place.document, lines_words(place)]
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


def lines_words(place: Place) -> str:
    """ "ligne 25", "lignes 25 à 27"."""
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
