"""Votes as files and in figures, and the commands."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingest.errors import CctError
from tests.databases import storage_settings
from tests.feedback.rated_answers import NOON, feedback
from ui.command_line import app
from ui.feedback.exchange import csv_bytes, json_line, read_lines, without_words
from ui.feedback.feedback import Ballot, Feedback
from ui.feedback.store import SqlFeedbackStore
from ui.feedback.summary import summary_of
from ui.storage.opening import open_storage

AGAINST = Ballot("not_useful", ("missed", "wrong"), 'Deux\nlignes ; « guillemets " » et 🧭\u2028fin', 0)


def votes() -> list[Feedback]:
    """Three votes, one of them against."""
    return [
        feedback("r1", ballot=Ballot("useful", minutes_saved=15)),
        feedback("r2", ballot=AGAINST, mode="llm", model="chat-pro", citations=("pi:EXI-ORG-17#2",)),
        feedback("r3", when=NOON + timedelta(days=30), ballot=Ballot("useful", minutes_saved=30)),
    ]


def test_jsonl_comes_back_as_it_was() -> None:
    text = "".join(f"{json_line(f)}\n" for f in votes())
    assert text.count("\n") == 3
    assert list(read_lines(text.split("\n"), "avis.jsonl")) == votes()


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"schema": 2}', '{"schema": 1, "answer": {}}', json_line(feedback()).replace("useful", "génial")],
)
def test_a_line_that_is_no_vote_is_named(line: str) -> None:
    with pytest.raises(CctError, match=r"avis\.jsonl, ligne 2"):
        list(read_lines(["", line], "avis.jsonl"))


def test_without_words_nothing_that_was_written_is_left() -> None:
    line = json_line(without_words(feedback(ballot=AGAINST)))
    assert "guillemets" not in line
    assert "sonde" not in line
    assert "[1]" not in line
    assert "pi:EXI-ARCH-12" in line


def test_csv_cells_come_back_and_no_formula_runs() -> None:
    hostile = feedback("r9", ballot=Ballot("not_useful", comment='=HYPERLINK("http://x")'), question="+1+1")
    rows = list(
        csv.reader(io.StringIO(csv_bytes([*votes(), hostile]).decode("utf-8-sig"), newline=""), delimiter=";")
    )
    assert len(rows) == 5
    assert rows[2][3] == AGAINST.comment
    assert rows[2][1] == "Pas utile"
    assert rows[4][3].startswith("'=")
    assert rows[4][5] == "'+1+1"


def test_the_figures_add_up() -> None:
    summary = summary_of(votes())
    assert (summary.votes.useful, summary.votes.not_useful, summary.minutes_saved) == (2, 1, 45)
    assert sorted(summary.by_month) == ["2026-11", "2026-12"]
    assert summary.worst_requirements(1) == [("pi:EXI-ORG-17#2", summary.by_requirement["pi:EXI-ORG-17#2"])]
    assert summary.by_writer["chat-pro"].total == 1
    assert summary.reasons["wrong"] == 1


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Runs `cct` on a data folder that holds three votes: exit code, standard output, standard error."""
    monkeypatch.setenv("CCT_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    database = open_storage(storage_settings(), tmp_path)
    for one in votes():
        SqlFeedbackStore(database).put(one)
    database.close()

    def invoke(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(app, list(arguments))
        if isinstance(result.exception, CctError):
            return result.exception.exit_code, result.stdout, str(result.exception)
        return result.exit_code, result.stdout, result.stderr

    return invoke


def test_votes_are_listed_latest_first(run: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = run("feedback", "list")
    assert code == 0
    assert out.index("26/12/2026") < out.index("26/11/2026")
    assert "Pas utile" in out
    assert run("feedback", "list", "--since", "2027-01-01")[0] == 3


def test_export_purge_and_import_bring_everything_back(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    file = tmp_path / "avis.jsonl"
    assert run("feedback", "export", "-o", str(file))[0] == 0
    before = file.read_bytes()
    code, _, told = run("feedback", "purge", "--before", "2026-12-01", "--yes")
    assert (code, "Effacés : 2 avis" in told) == (0, True)
    assert "2 avis repris, 1 déjà là" in run("feedback", "import", str(file))[2]
    assert "0 avis repris, 3 déjà là" in run("feedback", "import", str(file))[2]
    run("feedback", "export", "-o", str(file))
    assert file.read_bytes() == before


def test_a_damaged_file_brings_nothing_in(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    file = tmp_path / "avis.jsonl"
    file.write_text(json_line(feedback("r7")) + "\n{\n", encoding="utf-8")
    code, _, told = run("feedback", "import", str(file))
    assert (code, "ligne 2" in told) == (2, True)
    assert run("feedback", "export")[1].count("\n") == 3


def test_statistics_as_json(run: Callable[..., tuple[int, str, str]]) -> None:
    found = json.loads(run("feedback", "stats", "--json")[1])
    assert found["votes"] == {"useful": 2, "not_useful": 1}
    assert found["time_saved"] == {"answers": 3, "minutes": 45}
    assert found["by_requirement"]["pi:EXI-ORG-17#2"] == {"useful": 0, "not_useful": 1}
    assert "66" in run("feedback", "stats")[1] or "67" in run("feedback", "stats")[1]


def test_a_wrong_date_is_told(run: Callable[..., tuple[int, str, str]]) -> None:
    code, _, told = run("feedback", "purge", "--before", "hier", "--yes")
    assert (code, "n'est pas une date" in told) == (2, True)


def test_storage_says_where_it_is_and_at_which_version(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    code, out, _ = run("storage", "status")
    assert (code, "à jour" in out) == (0, True)
    (tmp_path / "assistant.sqlite").unlink()
    code, out, _ = run("storage", "status")
    assert (code, "vide" in out) == (1, True)
    assert "vide → version" in run("storage", "upgrade")[2]
    assert "déjà à la version" in run("storage", "upgrade")[2]


def test_comments_left_on_the_page_are_in_the_sheet(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.feedback.test_requirement_comments import comment
    from ui.feedback.comments import StoredComments

    monkeypatch.setenv("CCT_EDITION", "demo")
    database = open_storage(storage_settings(), tmp_path)
    StoredComments(database).add(comment(source="pi"))
    database.close()
    code, _, told = run("comments", "--no-lint", "-o", str(tmp_path / "feuille.ods"))
    assert (code, "1 commentaire dans" in told) == (0, True)
