"""The product's own conformity table: every requirement has its row, every proof exists, no official text is copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.revisions.requirement_history import RevisionReader
from ingest.sources.corpus import Corpus
from ui.pages.conformity import CONFORMITY_FILE, SOURCES, conformity_markdown, packaged_conformity
from ui.pages.measures import packaged_measures

PROJECT = Path(__file__).resolve().parents[2]
ROWS = packaged_conformity().exigences


def test_every_proof_is_a_file_of_the_project_that_holds_the_name_it_is_given_for() -> None:
    absent = []
    for row in ROWS:
        for proof in row.preuves:
            name, _, symbol = proof.partition("#")
            path = PROJECT / name
            if not path.exists() or (symbol and symbol not in path.read_text(encoding="utf-8")):
                absent.append(f"{row.source} {row.name} : {proof}")
    assert absent == []


def test_whatever_is_said_conform_has_a_proof_and_the_rest_says_why() -> None:
    assert [row.name for row in ROWS if row.statut == "conforme" and not row.preuves] == []
    assert [row.name for row in ROWS if row.statut == "partiel" and not row.note] == []


def test_no_requirement_stands_twice() -> None:
    keys = [(row.source, row.id, row.occurrence) for row in ROWS]
    assert len(keys) == len(set(keys))


def test_the_document_is_the_one_that_the_data_gives() -> None:
    written = (PROJECT / "docs" / "conformite.md").read_text(encoding="utf-8")
    assert written == conformity_markdown(packaged_conformity()), "python -m ui.pages.conformity > docs/conformite.md"


def test_each_measure_is_printed_as_it_is_in_the_document_that_it_names() -> None:
    for measure in packaged_measures().mesure:
        text = (PROJECT / measure.document).read_text(encoding="utf-8")
        assert measure.valeur in text, f"{measure.nom} : {measure.valeur} n'est plus dans {measure.document}"
        assert measure.minimum in text


@pytest.mark.official
def test_each_official_requirement_has_its_row_with_its_type_and_none_of_its_text(official_corpus: Corpus) -> None:
    reader = RevisionReader(official_corpus)
    said = CONFORMITY_FILE.read_text(encoding="utf-8").casefold()
    for source in SOURCES:
        found = reader.requirements(official_corpus.current(source))
        official = {(p.passage.id, p.passage.occurrence): p.passage.priority for p in found}
        ours = {(row.id, row.occurrence): row.type for row in ROWS if row.source == source}
        assert ours == official
        for located in found:
            words = located.passage.text.casefold().split()
            for start in range(len(words) - 7):
                assert " ".join(words[start : start + 8]) not in said
