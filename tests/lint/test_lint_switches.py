"""A rule is switched off with a reason, everywhere or at one place, and lint.toml says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.lint.findings import Finding
from ingest.lint.switches import LintConfigError, load_switches, standing

FINDINGS = [
    Finding("titre-vide", "warning", source, document, line, "Titre.")
    for source in ("mirai", "pi")
    for document in ("a.md", "b.md")
    for line in (3, 9)
]


def _write(folder: Path, content: str) -> Path:
    path = folder / "lint.toml"
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("place", "left"),
    [
        ("", 0),
        ('document = "a.md"', 4),
        ('document = "a.md"\nline = 3', 6),
        ('source = "pi"', 4),
        ('document = "c.md"', 8),
    ],
)
def test_a_rule_is_switched_off_everywhere_or_at_one_place(place: str, left: int, tmp_path: Path) -> None:
    switches = load_switches(_write(tmp_path, f'[[off]]\nrule = "titre-vide"\nreason = "convertisseur"\n{place}\n'))
    assert len(standing(FINDINGS, switches)) == left


def test_other_rules_stand(tmp_path: Path) -> None:
    switches = load_switches(_write(tmp_path, '[[off]]\nrule = "ligne-vide"\nreason = "mise en page"\n'))
    assert standing(FINDINGS, switches) == FINDINGS


def test_an_empty_file_switches_nothing_off(tmp_path: Path) -> None:
    assert load_switches(_write(tmp_path, "")) == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[[off]]\nrule = "titre-vid"\nreason = "x"\n', "règle inconnue : titre-vid"),
        ('[[off]]\nrule = "titre-vide"\n', "la raison manque"),
        ('[[off]]\nrule = "titre-vide"\nreason = "  "\n', "la raison manque"),
        ('[[off]]\nreason = "x"\n', "le nom de la règle manque"),
        ('[[off]]\nrule = "titre-vide"\nreason = "x"\nligne = 3\n', "champ inconnu"),
        ("[[off]", "n'est pas du TOML valide"),
    ],
)
def test_a_wrong_file_is_refused_in_french(content: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(LintConfigError) as caught:
        load_switches(_write(tmp_path, content))
    assert said in caught.value.message and caught.value.remedy and caught.value.exit_code == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LintConfigError, match=r"absent\.toml"):
        load_switches(tmp_path / "absent.toml")
