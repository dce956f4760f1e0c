"""Training data in Rasa's NLU format 3.1: what residents mean, by example."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import yaml

from bot.understanding.markup import Entity, WrongMarkup, unmarked
from conversations.errors import SettingsError
from language.japanese import key

NONE: Final = "none"
"""the intent of a message that means none of them"""
NAMES_OF_NONE: Final = frozenset({NONE, "oos", "out_of_scope", "out-of-scope", "nlu_fallback"})
"""under which data sets keep such messages"""
KINDS: Final = ("intent", "synonym", "regex", "lookup")


@dataclass(frozen=True, slots=True)
class Example:
    intent: str
    text: str
    """without entity markup"""
    place: str
    """file:line"""
    entities: tuple[Entity, ...] = ()


class Mistake(NamedTuple):
    """One mistake of a file, and in ``what`` how to mend it."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


class WrongExamples(SettingsError):
    """The training data cannot be used; the text is one line a mistake."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(each) for each in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingData:
    """All of a file that can be read, and what cannot."""

    examples: tuple[Example, ...]
    synonyms: Mapping[str, str]
    """what is said → what it stands for; of lists and of values marked in examples"""
    regexes: Mapping[str, tuple[str, ...]]
    lookups: Mapping[str, tuple[str, ...]]
    mistakes: tuple[Mistake, ...]


def intent_named(name: str) -> str:
    """The intent of a data set, messages of no intent under one name."""
    return NONE if name in NAMES_OF_NONE else name


def read_intents(path: Path) -> tuple[Example, ...]:
    """The examples of every intent, in order. Raises WrongExamples with every mistake of the file."""
    data = read_training(path)
    if data.mistakes:
        raise WrongExamples(data.mistakes)
    return data.examples


def read_training(path: Path) -> TrainingData:
    """Everything a file teaches, and its mistakes by line: never raises.

    A sentence that stands for two intents is a mistake; only the first is among the examples.
    """
    reading = _Reading(str(path))
    root = reading.composed(path)
    if root is not None or not reading.mistakes:
        reading.all_of(root)
    if not reading.examples and not reading.mistakes:
        reading.wrong(1, "例が1つもありません。nlu: の下に - intent: と examples: | を書いてください")
    return TrainingData(
        examples=tuple(reading.examples),
        synonyms=MappingProxyType(_marked_values(reading.examples) | reading.synonyms),
        regexes=MappingProxyType({name: tuple(lines) for name, lines in reading.regexes.items()}),
        lookups=MappingProxyType({name: tuple(lines) for name, lines in reading.lookups.items()}),
        mistakes=tuple(sorted(reading.mistakes)),
    )


@dataclass(slots=True)
class _Reading:
    file: str
    examples: list[Example] = field(default_factory=list)
    synonyms: dict[str, str] = field(default_factory=dict)
    regexes: dict[str, list[str]] = field(default_factory=dict)
    lookups: dict[str, list[str]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    _known: dict[str, Example] = field(default_factory=dict)

    def composed(self, path: Path) -> yaml.Node | None:
        try:
            found: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except UnicodeDecodeError:
            self.wrong(1, "文字コードが UTF-8 ではありません。UTF-8 で保存し直してください")
        except OSError as trouble:
            self.wrong(1, f"ファイルを読めません: {trouble.strerror}")
        except yaml.MarkedYAMLError as trouble:
            line = trouble.problem_mark.line + 1 if trouble.problem_mark else 1
            self.wrong(
                line, f"YAML として読めません（{trouble.problem}）。字下げ、引用符、かっこの対応を確かめてください"
            )
        except (yaml.YAMLError, RecursionError) as trouble:
            self.wrong(1, f"YAML として読めません（{type(trouble).__name__}）")
        else:
            return found
        return None

    def all_of(self, root: yaml.Node | None) -> None:
        nlu = self._fields(root).get("nlu")
        if not isinstance(nlu, yaml.SequenceNode):
            self.wrong(_line(nlu or root), "nlu: の下に、- で始まる一覧を書いてください")
            return
        for item in nlu.value:
            fields = self._fields(item)
            kind = next((each for each in KINDS if each in fields), "intent")
            name = fields.get(kind)
            if not isinstance(name, yaml.ScalarNode) or not name.value.strip():
                self.wrong(_line(item), f"- {kind}: の後に名前を書いてください（{'、'.join(KINDS)} のどれか）")
            elif (examples := fields.get("examples")) is None:
                self.wrong(_line(item), f"{name.value} に examples: | がありません")
            else:
                self._take(kind, name.value.strip(), examples)

    def _take(self, kind: str, name: str, examples: yaml.Node) -> None:
        lines = list(self._lines(name, examples))
        for number, line in lines:
            match kind:
                case "synonym":
                    self._synonym(name, line, number)
                case "regex":
                    self._regex(name, line, number)
                case "lookup":
                    self.lookups.setdefault(name, []).append(line)
                case _:
                    self._example(name, line, number)
        if not lines and not any(mistake.line >= _line(examples) for mistake in self.mistakes):
            self.wrong(_line(examples), f"{name} の例が1つもありません。- で始まる行を書いてください")

    def _lines(self, name: str, node: yaml.Node) -> Iterator[tuple[int, str]]:
        if isinstance(node, yaml.SequenceNode):  # Rasa's long form: - text: | …, with metadata beside it
            for item in node.value:
                text = self._fields(item).get("text", item)
                if isinstance(text, yaml.ScalarNode) and text.value.strip():
                    yield _first_line(text), text.value.strip().removeprefix("- ").strip()
                else:
                    self.wrong(_line(item), f"{name} の例に text: がありません")
        elif isinstance(node, yaml.ScalarNode):
            for number, line in enumerate(node.value.split("\n"), start=_first_line(node)):
                if line.strip().startswith("-") and line.strip()[1:].strip():
                    yield number, line.strip()[1:].strip()
                elif line.strip():
                    self.wrong(number, f"例の行は「- 」で始めてください: {line.strip()}")
        else:
            self.wrong(_line(node), f"{name} の examples: は | の後に「- 」で始まる行で書いてください")

    def _example(self, intent: str, line: str, number: int) -> None:
        try:
            text, entities = unmarked(line)
        except WrongMarkup as wrong:
            self.wrong(number, str(wrong))
            return
        intent = intent_named(intent)
        example = Example(intent, text, f"{self.file}:{number}", entities)
        before = self._known.setdefault(key(text) or text, example)
        if before.intent == intent:
            self.examples.append(example)
        else:
            self.wrong(
                number, f"「{text}」は {before.intent} の例でもあります（{before.place}）。どちらかを消してください"
            )

    def _synonym(self, name: str, line: str, number: int) -> None:
        before = self.synonyms.setdefault(line, name)
        if before != name:
            self.wrong(number, f"「{line}」は「{before}」の言い換えでもあります。どちらかを消してください")

    def _regex(self, name: str, line: str, number: int) -> None:
        try:
            re.compile(line)
        except (re.error, RecursionError, OverflowError) as trouble:
            self.wrong(number, f"正規表現として読めません（{trouble}）: {line}")
        else:
            self.regexes.setdefault(name, []).append(line)

    def _fields(self, node: yaml.Node | None) -> dict[str, yaml.Node]:
        found: dict[str, yaml.Node] = {}
        for name, value in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(name, yaml.ScalarNode):
                if name.value in found:
                    self.wrong(_line(name), f"「{name.value}」が2回書かれています。1つにしてください")
                found[name.value] = value
        return found

    def wrong(self, line: int, what: str) -> None:
        self.mistakes.append(Mistake(self.file, line, what))


def _line(node: yaml.Node | None) -> int:
    return node.start_mark.line + 1 if node is not None else 1


def _first_line(node: yaml.ScalarNode) -> int:
    """Where the text begins: a block's is on the line after its ``|``."""
    return _line(node) + (1 if node.style in {"|", ">"} else 0)


def _marked_values(examples: list[Example]) -> dict[str, str]:
    return {
        said: each.value
        for example in examples
        for each in example.entities
        if (said := example.text[each.start : each.end]) != each.value
    }
