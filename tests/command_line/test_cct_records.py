"""`cct show` and `cct export records`: the documents' records, without index or model."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.built_indexes import command, environment
from tests.small_corpus import SmallCorpus

Run = Callable[..., subprocess.CompletedProcess[str]]
KEYS = ["id", "occurrence", "type", "text", "category", "document", "line"]


@pytest.fixture
def empty_home(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "rien"


@pytest.mark.parametrize("typed", ["EXI-ARCH-11", "exi arch 11", "ARCH-11", "l'exigence 11 d'architecture"])
def test_a_requirement_is_shown_at_each_place_it_stands(run: Run, empty_home: Path, typed: str) -> None:
    done = run("show", typed, home=empty_home)
    assert done.returncode == 0, done.stderr
    assert "EXI-ARCH-11, P (primordiale) — CCT MirAI" in done.stdout
    assert "[cct-exigences.md, ligne 51, édition de démonstration, non officielle]" in done.stdout
    assert not empty_home.exists()


@pytest.mark.parametrize(
    ("typed", "kind"), [("comp-10", "component"), ("devsecops (dso)", "term"), ("DevSecOps (DSO)", "term")]
)
def test_components_and_terms_are_shown_too(run: Run, typed: str, kind: str) -> None:
    done = run("show", typed, "--json")
    assert {record["kind"] for record in json.loads(done.stdout)} == {kind}


def test_an_id_printed_twice_shows_its_occurrences(run: Run) -> None:
    done = run("show", "EXI-ORG-16", "--json")
    shown = [(r["source"], r["line"], r["occurrence"]) for r in json.loads(done.stdout)]
    assert shown == [("pi", 26, 1), ("pi", 37, 2)]


def test_one_source_is_shown(run: Run) -> None:
    done = run("show", "EXI-G-6", "--source", "mirai", "--json")
    assert [r["source"] for r in json.loads(done.stdout)] == ["mirai"]


def test_nothing_found_exits_with_3(run: Run) -> None:
    done = run("show", "EXI-SEC-4")
    assert (done.returncode, done.stdout) == (3, "")
    assert "EXI-SEC-4" in done.stderr


def test_nothing_found_is_an_empty_list_in_json(run: Run) -> None:
    done = run("show", "EXI-SEC-4", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (3, [])


def test_an_unknown_source_names_the_known_ones(run: Run) -> None:
    done = run("show", "EXI-G-6", "--source", "inconnue")
    assert done.returncode == 2
    assert "mirai, pi" in done.stderr


def _exported(run: Run, source: str, **more: object) -> list[dict[str, object]]:
    done = run("export", "records", "--source", source, "--json", **more)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_every_record_of_both_sources_is_exported(run: Run, empty_home: Path) -> None:
    both = {source: _exported(run, source, home=empty_home) for source in ("mirai", "pi")}
    assert {source: len(rows) for source, rows in both.items()} == {"mirai": 18, "pi": 55}
    for rows in both.values():
        assert [list(row) for row in rows] == [KEYS] * len(rows)
        assert [row["line"] for row in rows] == sorted(int(str(row["line"])) for row in rows)
        assert {row["type"] for row in rows} == {"P", "I"}
        assert all(row["text"] for row in rows)
    twice = [(row["id"], row["occurrence"]) for row in both["pi"] if row["occurrence"] != 1]
    assert twice == [("EXI-ORG-16", 2), ("EXI-ORG-17", 2)]


@pytest.mark.official
def test_every_official_record_is_exported(run: Run, official_home: Path) -> None:
    both = {s: _exported(run, s, home=official_home, edition="official") for s in ("mirai", "pi")}
    assert sum(len(rows) for rows in both.values()) == 73
    assert all(list(row) == KEYS for rows in both.values() for row in rows)


def test_records_of_a_former_revision_are_exported(run_small: Run, small: SmallCorpus) -> None:
    run_small("sync")
    newest = _exported(run_small, "essai")
    assert [(r["id"], r["occurrence"]) for r in newest] == [
        ("EXI-G-1", 1), ("EXI-G-2", 1), ("EXI-G-3", 1), ("EXI-G-2", 2),
    ]  # fmt: skip
    for wanted in ("2024-05-01", small.commits[0][:8]):
        done = run_small("export", "records", "--source", "essai", "--revision", f"essai={wanted}", "--json")
        assert json.loads(done.stdout)[0]["text"].startswith("La sauvegarde quotidienne")


@pytest.mark.parametrize(
    "arguments", [("export", "records", "--source", "pi", "--json"), ("export", "records", "--source", "pi")]
)
def test_a_reader_that_stops_early_is_no_error(demo_home: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    script = (
        "import subprocess, sys\n"
        "p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE)\n"
        "p.stdout.read(1); p.stdout.close(); e = p.stderr.read(); print(p.wait()); sys.stdout.write(e.decode())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(command()), *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment(demo_home) | {"PYTHONUNBUFFERED": "1"},
    )
    code, *said = done.stdout.splitlines()
    assert all("édition de démonstration" in line for line in said)  # what was read, and no traceback
    assert code in {"0", "1"}  # the pipe's reader has gone: nobody reads the code
