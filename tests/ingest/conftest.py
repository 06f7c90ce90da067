"""What the tests of the index start from."""

from __future__ import annotations

import pytest

from tests.indexed_source import ROWS, Make, SmallSource, Table


@pytest.fixture
def source(small_source: Make, requirement_table: Table) -> SmallSource:
    """One requirement document of three rows and a bank of two questions."""
    made = small_source({"exigences.md": requirement_table(*ROWS)})
    bank = made.corpus_folder / "questions"
    bank.mkdir(parents=True)
    (bank / "essai.jsonl").write_text(
        '{"id": "1", "questions": ["qui chiffre ?", "quelles clés ?"]}\n', encoding="utf-8"
    )
    return made
