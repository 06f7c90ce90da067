"""`cct eval compare`: did something get worse, and is it the documents or us?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from eval.commands.questions import write_text
from eval.commands.score import ThresholdsFile, scored
from eval.exit_codes import INCOMPATIBLE

if TYPE_CHECKING:
    from eval.revisions.comparison import Comparison
    from eval.scoring.summary import Thresholds

Bridge = Annotated[
    Path | None,
    typer.Option(
        "--bridge",
        metavar="EXÉCUTION",
        help="Le code courant sur les documents d'avant : sépare les effets.",
    ),
]


def compare(
    before: Annotated[Path, typer.Argument(metavar="RÉFÉRENCE")],
    after: Annotated[Path, typer.Argument(metavar="COURANTE")],
    bridge: Bridge = None,
    strict: Annotated[bool, typer.Option("--strict", help="Un résultat non concluant fait échouer (6).")] = False,
    thresholds: ThresholdsFile = None,
    markdown: Annotated[Path | None, typer.Option("--markdown", help="Écrit le commentaire dans ce fichier.")] = None,
) -> None:
    """Compare deux exécutions ; 1 : régression ou invariant rompu, 4 : incomplète, 5 : incomparables."""
    from eval.revisions.comparison_report import comparison_lines, conclusion
    from eval.scoring.summary import load_thresholds

    found = comparisons(before, after, bridge, load_thresholds(thresholds))
    lines = [f"**{conclusion(found)}**", ""]
    for one in found:
        lines += [*comparison_lines(one), ""]
    text = "\n".join(lines)
    print(text)
    if markdown is not None:
        write_text(markdown, text)
    raise typer.Exit(worst_ending(found, strict))


def comparisons(before: Path, after: Path, bridge: Path | None, thresholds: Thresholds) -> list[Comparison]:
    """The comparison, or the two of them that a bridge separates: code first, then documents.

    When documents and code both changed and there is no bridge, says so on standard error and ends with 5.
    """
    from eval.revisions.comparison import compare as compare_runs

    older, newer = scored(before), scored(after)
    if bridge is not None:
        between = scored(bridge)
        found = [compare_runs(older, between, thresholds), compare_runs(between, newer, thresholds)]
        code, documents = (c.effect for c in found)
        if code not in {"code", "aucun"} or documents not in {"documents", "aucun"}:
            _refuse("Le pont doit être le code de l'exécution courante sur les documents de la référence.")
        return found
    found = [compare_runs(older, newer, thresholds)]
    if found[0].effect == "mêlés":
        _refuse(
            "Documents et code ont changé entre les deux exécutions : refaites la référence avec le code courant "
            "(« cct eval run --revision … ») et donnez-la par --bridge."
        )
    return found


def _refuse(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(INCOMPATIBLE)


def worst_ending(found: list[Comparison], strict: bool) -> int:
    """The exit code of several comparisons: incomplete first, then regression, then inconclusive."""
    endings = {c.ending(strict) for c in found}
    return next((code for code in (4, 1, 6) if code in endings), 0)


def register(app: typer.Typer) -> None:
    """Adds the command to `cct eval`."""
    app.command()(compare)
