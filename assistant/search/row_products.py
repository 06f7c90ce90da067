"""Many unit rows, and their products with the vectors of a question.

The bank's vectors come in 8 bits (`ingest.index.packaged_vectors`). Kept so, there are 13 MB of them to read for a
question instead of 50, and ONNX Runtime's integer product reads them: the questions that arrive together share one
memory. Rows of another embedding are kept as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.index.onnx_graph import OnnxGraph

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

GRAPH = Path(__file__).with_name("row_products.onnx")
WIDTH = 384
"""Dimensions of the rows that are kept in 8 bits: those of the bundled embedding."""
_BLOCK = 4096
"""Rows of one product; the last block is filled with zeros."""
_DIGIT = 7
"""Bits of a digit of a vector. Two digits a number; with one bit more, a processor without the instructions made for
it (AVX2) would let sums of two products overflow 16 bits."""
_HALF = 1 << (_DIGIT - 1)
_MOST = (_HALF << _DIGIT) - 1


ROW_ARRAYS = ("rows", "scales")
"""Names of the arrays that rows are made of."""


class Rows(Protocol):
    """Unit rows. Immutable."""

    def __len__(self) -> int: ...

    def products(self, vectors: FloatArray) -> FloatArray:
        """(vectors, rows): the product of each vector with each row."""

    def floats(self, chosen: IntArray) -> FloatArray:
        """(chosen, width): the rows themselves."""


def row_arrays(vectors: FloatArray) -> Mapping[str, NDArray[Any]]:
    """Unit vectors, one a row, as they are best kept: what `rows_from` takes."""
    if vectors.shape[1] != WIDTH or not len(vectors):
        return {"rows": vectors, "scales": np.zeros(0, dtype=np.float32)}
    return dict(zip(ROW_ARRAYS, _rounded(vectors), strict=True))


def rows_from(arrays: Mapping[str, NDArray[Any]]) -> Rows:
    """The rows of these arrays. Raises KeyError or ValueError for other arrays."""
    if arrays["scales"].size:
        return EightBitRows(arrays["rows"], arrays["scales"])
    return FloatRows(arrays["rows"])


class FloatRows:
    """Rows kept as they are."""

    def __init__(self, vectors: FloatArray) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    def products(self, vectors: FloatArray) -> FloatArray:
        """See Rows.products."""
        if not len(self):
            return np.zeros((len(vectors), 0), dtype=np.float32)
        return np.stack([self._vectors @ vector for vector in vectors])

    def floats(self, chosen: IntArray) -> FloatArray:
        """See Rows.floats."""
        return self._vectors[chosen]


class EightBitRows:
    """Rows whose numbers are whole multiples, -127 to 127, of a scale of their own. Thread-safe."""

    def __init__(self, blocks: NDArray[np.int8], scales: FloatArray) -> None:
        """`blocks` is (blocks, WIDTH, rows of a block), `scales` has one number a row."""
        if blocks.shape[1:] != (WIDTH, _BLOCK) or len(blocks) != -(-len(scales) // _BLOCK):
            raise ValueError(f"{blocks.shape} blocks for {len(scales)} rows")
        self._blocks = blocks
        self._scales = scales
        graph = GRAPH.read_bytes()
        self._products = [OnnxGraph(graph, {"rows": block}) for block in blocks]
        ones = {"digits": np.ones((1, WIDTH), dtype=np.uint8)}
        self._halves = [_HALF * product.run(ones, ["products"])[0] for product in self._products]

    def __len__(self) -> int:
        return len(self._scales)

    def products(self, vectors: FloatArray) -> FloatArray:
        """See Rows.products; a vector is rounded to 14 bits of its largest number."""
        steps = np.maximum(np.abs(vectors).max(axis=1), np.float32(1e-30)) / _MOST
        whole = np.rint(vectors / steps[:, np.newaxis]).astype(np.int32)
        digits = np.stack([(whole >> _DIGIT) + _HALF, whole & ((1 << _DIGIT) - 1)], axis=1)
        entry = {"digits": digits.reshape(-1, WIDTH).astype(np.uint8)}
        found = np.empty((len(vectors), len(self._blocks), _BLOCK), dtype=np.int32)
        for n, product in enumerate(self._products):
            (both,) = product.run(entry, ["products"])
            high, low = both[0::2], both[1::2]
            found[:, n] = ((high - self._halves[n]) << _DIGIT) + low
        products = found.reshape(len(vectors), -1)[:, : len(self)] * self._scales
        return np.asarray(products * steps[:, np.newaxis], dtype=np.float32)

    def floats(self, chosen: IntArray) -> FloatArray:
        """See Rows.floats."""
        return self._blocks[chosen // _BLOCK, :, chosen % _BLOCK] * self._scales[chosen, np.newaxis]


def _rounded(vectors: FloatArray) -> tuple[NDArray[np.int8], FloatArray]:
    """(blocks, WIDTH, _BLOCK) whole numbers, and the scale of each row; exact for rows that were made of 8 bits."""
    blocks = np.zeros((-(-len(vectors) // _BLOCK), WIDTH, _BLOCK), dtype=np.int8)
    scales = np.empty(len(vectors), dtype=np.float32)
    for n, block in enumerate(blocks):
        rows = vectors[n * _BLOCK : (n + 1) * _BLOCK]
        scale = np.maximum(np.maximum(rows.max(axis=1), -rows.min(axis=1)), np.float32(1e-30)) / 127
        scales[n * _BLOCK : (n + 1) * _BLOCK] = scale
        block[:, : len(rows)] = np.rint(rows / scale[:, np.newaxis]).astype(np.int8).T
    return blocks, scales


def skeleton() -> bytes:
    """The graph of the product, in ONNX's format, without the rows."""
    from onnx import TensorProto, helper

    rows = TensorProto(name="rows", dims=(WIDTH, _BLOCK), data_type=TensorProto.INT8)
    rows.data_location = TensorProto.EXTERNAL
    rows.external_data.add(key="location", value="rows")
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["digits", "rows"], ["products"])],
        "row_products",
        [helper.make_tensor_value_info("digits", TensorProto.UINT8, ["digits", WIDTH])],
        [helper.make_tensor_value_info("products", TensorProto.INT32, ["digits", _BLOCK])],
        [rows],
    )
    opsets = [helper.make_opsetid("", 18)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


if __name__ == "__main__":
    GRAPH.write_bytes(skeleton())
