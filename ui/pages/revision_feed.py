"""The revisions as an Atom feed (RFC 4287): one entry each, its id stable whatever address serves it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from html import escape
from urllib.parse import urljoin
from xml.etree import ElementTree

from ingest.revisions.revision_log import LoggedRevision
from ingest.watching.state import WatchState
from ui.pages.revision_wording import document_words, scores_words, summary_words
from ui.wording import french_date

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"
_FEED_ID = "urn:uuid:5b1d5f0e-6f0b-5d0c-9a53-0c5d3f1e7a40"
_MOST = 60
"""Entries of the feed, the newest; the page has them all."""
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def atom_feed(logged: Sequence[LoggedRevision], base: str, state: WatchState) -> bytes:
    """The feed in UTF-8; `base` is the address of the site, ending with a slash."""
    newest = sorted(logged, key=lambda one: one.revision.date, reverse=True)[:_MOST]
    ElementTree.register_namespace("", _ATOM)
    feed = ElementTree.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "fr"})
    _text(feed, "id", _FEED_ID)
    _text(feed, "title", "Révisions des CCT")
    _text(feed, "updated", _instant(newest[0].revision.date if newest else "1970-01-01"))
    _link(feed, "self", urljoin(base, "revisions.atom"), "application/atom+xml")
    _link(feed, "alternate", urljoin(base, "revisions"), "text/html")
    _text(_text(feed, "author", None), "name", "Assistant CCT")
    for one in newest:
        _entry(feed, one, base, state)
    ElementTree.indent(feed)
    content: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return content


def entry_id(one: LoggedRevision) -> str:
    """A name of the revision that depends on its repository and its commit alone."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{one.revision.source.url}#{one.revision.commit}").urn


def _entry(feed: ElementTree.Element, one: LoggedRevision, base: str, state: WatchState) -> None:
    revision, summary = one.revision, one.summary
    entry = ElementTree.SubElement(feed, f"{{{_ATOM}}}entry")
    _text(entry, "id", entry_id(one))
    title = f"{revision.source.title}, {french_date(revision.date)} ({revision.commit[:7]}) : {revision.subject}"
    _text(entry, "title", title)
    _text(entry, "updated", _instant(revision.date))
    page = "revisions"
    if one.before is not None:
        page += f"/{one.before.commit[:12]}..{revision.commit[:12]}?source={revision.source.id}"
    _link(entry, "alternate", urljoin(base, page), "text/html")
    lines = summary_words(summary) if summary is not None else []
    lines = lines or ["aucune exigence changée"]
    lines += [document_words(document) for document in summary.documents] if summary is not None else []
    scores = scores_words(state.scores_of(revision.source.id, revision.commit))
    lines += [scores] if scores else []
    content = _text(entry, "content", "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>")
    content.set("type", "html")
    category = ElementTree.SubElement(entry, f"{{{_ATOM}}}category")
    category.set("term", revision.source.id)


def _text(parent: ElementTree.Element, name: str, value: str | None) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}")
    element.text = _FORBIDDEN.sub("", value) if value is not None else None
    return element


def _link(parent: ElementTree.Element, relation: str, href: str, kind: str) -> None:
    element = ElementTree.SubElement(parent, f"{{{_ATOM}}}link")
    element.set("rel", relation)
    element.set("type", kind)
    element.set("href", href)


def _instant(date: str) -> str:
    """A commit's day as RFC 3339 wants an instant: noon, which no time zone moves to another day."""
    return f"{date}T12:00:00Z"
