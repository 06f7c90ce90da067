"""Documents → records → index: built aside, then put in the place of the live one in one step."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ingest.errors import IndexMismatch, IndexMissing, IndexNotWritable
from ingest.index.embedding import Embedder, Purpose
from ingest.index.generations import copy_of_live, empty_generation, exclusive, live_generation, put_live, sweep
from ingest.index.packaged_vectors import PackagedVectors
from ingest.index.registry import IndexedDocument, IndexedRevision, Registry
from ingest.index.vector_mirror import VectorMirror, write_mirror
from ingest.index.vector_store import ChromaVectorStore, VectorReader, vector_key
from ingest.passage import Passage, ReadDocument, UnreadableRow, text_digest
from ingest.question_bank import QuestionBank, load_bank
from ingest.reading.prose import FORMATS, french_sentences
from ingest.sources.corpus import Corpus, CorpusRevision

FORMAT = "4"
"""Version of the reading rules and of the registry: another one re-reads every document."""
_SHORTEST = 25
"""Characters under which a sentence is no thought of its own."""
_PAGE = 64
"""Texts embedded, then kept, at a time."""
_SHIPPED_PAGE = 4096
"""Vectors that came with the project, kept at a time."""

Progress = Callable[[str, int, int], None]
"""Called with a French label, how much is done and how much there is."""
Check = Callable[[Path], None]
"""Called with the folder of a finished index; raises to refuse it."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingestion did."""

    revisions: tuple[IndexedRevision, ...]
    passages: int
    embedded: int
    documents_read: int
    seconds: float
    embedding_seconds: float
    unreadable: tuple[tuple[str, str, UnreadableRow], ...] = ()
    missing_documents: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Work:
    documents_read: int = 0
    passages: int = 0
    texts: dict[str, tuple[str, Purpose]] = field(default_factory=dict)
    unreadable: list[tuple[str, str, UnreadableRow]] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)


def embedded_texts(passage: Passage) -> tuple[str, ...]:
    """The texts of a passage that get a vector: its sentences, or the whole when it has but one."""
    sentences = tuple(s for s in passage.sentences if len(s) >= _SHORTEST)
    return sentences if len(sentences) > 1 else (passage.text.replace("\n", " "),)


def build_index(
    corpus: Corpus,
    embedder: Embedder,
    served: Sequence[CorpusRevision],
    others: Sequence[CorpusRevision] = (),
    progress: Progress = lambda *_: None,
    check: Check = lambda _: None,
) -> IngestReport:
    """Indexes the revisions and makes `served` answer by default; returns what was done.

    `check` is given the new index before it goes live; what it raises leaves the live index as it was.

    What the live index already holds is kept: only new documents are read, only new texts embedded.
    Killed at any moment, it leaves the live index as it was; a damaged live index is made again from nothing.
    Raises IndexBusy when another process is at it, IndexNotWritable when the disk refuses.
    """
    start = time.perf_counter()
    folder = corpus.settings.index_folder
    with exclusive(folder):
        sweep(folder)
        former = live_generation(folder)
        aside = copy_of_live(folder, FORMAT, embedder.name)
        try:
            try:
                report = _fill(aside, corpus, embedder, served, others, progress, start)
            except IndexMismatch:  # what was copied is damaged where a check of the files does not see it
                shutil.rmtree(aside, ignore_errors=True)
                aside = empty_generation(folder)
                report = _fill(aside, corpus, embedder, served, others, progress, start)
            check(aside)
            put_live(folder, aside)
        except OSError as exc:
            raise IndexNotWritable(
                f"Écriture impossible dans {folder} ({exc.strerror or exc}).",
                "Libérez de la place ou donnez un dossier accessible en écriture dans CCT_HOME.",
            ) from exc
        finally:
            if live_generation(folder) != aside:
                shutil.rmtree(aside, ignore_errors=True)
        sweep(folder, former)
    return report


def open_index(folder: Path, embedder_name: str) -> tuple[Registry, VectorReader]:
    """The live index. Raises IndexMissing, or IndexMismatch when another model or program made it."""
    generation = live_generation(folder)
    if generation is None:
        raise IndexMissing(f"Aucun index dans {folder}.", "Lancez « cct ingest » (ou « make serve »).")
    registry = Registry(generation / "registry.sqlite")
    stamp = registry.stamp()
    made_with = stamp.get("embedding", "?")
    if made_with != embedder_name:
        registry.close()
        raise IndexMismatch(
            f"L'index a été fait avec le modèle d'embedding {made_with!r}, pas {embedder_name!r}.",
            "Lancez « cct ingest », ou remettez CCT_EMBEDDING à sa valeur d'alors.",
        )
    if stamp.get("format") != FORMAT:
        registry.close()
        raise IndexMismatch(
            "L'index vient d'une autre version du programme.", "Lancez « cct ingest » pour le refaire."
        )
    try:
        return registry, VectorMirror.opened(generation / "mirror") or ChromaVectorStore(generation / "chroma")
    except Exception:
        registry.close()
        raise


def _fill(
    aside: Path,
    corpus: Corpus,
    embedder: Embedder,
    served: Sequence[CorpusRevision],
    others: Sequence[CorpusRevision],
    progress: Progress,
    start: float,
) -> IngestReport:
    registry = Registry(aside / "registry.sqlite")
    bank = load_bank(corpus.settings.corpus / "questions")
    work = _Work()
    official = all(r.official for r in served)
    for known in {r.source for r in registry.revisions()}:
        stale = [r for r in registry.revisions() if r.source == known and r.official != official]
        if stale or known not in {r.source.id for r in served}:
            registry.forget_source(known)
    revisions = list({(r.source.id, r.commit): r for r in [*others, *served]}.values())
    for n, revision in enumerate(revisions):
        progress("Lecture des documents", n, len(revisions))
        _read_revision(registry, corpus, revision, work)
    registry.serve_only({r.source.id: r.commit for r in served})
    registry.write_stamp({"format": FORMAT, "embedding": embedder.name, "bank": bank.digest})
    registry.commit()
    progress("Lecture des documents", len(revisions), len(revisions))
    store = ChromaVectorStore(aside / "chroma")
    try:
        packaged = PackagedVectors(corpus.settings.corpus, embedder.name)
        embedded, seconds = _embed(store, embedder, packaged, work, bank, progress)
        keys = [*work.texts, *(vector_key(q, "query") for q in bank.questions())]
        if VectorMirror.opened(aside / "mirror") is None:  # none to complete: the revisions kept need theirs too
            keys += _kept_keys(registry)
        write_mirror(aside / "mirror", store, keys)
        report = IngestReport(
            revisions=tuple(r for r in registry.revisions() if r.served),
            passages=work.passages,
            embedded=embedded,
            documents_read=work.documents_read,
            seconds=time.perf_counter() - start,
            embedding_seconds=seconds,
            unreadable=tuple(work.unreadable),
            missing_documents=tuple(work.missing),
        )
    finally:
        store.close()
        registry.close()
    return report


def _kept_keys(registry: Registry) -> list[str]:
    """The keys of every text of every revision that the registry holds."""
    passages = {
        located.passage for r in registry.revisions() for located in registry.passages(r.source, r.commit, r.official)
    }
    return [vector_key(text, "passage") for passage in passages for text in embedded_texts(passage)]


def _read_revision(registry: Registry, corpus: Corpus, revision: CorpusRevision, work: _Work) -> None:
    documents = corpus.documents(revision)
    work.missing += [(revision.source.id, path) for path in corpus.missing_documents(revision)]
    for document in documents:
        read = registry.reading(document.blob, document.role)
        if read is None:
            text, read = _read_document(registry, corpus, revision, document)
            registry.add_reading(document.blob, document.role, text, read)
            work.documents_read += 1
        work.passages += len(read.passages)
        work.unreadable += [(revision.source.id, document.path, row) for row in read.unreadable]
        for passage in read.passages:
            for text in embedded_texts(passage):
                work.texts[vector_key(text, "passage")] = (text, "passage")
    registry.add_revision(
        IndexedRevision(revision.source.id, revision.commit, revision.date, revision.subject, revision.official),
        [IndexedDocument(d.path, d.title, d.role, d.blob) for d in documents],
    )


def _read_document(
    registry: Registry, corpus: Corpus, revision: CorpusRevision, document: object
) -> tuple[str, ReadDocument]:
    from ingest.sources.corpus import DocumentFile

    assert isinstance(document, DocumentFile)

    def sentences(text: str) -> tuple[str, ...]:
        digest = text_digest(text)
        known = registry.sentences(digest)
        if known is None:
            known = french_sentences(text)
            registry.add_sentences(digest, known)
        return known

    read = corpus.read(revision, document, sentences)
    if PurePosixPath(document.path).suffix.lower() in FORMATS:  # its lines count its passages
        return "\n".join(p.text.replace("\n", " ") for p in read.passages), read
    return corpus.text(revision, document), read


def _embed(
    store: ChromaVectorStore,
    embedder: Embedder,
    packaged: PackagedVectors,
    work: _Work,
    bank: QuestionBank,
    progress: Progress,
) -> tuple[int, float]:
    wanted: dict[str, tuple[str, Purpose]] = dict(work.texts)
    wanted.update({vector_key(q, "query"): (q, "query") for q in bank.questions()})
    missing = store.missing(list(wanted))
    shipped = packaged.known(missing)
    for start in range(0, len(shipped), _SHIPPED_PAGE):
        page = shipped[start : start + _SHIPPED_PAGE]
        store.add(page, packaged.get(page))
    missing = sorted(set(missing) - set(shipped))
    seconds = 0.0
    done = 0
    purposes: tuple[Purpose, ...] = ("passage", "query")
    for purpose in purposes:
        # texts of like length together: a batch costs as much as its longest text
        keys = sorted((k for k in missing if wanted[k][1] == purpose), key=lambda k: len(wanted[k][0]))
        for start in range(0, len(keys), _PAGE):
            page = keys[start : start + _PAGE]
            began = time.perf_counter()
            vectors = embedder.embed([wanted[k][0] for k in page], purpose)
            seconds += time.perf_counter() - began
            store.add(page, vectors)
            done += len(page)
            progress("Calcul des vecteurs", done, len(missing))
    return len(missing), seconds
