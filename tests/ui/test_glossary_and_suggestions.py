"""Components, glossary and norms; what completes an identifier or a title while it is typed."""

from __future__ import annotations

import re

import pytest

from tests.ui.two_sources import Site, two_sources


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return two_sources(tmp_path_factory.mktemp("deux-sources"))


def test_a_term_that_two_sources_define_alike_is_there_once_with_both_places(site: Site) -> None:
    page = site.page("/glossaire")
    assert "<strong>2 termes</strong>" in page
    assert page.count("Interface entre programmes") == 1
    assert re.search(
        r'id="api">.*?Source alpha, <a href="https://forge\.invalid/[^"]+glossaire\.md#L5-L5".*?Source beta, <a',
        page,
        re.S,
    )
    assert 'id="devsecops-dso"' in page
    assert 'href="#groupe-a">A</a>' in page


def test_components_have_their_anchor_and_show_html_as_text(site: Site) -> None:
    page = site.page("/composants")
    assert 'id="comp010"' in page
    assert "Filtre les échanges" in page
    assert "Terminal &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page


def test_norms_are_listed_with_their_links(site: Site) -> None:
    page = site.page("/normes")
    assert "<h2" in page
    assert '<a href="https://kubernetes.io/fr/" rel="noopener noreferrer">' in page


def test_a_search_in_the_glossary_ignores_accents_and_says_when_it_finds_nothing(site: Site) -> None:
    found = site.page("/glossaire?texte=DEVELOPPER")
    assert "<strong>1 terme</strong> sur 2" in found
    empty = site.page("/glossaire?texte=%3Cgirafe%3E")
    assert "Rien ne contient « &lt;girafe&gt; »." in empty
    older = site.page(f"/glossaire?revision=alpha={site.first}")
    assert "Source beta" in older
    assert "Revenir aux révisions servies" in older


@pytest.mark.parametrize(
    ("typed", "first", "count"),
    [
        ("arch-9", ["alpha EXI-ARCH-9 1", "beta EXI-ARCH-9 1"], 2),
        ("exi org", ["alpha EXI-ORG-1 1", "alpha EXI-ORG-1 2", "alpha EXI-ORG-2 1"], 3),
        ("ARCH1", ["alpha EXI-ARCH-10 1"], 1),
        ("sauveg quotid", ["alpha EXI-ARCH-10 1"], 1),
        ("sécurité", ["alpha EXI-ARCH-2 1"], None),
        ("devsec", ["alpha DevSecOps (DSO) 1"], 2),
        ("comp 10", ["alpha COMP010 1"], 1),
        ("girafe", [], 0),
        ("", [], 0),
        ("-- ?", [], 0),
    ],
)
def test_what_is_typed_is_completed_by_identifier_then_by_words(
    site: Site, typed: str, first: list[str], count: int | None
) -> None:
    response = site.client.get("/api/v1/suggest", params={"q": typed})
    assert response.status_code == 200
    found = response.json()["suggestions"]
    assert [f"{s['source']} {s['id']} {s['occurrence']}" for s in found][: len(first)] == first
    assert count is None or len(found) == count


def test_a_suggestion_leads_to_a_page_that_is_there(site: Site) -> None:
    for typed in ("arch", "org", "comp", "api"):
        found = site.client.get(f"/api/v1/suggest?q={typed}&limit=20").json()["suggestions"]
        assert found
        for suggestion in found:
            address, _, anchor = suggestion["url"].partition("#")
            page = site.page(address)
            assert not anchor or f'id="{anchor}"' in page


def test_a_refused_suggestion_request_is_told_in_french(site: Site) -> None:
    response = site.client.get("/api/v1/suggest?limit=900")
    assert response.status_code == 422
    assert "limit" in response.json()["detail"]
    assert site.client.get(f"/api/v1/suggest?q={'a' * 201}").status_code == 422
