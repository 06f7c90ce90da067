"""One indexing in a process of its own: `python -m benchmarks.index_process ours|history|tutorial`.

Settings come from CCT_*.
Prints one JSON object. What is measured ends before the control, which embeds a sample of the same texts
once more, by itself, to see that embedding costs no more inside an ingestion than alone.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence

from ingest.index.embedding import BundledE5, Purpose, Vectors
from ingest.settings import IngestSettings
from ingest.sources.corpus import Corpus

SAMPLE = 8
"""One text out of this many is embedded again for the control."""


class TimedEmbedder:
    """The bundled embedding, with the time spent in it and every text it was given."""

    def __init__(self) -> None:
        self._embedder = BundledE5()
        self.name = self._embedder.name
        self.seconds = 0.0
        self.cpu_seconds = 0.0
        self.texts: dict[Purpose, list[str]] = {"passage": [], "query": []}

    def embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """See ingest.index.embedding.Embedder."""
        self.texts[purpose] += texts
        start, cpu = time.perf_counter(), time.process_time()
        vectors = self._embedder.embed(texts, purpose)
        self.seconds += time.perf_counter() - start
        self.cpu_seconds += time.process_time() - cpu
        return vectors


def main() -> None:
    """Indexes, then prints what it took."""
    corpus = Corpus(IngestSettings())
    embedder = TimedEmbedder()
    if sys.argv[1] in {"ours", "history"}:
        from ingest.index.build_index import build_index
        from ui.startup import readable

        newest = corpus.newest()
        histories = (
            [readable(corpus, corpus.history(r.source.id)) for r in newest] if sys.argv[1] == "history" else []
        )
        build_index(corpus, embedder, newest, [revision for history in histories for revision in history])
    else:
        from benchmarks.tutorial_pipeline import TutorialIndex, read_chunks

        TutorialIndex(corpus.settings.home / "tutorial", embedder).add(read_chunks(corpus))
    found = {
        "ended": time.perf_counter(),
        "cpu_seconds": time.process_time(),
        "embedding_seconds": embedder.seconds,
        "embedding_cpu_seconds": embedder.cpu_seconds,
        "embedded": sum(map(len, embedder.texts.values())),
        "characters": sum(len(text) for texts in embedder.texts.values() for text in texts),
    }
    print(json.dumps({**found, "control_cpu_seconds": _control(embedder)}))


def _control(embedder: TimedEmbedder) -> float:
    """Processor time of embedding a sample alone, brought to the whole."""
    samples = {purpose: sorted(texts, key=len)[::SAMPLE] for purpose, texts in embedder.texts.items()}
    characters = sum(len(text) for texts in samples.values() for text in texts)
    whole = sum(len(text) for texts in embedder.texts.values() for text in texts)
    before = embedder.cpu_seconds
    for purpose, sample in samples.items():
        if sample:
            embedder.embed(list(sample), purpose)
    return (embedder.cpu_seconds - before) * whole / characters if characters else 0.0


if __name__ == "__main__":
    main()
