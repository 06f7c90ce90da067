"""The evaluation over a history: no regression where only identifiers moved, nothing asked twice."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval.question_sets.question_fields import EvidenceRef
from eval.question_sets.question_set import EvalQuestion, written
from eval.runs.transcript import read_run
from ingest.reading.quote_form import fingerprint

Run = Callable[..., subprocess.CompletedProcess[str]]
_ASKED = (
    ("La sauvegarde quotidienne est rangée hors du site principal.", "Où range-t-on la sauvegarde quotidienne ?"),
    ("Les journaux techniques sortent sur la sortie standard.", "Où sortent les journaux techniques ?"),
    ("Chaque secret est gardé dans le coffre de la plateforme.", "Où chaque secret est-il gardé ?"),
    ("Les images de conteneurs sont signées avant leur dépôt.", "Faut-il signer les images de conteneurs ?"),
    ("Le trafic entrant passe par un répartiteur redondant.", "Par où passe le trafic entrant ?"),
    ("Les certificats sont renouvelés tous les trois mois.", "Quand les certificats sont-ils renouvelés ?"),
    ("La messagerie interne utilise une file durable.", "Quelle file utilise la messagerie interne ?"),
    ("Un exercice de reprise est mené chaque année.", "À quelle fréquence mène-t-on un exercice de reprise ?"),
    ("Le tableau de bord affiche la consommation mémoire.", "Que montre le tableau de bord de la mémoire ?"),
    ("Les bases de données sont chiffrées au repos.", "Les bases de données sont-elles chiffrées ?"),
    ("Les pages respectent le référentiel d'accessibilité.", "Quel référentiel les pages respectent-elles ?"),
    ("Le code source est relu par deux développeurs.", "Combien de développeurs relisent le code source ?"),
)
_NEW = ("Toute interface publie sa documentation.", "Les comptes inactifs sont fermés après six mois.")


@pytest.fixture
def history(
    small_source: Callable[..., Any], requirement_table: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Twelve requirements; then two more in front of them, which shifts every identifier; then one gone."""
    texts = [text for text, _ in _ASKED]

    def printed(rows: list[str]) -> dict[str, str]:
        cells = [(f"EXI-G-{n}", "P", text, "Exploitation") for n, text in enumerate(rows, 1)]
        return {"exigences.md": requirement_table(*cells)}

    source = small_source(printed(texts))
    source.commit(printed([*_NEW, *texts]), "deux exigences en tête", "2024-06-01T12:00:00+00:00")
    source.commit(printed([*_NEW, *texts[:-1]]), "une exigence retirée", "2024-07-01T12:00:00+00:00")
    source.write_manifest()
    (source.corpus_folder / "questions").mkdir(exist_ok=True)
    monkeypatch.setenv("CCT_CORPUS", str(source.corpus_folder))
    return source


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """One question a requirement, bound to its text and to the identifier of the first revision."""
    path = tmp_path / "rejeu.yaml"
    chosen = [
        EvalQuestion(
            id=f"R-{n:02}",
            question=question,
            kind="answerable",
            evidence=(EvidenceRef(passage=f"essai:EXI-G-{n}", fingerprint=fingerprint(text)),),
        )
        for n, (text, question) in enumerate(_ASKED, 1)
    ]
    path.write_text(written(chosen), encoding="utf-8")
    return path


def test_a_replay_reports_no_regression_where_only_identifiers_moved(
    history: Any, questions: Path, tmp_path: Path, cct_eval: Run
) -> None:
    home, out = history.folder / "home", tmp_path / "rejeu"
    history.corpus().repository(history.corpus().manifest.get("essai")).synchronise()
    replayed = ("replay", "--source", "essai", "--set", str(questions), "--out", str(out))
    floors = tmp_path / "seuils.toml"
    floors.write_text("[margin]\nrappel_5 = 0.05\nbonne_citation = 0.05\n", encoding="utf-8")
    done = cct_eval(*replayed, "--thresholds", str(floors), "--html", str(tmp_path / "rejeu.html"), home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    shifted, removed = [line for line in done.stdout.splitlines() if re.match(r"\| [0-9a-f]{7} ", line)]
    cells = [c.strip() for c in shifted.strip("|").split("|")]
    assert cells[2:4] == ["12", "0"]
    assert float(cells[4]) <= 0.6, "les identifiants imprimés désignent d'autres textes"
    assert float(cells[5].split()[0]) == 1.0
    assert cells[6] == "aucune"
    assert [c.strip() for c in removed.strip("|").split("|")][2:4] == ["11", "1"]
    page = (tmp_path / "rejeu.html").read_text(encoding="utf-8")
    assert "D&#x27;une révision à la suivante" in page
    assert all(run.name[3:] in page for run in out.iterdir())

    runs = sorted(p for p in out.iterdir() if p.is_dir())
    first = {run.name: [r.milliseconds for r in read_run(run).rows] for run in runs}
    assert len(first) == 3
    again = cct_eval(*replayed, "--thresholds", str(floors), home=home)
    assert again.stdout == done.stdout
    assert {run.name: [r.milliseconds for r in read_run(run).rows] for run in runs} == first, "rien n'est redemandé"


def test_a_replay_without_a_question_on_the_source_says_so(history: Any, tmp_path: Path, cct_eval: Run) -> None:
    home = history.folder / "home"
    history.corpus().repository(history.corpus().manifest.get("essai")).synchronise()
    other = tmp_path / "vide.yaml"
    other.write_text("- {id: B-1, question: Bonjour, kind: small_talk}\n", encoding="utf-8")
    done = cct_eval("replay", "--source", "essai", "--set", str(other), home=home)
    assert done.returncode == 2
    assert "Aucune question" in done.stderr
