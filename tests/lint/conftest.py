"""Linting a small source made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from ingest.lint.findings import Finding
from ingest.lint.run import lint

ON = date(2026, 11, 23)
"""The day of every linting here: versions past their end of life depend on it."""


@pytest.fixture
def lint_files(small_source: Callable[..., Any]) -> Callable[[Mapping[str, str | bytes]], list[Finding]]:
    """lint_files({"exigences.md": "…"}) → the findings of a source that holds just that."""

    def run(files: Mapping[str, str | bytes]) -> list[Finding]:
        corpus, revision = small_source(files).newest()
        return lint(corpus, [revision], ON)

    return run


@pytest.fixture
def lint_pair(small_source: Callable[..., Any]) -> Callable[..., list[Finding]]:
    """lint_pair(files, others, both=True) → the findings of source "essai" beside source "pi"."""

    def run(
        files: Mapping[str, str], others: Mapping[str, str], both: bool = True, which: str = "essai"
    ) -> list[Finding]:
        ours, theirs = small_source(files), small_source(others, source_id="pi")
        corpus = ours.corpus(manifest=theirs.write_manifest(ours.folder / "autre.toml"))
        revisions = corpus.newest() if both else [corpus.current(which)]
        return lint(corpus, revisions, ON)

    return run
