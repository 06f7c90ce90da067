"""Answers and progress as a terminal shows them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assistant.answer import Answer, Place, UsedRevision
from ingest.index.build_index import Progress as ProgressCallback
from ui.wording import french_date

STATUS_LABELS = {
    "abstained": "Pas de réponse trouvée",
    "clarify": "Plusieurs réponses selon la source",
    "refused": "Hors sujet",
    "error": "Erreur",
}


def print_answer(answer: Answer) -> None:
    """The answer, its sources with their links, its warnings; plain text when standard output is no terminal."""
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    label = STATUS_LABELS.get(answer.status)
    if label:
        console.print(f"[bold]{label}[/bold]\n")
    console.print(Markdown(answer.text) if sys.stdout.isatty() else _plain(answer.text), markup=False)
    if answer.searched:
        console.print(f"\nQuestion recherchée : « {answer.searched} »", markup=False)
    if answer.degraded:
        console.print(f"\nRéponse composée d'extraits, sans modèle de langage : {answer.degraded}.", markup=False)
    if answer.citations:
        console.print("\n[bold]Sources[/bold]")
    for citation in answer.citations:
        mark = "" if citation.verified else " (non vérifiée)"
        console.print(f"[{citation.n}] {citation.title}{mark}", markup=False)
        for place in (citation.place, *citation.also):
            console.print(f"    {place_line(place)}", markup=False)
    if answer.revisions:
        named = [f"{r.source} {_revision_words(r)}" for r in answer.revisions]
        console.print(f"\nRévisions lues : {', '.join(named)}", markup=False)
    for warning in answer.warnings:
        console.print(f"\n⚠ {warning.message}", markup=False)
    if answer.suggestions:
        console.print("\nQuestions proches :")
        for suggestion in answer.suggestions:
            console.print(f"  • {suggestion}", markup=False)


def place_line(place: Place) -> str:
    """ "pi, cct-exigences.md, ligne 49, révision bb6bc70 — https://…"."""
    lines = (
        f"ligne {place.line_start}"
        if place.line_start == place.line_end
        else (f"lignes {place.line_start} à {place.line_end}")
    )
    revision = f"révision {place.commit[:7]}" if place.commit else "édition de démonstration"
    link = f" — {place.url}" if place.url else ""
    return f"{place.source}, {place.document}, {lines}, {revision}{link}"


@contextmanager
def progress_bar() -> Iterator[ProgressCallback]:
    """A progress bar on standard error, shown only on a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda *_: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, object] = {}

        def advance(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = bar.add_task(label, total=total)
            bar.update(tasks[label], completed=done, total=total)  # type: ignore[arg-type]  # rich's TaskID

        yield advance


def _revision_words(revision: UsedRevision) -> str:
    day = french_date(revision.date)
    return f"{revision.commit[:7]} du {day}" if revision.commit else f"(édition de démonstration, {day})"


def _plain(text: str) -> str:
    return re.sub(r"(?m)^_(.+)_$", r"\1", re.sub(r"\*\*(.+?)\*\*", r"\1", text))
