"""`cct watch`: one pass of the watch, for cron or a Kubernetes job, and what it remembers."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from ui.startup import open_corpus, pairs, say

if TYPE_CHECKING:
    from ingest.sources.corpus import Corpus
    from ingest.watching.state import WatchPass

_OUTCOMES = {
    "unchanged": "rien de nouveau",
    "accepted": "révision mise en service",
    "refused": "révision refusée, l'index précédent répond toujours",
    "failed": "passage inachevé, l'index précédent répond toujours",
}
_EXIT_CODES = {"unchanged": 0, "accepted": 0, "refused": 1, "failed": 2}


def watch(
    origins: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="SOURCE=ADRESSE", help="Remplace l'adresse d'une source."),
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Réessaie une révision refusée.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Dit où en est la veille, sans rien faire.")] = False,
) -> None:
    """Synchronise, et met en service une révision nouvelle si elle passe le contrôle (code 1 : refusée)."""
    corpus = open_corpus()
    if status:
        _print_status(corpus)
        return
    from assistant.assembly import make_configured_embedder
    from assistant.settings import AssistantSettings
    from ingest.watching.watch import WatchBusy, watch_once
    from ui.commands.terminal import progress_bar

    given = dict(pairs(origins, "--from"))
    for name in given:
        corpus.manifest.get(name)
    signal.signal(signal.SIGTERM, _stopped)
    embedder = make_configured_embedder(corpus.settings, AssistantSettings())
    try:
        with progress_bar() as progress:
            done = watch_once(corpus, embedder, given, retry, say, progress)
    except WatchBusy as exc:
        say(f"{exc.message} {exc.remedy}")
        return
    if done.outcome == "refused" and done.findings:
        say(done.findings[-1])
    say(f"{_OUTCOMES[done.outcome].capitalize()}. {done.message}")
    raise typer.Exit(_EXIT_CODES[done.outcome])


def _print_status(corpus: Corpus) -> None:
    from ingest.index.generations import live_generation
    from ingest.index.registry import Registry
    from ingest.sources.freshness import Freshness
    from ingest.watching.state import load_state

    state = load_state(corpus.settings.home)
    print(f"Dernier passage : {_told(state.last)}" if state.last else "Aucun passage de la veille.")
    if state.refused is not None and state.refused != state.last:
        print(f"Refus en vigueur : {_told(state.refused)}")
    live = live_generation(corpus.settings.index_folder)
    if live is None:
        print("Aucun index en service.")
        return
    registry = Registry(live / "registry.sqlite")
    try:
        served = [r for r in registry.revisions() if r.served]
    finally:
        registry.close()
    for r in served:
        print(f"En service : {r.source} {r.commit[:7]} du {r.date}" + ("" if r.official else " (démonstration)"))
    for stale in Freshness(corpus).stale(served):
        print(f"En retard : {stale.message}")


def _told(done: WatchPass) -> str:
    named = ", ".join(f"{source} {commit[:7]}" for source, commit in done.revisions.items())
    scores = ", ".join(f"{name} {value:g}" for name, value in done.scores.items())
    lines = [f"{done.when}, {_OUTCOMES[done.outcome]}" + (f" ({named})" if named else "") + f". {done.message}"]
    lines += [f"  {line}" for line in done.findings]
    return "\n".join([*lines, f"  Mesures : {scores}"] if scores else lines)


def _stopped(_signal: int, _frame: FrameType | None) -> None:
    """A job that is stopped cleans up behind it, as with Ctrl+C."""
    sys.exit(143)
