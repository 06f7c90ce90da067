"""One pass of the watch: synchronise, compare, lint, index aside, have it judged, and only then switch."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import CctError, IndexBusy, IndexNotWritable, IndexStateError, RepositoryError
from ingest.french_dates import french_day
from ingest.index.build_index import FORMAT, Progress, build_index, open_index
from ingest.index.embedding import Embedder
from ingest.index.registry import IndexedRevision
from ingest.lint.run import lint
from ingest.question_bank import load_bank
from ingest.revisions.requirement_history import RevisionReader, compare_documents, compare_revisions
from ingest.revisions.revision_log import RevisionLog
from ingest.sources.corpus import Corpus, CorpusRevision
from ingest.sources.freshness import same_documents
from ingest.watching.gate import Gate, RevisionRefused, Verdict, judge, remove_candidates
from ingest.watching.state import Outcome, WatchPass, load_state, now, save_state

Say = Callable[[str], None]


class WatchBusy(IndexBusy):
    """Another pass of the watch is at work: it does what this one would have done."""

    exit_code = 0


def watch_once(
    corpus: Corpus,
    embedder: Embedder,
    origins: Mapping[str, str] | None = None,
    retry: bool = False,
    say: Say = lambda _: None,
    progress: Progress = lambda *_: None,
) -> WatchPass:
    """One pass, remembered in the data folder; the index in service is replaced only by one that was accepted.

    Killed at any moment, it leaves the index as it was, and the next pass starts again from there. Revisions that
    were refused are left alone until they, the gate, the embedding or the question bank change, or with `retry`.
    Raises WatchBusy when another pass is at work, IndexNotWritable when the data folder cannot be written.
    """
    home = corpus.settings.home
    with _alone(home):
        remove_candidates(home)
        state = load_state(home)
        try:
            done = _passed(corpus, embedder, origins or {}, retry, say, progress)
        except CctError as exc:
            done = _pass("failed", f"{exc.message} {exc.remedy}".strip())
        save_state(home, state.after(done))
        return done


def _passed(
    corpus: Corpus, embedder: Embedder, origins: Mapping[str, str], retry: bool, say: Say, progress: Progress
) -> WatchPass:
    failures = _synchronise(corpus, origins, say)
    newest = [r for r in corpus.newest() if r.official]
    if not newest:
        raise RepositoryError(
            " ".join(failures) or "Aucune source n'est synchronisée.", "Vérifiez le réseau, ou passez --from."
        )
    served = _served(corpus, embedder)
    arrived = [r for r in newest if not _already(corpus, served, r)]
    revisions = {r.source.id: r.commit for r in arrived}
    if not arrived:
        told = "Rien de nouveau dans les documents."
        return _pass("failed" if failures else "unchanged", " ".join([told, *failures]))
    key = _key(corpus, embedder, newest)
    refused = load_state(corpus.settings.home).refused
    if refused is not None and refused.key == key and not retry:
        return _pass("refused", f"Révision déjà refusée le {french_day(refused.when[:10])}. {refused.message}")
    findings = tuple(line for r in arrived for line in _compared(corpus, served.get(r.source.id), r))
    for line in findings:
        say(line)
    RevisionLog(corpus).refresh()
    verdict = Verdict()

    def check(candidate: Path) -> None:
        command = corpus.settings.watch_gate
        if command:
            say(f"Contrôle : {command}")
            found = judge(Gate(command, corpus.settings.watch_gate_timeout), corpus.settings.home, candidate)
            verdict.scores = found.scores

    def done(outcome: Outcome, message: str) -> WatchPass:
        return WatchPass(when=now(), outcome=outcome, message=message, revisions=revisions, findings=findings,
                         scores=verdict.scores, key=key)  # fmt: skip

    try:
        build_index(corpus, embedder, newest, progress=progress, check=check)
    except RevisionRefused as exc:
        findings = (*findings, exc.remedy)
        return done("refused", exc.message)
    except CctError as exc:
        return done("failed", f"{exc.message} {exc.remedy}".strip())
    names = ", ".join(f"{r.source.id} {r.commit[:7]} du {r.date}" for r in arrived)
    return done("accepted", " ".join([f"En service : {names}.", *failures]))


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / ".watch.lock", timeout=0)
        lock.acquire()
    except Timeout as exc:
        raise WatchBusy("Un autre passage de la veille est en cours.", "Il fait le même travail.") from exc
    except OSError as exc:
        raise IndexNotWritable(
            f"Écriture impossible dans {home} ({exc.strerror or exc}).",
            "Donnez un dossier accessible en écriture dans CCT_HOME.",
        ) from exc
    try:
        yield
    finally:
        lock.release()


def _synchronise(corpus: Corpus, origins: Mapping[str, str], say: Say) -> list[str]:
    """Fetches every declared source; returns what went wrong, a sentence each."""
    failures = []
    for source in corpus.manifest.source:
        try:
            revision = corpus.repository(source).synchronise(origins.get(source.id), corpus.settings.sync_timeout)
        except CctError as exc:
            failures.append(f"{source.id} n'a pas été synchronisée : {exc.message}")
            say(failures[-1])
            continue
        say(f"{source.id} : {revision.commit[:7]} du {revision.date} ({revision.subject})")
    return failures


def _served(corpus: Corpus, embedder: Embedder) -> dict[str, IndexedRevision]:
    """What answers now; nothing when there is no index that can serve."""
    folder = corpus.settings.index_folder
    try:
        registry, store = open_index(folder, embedder.name)
    except IndexStateError:
        return {}
    try:
        found = {r.source: r for r in registry.revisions() if r.served and r.official}
    finally:
        store.close()
        registry.close()
    return found


def _already(corpus: Corpus, served: Mapping[str, IndexedRevision], newest: CorpusRevision) -> bool:
    known = served.get(newest.source.id)
    if known is None:
        return False
    then = CorpusRevision(newest.source, known.commit, known.date, known.subject, True)
    try:
        return same_documents(corpus, then, newest)
    except CctError:
        return False


def _key(corpus: Corpus, embedder: Embedder, newest: Sequence[CorpusRevision]) -> str:
    bank = load_bank(corpus.settings.corpus / "questions").digest
    parts = [f"{r.source.id}={r.commit}" for r in newest]
    content = "\n".join([*parts, corpus.settings.watch_gate, embedder.name, FORMAT, bank])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _compared(corpus: Corpus, served: IndexedRevision | None, newest: CorpusRevision) -> Iterator[str]:
    """What the arrival changes, and which defects it brings or mends, a French line each."""
    name = f"{newest.source.id}, {newest.commit[:7]} du {newest.date}"
    if served is None:
        yield f"{name} : première indexation ; {len(lint(corpus, [newest]))} défauts relevés."
        return
    before = CorpusRevision(newest.source, served.commit, served.date, served.subject, True)
    reader = RevisionReader(corpus)
    requirements = compare_revisions(reader, before, newest)
    documents = [d.document for d in compare_documents(reader, before, newest)]
    counts = (
        (len(requirements.of("added")), "ajoutée"),
        (len(requirements.of("removed")), "retirée"),
        (len(requirements.retyped), "de type changé"),
        (len(requirements.of("renumbered")), "renumérotée"),
        (len(requirements.of("reworded")), "reformulée"),
    )
    told = ", ".join(f"{n} {_plural(label, n)}" for n, label in counts if n) or "aucune changée"
    yield f"{name} : exigences {told}" + (f" ; documents changés : {', '.join(documents)}" if documents else "") + "."
    then, today = (Counter(f.rule for f in lint(corpus, [r])) for r in (before, newest))
    news = [f"{rule} {today[rule] - then[rule]:+d}" for rule in {**then, **today} if today[rule] != then[rule]]
    yield f"{name} : {sum(today.values())} défauts relevés ({', '.join(sorted(news)) or 'les mêmes qu’avant'})."


def _plural(label: str, n: int) -> str:
    return f"{label}s" if n > 1 and not label.startswith("de ") else label


def _pass(outcome: Outcome, message: str) -> WatchPass:
    return WatchPass(when=now(), outcome=outcome, message=message)
