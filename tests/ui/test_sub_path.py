"""The service under a sub-path: no link, form, file, redirection or cookie of it leads outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ingest.errors import CctError
from tests.ui.chat_browser import a_chromium, a_page, answers, ask, expect, field, open_page
from tests.ui.guarded_site import PAGE, Browser, guarded_app, provider_settings
from tests.ui.local_provider import running_provider
from tests.ui.prefix_proxy import PREFIX, PrefixProxy
from tests.ui.served_app import reserved, served
from tests.ui.two_sources import Site, two_sources
from ui.doors.sign_in_settings import ProviderSettings, SiteSettings, check_sign_in
from ui.doors.sub_path import with_base

PUBLIC = f"http://localhost{PREFIX}"
LINK = re.compile(r'\s(?:href|action|formaction|src|data-suggestions)="([^"]*)"')
PAGES = (
    "/exigences", "/exigences/alpha/EXI-ARCH-9", "/exigences/alpha/EXI-ORG-1/2", "/exigences/EXI-ARCH-9",
    "/exigences?texte=rien-de-tel", "/composants", "/glossaire", "/normes", "/revisions", "/question",
    "/question?q=EXI-ARCH-12", "/inconnue",
)  # fmt: skip


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return two_sources(tmp_path_factory.mktemp("sub_path"))


@pytest.fixture(scope="module")
def app(sources: Site) -> FastAPI:
    made = guarded_app(None, host="127.0.0.1", public_url=PUBLIC, corpus=sources.corpus, assistant=sources.assistant)
    made.state.warm_pages(120)
    return made


@pytest.fixture(params=["prefix kept", "prefix stripped"])
def asked(request: pytest.FixtureRequest, app: FastAPI) -> Iterator[Any]:
    """Asks an address as it comes out of a proxy that leaves the prefix, or takes it off."""
    prefix = PREFIX if request.param == "prefix kept" else ""
    client = TestClient(
        app, base_url="http://localhost", headers=PAGE, client=("127.0.0.1", 1), follow_redirects=False
    )
    yield lambda path, method="GET", **more: client.request(method, prefix + path, **more)


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_stays_under_the_sub_path(asked: Any, path: str) -> None:
    page = asked(path)
    assert page.status_code in {200, 300, 404}, page.text
    links = LINK.findall(page.text)
    assert len(links) > 8
    outside = [link for link in links if link.startswith("/") and not link.startswith(f"{PREFIX}/")]
    assert outside == []
    assert f"{PREFIX}{PREFIX}" not in page.text


def test_a_form_is_answered_and_its_links_stay_under_the_sub_path(asked: Any) -> None:
    answered = asked("/question", "POST", data={"q": "Que demande EXI-ARCH-12 ?"})
    assert "une sonde de santé" in answered.text
    assert [link for link in LINK.findall(answered.text) if re.match(rf"/(?!{PREFIX[1:]}/)", link)] == []


def test_redirections_stay_under_the_sub_path(asked: Any) -> None:
    assert asked("/exigences/alpha/exi-arch-9").headers["location"] == f"{PREFIX}/exigences/alpha/EXI-ARCH-9"
    assert asked("/revisions/").headers["location"] == f"{PREFIX}/revisions"


def test_the_sub_path_without_its_slash_leads_to_the_page(app: FastAPI) -> None:
    client = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1), follow_redirects=False)
    assert client.get(f"{PREFIX}?q=a%20b").headers["location"] == f"{PREFIX}/?q=a%20b"


def test_files_feed_api_and_suggestions_bear_the_sub_path(asked: Any) -> None:
    style = re.search(r'href="(/cct/pages/pages.css[^"]*)"', asked("/exigences").text)
    assert style and asked(style[1].removeprefix(PREFIX)).status_code == 200
    feed = ElementTree.fromstring(asked("/revisions.atom").content)
    links = [element.get("href") for element in feed.iter("{http://www.w3.org/2005/Atom}link")]
    assert links and all(str(link).startswith(f"http://localhost{PREFIX}/revisions") for link in links)
    assert asked("/openapi.json").json()["servers"] == [{"url": PREFIX}]
    found = asked("/api/v1/suggest?q=ARCH-9").json()["suggestions"]
    assert found[0]["url"].startswith(f"{PREFIX}/exigences/")
    assert asked("/api/v1/ask", "POST", json={"question": "EXI-ARCH-12 ?"}).json()["status"] == "answered"


def test_signing_in_and_out_stays_under_the_sub_path() -> None:
    with running_provider() as provider:
        public = f"https://cct.test{PREFIX}"
        browser = Browser(guarded_app(provider, public_url=public), provider)
        first = browser.get(f"{PREFIX}/question?x=1")
        assert first.headers["location"] == f"{PREFIX}/auth/login?next=/question%3Fx%3D1"
        back = browser.sign_in(path=first.headers["location"])
        assert back.headers["location"] == f"{PREFIX}/question?x=1"
        hint = [c for c in back.headers.get_list("set-cookie") if c.startswith("cct-identity=")]
        assert f"path={PREFIX}/auth/logout" in hint[0].lower()
        assert browser.get(f"{PREFIX}/question").status_code == 200
        assert f'action="{PREFIX}/auth/logout"' in browser.get(f"{PREFIX}/auth/logout").text
        out = browser.post(f"{PREFIX}/auth/logout", origin="https://cct.test")
        assert out.headers["location"].startswith(provider.address)
        assert "post_logout_redirect_uri=https%3A%2F%2Fcct.test%2Fcct%2Fauth%2Fdeconnecte" in out.headers["location"]
        assert out.headers["clear-site-data"] == '"storage"'
        assert provider_settings(provider).issuer == provider.address


def test_at_the_root_nothing_changes() -> None:
    html = '<a href="/exigences">x</a><form action="/question"></form><a href="//ailleurs">y</a>'
    assert with_base(html, "") == html
    assert with_base(html, "/cct") == (
        '<a href="/cct/exigences">x</a><form action="/cct/question"></form><a href="//ailleurs">y</a>'
    )


@pytest.mark.parametrize("path", ['/a"b', "/a b", "//a", "/a/<b>", "/a;b"])
def test_a_sub_path_that_would_have_to_be_escaped_is_refused(path: str) -> None:
    with pytest.raises(CctError, match="CCT_PUBLIC_URL"):
        check_sign_in(
            ProviderSettings(_env_file=None), SiteSettings(_env_file=None, public_url=f"https://a.fr{path}")
        )


@pytest.fixture(params=[True, False], ids=["prefix stripped", "prefix kept"])
def proxied(request: pytest.FixtureRequest, sources: Site) -> Iterator[tuple[str, PrefixProxy]]:
    outside, inside = reserved(), reserved()
    address = f"http://127.0.0.1:{outside.getsockname()[1]}"
    app = guarded_app(
        None,
        host="127.0.0.1",
        public_url=f"{address}{PREFIX}",
        corpus=sources.corpus,
        assistant=sources.assistant,
        web_page=True,
    )
    app.state.warm_pages(120)
    with ExitStack() as running:
        upstream = running.enter_context(served(app, inside))
        proxy = PrefixProxy(upstream, request.param)
        running.enter_context(served(proxy, outside))
        yield f"{address}{PREFIX}/", proxy


def test_the_page_that_gradio_writes_leads_to_no_file_outside_the_sub_path(proxied: tuple[str, PrefixProxy]) -> None:
    url, _ = proxied
    written = httpx.get(url, headers=PAGE, timeout=60)
    links = [link for link in LINK.findall(written.text) if link.startswith("/")]
    assert f"{PREFIX}/manifest.json" in links and f"{PREFIX}/favicon.ico" in links
    for link in links:
        assert link.startswith(f"{PREFIX}/"), "the browser would ask another site's page"
        assert httpx.get(url.removesuffix(f"{PREFIX}/") + link, timeout=60).status_code == 200


@pytest.mark.browser
@pytest.mark.skipif(not Path("/usr/bin/chromium").exists(), reason="pas de Chromium (apt-get install chromium)")
def test_the_conversation_and_the_pages_work_behind_a_proxy_with_a_prefix(proxied: tuple[str, PrefixProxy]) -> None:
    url, proxy = proxied
    with a_chromium() as browser, a_page(browser) as page:
        open_page(page, url, "Source alpha")
        ask(page, "Que demande EXI-ARCH-12 ?")
        expect(answers(page)).to_contain_text("une sonde de santé")
        card = page.locator("#src-1")
        beside = card.get_by_role("link", name="Page de l'exigence")
        expect(beside).to_have_attribute("href", re.compile(f"^{PREFIX}/exigences/pi/EXI-ARCH-12"))
        card.get_by_role("link", name="EXI-ARCH-13").click()
        expect(answers(page)).to_have_count(2)
        page.reload()
        expect(answers(page)).to_have_count(2)
        navigation = page.get_by_role("navigation", name="Documents").get_by_role("link", name="Exigences")
        expect(navigation).to_have_attribute("href", f"{PREFIX}/exigences")
        page.goto(f"{url}exigences")
        page.get_by_label("Identifiant ou mots").press_sequentially("ARCH-9")
        page.get_by_role("listbox", name="Suggestions").get_by_role("option").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("EXI-ARCH-9")
        page.get_by_role("link", name="Poser une question sur cette exigence").click()
        expect(field(page)).to_have_value(re.compile("EXI-ARCH-9"))
        assert page.url.startswith(f"{url}?q=")
    assert proxy.elsewhere == []
