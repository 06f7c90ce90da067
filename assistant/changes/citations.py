"""Quotations from any revision of the repositories, checked against the document at that very commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answer import Citation, Place
from assistant.composing.citations import checked, lines_at, quote_of
from assistant.composing.composition import title_of
from ingest.passage import Located, Passage
from ingest.revisions.text_matching import letters
from ingest.sources.corpus import Corpus, CorpusRevision, DocumentFile

_LONGEST = 320
"""Characters up to which whole sentences are quoted; the first one always is."""


@dataclass
class ChangeCitations:
    """The citations of one answer, numbered as they come; each passage of each commit once."""

    corpus: Corpus
    texts: dict[tuple[str, str, str], str]
    """(source, commit, path) → text, shared between answers."""
    citations: list[Citation] = field(default_factory=list)
    _known: dict[tuple[Place, str], int] = field(default_factory=dict)

    def quoted(self, located: Located, other: Located | None = None, longest: int = _LONGEST) -> str:
        """ "« … » [2]": the passage's own sentences, those that `other` does not have when it is given."""
        place = self.place(located)
        lines = lines_at(place, lambda source, path: self.text(source, located.commit or "", path))
        sentences = list(located.passage.sentences) or [located.passage.text]
        quote = quote_of(sentences, _chosen(sentences, other, longest), lines)
        key = (place, quote)
        if key not in self._known:
            self._known[key] = len(self.citations) + 1
            citation = Citation(len(self.citations) + 1, place, title_of(located.passage), quote, verified=False)
            text = self.text(located.source, located.commit or "", located.document)
            self.citations.append(checked(citation, lambda *_: text))
        return f"« {quote} » [{self._known[key]}]"

    def place(self, located: Located) -> Place:
        """Where a passage stands, with its permalink at its own commit."""
        source = self.corpus.manifest.get(located.source)
        return Place.of(located, source.link(located.commit or "", located.document, located.passage.lines))

    def text(self, source: str, commit: str, path: str) -> str:
        """A document's text at a commit; empty when the commit does not have it."""
        key = (source, commit, path)
        if key not in self.texts:
            revision = CorpusRevision(self.corpus.manifest.get(source), commit, "", "", True)
            files = self.corpus.repository(revision.source).files(commit)
            blob = files.get(path)
            document = DocumentFile(path, "", "other", blob) if blob else None
            self.texts[key] = self.corpus.text(revision, document) if document else ""
        return self.texts[key]


def type_words(passage: Passage) -> str:
    """ "P", "I", or "sans type"."""
    return passage.priority or "sans type"


def typed(passage: Passage) -> str:
    """ "type P", "type I", or "sans type"."""
    return f"type {passage.priority}" if passage.priority else "sans type"


def _chosen(sentences: Sequence[str], other: Located | None, longest: int) -> list[int]:
    """Positions of the sentences to quote, in order, within the length."""
    wanted = list(range(len(sentences)))
    if other is not None:
        there = {letters(s) for s in other.passage.sentences} or {letters(other.passage.text)}
        wanted = [n for n in wanted if letters(sentences[n]) not in there] or wanted
    chosen: list[int] = []
    size = 0
    for n in wanted:
        if chosen and size + len(sentences[n]) > longest:
            break
        chosen.append(n)
        size += len(sentences[n]) + 1
    return chosen
