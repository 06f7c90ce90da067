"""The list of requirements and the page of each one, as a browser without script gets them."""

from __future__ import annotations

import csv
import io
import re
import threading
from pathlib import Path

import pytest

from tests.ui.two_sources import HOSTILE, VAULT, Site, two_sources
from ui.http_api import create_app

HACK = "<script>window.hacked=1</script>"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return two_sources(tmp_path_factory.mktemp("deux-sources"))


def ids(page: str) -> list[str]:
    """The requirements of the list, in order, as source/id/occurrence."""
    rows = page[page.find("<tbody") :]
    return re.findall(r'<th scope="row"[^>]*><a href="/exigences/([^"?]+)', rows)


ALPHA = [
    "alpha/EXI-ARCH-2",
    "alpha/EXI-ARCH-9",
    "alpha/EXI-ARCH-10",
    "alpha/EXI-ORG-1",
    "alpha/EXI-ORG-1/2",
    "alpha/EXI-ORG-2",
]
BETA = ["beta/EXI-ARCH-9", "beta/EXI-ARCH-2", "beta/EXI-DATA-1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALPHA + BETA),
        ("source=beta", BETA),
        ("type=p", ["alpha/EXI-ARCH-9", "alpha/EXI-ORG-1/2", "alpha/EXI-ORG-2", "beta/EXI-ARCH-2"]),
        ("type=sans", ["beta/EXI-DATA-1"]),
        ("categorie=donnees", ["alpha/EXI-ARCH-10", "alpha/EXI-ORG-2", "beta/EXI-DATA-1"]),
        ("texte=CONSERVEE+quotidienne", ["alpha/EXI-ARCH-10"]),
        ("texte=arch+9", ["alpha/EXI-ARCH-9", "beta/EXI-ARCH-9"]),
        ("texte=exi-arch-1", []),
        ("texte=girafe", []),
        ("source=alpha&type=I&categorie=Sécurité", ["alpha/EXI-ARCH-2"]),
        ("source=beta&tri=identifiant", ["beta/EXI-ARCH-2", "beta/EXI-ARCH-9", "beta/EXI-DATA-1"]),
        ("source=alpha&tri=-identifiant", [*ALPHA[5:], *ALPHA[4:2:-1], *ALPHA[2::-1]]),
        ("source=beta&tri=type", ["beta/EXI-ARCH-2", "beta/EXI-ARCH-9", "beta/EXI-DATA-1"]),
    ],
)
def test_the_list_is_filtered_and_sorted_as_asked(site: Site, query: str, expected: list[str]) -> None:
    assert ids(site.page(f"/exigences?{query}")) == expected


def test_the_list_counts_what_it_shows(site: Site) -> None:
    page = site.page("/exigences?categorie=Données")
    assert "<strong>3 exigences</strong> sur 9" in page
    assert "Source alpha : 2 · Source beta : 1 · 1 primordiale · 1 importante · 1 sans type" in page
    assert 'href="/exigences.csv?categorie=Donn%C3%A9es"' in page


def test_a_list_without_anything_says_so_and_leads_on(site: Site) -> None:
    page = site.page("/exigences?texte=girafe")
    assert "Aucune exigence ne passe ces filtres." in page
    assert 'href="/question?q=girafe"' in page


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ("type=Z", "type", "Type inconnu : « z »"),
        ("source=gamma", "source", "Source inconnue : « gamma »"),
        ("categorie=Rien", "categorie", "« Rien »"),
        ("tri=couleur", "tri", "Tri inconnu : « couleur »"),
        (f"texte={'a' * 301}", "texte", "301 caractères"),
    ],
)
def test_a_filter_that_is_not_understood_is_marked_and_explained(
    site: Site, query: str, field: str, told: str
) -> None:
    response = site.client.get(f"/exigences?{query}")
    assert response.status_code == 400
    assert f'aria-describedby="{field}-erreur"' in response.text
    assert re.search(rf'id="{field}-erreur">[^<]*{re.escape(told)}', response.text)
    assert site.client.get(f"/exigences.csv?{query}").status_code == 400


def test_the_same_list_as_csv_opens_in_a_spreadsheet_and_runs_nothing(site: Site) -> None:
    response = site.client.get("/exigences.csv?source=alpha&type=P")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="exigences-alpha-P-[0-9a-f-]+\.csv"', response.headers["content-disposition"]
    )
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [row["identifiant"] for row in rows] == ["EXI-ARCH-9", "EXI-ORG-1", "EXI-ORG-2"]
    assert rows[1]["occurrence"] == "2"
    assert rows[2]["exigence"].startswith("'=HYPERLINK(")
    assert {row["type en mots"] for row in rows} == {"primordiale"}
    assert all(row["lien"].startswith("https://forge.invalid/") for row in rows)


def test_an_older_revision_is_listed_with_its_own_identifiers(site: Site) -> None:
    page = site.page(f"/exigences?source=alpha&revision=alpha={site.first[:12]}")
    assert ids(page) == ["alpha/EXI-ARCH-2", "alpha/EXI-ARCH-3"]
    assert f'href="/exigences/alpha/EXI-ARCH-3?revision=alpha={site.first[:12]}"' in page
    assert "Revenir aux révisions servies" in page
    assert ids(site.page("/exigences?source=alpha&revision=2024-02-01")) == ["alpha/EXI-ARCH-2", "alpha/EXI-ARCH-3"]


@pytest.mark.parametrize("revision", ["fffffff", "alpha=zzz", "gamma=2024-01-10", "<script>"])
def test_a_revision_that_does_not_exist_is_said_in_french(site: Site, revision: str) -> None:
    response = site.client.get("/exigences", params={"revision": revision})
    assert response.status_code == 404
    assert "Révision introuvable" in response.text
    assert "<script>" not in response.text


def test_a_requirement_is_shown_entire_with_its_type_in_words_and_where_it_stands(site: Site) -> None:
    page = site.page("/exigences/alpha/EXI-ARCH-2")
    assert VAULT in page
    assert ">I, importante</span>" in page
    assert "ligne 3" in page
    assert re.search(r'href="https://forge\.invalid/[0-9a-f]{40}/exigences\.md#L3-L3"', page)
    assert re.search(
        r"<textarea id=\"reference\" readonly[^>]*>Source alpha, EXI-ARCH-2 \(I, importante\), exigences\.md, ligne 3, ",
        page,
    )
    assert 'rel="next" class="next" href="/exigences/alpha/EXI-ARCH-9"' in page
    assert 'rel="prev"' not in page
    assert "/question?q=Que+demande+EXI-ARCH-2+dans+Source+alpha+%3F" in page
    assert "<script" not in page


def test_a_requirement_tells_its_history_through_renumbering(site: Site) -> None:
    page = site.page("/exigences/alpha/EXI-ARCH-9")
    assert "EXI-ARCH-2 devient EXI-ARCH-9" in page
    assert "<del>texte</del><ins>JSON</ins>" in page
    older = site.page(f"/exigences/alpha/EXI-ARCH-2?revision={site.first[:10]}")
    assert 'est <a href="/exigences/alpha/EXI-ARCH-9">EXI-ARCH-9</a> (P, primordiale)' in older
    assert "EXI-ARCH-3 → EXI-ARCH-2" in older


def test_a_requirement_warns_of_the_other_source_and_names_its_twins(site: Site) -> None:
    twin = site.page("/exigences/alpha/EXI-ARCH-9")
    assert "Même texte, autre type." in twin
    assert "<dt>Même texte</dt>" in twin
    other = site.page("/exigences/alpha/EXI-ARCH-2")
    assert "Même identifiant, autre exigence." in other
    assert "référentiel d&#39;accessibilité" in other
    alone = site.page("/exigences/alpha/EXI-ARCH-10")
    assert "À ne pas confondre" not in alone
    assert "<dt>Même texte</dt>" not in alone
    restated = site.page("/exigences/beta/EXI-ARCH-9")
    assert "« EXI-ARCH-9 (Alpha-native) »" in restated


def test_a_requirement_lists_the_questions_it_answers_and_the_defects_found_on_it(site: Site) -> None:
    page = site.page("/exigences/alpha/EXI-ARCH-2")
    assert ">Où ranger mes secrets ?</a>" in page
    assert "à relire" not in page
    assert "<code>meme-id-autre-texte</code>" in page
    assert "<code>id-duplique</code>" in site.page("/exigences/alpha/EXI-ORG-1/2")


def test_an_identifier_printed_twice_has_a_page_for_each_row(site: Site) -> None:
    first, second = site.page("/exigences/alpha/EXI-ORG-1"), site.page("/exigences/alpha/EXI-ORG-1/2")
    assert 'href="/exigences/alpha/EXI-ORG-1/2">EXI-ORG-1, 2e occurrence, ligne 7</a>' in first
    assert "Une seconde ligne porte le même identifiant, par erreur." in second
    assert "Identifiant imprimé plusieurs fois." in second


@pytest.mark.parametrize(
    ("address", "to"),
    [
        ("/exigences/alpha/arch-9", "/exigences/alpha/EXI-ARCH-9"),
        ("/exigences/alpha/exi%20arch%20009", "/exigences/alpha/EXI-ARCH-9"),
        ("/exigences/alpha/EXI-ORG-1/1", "/exigences/alpha/EXI-ORG-1"),
        ("/exigences/alpha/org-1/02", "/exigences/alpha/EXI-ORG-1/2"),
        ("/exigences/data-1", "/exigences/beta/EXI-DATA-1"),
        ("/exigences/beta", "/exigences?source=beta"),
        ("/exigences/alpha/arch-2?revision=2024-02-01", "/exigences/alpha/EXI-ARCH-2?revision=2024-02-01"),
    ],
)
def test_every_spelling_leads_to_the_one_address(site: Site, address: str, to: str) -> None:
    response = site.client.get(address)
    assert response.status_code in {307, 308}
    assert response.headers["location"] == to


def test_an_identifier_of_two_sources_leads_to_a_choice(site: Site) -> None:
    response = site.client.get("/exigences/arch-9")
    assert response.status_code == 300
    assert 'href="/exigences/alpha/EXI-ARCH-9"' in response.text
    assert 'href="/exigences/beta/EXI-ARCH-9"' in response.text


@pytest.mark.parametrize(
    ("address", "told", "link"),
    [
        ("/exigences/alpha/EXI-ARCH-8", "Aucune exigence « EXI-ARCH-8 » dans Source alpha", "/exigences/alpha/EXI-ARCH-9"),
        ("/exigences/alpha/EXI-DATA-1", "Elle est ailleurs", "/exigences/beta/EXI-DATA-1"),
        ("/exigences/EXI-ARCH-77", "Exigence inconnue", "/exigences"),
        ("/exigences/alpha/EXI-ORG-1/3", "n&#39;a pas d&#39;occurrence 3", "/exigences/alpha/EXI-ORG-1/2"),
        ("/exigences/alpha/EXI-ORG-1/²", "n&#39;a pas d&#39;occurrence ²", "/exigences/alpha/EXI-ORG-1"),
        ("/exigences/gamma/EXI-ORG-1", "n&#39;est pas une source déclarée", "/exigences?source=alpha"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_said_with_what_is_near(site: Site, address: str, told: str, link: str) -> None:
    response = site.client.get(address)
    assert response.status_code == 404
    assert told in response.text
    assert f'href="{link}"' in response.text


def test_a_payload_in_a_document_or_an_address_is_only_text(site: Site) -> None:
    pages = [site.page(a) for a in ("/exigences", "/exigences/alpha/EXI-ORG-1", "/exigences/alpha/EXI-ARCH-9")]
    answers = [
        site.client.get("/exigences", params={name: f'"><{HACK}'})
        for name in ("texte", "source", "type", "categorie", "tri", "revision")
    ]
    answers.append(site.client.get(f"/exigences/alpha/{HACK.replace('/', '%2F')}"))
    answers.append(site.client.get("/exigences/%22onmouseover=%22x"))
    for text in [*pages, *(answer.text for answer in answers)]:
        assert "<script>window" not in text
        assert "<img" not in text
        assert "javascript:" not in re.sub(r">[^<]*<", "><", text)  # in text it is only text
        assert not re.search(r"<[a-z]+ [^>]*onmouseover", text)
    assert "&lt;script&gt;window.hacked=1&lt;/script&gt;" in pages[1]
    assert HOSTILE.split("<")[0] in pages[1]


def test_a_reader_who_has_the_page_is_not_sent_it_again(site: Site) -> None:
    for address in ("/exigences", "/exigences.csv", "/exigences/alpha/EXI-ARCH-9", "/glossaire"):
        first = site.client.get(address)
        assert first.headers["cache-control"] == "private, no-cache"
        again = site.client.get(address, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert site.client.get(address, headers={"if-none-match": '"autre"'}).status_code == 200
        assert site.client.head(address).status_code == 200
        assert first.headers["x-robots-tag"] == "noindex"


def test_the_documents_are_not_read_again_for_another_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.page("/exigences")
    monkeypatch.setattr(site.corpus, "read", lambda *_: pytest.fail("document relu"))
    monkeypatch.setattr(site.corpus, "documents", lambda *_: pytest.fail("dépôt relu"))
    site.page("/exigences/alpha/EXI-ARCH-10")
    site.page("/exigences?texte=secret")
    site.page("/composants")


def test_a_new_revision_is_served_as_soon_as_the_assistant_serves_it(tmp_path: Path) -> None:
    site = two_sources(tmp_path)
    assert "EXI-ARCH-9" in site.page("/exigences?source=alpha")
    older = site.corpus.revision("alpha", site.first)
    served = site.assistant.revisions()
    site.assistant._served = tuple(  # type: ignore[attr-defined]  # the double's own field
        type(r)(r.source, older.commit, older.date, True) if r.source == "alpha" else r for r in served
    )
    assert ids(site.page("/exigences?source=alpha")) == ["alpha/EXI-ARCH-2", "alpha/EXI-ARCH-3"]


def test_what_is_made_ahead_waits_for_the_answers_in_the_making(site: Site) -> None:
    app = create_app(lambda: site.assistant, web_page=False, corpus=site.corpus)
    ahead = threading.Thread(target=app.state.warm_pages)
    with site.assistant.in_hand:
        ahead.start()
        ahead.join(3)
        assert ahead.is_alive()
    ahead.join(60)
    assert not ahead.is_alive()
