"""Every historical content of the two requirement tables, against an independent reader; and the demonstration edition."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.passage import Located
from ingest.reading.chunking import read_markdown
from ingest.sources.corpus import Corpus, typographic_sentences
from ingest.sources.manifest import Source

pytestmark = pytest.mark.official


class Row(NamedTuple):
    """What the independent reader finds in one row."""

    id: str
    priority: str | None


def _bare(cell: str) -> str:
    return re.sub(r"<[^>]*>|[*\\]", "", cell).strip()


def _cells_of_html(text: str) -> list[list[str]]:
    import lxml.html

    rows = lxml.html.fromstring(text).xpath("//tr")
    return [[cell.text_content() for cell in row.xpath("./td|./th")] for row in rows]


def _cells_of_pipes(text: str) -> list[list[str]]:
    return [line.strip().strip("|").split("|") for line in text.split("\n") if line.lstrip().startswith("|")]


def _independent(text: str) -> list[Row]:
    """Ids and types in order, of the three shapes: HTML (2022), five columns (2023), four columns (2024 on)."""
    found = []
    for cells in _cells_of_html(text) if "<table" in text else _cells_of_pipes(text):
        id_ = re.match(r"EXI-[A-Z]+-\d+|EX\d+", _bare(cells[0])) if len(cells) > 2 else None
        if id_:
            kind = _bare(cells[1])
            found.append(Row(id_[0], kind if kind in {"P", "I"} else None))
    return found


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True).stdout.decode()


def _contents(folder: Path, source: Source) -> dict[str, str]:
    """Every distinct content that the requirement document had under any of its names, in any commit."""
    (document,) = [d for d in source.document if d.role == "requirements"]
    found: dict[str, str] = {}
    for commit in _git(folder, "rev-list", "--all", "--reverse").split():
        for line in _git(folder, "ls-tree", commit, "--", *document.names).splitlines():
            blob = line.split()[2]
            if blob not in found:
                found[blob] = _git(folder, "cat-file", "blob", blob)
    return found


@pytest.fixture(scope="module")
def tables(official_corpus: Corpus) -> dict[str, list[str]]:
    """Source → every historical content of its requirement table, oldest first."""
    return {
        source.id: list(_contents(official_corpus.repository(source).path, source).values())
        for source in official_corpus.manifest.source
    }


def _read(text: str) -> list[Row]:
    passages = read_markdown(text, "requirements", typographic_sentences).passages
    return [Row(p.id or "", p.priority) for p in passages if p.kind == "requirement"]


def test_there_are_twenty_one_historical_contents(tables: dict[str, list[str]]) -> None:
    assert {source: len(texts) for source, texts in tables.items()} == {"mirai": 4, "pi": 17}


def test_every_historical_table_reads_as_an_independent_reader_reads_it(tables: dict[str, list[str]]) -> None:
    for source, texts in tables.items():
        for n, text in enumerate(texts):
            expected = _independent(text)
            assert len(expected) >= 18, (source, n)
            assert _read(text) == expected, (source, n)


def test_every_requirement_stands_on_the_line_of_its_identifier(tables: dict[str, list[str]]) -> None:
    for texts in tables.values():
        for text in texts:
            lines = text.split("\n")
            for passage in read_markdown(text, "requirements", typographic_sentences).passages:
                if passage.kind == "requirement":
                    row = "\n".join(lines[passage.lines.start - 1 : passage.lines.end])
                    assert str(passage.id) in row
                    assert (
                        len(
                            re.findall(
                                r"\bEXI-[A-Z]+-\d+|\bEX\d+", _bare(row).split("|", 2)[1] if "|" in row else row
                            )
                        )
                        == 1
                    )


def test_a_row_without_type_is_the_only_thing_that_history_reports(tables: dict[str, list[str]]) -> None:
    reported = Counter(
        (row.reason, row.extract)
        for texts in tables.values()
        for text in texts
        for row in read_markdown(text, "requirements", typographic_sentences).unreadable
    )
    assert set(reported) <= {("type absent ou inconnu", "EX43")}


def _records(corpus: Corpus, source_id: str) -> list[Located]:
    return [
        item
        for item in corpus.located(corpus.current(source_id))
        if item.passage.kind in {"requirement", "component", "term"}
    ]


@pytest.mark.parametrize(
    ("source_id", "count", "types"), [("mirai", 18, {"P": 9, "I": 9}), ("pi", 55, {"P": 26, "I": 29})]
)
def test_the_newest_table_has_the_known_numbers(
    official_corpus: Corpus, source_id: str, count: int, types: dict[str, int]
) -> None:
    requirements = [i.passage for i in _records(official_corpus, source_id) if i.passage.kind == "requirement"]
    assert len(requirements) == count
    assert Counter(p.priority for p in requirements) == types


def test_the_doubled_numbers_are_two_occurrences(official_corpus: Corpus) -> None:
    found = [
        (i.passage.id, i.passage.occurrence, i.passage.priority)
        for i in _records(official_corpus, "pi")
        if i.passage.id in {"EXI-ORG-16", "EXI-ORG-17"}
    ]
    assert sorted(found, key=lambda f: f[:2]) == [
        ("EXI-ORG-16", 1, "I"),
        ("EXI-ORG-16", 2, "I"),
        ("EXI-ORG-17", 1, "I"),
        ("EXI-ORG-17", 2, "P"),
    ]
    assert len({i.key for i in _records(official_corpus, "pi") if i.passage.kind == "requirement"}) == 55


def test_mirai_says_which_rows_it_takes_from_cloud_pi(official_corpus: Corpus) -> None:
    requirements = [i.passage for i in _records(official_corpus, "mirai") if i.passage.kind == "requirement"]
    assert [p.id for p in requirements if p.origin == "pi"] == [
        "EXI-DATA-2", "EXI-DATA-3", "EXI-DATA-4", "EXI-ORG-1", "EXI-ARCH-8", "EXI-ARCH-9", "EXI-ARCH-10", "EXI-ARCH-11", "EXI-ARCH-21",
    ]  # fmt: skip


def test_the_same_number_means_two_things_in_the_two_documents(official_corpus: Corpus) -> None:
    both = {
        source: {
            str(i.passage.id): i.passage for i in _records(official_corpus, source) if i.passage.kind == "requirement"
        }
        for source in ("mirai", "pi")
    }
    assert (both["mirai"]["EXI-G-4"].priority, both["pi"]["EXI-G-4"].priority) == ("P", "I")
    assert (both["mirai"]["EXI-ARCH-9"].priority, both["pi"]["EXI-ARCH-9"].priority) == ("I", "P")
    assert both["mirai"]["EXI-G-6"].fingerprint != both["pi"]["EXI-G-6"].fingerprint


@pytest.mark.parametrize("source_id", ["mirai", "pi"])
def test_the_demonstration_has_the_records_of_the_newest_official_edition(
    official_corpus: Corpus, demo_corpus: Corpus, source_id: str
) -> None:
    def described(corpus: Corpus) -> list[tuple[object, ...]]:
        return [
            (i.document, p.kind, p.id, p.occurrence, p.priority, p.category, p.origin)
            for i in _records(corpus, source_id)
            for p in [i.passage]
        ]

    assert described(demo_corpus) == described(official_corpus)
    assert len(described(demo_corpus)) > 80


def test_no_text_of_the_official_requirements_is_in_the_demonstration(
    official_corpus: Corpus, demo_corpus: Corpus
) -> None:
    official = {
        i.passage.fingerprint
        for s in ("mirai", "pi")
        for i in _records(official_corpus, s)
        if i.passage.kind == "requirement"
    }
    demonstration = {
        i.passage.fingerprint
        for s in ("mirai", "pi")
        for i in _records(demo_corpus, s)
        if i.passage.kind == "requirement"
    }
    assert not official & demonstration
