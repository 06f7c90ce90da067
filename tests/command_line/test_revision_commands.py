"""`cct diff`, `cct history`, `cct revisions`: what a person and a script read of the changes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.revisions.requirement_history import RevisionReader
from ingest.revisions.revision_log import RevisionLog
from ingest.sources.corpus import Corpus
from tests.command_here import cct_here
from ui.commands.diff_view import revisions_table
from ui.pages.revision_wording import log_table
from ui.pages.word_differences import Piece, marked, shortened, word_differences

PROJECT = Path(__file__).resolve().parents[2]
ORDER = "Le service <interne> écrit ses journaux | au format texte sur la sortie standard du conteneur."
VAULT = "Chaque secret est rangé dans le coffre de la plateforme, jamais dans le dépôt de code."
ZONES = "Les flux entre zones passent par une passerelle déclarée et sont refusés par défaut."


@pytest.fixture
def changed(
    small_source: Callable[..., Any], requirement_table: Callable[..., str], tmp_path: Path
) -> Callable[..., Any]:
    """Two revisions: one requirement renumbered and reworded, one retyped in place, one gone, one new; runs cct."""
    first = [
        ("EX1", "P", ORDER.replace("|", "/"), "Socle"),
        ("EX2", "I", VAULT, "Socle"),
        ("EX3", "P", ZONES, "Socle"),
    ]
    second = [("EXI-A-1", "I", "Une sonde de vie répond en moins d'une seconde, même sous charge.", "Socle"),
              ("EXI-A-2", "P", ORDER.replace("|", "/").replace("texte", "JSON"), "Socle"), ("EX2", "P", VAULT, "Socle")]  # fmt: skip
    guide = "# Guide\n\nLe guide présente la plateforme et ses services communs.\n"
    source = small_source({"exigences.md": requirement_table(*first), "guide.md": guide})
    source.commit(
        {"exigences.md": requirement_table(*second), "guide.md": guide.replace("communs", "partagés")},
        date="2024-06-02T12:00:00+00:00",
    )
    corpus = source.corpus()
    a, b = (r.commit for r in corpus.history("essai"))

    def run(*arguments: str) -> Any:
        names = [{"A": a, "B": b}.get(x, x) for x in arguments]
        return cct_here(
            *names, home=corpus.settings.home, cwd=tmp_path, edition="auto", CCT_CORPUS=str(source.corpus_folder)
        )

    return run


def _ids(items: list[dict[str, Any]]) -> list[tuple[str | None, str | None]]:
    return [(item.get("id_a"), item.get("id_b")) for item in items]


def test_the_json_has_the_contract_s_lists(changed: Callable[..., Any]) -> None:
    done = changed("diff", "essai", "A", "B", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert {"added", "removed", "renumbered", "retyped", "reworded", "unchanged"} <= found.keys()
    assert _ids(found["renumbered"]) == _ids(found["reworded"]) == [("EX1", "EXI-A-2")]
    assert _ids(found["retyped"]) == [("EX2", "EX2")]
    assert (found["retyped"][0]["type_a"], found["retyped"][0]["type_b"]) == ("I", "P")
    assert (found["retyped"][0]["occurrence_a"], found["retyped"][0]["similarity"]) == (1, 1.0)
    assert 0.7 < found["reworded"][0]["similarity"] < 1
    assert (_ids(found["added"]), _ids(found["removed"])) == ([(None, "EXI-A-1")], [("EX3", None)])
    assert "similarity" not in found["added"][0]
    assert (found["unchanged"], found["reused"]) == (0, [])
    assert [(d["document"], d["reworded"]) for d in found["documents"]] == [("guide.md", 1)]


def test_a_revision_compared_with_itself_says_so(changed: Callable[..., Any]) -> None:
    done = changed("diff", "essai", "A", "A")
    assert done.returncode == 0
    assert "3 sans changement" in done.stdout


def test_the_terminal_shows_the_words_that_changed(changed: Callable[..., Any]) -> None:
    done = changed("diff", "essai", "2024-05", "2024-06-30")
    assert done.returncode == 0
    assert "EX1 → EXI-A-2 (P)" in done.stdout
    assert "[-texte-]{+JSON+}" in done.stdout
    assert "EX2 : I → P" in done.stdout
    assert "Guide (guide.md) : 1 modifié" in done.stdout


def test_the_passages_of_the_other_documents_are_shown_on_request(changed: Callable[..., Any]) -> None:
    told = changed("diff", "essai", "A", "B", "--passages").stdout
    assert "modifié, « Guide », ligne 3 : " in told
    assert "[-communs-]{+partagés+}" in told
    found = json.loads(changed("diff", "essai", "A", "B", "--passages", "--json").stdout)
    (passage,) = found["documents"][0]["passages"]
    assert passage["changes"] == ["reworded"]
    assert (passage["text_a"].count("communs"), passage["text_b"].count("partagés")) == (1, 1)
    assert passage["url_a"].startswith("https://forge.invalid/")
    lines = changed("diff", "essai", "A", "B", "--passages", "--markdown").stdout.splitlines()
    assert any(line.startswith("  - modifié") and "[avant](https://forge.invalid/" in line for line in lines)


def test_the_markdown_is_fit_for_a_merge_request(changed: Callable[..., Any]) -> None:
    lines = changed("diff", "essai", "A", "B", "--markdown").stdout.splitlines()
    assert lines[0].startswith("## Source essai : ")
    assert "| renumérotées | 1 |" in lines
    assert any("~~texte~~**JSON**" in line for line in lines)
    assert any(
        re.search(r"\[avant\]\(https://forge\.invalid/.+#L3-L3\), \[après\]\(https://forge\.invalid/", x)
        for x in lines
    )
    assert not any("<interne>" in line.replace(r"\<interne\>", "") for line in lines)


class _Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [v for k, v in attrs if k in {"href", "src"} and v]
        if tag not in {"meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in self.open[-1:]:
            self.texts.setdefault(tag, []).append(data)


def test_the_page_stands_alone_and_shows_both_sides(changed: Callable[..., Any], tmp_path: Path) -> None:
    done = changed("diff", "essai", "A", "B", "--html", str(tmp_path / "écarts.html"))
    assert (done.returncode, done.stdout) == (0, "")
    page = (tmp_path / "écarts.html").read_text(encoding="utf-8")
    read = _Page(page)
    assert read.open == []
    assert '<html lang="fr">' in page
    assert not read.tags & {"script", "img", "link", "iframe"}
    assert {link.split("/")[2] for link in read.links} == {"forge.invalid"}
    assert "texte" in read.texts["del"]
    assert "JSON" in read.texts["ins"]
    assert "&lt;interne&gt;" in page


def test_an_unwritable_page_says_what_to_do(changed: Callable[..., Any]) -> None:
    done = changed("diff", "essai", "A", "B", "--html", "absent/page.html")
    assert done.returncode == 2
    assert "--html" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("diff", "essai", "A", "B", "--json", "--markdown"), 2, "une seule forme"),
        (("diff", "ailleurs", "A", "B"), 2, "Source inconnue"),
        (("diff", "essai", "A", "fffffff"), 3, "introuvable"),
        (("diff", "essai", "A"), 2, ""),
        (("history", "EXI-Z-9", "--source", "essai"), 3, "n'existe dans aucune révision"),
        (("history", "EXI-A-1", "--source", "essai", "--revision", "A"), 3, "n'existe pas à la révision"),
        (("history", "EXI-A-1"), 2, ""),
        (("history", "EXI-A-1", "--source", "essai", "--occurrence", "0"), 2, ""),
        (("history", "EXI-A-1", "--source", "essai", "--occurrence", "2"), 3, ""),
    ],
)
def test_the_exit_code_tells_wrong_use_from_nothing_found(
    changed: Callable[..., Any], arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = changed(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_requirement_is_followed_from_any_of_its_numbers(changed: Callable[..., Any]) -> None:
    newest = json.loads(changed("history", "exi a 2", "--source", "essai", "--json").stdout)
    oldest = json.loads(changed("history", "EX1", "--source", "essai", "--json").stdout)
    (lineage,) = newest["lineages"]
    assert (newest["id"], oldest["id"]) == ("EXI-A-2", "EX1")
    assert lineage["steps"] == oldest["lineages"][0]["steps"]
    assert [(s["id"], s["changes"], s["date"]) for s in lineage["steps"]] == [
        ("EX1", ["added"], "2024-05-01"),
        ("EXI-A-2", ["reworded", "renumbered"], "2024-06-02"),
    ]
    assert lineage["steps"][1]["url"].startswith("https://forge.invalid/")
    assert lineage["until"] is None
    assert oldest["lineages"][0]["until"]["date"] == "2024-06-02"


def test_the_terminal_tells_the_story_of_a_requirement(changed: Callable[..., Any]) -> None:
    told = changed("history", "EXI-A-2", "--source", "essai").stdout
    assert "01/05/2024" in told
    assert "EX1 devient EXI-A-2 ; reformulée" in told
    assert "[-texte-]{+JSON+}" in told


def test_a_source_that_was_never_synchronised_says_so(run: Callable[..., Any], tmp_path: Path) -> None:
    done = run("history", "EXI-G-1", "--source", "pi", home=tmp_path / "vide")
    assert done.returncode == 2
    assert "cct sync" in done.stderr


_TEXT = st.text(alphabet=st.sampled_from("ab é.,\n'<"), max_size=60)


@given(_TEXT, _TEXT)
def test_the_pieces_make_both_texts(before: str, after: str) -> None:
    pieces = word_differences(before, after)
    assert "".join(p.text for p in pieces if p.side != "added") == before
    assert "".join(p.text for p in pieces if p.side != "removed") == after
    assert all(p.text for p in pieces)


def test_a_long_run_in_common_is_cut_and_isolated_words_are_shown_with_the_change() -> None:
    common = " ".join(f"mot{n}" for n in range(40))
    pieces = word_differences(f"{common} avant le texte", f"{common} après le passage")
    assert [p.side for p in pieces] == ["same", "removed", "added"]
    assert (
        marked(shortened(pieces)) == "[…] mot34 mot35 mot36 mot37 mot38 mot39 [-avant le texte-]{+après le passage+}"
    )
    assert shortened([Piece("same", "court")]) == [Piece("same", "court")]


@pytest.mark.official
def test_the_documented_table_is_what_the_command_prints(official_corpus: Corpus) -> None:
    documented = (PROJECT / "docs" / "revisions.md").read_text(encoding="utf-8").splitlines()
    printed = list(revisions_table(RevisionReader(official_corpus).states("pi")))
    assert len(printed) == 16
    assert [line for line in documented if line in printed] == printed


@pytest.mark.official
@pytest.mark.parametrize(("source", "pairs"), [("mirai", 23), ("pi", 72)])
def test_the_documented_list_of_every_pair_is_what_the_command_prints(
    official_corpus: Corpus, source: str, pairs: int
) -> None:
    documented = (PROJECT / "docs" / "revisions.md").read_text(encoding="utf-8").splitlines()
    printed = list(log_table(RevisionLog(official_corpus).revisions(source)))
    assert len(printed) == pairs + 2
    assert [line for line in printed if line not in documented] == []


@pytest.mark.official
def test_arch_14_crosses_the_old_scheme_in_one_command(official_home: Path, tmp_path: Path) -> None:
    done = cct_here(
        "history",
        "EXI-ARCH-14",
        "--source",
        "pi",
        "--revision",
        "2024-05-01",
        home=official_home,
        cwd=tmp_path,
        edition="official",
    )
    assert done.returncode == 0
    assert "EX42 devient EXI-ARCH-14" in done.stdout
    assert "EXI-ARCH-18 devient EXI-ARCH-17" in done.stdout


@pytest.mark.official
def test_the_diff_of_the_first_renumbering_is_the_contract_s(official_home: Path, tmp_path: Path) -> None:
    done = cct_here(
        "diff", "pi", "6ba0bbd", "c869910", "--json", home=official_home, cwd=tmp_path, edition="official"
    )
    found = json.loads(done.stdout)
    assert (len(found["renumbered"]), found["unchanged"]) == (16, 28)
    assert all(item["type_a"] == item["type_b"] for item in found["renumbered"])
    assert found["retyped"] == []
    assert found["reused"][0]["id_b"] == "EXI-ARCH-5"
