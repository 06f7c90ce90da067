"""`cct lint` as a person or a pipeline runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ingest.errors import CctError
from ui.command_line import app

WRONG = {"guide.md": "# Titre\n\n[a](absent.md)\n\n##\n"}
SOUND = {"guide.md": "# Titre\n\n##\n"}


@pytest.fixture
def run(small_source: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """run(files, "lint", …) in a synchronised source of these files."""

    def invoke(files: dict[str, str], *arguments: str) -> Result:
        source = small_source(files)
        settings = source.corpus().settings
        monkeypatch.setenv("CCT_HOME", str(settings.home))
        monkeypatch.setenv("CCT_CORPUS", str(settings.corpus))
        return CliRunner().invoke(app, ["lint", *arguments])

    return invoke


def test_an_error_level_finding_ends_with_code_1_and_is_told_by_document(run: Callable[..., Result]) -> None:
    done = run(WRONG)
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0] == "essai · guide.md"
    assert "erreur lien-fichier-absent : " in done.stdout and "1 erreur, 1 avertissement" in done.stderr


def test_warnings_alone_end_with_code_0(run: Callable[..., Result]) -> None:
    done = run(SOUND, "essai")
    assert done.exit_code == 0 and "titre-vide" in done.stdout


def test_a_sound_document_prints_nothing(run: Callable[..., Result]) -> None:
    done = run({"guide.md": "# Titre\n"})
    assert (done.exit_code, done.stdout) == (0, "") and "aucun défaut" in done.stderr


def test_json_is_all_that_standard_output_holds(run: Callable[..., Result]) -> None:
    done = run(WRONG, "--json")
    assert [(row["rule"], row["line"]) for row in json.loads(done.stdout)] == [
        ("lien-fichier-absent", 3),
        ("titre-vide", 5),
    ]


def test_reports_are_written_beside_the_terminal_output(run: Callable[..., Result], tmp_path: Path) -> None:
    sarif, quality = tmp_path / "lint.sarif", tmp_path / "gl-code-quality-report.json"
    done = run(WRONG, "--sarif", str(sarif), "--code-quality", str(quality))
    assert done.exit_code == 1 and "titre-vide" in done.stdout
    assert json.loads(sarif.read_text())["version"] == "2.1.0" and len(json.loads(quality.read_text())) == 2


def test_a_report_on_standard_output_stands_alone(run: Callable[..., Result]) -> None:
    assert json.loads(run(WRONG, "--code-quality", "-").stdout)[0]["check_name"] == "lien-fichier-absent"


def test_two_formats_on_standard_output_are_wrong_use(run: Callable[..., Result]) -> None:
    assert run(WRONG, "--json", "--sarif", "-").exit_code == 2


def test_a_switched_off_error_ends_with_code_0(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "lint.toml"
    config.write_text(
        '[[off]]\nrule = "lien-fichier-absent"\nreason = "fichier à venir"\ndocument = "guide.md"\nline = 3\n'
    )
    done = run(WRONG, "--config", str(config))
    assert done.exit_code == 0 and "1 coupé(s)" in done.stderr
    monkeypatch.setenv("CCT_LINT_CONFIG", str(config))
    assert run(WRONG).exit_code == 0


def test_an_older_revision_shows_its_own_defects(
    small_source: Callable[..., Any], run: Callable[..., Result]
) -> None:
    source = small_source(WRONG)
    source.commit({"guide.md": "# Titre\n\nTexte.\n"}, date="2024-06-01T12:00:00+00:00")
    settings = source.corpus().settings
    environment = {"CCT_HOME": str(settings.home), "CCT_CORPUS": str(settings.corpus)}
    newest, older = (
        CliRunner().invoke(app, ["lint", *a], env=environment) for a in ([], ["--revision", "essai=2024-05-15"])
    )
    assert (newest.exit_code, older.exit_code) == (0, 1)


def test_an_unknown_source_is_wrong_use(run: Callable[..., Result]) -> None:
    done = run(SOUND, "inconnue")
    assert isinstance(done.exception, CctError) and done.exception.exit_code == 2
