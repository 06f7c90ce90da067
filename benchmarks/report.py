"""Results → docs/benchmarks.md, in French."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.machine import PROJECT
from benchmarks.results import PartResult, Table

REPORT = PROJECT / "docs" / "benchmarks.md"


def write_report(results: Sequence[PartResult], missing: Sequence[str] = (), path: Path = REPORT) -> None:
    """Writes the report of every part measured so far, and names those that were not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_lines(results, missing)) + "\n", encoding="utf-8")


def _lines(results: Sequence[PartResult], missing: Sequence[str]) -> Iterator[str]:
    yield "# Mesures de vitesse, de mémoire et de recherche"
    yield ""
    yield (
        "Écrit par `python benchmarks/run.py` ; ne pas modifier à la main. Tout se passe sur une machine, hors "
        "réseau, sur la plus récente révision des deux dépôts officiels. Une partie se mesure à nouveau seule avec "
        "`--only NOM` ; chacune dit sa date, le commit du projet et ce qui occupait la machine."
    )
    yield ""
    yield "## Objectifs"
    yield ""
    aims = [(result.name, aim) for result in results for aim in result.measured.aims]
    rows = tuple((a.what, a.aimed, a.found, "atteint" if a.reached else "**non atteint**", n) for n, a in aims)
    yield from _table(("mesure", "objectif", "trouvé", "", "partie"), rows)
    if missing:
        yield ""
        yield f"**Pas encore mesuré** : {', '.join(missing)} ; les objectifs de ces parties restent à vérifier."
    for result in results:
        yield from _part(result)


def _part(result: PartResult) -> Iterator[str]:
    yield ""
    yield f"## {result.title} (`--only {result.name}`)"
    yield ""
    yield (
        f"{result.date}, commit {result.commit}. {result.machine}. Machine avant : {result.before} ; "
        f"après : {result.after}. Durée de la partie : {result.seconds:.0f} s."
    )
    for table in result.measured.tables:
        yield from _titled(table)
    if result.measured.notes:
        yield ""
        yield from (f"- {note}" for note in result.measured.notes)


def _titled(table: Table) -> Iterator[str]:
    yield ""
    yield f"**{table.title}**"
    yield ""
    yield from _table(table.header, table.rows)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(header) + " |"
    yield "| --- |" + " ---: |" * (len(header) - 1)
    yield from ("| " + " | ".join(row) + " |" for row in rows)
