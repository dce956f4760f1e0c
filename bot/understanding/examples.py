"""Training data in Rasa's NLU format 3.1: what residents mean, by example."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from conversations.errors import SettingsError
from language.japanese import key

_ENTITY = re.compile(r"\[([^\[\]]+)\](?:\([^()]*\)|\{[^{}]*\}|\[\{.*?\}\])")
_OTHER_DATA = {"synonym", "regex", "lookup"}


@dataclass(frozen=True, slots=True)
class Example:
    intent: str
    text: str
    """without entity markup"""
    place: str
    """file:line"""


def read_intents(path: Path) -> tuple[Example, ...]:
    """The examples of every intent, in order; synonyms, regexes and look-up tables of a Rasa project are skipped.

    Raises SettingsError with every problem as ``file:line: what, and the remedy``.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from error
    reading = _Reading(path)
    examples = tuple(reading.all_of(root))
    problems = [*reading.problems, *_said_for_two_intents(examples)]
    if not examples and not problems:
        problems = [f"{path}:1: no examples; expected  nlu:  with  - intent: …  and  examples: |"]
    if problems:
        raise SettingsError("\n".join(problems))
    return examples


class _Reading:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.problems: list[str] = []

    def all_of(self, root: yaml.Node | None) -> Iterator[Example]:
        nlu = _fields(root).get("nlu")
        if not isinstance(nlu, yaml.SequenceNode):
            self._wrong(nlu or root, "expected a list under  nlu:")
            return
        for item in nlu.value:
            fields = _fields(item)
            if fields.keys() & _OTHER_DATA:
                continue
            intent = fields.get("intent")
            if not isinstance(intent, yaml.ScalarNode) or not intent.value:
                self._wrong(item, "an entry needs  intent:  with a name")
            elif (examples := fields.get("examples")) is None:
                self._wrong(item, f"{intent.value} needs  examples: |")
            else:
                yield from self._examples(intent.value, examples)

    def _examples(self, intent: str, node: yaml.Node) -> Iterator[Example]:
        if isinstance(node, yaml.SequenceNode):  # Rasa's long form: - text: | …, with metadata beside it
            for item in node.value:
                text = _fields(item).get("text", item)
                if isinstance(text, yaml.ScalarNode) and text.value.strip():
                    yield self._example(intent, text.value.strip().removeprefix("- "), text.start_mark.line + 1)
                else:
                    self._wrong(item, f"an example of {intent} needs  text:")
            return
        if not isinstance(node, yaml.ScalarNode):
            self._wrong(node, f"examples of {intent} must be lines that begin with  - ")
            return
        first = node.start_mark.line + (2 if node.style in {"|", ">"} else 1)
        for number, line in enumerate(node.value.split("\n"), start=first):
            if line.strip().startswith("- ") and line.strip()[2:].strip():
                yield self._example(intent, line.strip()[2:], number)
            elif line.strip():
                self.problems.append(f"{self._path}:{number}: an example begins with  - ; here is {line.strip()!r}")

    def _example(self, intent: str, text: str, line: int) -> Example:
        return Example(intent, _ENTITY.sub(r"\1", text).strip(), f"{self._path}:{line}")

    def _wrong(self, node: yaml.Node | None, what: str) -> None:
        line = node.start_mark.line + 1 if node is not None else 1
        self.problems.append(f"{self._path}:{line}: {what}")


def _fields(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {name.value: value for name, value in node.value if isinstance(name, yaml.ScalarNode)}


def _said_for_two_intents(examples: tuple[Example, ...]) -> Iterator[str]:
    first: dict[str, Example] = {}
    for example in examples:
        before = first.setdefault(key(example.text) or example.text, example)
        if before.intent != example.intent:
            yield f"{example.place}: {example.text!r} stands for {before.intent} already ({before.place})"
