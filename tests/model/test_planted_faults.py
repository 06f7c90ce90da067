"""The suite of planted faults: what is caught and what is wrongly rejected, over both editions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.selection import Library
from assistant.verification.judgement import packaged_judgement
from eval.drafts.draft_faults import FAULT_CLASSES
from eval.drafts.verification_report import share_caught, share_rejected, verification_report
from eval.drafts.verification_suite import SETS, Measured, Suite, measured
from tests.built_indexes import OFFICIAL_SOURCE, PROJECT, library_of, official_index_home

DRAFTS = PROJECT / "eval" / "drafts"
CAUGHT = 0.98
OF_A_DRAFT = {"mot de la question prescrit", "introduction inventée"}
"""Faults that need a question or the introduction of a list."""
REJECTED = 0.05


@pytest.fixture(scope="module")
def demonstration(library: Library) -> Measured:
    return measured(Suite(library.selection()))


def test_the_suite_is_large_and_plants_every_class(demonstration: Measured) -> None:
    planted = Counter(c.sample.fault for rows in demonstration.bad.values() for c in rows)
    assert sum(planted.values()) >= 200
    assert FAULT_CLASSES.keys() - planted.keys() == OF_A_DRAFT  # planted in models' drafts, on the official documents
    assert sum(len(demonstration.good[name]) for name in SETS) >= 200


@pytest.mark.parametrize("part", [*SETS, "enregistrements"])
def test_planted_faults_are_caught(demonstration: Measured, part: str) -> None:
    missed = [c.sample.text for c in demonstration.bad[part] if not c.right]
    assert share_caught(demonstration.bad[part]) >= CAUGHT, missed


@pytest.mark.parametrize("part", ["reglage", "enregistrements"])
def test_good_sentences_are_kept(demonstration: Measured, part: str) -> None:
    rejected = [(c.sample.text, c.fault) for c in demonstration.good[part] if not c.right]
    assert share_rejected(demonstration.good[part]) <= REJECTED, rejected


def test_the_report_says_every_figure(demonstration: Measured) -> None:
    text = verification_report([demonstration], [demonstration], packaged_judgement())
    for name in FAULT_CLASSES.keys() - OF_A_DRAFT:
        assert f"| {name} |" in text


@pytest.mark.official
def test_faults_planted_in_the_official_records_are_caught(
    official_bundles: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = official_index_home(tmp_path_factory.getbasetemp(), official_bundles[OFFICIAL_SOURCE])
    official: Any = library_of(home, "official")
    found = measured(Suite(official.selection()))
    assert share_caught(found.bad["enregistrements"]) >= CAUGHT
    assert share_rejected(found.good["enregistrements"]) <= REJECTED
    assert len(found.good["reglage"]) > 20  # those of the source that the tests index
    assert share_caught(found.bad["reglage"]) >= CAUGHT - 0.02  # a few hundred faults: one is a third of a point
    tables = (
        verification_report([found], [found], packaged_judgement())
        .split("## Documents officiels")[1]
        .split("## Comment")[0]
    )
    assert "«" not in tables  # none of their text


@pytest.mark.parametrize(("kept", "edition", "least"), [("gardees", 0, 15), ("gardees", 1, 15), ("neuves", 1, 60)])
def test_the_parts_kept_aside_are_not_the_part_that_tunes(kept: str, edition: int, least: int) -> None:
    def rows(part: str) -> list[dict[str, Any]]:
        file = SETS[part][edition]
        assert file is not None
        return list(yaml.safe_load((DRAFTS / file).read_text(encoding="utf-8")))

    def passages(part: str) -> set[str]:
        return {key for row in rows(part) for key in row["cites"]}

    assert len(passages(kept)) >= least
    same = {row["text"] for row in rows("reglage")} & {row["text"] for row in rows(kept)}
    assert len(same) <= 1, same  # two hands may write a short sentence alike
    # Who wrote the last part had not seen the others: it may cite their passages, and the report says so.
    assert kept == "neuves" or not passages("reglage") & passages(kept)
