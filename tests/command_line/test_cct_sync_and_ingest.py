"""`cct sync` and `cct ingest`: repositories in, an index that serves out, and what is said when that fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.built_indexes import command, environment
from tests.small_corpus import BANK, SECOND, SmallCorpus, table

Run = Callable[..., subprocess.CompletedProcess[str]]


def said_in_french(done: subprocess.CompletedProcess[str]) -> bool:
    """True when an error was a message with its remedy."""
    return done.stderr.startswith("Erreur : ") and "\n→ " in done.stderr and "Traceback" not in done.stderr


def test_sync_clones_then_updates(run_small: Run, small: SmallCorpus) -> None:
    done = run_small("sync")
    assert (done.returncode, done.stdout) == (0, "")
    assert f"essai : {small.commits[1][:7]} du 2024-06-23 (seconde version)" in done.stderr
    assert small.commits[1][:7] in run_small("sync", "essai").stderr


def test_sync_from_a_path_or_a_bundle_replaces_the_address(run: Run, small: SmallCorpus, tmp_path: Path) -> None:
    manifest = small.corpus / "manifest.toml"
    manifest.write_text(manifest.read_text().replace(str(small.repository), "https://depot.invalid/x.git"))
    bundle = tmp_path / "essai.bundle"
    subprocess.run(["git", "-C", str(small.repository), "bundle", "create", "-q", str(bundle), "main"], check=True)
    for origin in (bundle, small.repository):
        done = run("sync", "--from", f"essai={origin}", home=small.home, edition="auto", **small.variables)
        assert done.returncode == 0, done.stderr
        assert small.commits[1][:7] in done.stderr


@pytest.mark.official
def test_an_official_bundle_is_synchronised_and_read(
    run: Run, official_bundles: dict[str, Path], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    done = run("sync", "--from", f"mirai={official_bundles['mirai']}", home=home, edition="auto")
    assert done.returncode == 0, done.stderr
    shown = json.loads(run("show", "EXI-ARCH-11", "--source", "mirai", "--json", home=home, edition="auto").stdout)
    assert [record["official"] for record in shown] == [True]
    assert "github.com" in shown[0]["url"]


def _unreachable(small: SmallCorpus) -> None:
    manifest = small.corpus / "manifest.toml"
    # nothing listens on port 9 of the loopback: refused at once, without leaving the machine
    manifest.write_text(manifest.read_text().replace(str(small.repository), "http://127.0.0.1:9/essai.git"))


def test_without_network_sync_fails_with_its_remedy(run_small: Run, small: SmallCorpus) -> None:
    _unreachable(small)
    done = run_small("sync")
    assert done.returncode == 2
    assert said_in_french(done)
    assert "cct sync --from" in done.stderr


def test_without_network_an_optional_sync_says_so_and_succeeds(run_small: Run, small: SmallCorpus) -> None:
    _unreachable(small)
    done = run_small("sync", "--optional")
    assert done.returncode == 0
    assert "essai : non synchronisé." in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("sync", "inconnue"), "mirai, pi"),
        (("sync", "--from", "inconnue=/x"), "mirai, pi"),
        (("sync", "--from", "mirai"), "SOURCE=VALEUR"),
        (("ingest", "--revision", "mirai"), "SOURCE=VALEUR"),
        (("ingest", "--revision", "mirai=2024-01-01"), "cct sync"),
        (("show", "EXI-G-6", "--revision", "mirai"), "SOURCE=VALEUR"),
    ],
)
def test_wrong_use_is_said_in_french(run: Run, tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    done = run(*arguments, home=tmp_path / "home")
    assert (done.returncode, done.stdout) == (2, "")
    assert said_in_french(done)
    assert word in done.stderr


@pytest.mark.parametrize("arguments", [("zut",), ("show",), ("export", "records"), ("serve", "--port", "0")])
def test_a_wrong_command_line_exits_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")


def test_ingest_serves_the_wanted_revision_and_says_so(run_small: Run, small: SmallCorpus) -> None:
    run_small("sync")
    done = run_small("ingest", "--revision", "essai=2024-05-01")
    assert (done.returncode, done.stdout) == (0, "")
    assert f"essai : révision {small.commits[0][:7]} du 2024-05-01" in done.stderr
    assert "L'index est en service." in done.stderr
    assert "quotidienne" in run_small("ask", "Que dit EXI-G-1 ?").stdout


def test_ingesting_again_computes_nothing(run_small: Run) -> None:
    run_small("sync")
    run_small("ingest", "--all-revisions")
    assert "6 passages, 0 vecteurs calculés" in run_small("ingest", "--all-revisions").stderr


def test_an_unreadable_row_is_reported_with_its_line(run_small: Run, small: SmallCorpus) -> None:
    rows = table((*SECOND, "EXI-G-9 | P |  | Données"))
    (small.repository / "exigences.md").write_text(rows, encoding="utf-8")
    identity = ["-c", "user.name=Essai", "-c", "user.email=essai@exemple.invalid"]
    subprocess.run(["git", *identity, "-C", str(small.repository), "commit", "-qam", "ligne vide"], check=True)
    run_small("sync")
    done = run_small("ingest")
    assert done.returncode == 0
    assert "Attention : essai, exigences.md, ligne 9 : exigence sans texte" in done.stderr


def test_without_git_sync_says_to_install_it(run: Run, tmp_path: Path) -> None:
    done = run("sync", home=tmp_path / "home", PATH=str(tmp_path))
    assert done.returncode == 2
    assert said_in_french(done)
    assert "git est introuvable" in done.stderr


def test_without_git_the_demonstration_edition_still_answers(run: Run, tmp_path: Path) -> None:
    assert run("show", "EXI-G-6", PATH=str(tmp_path)).returncode == 0
    assert run("ask", "Que dit EXI-G-6 ?", PATH=str(tmp_path)).returncode == 0


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"CCT_EMBEDDING": "magique"}, "Valeurs : bundled"),
        ({"CCT_EMBEDDING": "openai:modele"}, "OPENAI_BASE_URL"),
        ({"CCT_EDITION": "brouillon"}, "CCT_EDITION"),
        ({"CCT_SYNC_TIMEOUT": "-1"}, "CCT_SYNC_TIMEOUT"),
        ({"CCT_CORPUS": "absent"}, "CCT_CORPUS"),
        ({"CCT_MANIFEST": "absent.toml"}, "CCT_MANIFEST"),
    ],
)
def test_a_wrong_setting_is_named(run: Run, variables: dict[str, str], said: str) -> None:
    done = run("ask", "Que dit EXI-G-6 ?", **variables)
    assert (done.returncode, done.stdout) == (2, "")
    assert said_in_french(done)
    assert said in done.stderr


@pytest.mark.parametrize("arguments", [("bank", "check"), ("eval", "measure")])
def test_a_wrong_setting_is_named_by_every_command(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, CCT_EDITION="brouillon")
    assert done.returncode == 2
    assert said_in_french(done)


@pytest.mark.parametrize("command_name", ["measure", "fit", "verification"])
def test_a_report_that_cannot_be_written_is_told_before_the_measure(
    run: Run, tmp_path: Path, command_name: str
) -> None:
    (tmp_path / "fichier").write_text("un fichier à la place du dossier")
    done = run("eval", command_name, "--report", str(tmp_path / "fichier" / "rapport.md"))
    assert done.returncode == 2
    assert said_in_french(done)
    assert "Écriture impossible" in done.stderr
    assert "index" not in done.stderr  # nothing was prepared


@pytest.mark.parametrize("command_name", ["sync", "ingest", "ask"])
def test_a_data_folder_that_cannot_be_written_says_which_setting_to_change(
    run: Run, small: SmallCorpus, tmp_path: Path, command_name: str
) -> None:
    (tmp_path / "fichier").write_text("un fichier à la place du dossier")
    arguments = {"sync": ("sync",), "ingest": ("ingest",), "ask": ("ask", "Que dit EXI-G-6 ?")}[command_name]
    variables = small.variables if command_name == "sync" else {}
    done = run(*arguments, home=tmp_path / "fichier", **variables)
    assert done.returncode == 2
    assert "CCT_HOME" in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_during_an_ingestion_leaves_the_index_as_it_was(small: SmallCorpus, tmp_path: Path) -> None:
    small.index()
    folder = small.home / "index"
    live = (folder / "live").read_text()
    many = [
        f"Question numéro {n} sur la sauvegarde, les journaux et les secrets de la plateforme" * 4
        for n in range(3000)
    ]
    small.write_bank(
        *BANK, {"id": "long", "questions": many}
    )  # a minute at least; an interruption waits for 64 of them
    process = subprocess.Popen(
        [str(command()), "ingest"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment(small.home, "auto", small.variables),
        # a suite started in the background of a shell ignores interruptions, and what it starts would too
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 120
    while len(list(folder.glob("generation-*/chroma"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    try:
        _, errors = process.communicate(timeout=120)  # the texts being embedded are finished first
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert (folder / "live").read_text() == live
    assert [p.name for p in folder.glob("generation-*")] == [live]
