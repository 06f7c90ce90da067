"""The pages of the revisions and their feed, as a browser, a feed reader and a person without script get them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from ingest.revisions.revision_log import RevisionLog
from ingest.sources.corpus import Corpus
from ingest.sources.freshness import Stale
from ingest.watching.state import WatchPass, WatchState, save_state
from tests.ui.canned_assistant import CannedAssistant
from ui.http_api import create_app

ATOM = "{http://www.w3.org/2005/Atom}"
VAULT = "Chaque secret est rangé dans le coffre de la plateforme, jamais dans le dépôt de code."
ORDER = "Le service écrit ses journaux au format texte sur la sortie standard du conteneur."


class _Site:
    def __init__(self, corpus: Corpus, commits: list[str], behind: tuple[Stale, ...] = ()) -> None:
        self.corpus = corpus
        self.commits = commits
        self.assistant = CannedAssistant(behind=behind)
        RevisionLog(corpus).refresh()  # as the watch does: a page waits for two seconds only
        self.client = TestClient(create_app(lambda: self.assistant, web_page=False, corpus=corpus))

    def feed(self) -> ElementTree.Element:
        response = self.client.get("/revisions.atom")
        assert response.headers["content-type"].startswith("application/atom+xml")
        return ElementTree.fromstring(response.content)


@pytest.fixture
def site(small_source: Callable[..., Any], requirement_table: Callable[..., str]) -> _Site:
    source = small_source()
    source.documents = [
        {"path": "exigences.md", "role": "requirements", "title": "Exigences"},
        {"path": "guide.md", "role": "guide", "title": "Guide"},
    ]
    rows = [("EX1", "P", ORDER, "Socle"), ("EX2", "I", VAULT, "Socle")]
    moved = [("EXI-A-1", "P", ORDER.replace("texte", "JSON"), "Socle"), ("EX2", "P", VAULT, "Socle")]
    commits = [
        source.commit({"exigences.md": requirement_table(*rows)}, "première", "2024-01-10T12:00:00+00:00"),
        source.commit({"exigences.md": requirement_table(*moved)}, "corrige <b>deux</b> & l'autre", "2024-05-12T12:00:00+00:00"),
        source.commit({"guide.md": "# Guide\n\nLe guide présente la plateforme.\n"}, "guide", "2024-06-23T12:00:00+00:00"),
    ]  # fmt: skip
    source.commit({"image.txt": "x"}, "image", "2024-07-01T12:00:00+00:00")
    return _Site(source.corpus(), commits)


def test_the_page_lists_every_revision_that_changes_a_document(site: _Site) -> None:
    response = site.client.get("/revisions")
    page = response.text
    assert response.status_code == 200
    assert "<script" not in page
    assert '<html lang="fr">' in page
    places = [page.index(f"<br>{subject}") for subject in ("guide", "corrige", "première")]
    assert places == sorted(places)
    assert "1 renumérotée : EX1 → EXI-A-1" in page
    assert "1 type changé : EX2" in page
    assert "première version, 2 exigences" in page
    assert "<br>image" not in page
    assert "corrige &lt;b&gt;deux&lt;/b&gt; &amp;" in page
    assert 'rel="alternate" type="application/atom+xml"' in page


def test_each_row_leads_to_the_comparison_with_the_revision_before(site: _Site) -> None:
    a, b, _ = site.commits
    link = f"/revisions/{a[:12]}..{b[:12]}?source=essai"
    assert link in site.client.get("/revisions").text
    page = site.client.get(link)
    assert page.status_code == 200
    assert "<ins>JSON</ins>" in page.text
    assert "<script" not in page.text
    assert 'href="/revisions"' in page.text
    assert site.client.get("/revisions/2024-02..2024-06?source=essai").status_code == 200


@pytest.mark.parametrize(
    "pair", ["abc", "abc..", "..abc", "fffffff..eeeeeee", "2019-01..2024-06", "%3Cscript%3E..x", "a..b..c"]
)
def test_revisions_that_are_not_there_are_said_in_french(site: _Site, pair: str) -> None:
    page = site.client.get(f"/revisions/{pair}")
    assert page.status_code == 404
    assert "Révisions introuvables" in page.text
    assert "<script>" not in page.text


def test_the_feed_is_atom_with_stable_ids(site: _Site) -> None:
    feed = site.feed()
    assert feed.tag == f"{ATOM}feed"
    for required in ("id", "title", "updated", "author"):
        assert feed.find(f"{ATOM}{required}") is not None
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 3
    for entry in entries:
        for required in ("id", "title", "updated", "link", "content"):
            assert len(entry.findall(f"{ATOM}{required}")) == 1
        assert (entry.findtext(f"{ATOM}updated") or "").endswith("T12:00:00Z")
        assert str(entry.find(f"{ATOM}link").get("href")).startswith("http://testserver/revisions")  # type: ignore[union-attr]  # checked above
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == 3
    assert all(str(i).startswith("urn:uuid:") for i in ids)
    fresh = _Site(Corpus(site.corpus.settings), site.commits).feed()
    assert [e.findtext(f"{ATOM}id") for e in fresh.findall(f"{ATOM}entry")] == ids
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated") == "2024-06-23T12:00:00Z"
    content = entries[1].findtext(f"{ATOM}content") or ""
    assert "EX1 → EXI-A-1" in content
    assert "reformulée" in content


def test_the_scores_of_an_accepted_revision_are_in_the_feed_and_on_the_page(site: _Site) -> None:
    accepted = WatchPass(when="2024-05-13T00:00:00Z", outcome="accepted", message="", scores={"justesse": 0.8125},
                         revisions={"essai": site.commits[1]})  # fmt: skip
    save_state(site.corpus.settings.home, WatchState().after(accepted))
    contents = [e.findtext(f"{ATOM}content") or "" for e in site.feed().findall(f"{ATOM}entry")]
    assert ["justesse 0,8125" in c for c in contents] == [False, True, False]
    assert site.client.get("/revisions").text.count("justesse 0,8125") == 1


def test_a_comparison_is_made_once_and_a_damaged_memory_is_made_again(
    site: _Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = RevisionLog(site.corpus).revisions("essai")
    kept = site.corpus.settings.home / "revisions.json"
    assert len(json.loads(kept.read_text(encoding="utf-8"))["summaries"]) == 3
    assert RevisionLog(site.corpus).revisions("essai", seconds=0) == first
    kept.write_text("{", encoding="utf-8")
    unknown = RevisionLog(site.corpus).revisions("essai", seconds=0)
    assert [one.summary for one in unknown] == [None, None, None]
    assert RevisionLog(site.corpus).revisions("essai") == first


def test_without_a_synchronised_source_the_page_says_what_to_do(demo_corpus: Corpus) -> None:
    site = _Site(demo_corpus, [])
    assert "cct sync" in site.client.get("/revisions").text
    assert site.feed().findall(f"{ATOM}entry") == []


def test_an_index_behind_its_source_is_said_on_the_page_and_by_health(site: _Site) -> None:
    behind = Stale("pi", "CCT Pi", "aaaaaaa du 01/05/2024", "bbbbbbb du 02/06/2024", "le 03/06/2024. Contrôle : 1.")
    late = _Site(site.corpus, site.commits, (behind,))
    assert "bbbbbbb du 02/06/2024" in late.client.get("/revisions").text
    health = late.client.get("/health").json()
    assert health["status"] == "UP"
    assert health["notices"] == [behind.message]
    assert "refusée le 03/06/2024" in behind.message
