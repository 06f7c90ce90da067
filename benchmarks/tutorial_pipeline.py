"""What a RAG tutorial does with the same documents: pieces of 1,000 characters, their vectors, the nearest five."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_text_splitters import RecursiveCharacterTextSplitter

from ingest.index.embedding import Embedder
from ingest.passage import Lines
from ingest.sources.corpus import Corpus

CHUNK_SIZE = 1000
CHUNK_OVERLAP = 200
TOP = 5
_COLLECTION = "tutorial"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document, with the lines that it touches."""

    source: str
    document: str
    lines: Lines
    text: str


def read_chunks(corpus: Corpus) -> list[Chunk]:
    """The pieces of every declared document of the newest revisions, from their raw Markdown."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=CHUNK_SIZE, chunk_overlap=CHUNK_OVERLAP, add_start_index=True
    )
    chunks = []
    for revision in corpus.newest():
        for document in corpus.documents(revision):
            text = corpus.text(revision, document)
            for piece in splitter.create_documents([text]):
                start = int(piece.metadata["start_index"])
                first = text.count("\n", 0, start) + 1
                lines = Lines(first, first + piece.page_content.count("\n"))
                chunks.append(Chunk(revision.source.id, document.path, lines, piece.page_content))
    return chunks


class TutorialIndex:
    """The pieces in a persistent Chroma collection, cosine distance."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        import chromadb
        from chromadb.config import Settings

        self._embedder = embedder
        client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        self._collection: Any = client.get_or_create_collection(
            _COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Embeds and keeps the pieces."""
        self._collection.add(
            ids=[str(n) for n in range(len(chunks))],
            embeddings=self._embedder.embed([chunk.text for chunk in chunks], "passage"),
            documents=[chunk.text for chunk in chunks],
            metadatas=[
                {"source": c.source, "document": c.document, "start": c.lines.start, "end": c.lines.end}
                for c in chunks
            ],
        )

    def nearest(self, question: str, count: int = TOP) -> list[Chunk]:
        """The pieces nearest to a question, best first."""
        vector = self._embedder.embed([question], "query")
        found = self._collection.query(query_embeddings=vector, n_results=count, include=["documents", "metadatas"])
        return [
            Chunk(str(place["source"]), str(place["document"]), Lines(int(place["start"]), int(place["end"])), text)
            for place, text in zip(found["metadatas"][0], found["documents"][0], strict=True)
        ]
