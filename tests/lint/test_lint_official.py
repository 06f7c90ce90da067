"""The official documents, at their newest revisions and through both histories."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingest.errors import CctError
from ingest.lint.findings import Finding
from ingest.lint.rules import RULES
from ingest.lint.run import lint
from ingest.sources.corpus import Corpus

pytestmark = pytest.mark.official

ON = date(2026, 11, 23)
NEWEST = {"mirai": "ded3bf3", "pi": "bb6bc70"}
_PAGE = Path(__file__).resolve().parents[2] / "docs" / "lint.md"
_ROW = re.compile(
    r"^\| `(?P<rule>[a-z-]+)` \| (?P<mirai>\d+) \| (?P<pi>\d+) \| (?P<right>\d+) \| (?P<wrong>\d+) \|", re.MULTILINE
)


@pytest.fixture(scope="module")
def newest(official_corpus: Corpus) -> list[Finding]:
    return lint(official_corpus, [official_corpus.revision(s, commit) for s, commit in NEWEST.items()], ON)


def _documented() -> Iterator[re.Match[str]]:
    return _ROW.finditer(_PAGE.read_text(encoding="utf-8"))


def test_the_counts_by_rule_are_those_of_the_documentation(newest: list[Finding]) -> None:
    counts = Counter((f.rule, f.source) for f in newest)
    documented = {(m["rule"], source): int(m[source]) for m in _documented() for source in NEWEST}
    assert {key: n for key, n in documented.items() if n} == counts


def test_the_documentation_judges_every_finding_and_nine_in_ten_are_right() -> None:
    rows = list(_documented())
    assert {m["rule"] for m in rows} == set(RULES)
    assert all(int(m["right"]) + int(m["wrong"]) == int(m["mirai"]) + int(m["pi"]) for m in rows)
    right, wrong = (sum(int(m[name]) for m in rows) for name in ("right", "wrong"))
    assert right >= 0.9 * (right + wrong)


@pytest.mark.parametrize(
    ("source", "document", "line", "rule"),
    [
        ("pi", "cct-exigences.md", 35, "id-duplique"),
        ("pi", "cct-exigences.md", 36, "id-duplique"),
        ("pi", "cct-exigences.md", 65, "version-perimee"),
        ("pi", "cct-normes.md", 13, "libelle-norme"),
        ("mirai", "cct-normes.md", 22, "lien-coupe"),
        ("mirai", "exigences-cct-mirai.md", 39, "meme-id-autre-type"),
        ("mirai", "cct-glossaire.md", 47, "definition-absente"),
        ("mirai", "guide-integration-cct-mirai.md", 226, "entete-vide"),
    ],
)
def test_known_defects_are_found(source: str, document: str, line: int, rule: str, newest: list[Finding]) -> None:
    assert (source, document, line, rule) in {(f.source, f.document, f.line, f.rule) for f in newest}


@pytest.mark.parametrize(
    ("source", "before", "after", "rule", "counts"),
    [
        ("pi", "cbe1d77", "c869910", "ligne-coupee", (0, 1)),  # a row cut by line breaks appears
        ("pi", "c869910", "f558bd7", "ligne-coupee", (1, 0)),  # and is mended the same day
        ("pi", "33cf6ad", "6ba0bbd", "id-duplique", (0, 2)),  # the new identifiers come with two doubles
        ("pi", "747e9cf", "3450e8c", "version-perimee", (2, 4)),
        ("mirai", "8dd33e2", "ded3bf3", "lien-fichier-absent", (1, 0)),  # the README's link is corrected
    ],
)
def test_a_defect_appears_or_disappears_between_two_revisions(
    source: str, before: str, after: str, rule: str, counts: tuple[int, int], official_corpus: Corpus
) -> None:
    found = [lint(official_corpus, [official_corpus.revision(source, commit)], ON) for commit in (before, after)]
    assert tuple(sum(f.rule == rule for f in findings) for findings in found) == counts


@pytest.mark.parametrize("source", sorted(NEWEST))
def test_every_revision_of_the_history_lints_without_an_exception(source: str, official_corpus: Corpus) -> None:
    history = official_corpus.history(source)
    assert len(history) > 20
    for revision in history:
        for finding in lint(official_corpus, [revision], ON):
            assert finding.line >= 1 and finding.message


def test_both_newest_revisions_lint_in_about_three_seconds(official_corpus: Corpus, newest: list[Finding]) -> None:
    revisions = [official_corpus.revision(s, commit) for s, commit in NEWEST.items()]
    started = time.process_time()
    assert lint(official_corpus, revisions, ON) == newest
    assert time.process_time() - started < 3


def test_the_demonstration_edition_lints(demo_corpus: Corpus) -> None:
    try:
        lint(demo_corpus, demo_corpus.newest(), ON)
    except CctError as exc:
        pytest.fail(exc.message)
