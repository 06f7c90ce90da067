"""A run on the demonstration edition, scored again: what is kept, what is missing, how the commands end."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from assistant.answer import Answer, Question
from assistant.answering import Assistant
from eval.question_sets.question_set import load_questions
from eval.question_sets.question_variants import GENERATED, with_a_slip, without_marks, wordings
from eval.runs.answer_sources import AnswerError, LocalAnswers
from eval.runs.transcript import Journal, Row, TranscriptError, read_run, rows_file

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_run_keeps_each_answer_and_all_that_it_depends_on(finished: Path) -> None:
    transcript = read_run(finished)
    assert transcript.complete
    assert len([r for r in transcript.rows if not r.variant]) == 18
    assert {r.variant for r in transcript.rows} - {""} <= set(GENERATED)
    record = transcript.record
    assert {d.source for d in record.documents} == {"mirai", "pi"}
    assert all(d.files for d in record.documents)
    for digest in (record.index, record.bank, record.ranking, record.code, record.prompts):
        assert len(digest) == 16
    assert record.versions["ragas"].startswith("0.4")
    assert not (finished / "journal.jsonl").exists()


def test_ragas_reads_the_same_rows_as_we_do(finished: Path) -> None:
    from eval.runs.ragas_record import load_dataset, verified

    transcript = read_run(finished)
    assert verified(transcript)
    assert [item.id for item in load_dataset(finished, transcript.record.name)] == [r.id for r in transcript.rows]


def test_strings_that_look_like_dates_come_back_as_they_were(tmp_path: Path, finished: Path) -> None:
    from eval.runs.ragas_record import load_experiment, save_run

    row = read_run(finished).rows[0].model_copy(update={"id": "2026-02-27", "asked": "2024-05-12T10:00:00"})
    save_run(tmp_path, "dates", [row])
    (loaded,) = load_experiment(tmp_path, "dates")
    assert loaded == row


def test_a_damaged_line_is_refused_and_not_skipped(tmp_path: Path, finished: Path) -> None:
    from eval.runs.ragas_record import load_experiment
    from eval.runs.transcript import TranscriptError

    copy = tmp_path / "abime"
    shutil.copytree(finished, copy)
    path = rows_file(copy, read_run(copy).record.name)
    path.write_text(path.read_text(encoding="utf-8") + "{tronqué\n", encoding="utf-8")
    with pytest.raises(TranscriptError):
        load_experiment(copy, read_run(copy).record.name)
    assert not read_run(copy).complete


def test_a_complete_run_is_scored_in_figures_and_in_json(finished: Path, demo_home: Path, cct_eval: Run) -> None:
    done = cct_eval("score", str(finished), home=demo_home, edition="demo")
    assert "citations mot pour mot | 1.000" in done.stdout
    assert done.returncode in (0, 1)  # eighteen questions cannot hold a floor
    plain = json.loads((finished / "scores.json").read_text(encoding="utf-8"))
    assert len(plain["rows"]) == len(read_run(finished).rows)
    invariants = [row["scores"].get("citations_exactes", 1.0) for row in plain["rows"]]
    assert set(invariants) == {1.0}


@pytest.mark.parametrize(
    "harm", ["ligne retirée", "jamais finie", "réponse illisible", "question en échec", "statut d'erreur"]
)
def test_an_incomplete_run_ends_with_4(
    harm: str, finished: Path, demo_home: Path, tmp_path: Path, cct_eval: Run
) -> None:
    copy = tmp_path / "incomplete"
    shutil.copytree(finished, copy)
    transcript = read_run(copy)
    path = rows_file(copy, transcript.record.name)
    rows = [r.model_dump() for r in transcript.rows]
    if harm == "ligne retirée":
        rows.pop()
    elif harm == "jamais finie":
        record = transcript.record.model_copy(update={"finished": False})
        (copy / "run.json").write_text(record.model_dump_json(), encoding="utf-8")
    elif harm == "réponse illisible":
        rows[0]["answer"] = '{"status": "answered", "citations": [{"n": 1}]}'
    elif harm == "question en échec":
        rows[0].update(status="error", error="pas de réponse", answer="")
    else:
        rows[0]["answer"] = '{"status": "error", "answer": "index absent"}'
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    done = cct_eval("score", str(copy), home=demo_home, edition="demo")
    assert done.returncode == 4, done.stdout[-1500:]
    assert "incomplète" in done.stderr


def test_an_interrupted_run_goes_on_where_it_stopped_if_nothing_changed(finished: Path, tmp_path: Path) -> None:
    transcript = read_run(finished)
    record = transcript.record.model_copy(update={"finished": False})
    journal = Journal(tmp_path / "reprise", record)
    journal.open([])
    for row in transcript.rows[:5]:
        journal.add(row)
    with (tmp_path / "reprise" / "journal.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "coup')  # killed in the middle of a line
    assert list(Journal(tmp_path / "reprise", record).known()) == [r.id for r in transcript.rows[:5]]
    other = record.model_copy(update={"code": "0" * 16})
    assert Journal(tmp_path / "reprise", other).known() == {}


def test_a_finished_run_is_asked_again_but_for_a_replay_and_a_failed_row_alone_is_asked_anew(
    finished: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "finie"
    shutil.copytree(finished, copy)
    transcript = read_run(copy)
    journal = Journal(copy, transcript.record)
    assert journal.known() == {}
    assert list(journal.known(finished=True)) == [r.id for r in transcript.rows]
    path = rows_file(copy, transcript.record.name)
    rows = [r.model_dump() for r in transcript.rows]
    rows[2].update(status="error", error="pas de réponse", answer="")
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    assert set(journal.known()) == {r["id"] for r in rows} - {rows[2]["id"]}


def test_two_runs_never_write_in_one_folder(finished: Path, tmp_path: Path) -> None:
    record = read_run(finished).record
    with (
        Journal(tmp_path / "commune", record).held(),
        pytest.raises(TranscriptError, match="Une autre exécution") as caught,
        Journal(tmp_path / "commune", record).held(),
    ):
        pass
    assert "--out" in caught.value.remedy
    with Journal(tmp_path / "commune", record).held():
        pass  # free again


def test_an_interruption_keeps_what_is_answered_and_says_how_to_go_on(
    questions_file: Path, demo_home: Path, tmp_path: Path, cct_eval: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import eval.commands.run

    def stopped(done: int, total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    asked = ("run", "--set", str(questions_file), "--variants", "0", "--out", str(tmp_path / "arret"))
    with monkeypatch.context() as patch:
        patch.setattr(eval.commands.run, "_progress", stopped)
        done = cct_eval(*asked, home=demo_home, edition="demo")
    assert done.returncode == 130
    assert "gardé" in done.stderr
    assert "Relancez la même commande" in done.stderr
    before = read_run(tmp_path / "arret")
    assert not before.complete
    assert len(before.rows) == 5
    again = cct_eval(*asked, home=demo_home, edition="demo")
    assert again.returncode == 0, again.stderr
    after = read_run(tmp_path / "arret")
    assert after.complete
    assert after.rows[:5] == before.rows


def test_an_assistant_that_cannot_answer_stops_the_run_before_its_first_question() -> None:
    class Broken:
        def answer(self, question: Question) -> Answer:
            return Answer(question.text, "error", "L'index manque.")

    with pytest.raises(AnswerError, match="L'index manque"):
        LocalAnswers(cast("Assistant", Broken()), {})


def test_an_answer_of_status_error_is_a_failed_row_and_is_asked_again(
    questions_file: Path, demo_home: Path, tmp_path: Path, cct_eval: Run
) -> None:
    ids = [q.id for q in load_questions(str(questions_file))]
    lines = [json.dumps({"id": i, "status": "error", "answer": "Il manque 304 vecteurs."}) for i in ids]
    answers = tmp_path / "erreurs.jsonl"
    answers.write_text("\n".join(lines), encoding="utf-8")
    done = cct_eval(
        "run", "--set", str(questions_file), "--answers", str(answers), "--variants", "0", "--out", str(tmp_path / "e"),
        home=demo_home, edition="demo",
    )  # fmt: skip
    assert done.returncode == 4
    rows = read_run(tmp_path / "e").rows
    assert {r.status for r in rows} == {"error"}
    assert rows[0].error == "Il manque 304 vecteurs."


def test_recorded_answers_are_scored_without_asking_and_a_missing_one_is_said(
    finished: Path, questions_file: Path, demo_home: Path, tmp_path: Path, cct_eval: Run
) -> None:
    rows: list[Row] = [r for r in read_run(finished).rows if not r.variant]
    answers = tmp_path / "reponses.jsonl"
    answers.write_text("".join(f"{r.answer}\n" for r in rows[:-1]), encoding="utf-8")
    done = cct_eval(
        "run", "--set", str(questions_file), "--answers", str(answers), "--variants", "0", "--out", str(tmp_path / "r"),
        home=demo_home, edition="demo",
    )  # fmt: skip
    assert done.returncode == 4
    replayed = read_run(tmp_path / "r")
    assert [r.answer for r in replayed.rows[:-1]] == [r.answer for r in rows[:-1]]
    assert rows[-1].id in replayed.rows[-1].error


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("score", "nulle-part"), "Pas d'exécution"),
        (("run", "--set", "absent"), "introuvable"),
        (("run", "--revision", "pi"), "--revision"),
        (("run", "--answers", "absent.jsonl"), "illisibles"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_to_do(
    arguments: tuple[str, ...], said: str, demo_home: Path, cct_eval: Run
) -> None:
    done = cct_eval(*arguments, home=demo_home, edition="demo")
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert "→" in done.stderr


def test_generated_spellings_are_the_same_each_time_and_differ_from_the_question() -> None:
    questions = load_questions("developpement-d")
    first, again = wordings(questions, 5), wordings(questions, 5)
    assert first == again
    generated = [a for a in first if a.variant]
    assert generated
    assert all(a.text != a.question.question for a in generated)
    assert with_a_slip("la sauvegarde") == "la sauvgearde"
    assert without_marks("Où déployer ?") == "Ou deployer ?"


def test_no_evaluation_without_judge_looks_up_a_host(demo_home: Path, questions_file: Path, tmp_path: Path) -> None:
    script = f"""
import socket, sys
opened = []
def refused(*arguments, **named):
    opened.append(repr(arguments[-1:])); raise OSError("no network")
for name in ("connect", "connect_ex", "sendto"): setattr(socket.socket, name, refused)
socket.getaddrinfo = socket.gethostbyname = refused
sys.argv = ["cct", "eval", "run", "--set", {str(questions_file)!r}, "--out", "sortie", "--variants", "0"]
from ui.command_line import main
try: main()
except SystemExit: pass
sys.argv = ["cct", "eval", "score", "sortie", "--ragas"]
try: main()
except SystemExit: pass
print("OPENED", opened)
"""
    environment = {"PATH": "/usr/bin:/bin", "CCT_HOME": str(demo_home), "CCT_EDITION": "demo", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path,
        env=environment, timeout=240,
    )  # fmt: skip
    assert "OPENED []" in done.stdout, done.stdout[-500:] + done.stderr[-1500:]
    assert not list(tmp_path.rglob("uuid.json")), "ragas a écrit son identifiant de télémétrie"
