"""A graph in ONNX's format, run by ONNX Runtime on the processor: its weights are arrays that are given beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray


class OnnxGraph:
    """Arrays in, arrays out. Thread-safe: a run works in memory of its own.

    Raises ImportError or onnxruntime's errors (RuntimeError) when it cannot be loaded.
    """

    def __init__(self, graph: bytes, weights: Mapping[str, NDArray[Any]]) -> None:
        """`weights`: every initializer that the graph leaves outside, by its name."""
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # a question is too small to share: two threads lose two thirds of their time waiting, runs stand side by side
        options.intra_op_num_threads = 1
        # kept: the session reads the arrays where they are
        self._weights = {name: onnxruntime.OrtValue.ortvalue_from_numpy(array) for name, array in weights.items()}
        options.add_external_initializers(list(self._weights), list(self._weights.values()))
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def run(self, entries: Mapping[str, NDArray[Any]], outputs: Sequence[str]) -> list[NDArray[Any]]:
        """The named outputs, in their order."""
        found: list[NDArray[Any]] = self._session.run(list(outputs), dict(entries))
        return found
