"""Comparing runs: what is paired, whose effect it is, how the command ends."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.revisions.comparison import IncompatibleRuns, compare, effect_of
from eval.revisions.comparison_report import comparison_lines, conclusion
from eval.runs.transcript import DocumentSource, RunRecord, Transcript, read_run, rows_file
from eval.scoring.score_run import RowScores, RunScores, Score
from eval.scoring.summary import Thresholds, load_thresholds
from ingest.errors import CctError

Run = Callable[..., subprocess.CompletedProcess[str]]
LIMITS = Thresholds(margin={"bonne_citation": 0.05})


def _record(commit: str = "a" * 40, code: str = "c1", official: bool = True) -> RunRecord:
    document = DocumentSource(source="pi", commit=commit, date="2024-05-12", official=official, files={"x.md": "b"})
    return RunRecord(
        name="essai", created="", rows=0, finished=True, documents=(document,), sets=(), answers="local",
        embedding="e", index="i", bank="b", ranking="r", prompts="p", code=code, versions={},
    )  # fmt: skip


def _row(number: int, value: float | None, **more: object) -> RowScores:
    values: dict[str, object] = {
        "id": f"Q-{number}", "question_id": f"Q-{number}", "variant": "", "digest": "d", "kind": "answerable",
        "family": "f", "cluster": str(number), "fate": "intact", "expects": "answer", "gating": True,
        "status": "answered", "confidence": None, "scores": (Score("bonne_citation", value),), **more,
    }  # fmt: skip
    return RowScores(**values)  # type: ignore[arg-type]


def _run(rows: list[RowScores], record: RunRecord | None = None, failed: tuple[str, ...] = ()) -> RunScores:
    return RunScores(Transcript(Path(), record or _record(), ()), tuple(rows), failed)


def test_a_clear_loss_is_a_regression_and_a_small_one_is_not_called_none() -> None:
    before = _run([_row(n, 1.0) for n in range(100)])
    lost_fifteen = _run([_row(n, float(n >= 15)) for n in range(100)])
    (difference,) = compare(before, lost_fifteen, LIMITS).differences
    assert (difference.lost, difference.gained, difference.verdict) == (15, 0, "régression")
    assert difference.p_value == pytest.approx(0.5**15)
    lost_two = compare(before, _run([_row(n, float(n >= 4)) for n in range(100)]), LIMITS)
    assert lost_two.differences[0].verdict == "non concluant"
    assert "Pas de régression établie" in conclusion([lost_two])
    assert (lost_two.ending(), lost_two.ending(strict=True)) == (0, 6)


def test_questions_that_changed_or_no_longer_hold_are_not_paired() -> None:
    before = _run([_row(n, 1.0) for n in range(20)])
    after = _run(
        [
            *(_row(n, 1.0) for n in range(16)),
            _row(16, 0.0, digest="réécrite"),
            _row(17, 0.0, gating=False, expects="nothing", fate="reread"),
            _row(18, 0.0, expects="abstain"),
            _row(99, 0.0),
        ]
    )
    found = compare(before, after, LIMITS)
    assert len(found.pairs) == 16
    assert found.differences[0].lost == 0
    assert set(found.gone) == {"Q-16", "Q-17", "Q-18", "Q-19"}
    assert set(found.new) == {"Q-16", "Q-18", "Q-99"}


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (_record(), _record(), "aucun"),
        (_record(), _record("b" * 40), "documents"),
        (_record(), _record(code="c2"), "code"),
        (_record(), _record("b" * 40, "c2"), "mêlés"),
    ],
)
def test_whose_effect_a_difference_is(before: RunRecord, after: RunRecord, effect: str) -> None:
    assert effect_of(before, after) == effect


def test_a_change_of_bank_weights_model_or_prompts_is_an_effect_of_the_code() -> None:
    for part in ("bank", "ranking", "embedding", "model", "prompts", "answers"):
        assert effect_of(_record(), _record().model_copy(update={part: "autre"})) == "code"


def test_runs_without_a_common_question_or_over_other_sources_are_refused() -> None:
    with pytest.raises(IncompatibleRuns) as caught:
        compare(_run([_row(1, 1.0)]), _run([_row(2, 1.0)]), LIMITS)
    assert caught.value.exit_code == 5
    with pytest.raises(IncompatibleRuns, match="démonstration"):
        compare(_run([_row(1, 1.0)]), _run([_row(1, 1.0)], _record(official=False)), LIMITS)


def test_an_incomplete_run_concludes_nothing_whatever_its_figures() -> None:
    whole = _run([_row(n, 1.0) for n in range(20)])
    for harmed in (_run(list(whole.rows), failed=("Q-21 : rien",)), _run([*whole.rows[:-1], _row(19, None)])):
        found = compare(whole, harmed, LIMITS)
        assert found.ending() == 4
        assert "incomplète" in conclusion([found])


def test_a_broken_invariant_fails_even_when_it_was_broken_before() -> None:
    rows = [
        _row(n, 1.0, scores=(Score("bonne_citation", 1.0), Score("citations_exactes", float(n > 0), "altérée")))
        for n in range(20)
    ]
    found = compare(_run(rows), _run(rows), LIMITS)
    assert found.ending() == 1
    assert any("invariant rompu" in line for line in comparison_lines(found))


def test_the_questions_of_a_set_kept_aside_count_and_are_not_named() -> None:
    before = _run([_row(n, 1.0, kept_aside=n < 20) for n in range(100)])
    after = _run([_row(n, float(n >= 21), kept_aside=n < 20) for n in range(100)])
    found = compare(before, after, LIMITS)
    assert found.differences[0].lost == 21
    assert "Q-20" in comparison_lines(found)[-1]
    assert "Q-7" not in comparison_lines(found)[-1]


def test_thresholds_of_an_unknown_metric_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "seuils.toml"
    path.write_text("[margin]\nexactitude = 0.1\n", encoding="utf-8")
    with pytest.raises(CctError, match="exactitude"):
        load_thresholds(path)
    with pytest.raises(CctError, match="illisibles"):
        load_thresholds(tmp_path / "absent.toml")


def _harmed(finished: Path, folder: Path, share: float, code: str = "", commit: str = "") -> Path:
    """A copy of a run whose first answers have become wrong refusals."""
    shutil.copytree(finished, folder)
    transcript = read_run(folder)
    update: dict[str, object] = {"code": code} if code else {}
    record = transcript.record.model_copy(update=update)
    (folder / "run.json").write_text(record.model_dump_json(), encoding="utf-8")
    rows = [r.model_dump() for r in transcript.rows]
    for row in rows[: round(share * len(rows))]:
        answer = json.loads(row["answer"])
        row["answer"] = json.dumps({**answer, "status": "abstained", "answer": "", "citations": [], "retrieved": []})
    path = rows_file(folder, record.name)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return folder


def test_the_command_ends_as_it_says(finished: Path, demo_home: Path, tmp_path: Path, cct_eval: Run) -> None:
    limits = tmp_path / "seuils.toml"
    limits.write_text("[margin]\nrepond = 0.05\nrang_reciproque = 0.05\n", encoding="utf-8")
    worse = _harmed(finished, tmp_path / "pire", 0.5, code="0" * 16)

    def ended(*arguments: str) -> subprocess.CompletedProcess[str]:
        return cct_eval(*arguments, "--thresholds", str(limits), home=demo_home, edition="demo")

    regressed = ended("compare", str(finished), str(worse), "--markdown", str(tmp_path / "commentaire.md"))
    assert regressed.returncode == 1, regressed.stdout
    assert "Effet du code" in regressed.stdout
    assert "Régression" in (tmp_path / "commentaire.md").read_text(encoding="utf-8")
    same = ended("compare", str(finished), str(finished), "--strict")
    assert same.returncode in (0, 6), "dix-huit questions ne prouvent rien"
    wrong_bridge = ended("compare", str(finished), str(finished), "--bridge", str(worse))
    assert wrong_bridge.returncode == 5
