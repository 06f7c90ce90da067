"""The documents' words and the answers as HTML: what they say is shown, what they hold is never obeyed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

from assistant.answer import Citation
from ui.source_panel import quoted_spans

_WEB = re.compile(r"https?://[^\s]|mailto:[^\s?]+$", re.IGNORECASE)
_ANSWER_LINK = re.compile(r"#source-\d{1,3}$|https?://[^\s]", re.IGNORECASE)


@lru_cache(maxsize=4096)
def document_html(text: str) -> Markup:
    """A passage: emphasis, links to the web and lines as the document has them, any HTML shown as text."""
    lines = [_lines_renderer().renderInline(line).strip() for line in text.split("\n")]
    return Markup("<br>\n".join(line for line in lines if line))


def answer_html(markdown: str) -> Markup:
    """An answer; its links lead to the sources of the page or to the web, any HTML is shown as text."""
    return Markup(_answer_renderer().render(markdown))


def quoted_html(citation: Citation, text: str) -> Markup:
    """The passage with the quoted words marked; the quotation alone when the passage does not show it."""
    spans = quoted_spans(citation.quote, text)
    if not spans:
        quote = Markup("<mark>{}</mark>").format(document_html(citation.quote))
        return quote + Markup("<br>\n") + document_html(text) if text.strip() else quote
    return Markup("").join(_marked(text, spans))


def _marked(text: str, spans: Sequence[tuple[int, int]]) -> list[Markup]:
    parts: list[Markup] = []
    at = 0
    for start, end in spans:
        parts += [_piece(text[at:start]), Markup("<mark>{}</mark>").format(_piece(text[start:end]))]
        at = end
    return [*parts, _piece(text[at:])]


def _piece(text: str) -> Markup:
    """A part of a passage cut anywhere: white space at its ends counts, and a line may begin or end there."""
    shown = re.sub(r"\\([\\`*_{}\[\]()#+\-.!|<>~:/])", r"\1", text)
    bold = re.sub(r"\*\*(?=\S)(.+?)\*\*", r"<strong>\1</strong>", str(escape(shown)))
    return Markup(re.sub(r"\s*\n\s*", "<br>\n", bold))


@lru_cache(maxsize=1)
def _lines_renderer() -> MarkdownIt:
    return _renderer(_WEB)


@lru_cache(maxsize=1)
def _answer_renderer() -> MarkdownIt:
    return _renderer(_ANSWER_LINK)


def _renderer(links: re.Pattern[str]) -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).disable(["image", "heading", "lheading", "code", "fence"])
    made.validateLink = lambda url: bool(links.match(url))  # type: ignore[method-assign]  # the library's own hook
    made.add_render_rule("link_open", _link)
    return made


def _link(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, environment: EnvType
) -> str:
    token = tokens[index]
    if not str(token.attrGet("href") or "").startswith("#"):
        token.attrSet("rel", "noopener noreferrer")
    return renderer.renderToken(tokens, index, options, environment)
