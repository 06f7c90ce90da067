"""What every command needs before its work: the corpus, the index, the assistant, and a voice."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from ingest.errors import CctError

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from assistant.selection import Library
    from ingest.sources.corpus import Corpus, CorpusRevision
    from ui.doors.consultation import CorpusConsultation

Made = TypeVar("Made")


def say(message: str) -> None:
    """A message for the person at the terminal, on standard error."""
    print(message, file=sys.stderr, flush=True)


def open_corpus() -> Corpus:
    """The corpus that the environment configures; CctError for a refused setting."""

    from ingest.settings import load_settings
    from ingest.sources.corpus import Corpus

    return Corpus(load_settings())


def ready_assistant(revision: list[str] | None) -> tuple[Assistant, dict[str, str]]:
    """The assistant over a live index, built first when there is none or a named revision is not in it."""
    library, revisions = ready_library(revision)
    return _assistant(library), revisions


def ready_consultation() -> CorpusConsultation:
    """What other programs read, over a live index, built first when there is none."""
    from ui.doors.consultation import CorpusConsultation

    library, _ = ready_library(None)
    return CorpusConsultation(_assistant(library), library, open_corpus())


def _assistant(library: Library) -> Assistant:
    from assistant.answering import Assistant
    from assistant.assembly import make_writer
    from assistant.search.ranking import packaged_parameters

    return Assistant(library, packaged_parameters(), make_writer(library))


def once(make: Callable[[], Made]) -> Callable[[], Made]:
    """Makes the thing at the first call, gives the same one afterwards; begins at once, in the background."""
    lock = threading.Lock()
    made: list[Made] = []

    def get() -> Made:
        with lock:
            if not made:
                made.append(make())
            return made[0]

    def begin() -> None:
        with contextlib.suppress(CctError):  # the first call meets it again, and tells it
            get()

    threading.Thread(target=begin, daemon=True).start()
    return get


def ready_library(revision: list[str] | None) -> tuple[Library, dict[str, str]]:
    """The library of a live index, built first when there is none or a named revision is not in it."""
    from assistant.assembly import make_library
    from ingest.index.generations import live_generation

    corpus = open_corpus()
    if live_generation(corpus.settings.index_folder) is None:
        say("Aucun index : construction en cours (une seule fois).")
        build(corpus, corpus.newest(), [])
    library = make_library(corpus.settings)
    chosen = {source: corpus.revision(source, wanted) for source, wanted in pairs(revision, "--revision")}
    if chosen:
        indexed = library.indexed()
        known = {(r.source, r.commit) for r in indexed}
        missing = [r for r in chosen.values() if (r.source.id, r.commit) not in known]
        if missing:
            served = [corpus.revision(r.source, r.commit) for r in indexed if r.served and r.official]
            build(corpus, served or corpus.newest(), missing)
    revisions = {source: found.commit for source, found in chosen.items()}
    return library, revisions


def build(corpus: Corpus, served: list[CorpusRevision], others: list[CorpusRevision]) -> None:
    """Builds the index and says what was done."""
    from assistant.assembly import make_configured_embedder
    from assistant.settings import AssistantSettings
    from ingest.index.build_index import build_index
    from ui.commands.terminal import progress_bar

    embedder = make_configured_embedder(corpus.settings, AssistantSettings())
    with progress_bar() as progress:
        report = build_index(corpus, embedder, served, others, progress)
    for source, path in report.missing_documents:
        say(f"Attention : {source} n'a pas de {path} à cette révision.")
    for source, path, row in report.unreadable:
        say(f"Attention : {source}, {path}, ligne {row.line} : {row.reason} ({row.extract}).")
    for indexed in report.revisions:
        say(f"{indexed.source} : {_edition(indexed.commit, indexed.date, indexed.official)}")
    done = f"{report.passages} passages, {report.embedded} vecteurs calculés en {report.seconds:.1f} s"
    say(f"{done}. L'index est en service.")


def say_revisions(revisions: list[CorpusRevision]) -> None:
    """Which revision of each source a command read."""
    for r in revisions:
        say(f"{r.source.id} : {_edition(r.commit, r.date, r.official)}")


def _edition(commit: str, date: str, official: bool) -> str:
    return f"révision {commit[:7]} du {date}" if official else "édition de démonstration, non officielle"


def readable(corpus: Corpus, history: list[CorpusRevision]) -> list[CorpusRevision]:
    """The revisions that have at least one declared document that can be read."""
    kept = []
    for revision in history:
        try:
            corpus.documents(revision)
        except CctError as exc:
            say(f"Révision {revision.commit[:7]} laissée de côté : {exc.message}")
            continue
        kept.append(revision)
    return kept


def selected(corpus: Corpus, source: str | None, revision: list[str] | None) -> list[CorpusRevision]:
    """The revisions that a command reads: of one source or of all, as named or the newest."""
    wanted = dict(pairs(revision, "--revision"))
    if source is not None:
        if source in wanted:
            return [corpus.revision(source, wanted[source])]
        return [corpus.current(source)]
    current = {r.source.id: r for r in corpus.newest()}
    current.update({s: corpus.revision(s, rev) for s, rev in wanted.items()})
    return list(current.values())


def pairs(values: list[str] | None, option: str) -> Iterator[tuple[str, str]]:
    """(source, value) for each SOURCE=VALUE of an option; CctError for anything else."""
    for value in values or []:
        name, sign, rest = value.partition("=")
        if not (name and sign and rest):
            raise CctError(
                f"{option} {value!r} n'est pas compris.",
                f"Écrivez {option} SOURCE=VALEUR.",
            )
        yield name, rest
