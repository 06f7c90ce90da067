"""The templates of continuous integration call commands and options that exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

import ui.command_line
from eval.command_line import app as eval_app

PROJECT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((PROJECT / "docs" / "ci").glob("*.yml"))
_CALL = re.compile(r"(?<![\w-])cct ((?:eval )?[a-z]+)((?:[^;&|\n\\]|\\\n)*)")


def _commands() -> dict[str, Any]:
    top: Any
    evaluation: Any
    top, evaluation = typer.main.get_command(ui.command_line.app), typer.main.get_command(eval_app)
    found = dict(top.commands)
    return found | {f"eval {name}": command for name, command in evaluation.commands.items()}


def _scripts(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [s for value in node.values() for s in _scripts(value)]
    return [s for item in node for s in _scripts(item)] if isinstance(node, list) else []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_every_call_of_a_template_is_a_command_with_its_options(path: Path) -> None:
    commands = _commands()
    called = set()
    for script in _scripts(yaml.safe_load(path.read_text(encoding="utf-8"))):
        for match in _CALL.finditer(script):
            name, rest = match[1].strip(), match[2]
            if name not in commands:
                continue
            called.add(name)
            options = {o for p in commands[name].params for o in p.opts}
            assert set(re.findall(r"--[a-z][\w-]*", rest)) <= options, (name, rest)
    assert called >= {"sync", "lint", "eval stale", "eval run", "eval report"}


def test_the_documentation_for_maintainers_names_real_commands_only() -> None:
    text = (PROJECT / "docs" / "maintainers.md").read_text(encoding="utf-8")
    commands = _commands()
    named = {m[1].strip() for m in re.finditer(r"cct ((?:eval )?[a-z]+)", text)}
    assert {n for n in named if n.startswith("eval ")} <= set(commands)
    assert {n for n in commands if n.startswith("eval ")} - {"eval fit", "eval measure"} <= named, (
        "commande non documentée"
    )


_STUB = """#!/bin/bash
echo "$*" >> "$CALLS"
case "$*" in
  "eval stale"*) exit "$STALE_CODE" ;;
  "eval run"*) exit "$RUN_CODE" ;;
  "eval report"*) mkdir -p rapport; echo conclusion > rapport/commentaire.md; exit "$REPORT_CODE" ;;
esac
"""


def _jobs() -> dict[str, str]:
    """Template → the shell of its evaluation step."""
    gitlab, github = (yaml.safe_load((PROJECT / "docs" / "ci" / f"{n}-evaluation.yml").read_text(encoding="utf-8"))
                      for n in ("gitlab", "github"))  # fmt: skip
    steps = github["jobs"]["evaluation"]["steps"]
    return {
        "gitlab": "\n".join(gitlab["cct-evaluation"]["script"]),
        "github": next(s["run"] for s in steps if s.get("name") == "Évaluation"),
    }


@pytest.mark.parametrize("forge", ["gitlab", "github"])
@pytest.mark.parametrize(
    ("codes", "ends"),
    [
        ((0, 0, 0), {"gitlab": 0, "github": 0}),
        ((3, 0, 0), {"gitlab": 3, "github": 0}),  # GitHub has no exit code that warns: the step writes a warning
        ((3, 0, 1), {"gitlab": 1, "github": 1}),
        ((0, 4, 0), {"gitlab": 4, "github": 4}),
        ((0, 0, 5), {"gitlab": 5, "github": 5}),
    ],
)
def test_the_job_runs_both_revisions_with_the_same_code_and_ends_as_the_report_says(
    forge: str, codes: tuple[int, int, int], ends: dict[str, int], tmp_path: Path
) -> None:
    folder, calls = tmp_path / "bin", tmp_path / "appels"
    folder.mkdir()
    (folder / "cct").write_text(_STUB, encoding="utf-8")
    (folder / "cct").chmod(0o755)
    (folder / "git").write_text("#!/bin/bash\necho bbbbbbb\n", encoding="utf-8")
    (folder / "git").chmod(0o755)
    stale, run, report = (str(c) for c in codes)
    environment = {
        "PATH": f"{folder}:/usr/bin:/bin", "CALLS": str(calls), "STALE_CODE": stale, "RUN_CODE": run,
        "REPORT_CODE": report, "CCT_SOURCE": "pi", "SOURCE": "pi", "BASE": "aaaaaaa", "CI_COMMIT_SHA": "bbbbbbb",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": "aaaaaaa", "GITHUB_STEP_SUMMARY": str(tmp_path / "resume"),
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", _jobs()[forge]],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == ends[forge], done.stderr
    called = calls.read_text(encoding="utf-8").splitlines()
    assert called[0].startswith("eval stale --source pi --from aaaaaaa --to bbbbbbb")
    assert called[1] == "eval run --revision pi=aaaaaaa --out rapport/avant"
    if run == "0":
        assert called[2] == "eval run --revision pi=bbbbbbb --out rapport/apres"
        assert called[3].startswith("eval report rapport/apres --baseline rapport/avant --html rapport/rapport.html")
    else:
        assert len(called) == 2
    if forge == "github":
        assert ("::warning::" in done.stdout) is (stale == "3" and run == "0")
