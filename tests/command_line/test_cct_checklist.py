"""`cct checklist` as a person runs it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command_line.conftest import Run
from ui.commands.checklist import read_rows

TEXT = "Un portail internet où les usagers déposent une demande : nom, prénom, base PostgreSQL, sans IA."


def test_a_readme_gives_a_list_with_reasons(run: Run, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(f"# Portail\n\n{TEXT}\n", encoding="utf-8")
    done = run("checklist", "README.md")
    assert done.returncode == 0, done.stderr
    assert "## Primordiales (P)" in done.stdout and "## Écartées" in done.stdout
    assert "édition de démonstration" in done.stdout.lower()
    assert f"« {TEXT} » (ligne 3)" in done.stdout
    assert "Exigences retenues" in done.stderr


def test_a_spreadsheet_is_made_filled_and_revisited(run: Run, tmp_path: Path) -> None:
    done = run("checklist", "--text", TEXT, "-o", "liste.ods")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    rows, _ = read_rows(tmp_path / "liste.ods")
    assert {row.verdict for row in rows} >= {"s'applique", "écartée"}
    again = run("checklist", "revisit", "liste.ods")
    assert again.returncode == 0, again.stderr
    assert "0 ligne(s) à revoir" in again.stderr


def test_a_csv_for_excel(run: Run, tmp_path: Path) -> None:
    done = run("checklist", "--text", TEXT, "--output", "liste.csv", "--bom", "--keep", "mirai:EXI-G-7")
    assert done.returncode == 0, done.stderr
    content = (tmp_path / "liste.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    (kept,) = [line for line in lines if line["Identifiant"] == "EXI-G-7"]
    assert kept["Applicabilité"] == "s'applique" and "à votre demande" in kept["Pourquoi"]


def test_answers_come_from_options_a_file_or_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "reponses.toml").write_text('objet = "Un portail"\nia = false\n', encoding="utf-8")
    (tmp_path / "reponses.json").write_text('{"objet": "Un portail", "ia": false}', encoding="utf-8")
    by_file = run("checklist", "--answers", "reponses.toml", "--format", "csv")
    assert by_file.returncode == 0, by_file.stderr
    assert run("checklist", "--answers", "reponses.json", "--format", "csv").stdout == by_file.stdout
    by_option = run("checklist", "--answer", "objet=Un portail", "--answer", "ia=non", "--format", "csv")
    assert by_option.stdout == by_file.stdout
    asked = run("checklist", "--ask", "--format", "csv", stdin="Un portail\n\n\nnon\n\n\n\n\n")
    assert asked.stdout == by_file.stdout, asked.stderr
    assert "8. " in asked.stderr


def test_the_description_may_come_by_standard_input(run: Run) -> None:
    done = run("checklist", "-", "--source", "pi", stdin=TEXT)
    assert done.returncode == 0, done.stderr
    assert "| CCT Cloud Pi Native |" in done.stdout
    assert "| CCT MirAI" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--format", "csv"), "Donnez une description"),
        (("--text", "x", "--ask"), "d'une seule façon"),
        (("--text", " "), "La description est vide"),
        (("absent.md",), "Fichier illisible : absent.md"),
        (("--text", "Un site.", "--format", "pdf"), "Format inconnu"),
        (("--text", "Un site.", "-o", "liste.xyz"), "Le suffixe"),
        (("--text", "Un site.", "--format", "ods"), "--output"),
        (("--text", "Un site.", "--keep", "EXI-ZZ-1"), "ne désigne aucune exigence"),
        (("--text", "Un site.", "--source", "autre"), "Source inconnue"),
        (("--answer", "couleur=bleu"), "Question inconnue"),
        (("--answer", "objet"), "n'est pas compris"),
        (("revisit", "absent.ods"), "Fichier illisible"),
    ],
)
def test_wrong_use_is_told(run: Run, arguments: tuple[str, ...], words: str) -> None:
    done = run("checklist", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_later_revision_exits_with_findings(run_small: Run, small: Callable[..., object], tmp_path: Path) -> None:
    first = small.commits[0]  # type: ignore[attr-defined]
    run_small("sync")
    done = run_small("checklist", "--text", "Une appli.", "--revision", f"essai={first}", "-o", "liste.csv")
    assert done.returncode == 0, done.stderr
    again = run_small("checklist", "revisit", "liste.csv", "-o", "revue.ods")
    assert again.returncode == 1, again.stderr
    reviews = [row.review for row in read_rows(tmp_path / "revue.ods")[0]]
    assert any("Texte modifié" in review for review in reviews)
    assert any("Nouvelle exigence" in review for review in reviews)
