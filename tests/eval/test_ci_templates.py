"""The templates of continuous integration call commands and options that exist."""

from __future__ import annotations

import re
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
