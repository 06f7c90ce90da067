"""The watch: what arrives serves only once it was accepted, whatever stops, repeats or runs beside it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.index.build_index import build_index
from ingest.sources.corpus import Corpus
from ingest.sources.freshness import Freshness
from ingest.watching.gate import candidate_home
from ingest.watching.state import WatchState, load_state, save_state, state_file
from ingest.watching.watch import WatchBusy, watch_once
from tests.indexed_source import PROJECT, SmallSource, Table, edit, generations, index_folder, ingest, opened, served


@pytest.fixture
def gate(tmp_path: Path) -> Callable[[str], str]:
    """gate("exit 3") → the command of a shell script that ends so."""

    def make(body: str) -> str:
        path = tmp_path / "controle.sh"
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return make


@pytest.fixture
def closed_gate(gate: Callable[[str], str], tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The command of a gate that judges for as long as a file is there, then accepts; and that file."""
    held = tmp_path / "tenu"
    held.touch()
    yield gate(f"while [ -e '{held}' ]; do sleep 0.05; done"), held
    held.unlink(missing_ok=True)


def _watched(source: SmallSource, embedder: Any, retry: bool = False, **settings: object) -> Any:
    return watch_once(source.corpus(synchronise=False, **settings), embedder, retry=retry)


def _stale(source: SmallSource) -> list[str]:
    corpus: Corpus = source.corpus(synchronise=False)
    with opened(source) as (registry, _):
        return [s.message for s in Freshness(corpus).stale([r for r in registry.revisions() if r.served])]


def test_a_first_pass_synchronises_and_indexes_and_a_second_has_nothing_to_do(
    source: SmallSource, hashing_embedder: Any
) -> None:
    first = _watched(source, hashing_embedder)
    assert (first.outcome, list(first.revisions)) == ("accepted", ["essai"])
    before = served(source)
    assert _watched(source, hashing_embedder).outcome == "unchanged"
    assert served(source) == before


def test_an_arrival_is_compared_linted_and_put_in_service(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table
) -> None:
    ingest(source, hashing_embedder)
    commit = edit(source, requirement_table)
    done = _watched(source, hashing_embedder)
    assert done.outcome == "accepted"
    assert served(source)[0] == commit
    assert any("1 reformulée" in line for line in done.findings)
    assert any("défauts relevés" in line for line in done.findings)


def test_a_commit_that_touches_no_declared_document_is_no_arrival(source: SmallSource, hashing_embedder: Any) -> None:
    ingest(source, hashing_embedder)
    source.commit({"image.txt": "rien"}, "image")
    assert _watched(source, hashing_embedder).outcome == "unchanged"
    assert _stale(source) == []


def test_a_refused_revision_leaves_the_former_one_and_is_not_tried_again(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table, gate: Callable[[str], str], tmp_path: Path
) -> None:
    ingest(source, hashing_embedder)
    before = served(source)
    commit = edit(source, requirement_table)
    command = gate(f"echo un passage >> {tmp_path / 'passages'}; echo trop faible; exit 1")
    done = _watched(source, hashing_embedder, watch_gate=command)
    assert done.outcome == "refused"
    assert "régression" in done.message
    assert "trop faible" in done.findings[-1]
    assert served(source) == before
    again = _watched(source, hashing_embedder, watch_gate=command)
    assert again.outcome == "refused"
    assert (tmp_path / "passages").read_text().count("passage") == 1
    assert load_state(source.settings().home).refused == done
    (message,) = _stale(source)
    assert commit[:7] in message
    assert "refusée" in message


def test_a_refusal_is_reconsidered_on_request_or_when_the_gate_or_the_source_changes(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table, gate: Callable[[str], str]
) -> None:
    ingest(source, hashing_embedder)
    commit = edit(source, requirement_table)
    no = gate("exit 1")
    assert _watched(source, hashing_embedder, watch_gate=no).outcome == "refused"
    assert _watched(source, hashing_embedder, watch_gate=f"{no} autre").outcome == "refused"
    gate("exit 0")
    assert _watched(source, hashing_embedder, watch_gate=no).outcome == "accepted"  # the last refusal: « … autre »
    assert served(source)[0] == commit
    gate("exit 1")
    newer = edit(source, requirement_table, "L'application utilise le SSO Agent, FranceConnect ou ProConnect")
    assert _watched(source, hashing_embedder, watch_gate=no).outcome == "refused"
    gate("exit 0")
    assert _watched(source, hashing_embedder, watch_gate=no).outcome == "refused"  # remembered, not judged again
    assert _watched(source, hashing_embedder, retry=True, watch_gate=no).outcome == "accepted"
    assert served(source)[0] == newer
    assert load_state(source.settings().home).refused is None


@pytest.mark.parametrize(
    ("body", "told", "limit"),
    [
        ("exit 2", "configuration", 60.0),
        ("exit 4", "incomplète", 60.0),
        ("kill -9 $$", "signal 9", 60.0),
        ("sleep 30", "n'a pas fini", 0.2),
    ],
)
def test_a_gate_that_could_not_judge_is_asked_again_at_the_next_pass(
    source: SmallSource,
    hashing_embedder: Any,
    requirement_table: Table,
    gate: Callable[[str], str],
    body: str,
    told: str,
    limit: float,
) -> None:
    ingest(source, hashing_embedder)
    before = served(source)
    edit(source, requirement_table)
    done = _watched(source, hashing_embedder, watch_gate=gate(body), watch_gate_timeout=limit)
    assert done.outcome == "failed"
    assert told in done.message
    assert served(source) == before
    assert _watched(source, hashing_embedder, watch_gate=gate("exit 0")).outcome == "accepted"


def test_a_gate_that_does_not_exist_says_which_setting(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table
) -> None:
    ingest(source, hashing_embedder)
    edit(source, requirement_table)
    done = _watched(source, hashing_embedder, watch_gate="/absent/controle")
    assert (done.outcome, "CCT_WATCH_GATE" in done.message) == ("failed", True)


def test_the_gate_sees_the_candidate_as_the_live_index_and_its_scores_are_kept(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table, gate: Callable[[str], str], tmp_path: Path
) -> None:
    ingest(source, hashing_embedder)
    commit = edit(source, requirement_table)
    script = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path;"
        "from ingest.index.build_index import open_index; registry, _ = open_index(Path(os.environ['CCT_HOME'], 'index'), 'hashing');"
        "print([r.commit for r in registry.revisions() if r.served][0])"
    )
    command = gate(
        f'"{sys.executable}" -c "{script}" "{PROJECT}" > {tmp_path / "vu"}\n'
        'echo \'{"justesse": 0.8, "note": "x"}\' > "$CCT_WATCH_SCORES"'
    )
    done = _watched(source, hashing_embedder, watch_gate=command)
    assert done.outcome == "accepted"
    assert (tmp_path / "vu").read_text().strip() == commit
    assert load_state(source.settings().home).scores_of("essai", commit) == {"justesse": 0.8}
    assert list(source.settings().home.glob(".candidate-*")) == []


def test_a_source_that_cannot_be_reached_is_said_and_the_index_stays(
    source: SmallSource, hashing_embedder: Any
) -> None:
    ingest(source, hashing_embedder)
    before = served(source)
    done = watch_once(source.corpus(synchronise=False), hashing_embedder, {"essai": "/absent"})
    assert done.outcome == "failed"
    assert "n'a pas été synchronisée" in done.message
    assert served(source) == before


def test_a_damaged_memory_is_set_aside(source: SmallSource, hashing_embedder: Any) -> None:
    ingest(source, hashing_embedder)
    home = source.settings().home
    state_file(home).write_text("{", encoding="utf-8")
    assert _watched(source, hashing_embedder).outcome == "unchanged"
    assert state_file(home).with_suffix(".json.abime").read_text(encoding="utf-8") == "{"
    save_state(home, WatchState())
    assert load_state(home) == WatchState()


# Killed, repeated, several at once: for real, in processes of their own.

_CHILD = """
import sys, time
from pathlib import Path
from ingest.sources.corpus import Corpus
from ingest.errors import CctError
from ingest.settings import IngestSettings
from ingest.watching.watch import watch_once
from tests.conftest import HashingEmbedder

home, corpus_folder, gate, slow = sys.argv[1:]

def progress(label, done, total):
    print(label, done, flush=True)
    time.sleep(float(slow))

settings = IngestSettings(_env_file=None, home=Path(home), corpus=Path(corpus_folder), watch_gate=gate)
try:
    done = watch_once(Corpus(settings), HashingEmbedder(), say=lambda line: print(line, flush=True), progress=progress)
    print("ended", done.outcome, flush=True)
except CctError as exc:
    print("refused", type(exc).__name__, flush=True)
"""


def _child(source: SmallSource, gate: str = "", slow: float = 0.0) -> subprocess.Popen[str]:
    home, corpus = str(source.settings().home), str(source.corpus_folder)
    return subprocess.Popen(
        [sys.executable, "-c", _CHILD, home, corpus, gate, str(slow)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )


def _read_until(child: subprocess.Popen[str], words: str) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        if words in line:
            return
    raise AssertionError(f"{words!r} never came")


@pytest.mark.parametrize("moment", ["essai :", "Lecture des documents 1", "Calcul des vecteurs", "Contrôle"])
def test_a_pass_killed_at_any_moment_leaves_the_index_and_the_next_one_ends_it(
    source: SmallSource,
    hashing_embedder: Any,
    requirement_table: Table,
    closed_gate: tuple[str, Path],
    moment: str,
) -> None:
    ingest(source, hashing_embedder)
    before = served(source)
    commit = edit(source, requirement_table)
    command, held = closed_gate
    child = _child(source, command, slow=0.4)
    _read_until(child, moment)
    child.send_signal(signal.SIGKILL)
    child.wait()
    held.unlink()
    child.communicate()
    assert served(source) == before
    assert _watched(source, hashing_embedder).outcome == "accepted"
    assert served(source)[0] == commit
    assert len(generations(source)) <= 2
    assert list(source.settings().home.glob(".candidate-*")) == []


def test_passes_at_the_same_time_leave_one_consistent_index(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table, gate: Callable[[str], str]
) -> None:
    ingest(source, hashing_embedder)
    commit = edit(source, requirement_table)
    source.write_manifest()
    slow = gate("sleep 1")
    children = [_child(source, slow, slow=0.1) for _ in range(4)]
    said = [child.communicate(timeout=240)[0] for child in children]
    assert sum("ended accepted" in words for words in said) == 1
    assert all("ended" in words or "refused WatchBusy" in words for words in said), said
    assert served(source)[0] == commit
    assert len(generations(source)) <= 2


def test_a_pass_beside_an_ingestion_waits_for_the_next_time(
    source: SmallSource, hashing_embedder: Any, requirement_table: Table, closed_gate: tuple[str, Path]
) -> None:
    ingest(source, hashing_embedder)
    edit(source, requirement_table)
    command, held = closed_gate
    child = _child(source, command)
    _read_until(child, "Contrôle")
    with pytest.raises(WatchBusy):
        _watched(source, hashing_embedder)
    corpus: Corpus = source.corpus(synchronise=False)
    with pytest.raises(Exception, match="Une autre indexation est en cours"):
        build_index(corpus, hashing_embedder, corpus.newest())
    held.unlink()
    assert "ended accepted" in child.communicate(timeout=240)[0]


def test_the_candidate_folder_is_removed_and_the_index_it_names_is_not(
    source: SmallSource, hashing_embedder: Any
) -> None:
    ingest(source, hashing_embedder)
    (generation,) = generations(source)
    with candidate_home(source.settings().home, generation) as folder:
        assert (folder / "index" / generation.name / "registry.sqlite").is_file()
    assert not folder.exists()
    assert (generation / "registry.sqlite").is_file()
    assert index_folder(source).is_dir()
