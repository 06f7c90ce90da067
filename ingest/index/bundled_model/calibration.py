"""How large the activations get that enter each dense layer: `largest-activations.npz`.

`python -m ingest.index.bundled_model.calibration` writes the file again, from the project's own questions and
demonstration documents, with the onnx package of the "dev" extra. It starts as if all channels were alike and goes
round twice: the second time, the channels that matter are already apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ingest.index.bundled_model.graph import GRAPH
from ingest.index.bundled_model.model import E5Model
from ingest.index.bundled_model.rounding import MAXIMA
from ingest.index.bundled_model.weights import Floats, ModelFile, packaged_file
from ingest.passage import document_lines
from ingest.question_bank import load_bank
from ingest.settings import packaged_corpus

_QUESTIONS = 400
_LINES = 150


def measured(texts: Sequence[str], largest: dict[str, Floats] | None = None) -> dict[str, Floats]:
    """The largest absolute activation of each channel that enters each dense layer, over some texts."""
    import onnx

    graph = onnx.load(GRAPH, load_external_data=False)
    entries = {n.output[0].removesuffix(".smooth"): n.input[0] for n in graph.graph.node if n.op_type == "Mul"}
    graph.graph.output.extend(onnx.ValueInfoProto(name=name) for name in dict.fromkeys(entries.values()))
    model = E5Model(packaged_file(), largest or _alike(list(entries)), graph.SerializeToString())
    found: dict[str, Floats] = {}
    for text in texts:
        seen = model.activations(text, list(entries.values()))
        for name, entry in zip(entries, seen, strict=True):
            found[name] = np.maximum(found.get(name, np.float32(0)), np.abs(entry).max(axis=0))
    return found


def _alike(names: Sequence[str]) -> dict[str, Floats]:
    shape = ModelFile(packaged_file()).shape
    return {n: np.ones(shape.inner if n.endswith(".fo") else shape.width, dtype=np.float32) for n in names}


def _texts(corpus: Path) -> list[str]:
    questions = load_bank(corpus / "questions").questions()
    documents = sorted((corpus / "demo").rglob("*.md"))
    lines = [
        line for path in documents for line in document_lines(path.read_text(encoding="utf-8")) if len(line) > 40
    ]
    every, far = max(1, len(questions) // _QUESTIONS), max(1, len(lines) // _LINES)
    return [*(f"query: {q}" for q in questions[::every]), *(f"passage: {line}" for line in lines[::far])]


def _write() -> None:
    texts = _texts(packaged_corpus())
    largest = measured(texts, measured(texts))
    halves: dict[str, Any] = {name: row.astype(np.float16) for name, row in largest.items()}
    np.savez_compressed(MAXIMA, **halves)


if __name__ == "__main__":
    _write()
