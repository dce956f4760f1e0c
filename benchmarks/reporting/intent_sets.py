"""The messages with intents that the report asks: the city's own, and two public sets."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from bot.understanding.examples import Example, intent_named, read_intents
from bot.understanding.intents import Intent, IntentClassifier
from evaluation.intent_files import read_intent_file
from language.encoder import Encoder
from language.japanese import key

FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class IntentSet:
    name: str
    title: str
    train: tuple[Example, ...]
    test: tuple[Example, ...]
    """the same as ``train``: each message is asked of a classifier that has not learnt it"""
    beside: str = ""
    """what others published on the same split"""


def own_intents(path: Path) -> IntentSet:
    examples = read_intents(path)
    return IntentSet("intents", "the demo city's own, each fifth held out in turn", examples, examples)


def clinc150(path: Path) -> IntentSet:
    """150 intents and questions of none, in one file; the split "full" of Larson et al. 2019."""
    rows = msgspec.json.decode(path.read_bytes(), type=dict[str, list[tuple[str, str]]])

    def of(*names: str) -> tuple[Example, ...]:
        return tuple(
            Example(intent_named(intent), text, f"{path}:{name}") for name in names for text, intent in rows[name]
        )

    return IntentSet(
        "clinc150",
        "CLINC150",
        of("train", "oos_train"),
        of("test", "oos_test"),
        "in-scope accuracy / out-of-scope recall: BERT 96.9 / 40.3, SVM 91.0 / 14.5, Rasa 91.5 / 45.3 (Larson et al. 2019)",
    )


def banking77(folder: Path) -> IntentSet:
    train, test = (tuple(read_intent_file(folder / name)[0]) for name in ("train.csv", "test.csv"))
    return IntentSet(
        "banking77",
        "BANKING77",
        train,
        test,
        "accuracy: BERT tuned 93.66, USE+ConveRT 93.36 (Casanueva et al. 2020)",
    )


def learnt(one: IntentSet, encoder: Encoder) -> "IntentClassifier | LeftOut":
    """A classifier to ask the set's test messages. Raises EncoderError."""
    return LeftOut(one.train, encoder) if one.train == one.test else IntentClassifier.build(one.train, encoder)


class LeftOut:
    """As many classifiers as folds; a message is asked of the one that has not learnt it, nor its like spelling."""

    def __init__(self, examples: Sequence[Example], encoder: Encoder, folds: int = FOLDS) -> None:
        self._fold = _folds(examples, folds)
        self._of_fold = [
            IntentClassifier.build([one for one in examples if self._fold[key(one.text)] != fold], encoder)
            for fold in range(folds)
        ]

    def classify(self, text: str) -> Intent:
        return self._of_fold[self._fold[key(text)]].classify(text)


def _folds(examples: Sequence[Example], folds: int) -> dict[str, int]:
    """Every intent spread evenly over the folds."""
    seen: Counter[str] = Counter()
    fold: dict[str, int] = {}
    for one in examples:
        if key(one.text) not in fold:
            fold[key(one.text)] = seen[one.intent] % folds
            seen[one.intent] += 1
    return fold
