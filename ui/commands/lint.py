"""`cct lint`: the documents' own defects, for whoever maintains them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.errors import CctError
from ui.startup import open_corpus, say, selected

if TYPE_CHECKING:
    from ingest.lint.findings import Finding, Severity
    from ingest.sources.corpus import CorpusRevision

_SEVERITIES: dict[Severity, str] = {"error": "erreur", "warning": "avertissement", "info": "information"}
_OUTPUT = "Fichier à écrire ; - : sortie standard."


def lint(
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="mirai, pi, … ; toutes par défaut.")
    ] = None,
    revision: Annotated[
        list[str] | None,
        typer.Option("--revision", metavar="SOURCE=RÉV", help="Empreinte de commit ou date AAAA-MM-JJ."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON sur la sortie standard.")] = False,
    sarif: Annotated[str | None, typer.Option("--sarif", metavar="FICHIER", help=f"SARIF 2.1.0. {_OUTPUT}")] = None,
    code_quality: Annotated[
        str | None, typer.Option("--code-quality", metavar="FICHIER", help=f"Qualité de code GitLab. {_OUTPUT}")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FICHIER", envvar="CCT_LINT_CONFIG", help="lint.toml : règles coupées."),
    ] = None,
) -> None:
    """Relève les défauts des documents eux-mêmes ; code 1 s'il reste une erreur."""
    from ingest.lint.reports import to_code_quality, to_json, to_sarif
    from ingest.lint.run import lint as find
    from ingest.lint.switches import load_switches, standing

    if [as_json, sarif == "-", code_quality == "-"].count(True) > 1:
        raise typer.BadParameter("la sortie standard ne porte qu'un format à la fois")
    switches = load_switches(config) if config else ()
    corpus = open_corpus()
    revisions = selected(corpus, source, revision)
    everything = find(corpus, revisions)
    findings = standing(everything, switches)
    if as_json:
        print(to_json(findings))
    if sarif:
        _write(sarif, to_sarif(findings, revisions, version("assistant-cct")))
    if code_quality:
        _write(code_quality, to_code_quality(findings))
    if not as_json and "-" not in {sarif, code_quality}:
        _print(findings)
    _conclude(findings, revisions, len(everything) - len(findings))


def _conclude(findings: Sequence[Finding], revisions: Sequence[CorpusRevision], switched_off: int) -> None:
    """What was read and how it ends, on standard error; exit code 1 when an error stands."""
    for found in revisions:
        say(f"{found.source.id} : révision {found.commit[:12]} du {found.date}")
    say(_summary(findings, switched_off))
    if any(f.severity == "error" for f in findings):
        raise typer.Exit(1)


def _write(path: str, content: str) -> None:
    if path == "-":
        print(content, end="")
        return
    try:
        Path(path).write_text(content, encoding="utf-8")
    except OSError as exc:
        raise CctError(f"Écriture impossible : {path} ({exc.strerror}).", "Donnez un autre fichier.") from exc


def _print(findings: Sequence[Finding]) -> None:
    """Documents one after the other, a finding a line; plain text when standard output is no terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    styles = {"error": "bold red", "warning": "yellow", "info": "cyan"}
    for (name, document), group in groupby(findings, key=lambda f: (f.source, f.document)):
        console.print(Text(f"{name} · {document}", style="bold"))
        for f in group:
            judgement = " (à juger)" if f.judgement else ""
            console.print(
                Text.assemble(
                    f"  {f.line:>4}  ",
                    (_SEVERITIES[f.severity], styles[f.severity]),
                    f" {f.rule}{judgement} : {f.message}",
                )
            )
        console.print()


def _summary(findings: Sequence[Finding], switched_off: int) -> str:
    counts = Counter(f.severity for f in findings)
    parts = [f"{counts[s]} {name}{'s' if counts[s] > 1 else ''}" for s, name in _SEVERITIES.items() if counts[s]]
    told = ", ".join(parts) or "aucun défaut"
    judged = sum(f.judgement for f in findings)
    more = f" ; {judged} à juger par une personne" if judged else ""
    return f"{told}{more}{f' ; {switched_off} coupé(s) par les réglages' if switched_off else ''}."
