"""What a run needs before it starts: the revisions that it names, indexed, and the library over them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.assembly import make_library
from assistant.selection import Library
from eval.runs.remembered_vectors import RememberingEmbedder, remembering
from ingest.errors import CctError
from ingest.index.build_index import build_index
from ingest.index.generations import live_generation
from ingest.question_bank import QuestionBank, load_bank
from ingest.settings import load_settings
from ingest.sources.corpus import Corpus, CorpusRevision


@dataclass(frozen=True, slots=True)
class Prepared:
    """The corpus, the library of its live index, the question bank, and the revisions that answer."""

    corpus: Corpus
    opened: Library
    embedder: RememberingEmbedder
    """The library's: it keeps the vectors of questions from one run to the next."""
    bank: QuestionBank
    revisions: tuple[CorpusRevision, ...]

    @property
    def commits(self) -> dict[str, str]:
        """Source → commit, as a question names them; the demonstration edition is named by nothing."""
        return {r.source.id: r.commit for r in self.revisions if r.official}

    def at(self, revision: CorpusRevision) -> Prepared:
        """The same with another revision of one source; it must be indexed."""
        return replace(self, revisions=tuple(revision if r.source == revision.source else r for r in self.revisions))


def prepare(wanted: Sequence[str] = (), also: Sequence[CorpusRevision] = ()) -> Prepared:
    """The newest revisions, those named as SOURCE=REVISION in their place; indexes what is missing.

    `also`: revisions that will be asked for later (see Prepared.at), indexed in the same pass.
    """
    corpus = Corpus(load_settings())
    chosen = {r.source.id: r for r in corpus.newest()}
    for value in wanted:
        source, sign, revision = value.partition("=")
        if not (source and sign and revision):
            raise CctError(f"--revision {value!r} n'est pas compris.", "Écrivez --revision SOURCE=RÉVISION.")
        try:
            chosen[source] = corpus.revision(source, revision)
        except CctError as exc:
            raise CctError(exc.message, exc.remedy) from exc  # its exit code means something else here
    revisions = tuple(chosen.values())
    library, embedder = remembering(make_library(corpus.settings), corpus.settings.home / "evaluation")
    _index(corpus, library, (*revisions, *also))
    bank = load_bank(corpus.settings.corpus / "questions")
    return Prepared(corpus, library, embedder, bank, revisions)


def _index(corpus: Corpus, library: Library, revisions: Sequence[CorpusRevision]) -> None:
    """Indexes the revisions that the live index lacks, and leaves what it serves as it was."""
    live = live_generation(corpus.settings.index_folder) is not None
    indexed = library.indexed() if live else []
    known = {(r.source, r.commit) for r in indexed}
    missing = [r for r in revisions if (r.source.id, r.commit) not in known]
    if not missing:
        return
    print(f"Indexation de {len(missing)} révision(s).", file=sys.stderr)
    served = [corpus.revision(r.source, r.commit) for r in indexed if r.served and r.official]
    build_index(corpus, library.embedder, served or corpus.newest(), missing)
