"""`cct ask` as a script and a person use it: one answer, many answers, and nothing else on standard output."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.built_indexes import copy_of
from tests.small_corpus import SmallCorpus

Run = Callable[..., subprocess.CompletedProcess[str]]


def lines(*items: object) -> str:
    """Items as JSON lines."""
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)


def test_an_answer_for_a_person_names_its_source_and_its_line(run: Run) -> None:
    done = run("ask", "Que", "dit", "EXI-ARCH-11", "?")
    assert done.returncode == 0, done.stderr
    assert "SSO Agent" in done.stdout
    assert "EXI-ARCH-11, exigence P (primordiale), CCT MirAI et CCT Cloud Pi Native" in done.stdout
    assert "pi, cct-exigences.md, ligne 51, édition de démonstration" in done.stdout
    assert "⚠ Édition de démonstration, non officielle" in done.stdout
    assert "**" not in done.stdout


def test_json_is_one_object_of_the_contract_and_nothing_else(run: Run) -> None:
    done = run("ask", "--json", "EXI-G-6")
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    answer = json.loads(done.stdout)
    assert (answer["schema"], answer["question"], answer["status"]) == (1, "EXI-G-6", "clarify")
    assert [c["verified"] for c in answer["citations"]] == [True, True]


def test_a_batch_answers_in_order_one_object_a_line(run: Run, tmp_path: Path) -> None:
    asked = [{"id": f"q{n}", "question": text} for n, text in enumerate(["EXI-G-6", "Bonjour", "ARCH-11", ""])]
    (tmp_path / "questions.jsonl").write_text(lines(*asked[:2]) + "\n" + lines(*asked[2:]), encoding="utf-8")
    done = run("ask", "--batch", "questions.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["id"] for a in answers] == ["q0", "q1", "q2", "q3"]
    assert [a["status"] for a in answers] == ["clarify", "refused", "answered", "error"]


def test_a_batch_comes_from_standard_input(run: Run) -> None:
    done = run(
        "ask", "--batch", "-", "--json", stdin=lines({"question": "EXI-G-5", "id": 12}, {"question": "EXI-G-6"})
    )
    assert [json.loads(line)["question"] for line in done.stdout.splitlines()] == ["EXI-G-5", "EXI-G-6"]
    assert json.loads(done.stdout.splitlines()[0])["id"] == "12"


@pytest.mark.parametrize(("bad", "said"), [("{pas du json", "JSON invalide"), ('{"id": 3}', "pas de « question »")])
def test_a_bad_line_stops_the_batch_with_its_number(run: Run, bad: str, said: str) -> None:
    done = run("ask", "--batch", "-", "--json", stdin=lines({"id": "a", "question": "EXI-G-5"}) + bad + "\n")
    assert done.returncode == 2
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a"]
    assert "ligne 2" in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_batch_that_is_no_utf8_is_refused_in_french(run: Run, tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes('{"question": "où ?"}\n'.encode("latin-1"))
    done = run("ask", "--batch", "latin.jsonl", "--json")
    assert done.returncode == 2
    assert "UTF-8" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_question_that_is_no_text_is_refused(run: Run) -> None:
    done = run("ask", "--batch", "-", "--json", stdin='{"id": "a", "question": null}\n')
    assert done.returncode == 2 or json.loads(done.stdout)["status"] == "error"


def test_an_absent_batch_file_is_named(run: Run) -> None:
    done = run("ask", "--batch", "absent.jsonl", "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "absent.jsonl" in done.stderr


def test_asking_nothing_is_wrong_use(run: Run) -> None:
    done = run("ask")
    assert done.returncode == 2
    assert "donnez une question" in done.stderr


@pytest.mark.parametrize("text", ["", "a" * 9000])
def test_a_question_that_cannot_be_searched_exits_with_2_and_still_gives_its_object(run: Run, text: str) -> None:
    done = run("ask", "--json", text)
    assert done.returncode == 2
    assert json.loads(done.stdout)["status"] == "error"


def test_one_source_may_be_asked(run: Run) -> None:
    done = run("ask", "--json", "--source", "pi", "EXI-ARCH-11")
    assert [c["source"] for c in json.loads(done.stdout)["citations"]] == ["pi"]


def test_an_unknown_source_is_wrong_use(run: Run) -> None:
    done = run("ask", "--source", "inconnue", "EXI-ARCH-11")
    assert done.returncode == 2
    assert "mirai" in done.stderr


@pytest.mark.parametrize(
    ("option", "said"),
    [("pi", "SOURCE=VALEUR"), ("zut=2024-01-01", "mirai, pi")],
)
def test_a_revision_that_is_not_understood_is_wrong_use(run: Run, option: str, said: str) -> None:
    done = run("ask", "--revision", option, "EXI-G-5")
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_revision_of_a_source_that_is_not_synchronised_says_how_to_have_it(run: Run) -> None:
    done = run("ask", "--revision", "pi=2024-01-01", "EXI-G-5")
    assert done.returncode == 2
    assert "cct sync" in done.stderr


def test_a_first_question_builds_the_index_and_a_dated_one_reads_the_past(run_small: Run, small: SmallCorpus) -> None:
    assert run_small("sync").returncode == 0
    first = run_small("ask", "--json", "Où garder la sauvegarde ?")
    assert first.returncode == 0, first.stderr
    assert "Aucun index" in first.stderr
    assert json.loads(first.stdout)["citations"][0]["commit"] == small.commits[1]

    dated = run_small("ask", "--json", "--revision", "essai=2024-05-20", "Où garder la sauvegarde ?")
    answer = json.loads(dated.stdout)
    assert answer["revisions"] == [
        {"source": "essai", "commit": small.commits[0], "date": "2024-05-01", "official": True}
    ]
    assert answer["citations"][0]["quote"].startswith("La sauvegarde quotidienne")
    assert small.commits[0] in answer["citations"][0]["url"]

    again = run_small("ask", "--json", "Où garder la sauvegarde ?")
    assert json.loads(again.stdout)["citations"][0]["quote"].startswith("La sauvegarde horaire")


def test_a_date_before_the_first_commit_finds_nothing(run_small: Run) -> None:
    run_small("sync")
    done = run_small("ask", "--revision", "essai=1999-01-01", "Où garder la sauvegarde ?")
    assert done.returncode == 3
    assert "introuvable" in done.stderr


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("garbage", "abîmé"),
        ("empty", "Lancez « cct ingest »"),
        ("truncated", "cct ingest"),
        ("no vectors", "cct ingest"),
        pytest.param(
            "damaged vectors",
            "cct ingest",
            marks=pytest.mark.xfail(
                strict=True, reason="said to be a full or read-only disk: free space is the remedy given"
            ),
        ),
    ],
)
def test_a_damaged_index_is_said_in_french(run: Run, demo_home: Path, tmp_path: Path, damage: str, said: str) -> None:
    home = copy_of(demo_home, tmp_path / "home")
    generation = next((home / "index").glob("generation-*"))
    registry = generation / "registry.sqlite"
    if damage == "garbage":
        registry.write_bytes(b"ceci n'est pas une base " * 500)
    elif damage == "empty":
        registry.write_bytes(b"")
    elif damage == "truncated":
        content = registry.read_bytes()
        registry.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    elif damage == "no vectors":
        subprocess.run(["rm", "-r", str(generation / "chroma"), str(generation / "mirror")], check=True)
    else:
        subprocess.run(["rm", "-r", str(generation / "mirror")], check=True)
        (generation / "chroma" / "chroma.sqlite3").write_bytes(b"rien " * 1000)
    done = run("ask", "Que dit EXI-ARCH-11 ?", home=home)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert said in done.stdout + done.stderr


def test_an_index_without_its_mirror_answers_the_same(run: Run, demo_home: Path, tmp_path: Path) -> None:
    home = copy_of(demo_home, tmp_path / "home")
    before = run("ask", "Que dit EXI-ARCH-11 ?", home=home)
    subprocess.run(["rm", "-r", str(next((home / "index").glob("generation-*")) / "mirror")], check=True)
    after = run("ask", "Que dit EXI-ARCH-11 ?", home=home)
    assert before.returncode == after.returncode == 0
    assert before.stdout == after.stdout
