"""The dense layers' weights, from blocks of 4 bits with a scale each to whole numbers with a scale a column.

An integer product takes less time than blocks that each have a scale, and it rounds more: activations get one scale
for the whole text. Two known remedies keep the vectors (`tests/ingest/test_bundled_model.py` holds them to the
engine's). Channels that are large in the activations are made smaller there and larger in the weights (Xiao and
others 2023, SmoothQuant); and the largest channel of each layer, which in some exceeds all others several times over,
is left out and multiplied in floats (Dettmers and others 2022, LLM.int8).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.index.bundled_model.weights import Floats

MAXIMA = Path(__file__).with_name("largest-activations.npz")
"""Largest absolute activation of each channel that enters a dense layer, by the layer's name: see `calibration`."""
_MOST = 63
"""Seven bits: with eight, a processor without the instructions made for it (AVX2) adds two products in 16 bits and
may overflow."""
_SMOOTHING = 0.55
"""Share of a channel's range that is moved into the weights; flat between 0.5 and 0.65."""


class Rounded(NamedTuple):
    """A dense layer x @ w: `inverse` scales x, then whole numbers and the scales of their columns, then one row of w
    that is kept in floats for the channel `apart`, whose `inverse` is 0."""

    whole: NDArray[np.int8]
    scales: Floats
    inverse: Floats
    apart: NDArray[np.int64]
    row: Floats


def largest_activations() -> dict[str, Floats]:
    """What `calibration` wrote."""
    with np.load(MAXIMA, allow_pickle=False) as kept:
        return {name: kept[name].astype(np.float32) for name in kept.files}


def rounded(columns: Floats, largest: Floats) -> Rounded:
    """`columns` is (outputs, inputs), the weights of each output in a row; `largest` has one number an input."""
    apart = int(np.argmax(largest))
    row = columns[:, apart].copy()
    reach = np.maximum(np.maximum(columns.max(axis=0), -columns.min(axis=0)), np.float32(1e-6))
    factors = np.maximum(largest, np.float32(1e-5)) ** _SMOOTHING / reach ** (1 - _SMOOTHING)
    factors /= np.exp(np.log(factors).mean())
    inverse = 1 / factors
    factors[apart] = inverse[apart] = 0
    weights = columns * factors
    scales = np.maximum(np.maximum(weights.max(axis=1), -weights.min(axis=1)), np.float32(1e-12)) / _MOST
    weights /= scales[:, np.newaxis]
    whole = np.ascontiguousarray(np.rint(weights, out=weights).astype(np.int8).T)
    return Rounded(whole, scales, inverse.astype(np.float32), np.array([apart]), row[np.newaxis])


def named(name: str, layer: Rounded) -> dict[str, NDArray[Any]]:
    """The arrays of a layer under the names that the graph has for them."""
    return {f"{name}.{field}": array for field, array in layer._asdict().items()}
