"""Comments left on a requirement: the form, what is kept, the CCT's own sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi.testclient import TestClient

from assistant.answer import UsedRevision
from ingest.comments.form import filled_form
from ingest.sources.corpus import Corpus
from tests.databases import storage_settings
from tests.feedback.rated_answers import NOON
from tests.ui.canned_assistant import XSS, CannedAssistant
from ui.errors import RefusedRequest, StorageUnreachable
from ui.feedback.assembly import FeedbackService
from ui.feedback.comments import LONGEST_PROPOSAL, RequirementComment, StoredComments
from ui.feedback.desk import FeedbackDesk
from ui.feedback.settings import FeedbackSettings
from ui.feedback.store import SqlFeedbackStore
from ui.feedback.unanswered import UnansweredJournal
from ui.http_api import create_app
from ui.storage.database import Database
from ui.storage.provider import StorageProvider
from ui.storage.secret import Secret

TEXT = "Le composant numéro 2 doit être surveillé par l'équipe qui l'exploite."


def comment(**values: Any) -> RequirementComment:
    """A comment on EXI-G-2."""
    made = RequirementComment(
        id="a" * 32, source="essai", document="exigences.md", line=4, record="EXI-G-2", commit="", extract=TEXT,
        proposal="Dire par qui.", importance="haute", author="", user="0123456789abcdef", created_at=NOON,
    )  # fmt: skip
    return replace(made, **values)


class Site:
    """The pages over a small source."""

    def __init__(self, corpus: Corpus, home: Path) -> None:
        current = corpus.newest()[0]
        revisions = (UsedRevision("essai", current.commit, current.date, True),)

        class Served(CannedAssistant):
            def revisions(self) -> tuple[UsedRevision, ...]:
                return revisions

        storage = StorageProvider(storage_settings(), home)
        secret = Secret("le secret de toutes les répliques de l'essai")
        desk = FeedbackDesk(lambda: SqlFeedbackStore(storage()), secret)
        settings = FeedbackSettings(_env_file=None)  # type: ignore[call-arg]
        self.service = FeedbackService(storage, desk, UnansweredJournal(storage, False), settings)
        app = create_app(Served, web_page=False, corpus=corpus, feedback=desk, maintenance=self.service)
        self.client = TestClient(
            app, base_url="http://localhost", client=("127.0.0.1", 1), raise_server_exceptions=False
        )

    def form(self, query: str = "source=essai&id=EXI-G-2") -> httpx.Response:
        """The page of the form."""
        return self.client.get(f"/commenter?{query}", headers={"accept": "text/html"})

    def fields(self, query: str = "source=essai&id=EXI-G-2") -> dict[str, str]:
        """What the form would send, its proposal left to fill."""
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.form(query).text)
        return {**dict(hidden), "importance": "haute", "proposal": "Dire par qui."}

    def send(self, fields: dict[str, str], path: str = "/commenter", **headers: str) -> httpx.Response:
        """One sent form."""
        sent = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html", **headers}
        return self.client.post(path, content=urlencode(fields), headers=sent)

    def kept(self) -> list[RequirementComment]:
        """What the database holds."""
        return self.service.comments().left()


@pytest.fixture
def site(small_source: Callable[..., Any], requirement_table: Callable[..., str], tmp_path: Path) -> Iterator[Site]:
    rows = [(f"EXI-G-{n}", "P", TEXT.replace("2", str(n)), "Données") for n in (1, 2, 2, 3)]
    made = Site(small_source({"exigences.md": requirement_table(*rows)}).corpus(), tmp_path)
    yield made
    made.service.storage.close()


def test_a_comment_is_kept_once_and_comes_out_in_the_form(database: Database) -> None:
    stored = StoredComments(database)
    for _ in range(2):
        stored.add(comment())
    stored.add(comment(id="b" * 32, line=3, record="EXI-G-1", author="Jeanne Essai"))
    rows = list(stored.comments())
    assert [(c.line, c.author, c.proposal) for c in rows] == [
        (3, "Jeanne Essai", "EXI-G-1 : Dire par qui."),
        (4, "contributeur 01234567", "EXI-G-2 : Dire par qui."),
    ]
    assert filled_form(None, rows)


def test_a_comment_is_taken_back_by_its_author_only(database: Database) -> None:
    stored = StoredComments(database)
    stored.add(comment())
    assert not stored.remove("a" * 32, "quelqu'un d'autre")
    assert stored.remove("a" * 32, "0123456789abcdef")
    assert not stored.remove("a" * 32, "0123456789abcdef")
    assert stored.get("a" * 32) is None


@pytest.mark.parametrize(("values", "told"), [
    ({"proposal": "  \x00 "}, "Écrivez votre commentaire"),
    ({"proposal": "x" * (LONGEST_PROPOSAL + 1)}, "dépasse 5000 caractères"),
    ({"importance": "énorme"}, "modifié en route"),
    ({"id": "../x"}, "modifié en route"),
])  # fmt: skip
def test_a_bad_comment_is_refused(values: dict[str, Any], told: str, database: Database) -> None:
    with pytest.raises(RefusedRequest, match=told):
        StoredComments(database).add(comment(**values))


def test_the_form_shows_the_requirement_and_leads_to_thanks(site: Site) -> None:
    page = site.form()
    assert page.status_code == 200
    assert "Commenter EXI-G-2" in page.text
    assert "surveillé par l&#39;équipe" in page.text
    assert "<script" not in page.text
    done = site.send(site.fields())
    assert done.status_code == 200
    assert "Commentaire enregistré" in done.text
    (kept,) = site.kept()
    assert (kept.record, kept.line, kept.importance, kept.proposal) == ("EXI-G-2", 4, "haute", "Dire par qui.")
    assert kept.author == ""
    assert kept.signature in done.text
    assert kept.commit


def test_the_second_of_two_same_identifiers_can_be_commented_on(site: Site) -> None:
    for query in ("source=essai&id=EXI-G-2&occurrence=2", "source=essai&id=EXI-G-2%232"):
        site.send(site.fields(query))
    assert {(c.record, c.line) for c in site.kept()} == {("EXI-G-2#2", 5)}


def test_sending_the_form_twice_leaves_one_comment(site: Site) -> None:
    fields = site.fields()
    assert site.send(fields).status_code == site.send(fields).status_code == 200
    assert len(site.kept()) == 1


def test_a_name_needs_consent_and_what_was_written_comes_back(site: Site) -> None:
    fields = {**site.fields(), "name": "Jeanne Essai"}
    refused = site.send(fields)
    assert refused.status_code == 422
    assert "Cochez la case" in refused.text
    assert "Dire par qui." in refused.text
    assert 'value="Jeanne Essai"' in refused.text
    assert site.kept() == []
    site.send({**fields, "consent": "1"})
    assert [c.author for c in site.kept()] == ["Jeanne Essai"]


def test_an_empty_comment_says_so_in_the_form(site: Site) -> None:
    refused = site.send({**site.fields(), "proposal": " "})
    assert refused.status_code == 422
    assert "Rien n'est encore enregistré" in refused.text
    assert 'aria-describedby="probleme"' in refused.text


def test_hostile_text_is_inert(site: Site) -> None:
    done = site.send({**site.fields(), "proposal": XSS, "name": XSS, "consent": "1"})
    again = site.send({**site.fields(), "proposal": XSS, "name": XSS})
    maintenance = site.client.get("/maintenance")
    for shown in (done, again, maintenance):
        assert "<img" not in shown.text
        assert "<script" not in shown.text
        assert "&lt;script&gt;" in shown.text
        assert "script-src 'self'" in shown.headers["content-security-policy"]


def test_a_comment_is_taken_back_from_the_thanks(site: Site) -> None:
    site.send(site.fields())
    (kept,) = site.kept()
    assert "retiré" in site.send({"c": kept.id}, "/commenter/retirer").text
    assert site.kept() == []
    assert site.send({"c": kept.id}, "/commenter/retirer").status_code == 404


@pytest.mark.parametrize(
    "query", ["", "source=essai", "source=inconnue&id=EXI-G-2", "source=essai&id=EXI-G-99", f"source=essai&id={XSS}"]
)
def test_nothing_to_comment_on_is_a_page_that_says_so(query: str, site: Site) -> None:
    page = site.form(query)
    assert page.status_code == 404
    assert "Rien à commenter ici" in page.text
    assert "<img" not in page.text


def test_a_form_from_another_site_is_refused(site: Site) -> None:
    assert site.send(site.fields(), **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert site.kept() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"x" * 100_001, 413), (b"\xff\xfe", 422), (b"&".join(b"a%d=1" % n for n in range(50)), 422), (b"", 404)],
)
def test_a_damaged_form_is_refused(body: bytes, status: int, site: Site) -> None:
    answered = site.client.post("/commenter", content=body, headers={"accept": "text/html"})
    assert answered.status_code == status
    assert "<h1>" in answered.text


def test_a_database_that_is_away_gives_the_text_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: StoredComments, comment: RequirementComment) -> None:
        raise StorageUnreachable("La base ne peut pas servir : éteinte.", "Vérifiez le serveur.")

    fields = site.fields()
    monkeypatch.setattr(StoredComments, "add", away)
    answered = site.send(fields)
    assert answered.status_code == 503
    assert "ne peuvent pas être enregistrés" in answered.text
    assert "éteinte" not in answered.text
    assert "Dire par qui." in answered.text
