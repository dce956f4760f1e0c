"""The YAML of a procedure, parsed and checked before anyone meets it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from conversations.errors import CityError

Texts = Mapping[str, str]
"""by language; ``ja`` is always there"""
END = "end"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class DialogueError(CityError):
    """A procedure's file cannot be used; ``problems`` are lines of ``file: what and how to mend it``."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    value: str
    label: Texts
    then: str = ""
    """the step that follows this answer, instead of the step's own ``then``"""


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question."""

    slot: str
    text: Texts
    kind: Literal["choice", "text", "number"] = "text"
    choices: tuple[Option, ...] = ()
    then: str = END
    help: Texts = msgspec.field(default_factory=dict)
    """said when the answer was not understood"""


class TicketTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    section: str
    subject: str


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    say: Texts
    ticket: TicketTemplate | None = None


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: Texts
    starts_with: tuple[str, ...]
    """names of intents"""
    first: str
    steps: dict[str, Ask]
    endings: dict[str, Ending]
    confirm: bool = False
    """show everything before the end, and let it be corrected"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    name: str
    title: Texts
    starts_with: frozenset[str]
    first: str
    steps: Mapping[str, Ask]
    endings: Mapping[str, Ending]
    confirm: bool = False
    slots: Mapping[str, Ask] = field(default_factory=dict)

    def starts_on(self, intent: str, text: str) -> bool:
        """Whether this intent, or the procedure's own title typed out, starts it."""
        return intent in self.starts_with or text.strip() in set(self.title.values())


def load_dialogues(folder: Path) -> dict[str, Dialogue]:
    """All procedures of a folder by name. Raises DialogueError with all that is wrong."""
    found: dict[str, Dialogue] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            given: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
            definition = msgspec.convert(given, Definition)
        except (yaml.YAMLError, msgspec.ValidationError, UnicodeDecodeError) as trouble:
            problems.append(f"{path}: {trouble}")
            continue
        problems += [f"{path}: {problem}" for problem in _problems(definition)]
        found[path.stem] = Dialogue(
            name=path.stem,
            title=definition.title,
            starts_with=frozenset(definition.starts_with),
            first=definition.first,
            steps=definition.steps,
            endings=definition.endings,
            confirm=definition.confirm,
            slots={ask.slot: ask for ask in definition.steps.values()},
        )
    if problems:
        raise DialogueError(problems)
    return found


def _problems(definition: Definition) -> Iterator[str]:
    yield from _lost_ways(definition)
    yield from _unasked_placeholders(definition)
    for texts in _texts(definition):
        if "ja" not in texts:
            yield f"日本語 (ja) の文がありません: {dict(texts)}"


def _lost_ways(definition: Definition) -> Iterator[str]:
    places = {*definition.steps, *definition.endings}
    if definition.first not in definition.steps:
        yield f"first: 「{definition.first}」という手順がありません"
    for name, ask in definition.steps.items():
        if ask.kind == "choice" and not ask.choices:
            yield f"steps.{name}: choices がありません"
        for goal in _goals(ask) - places:
            yield f"steps.{name}: 行き先「{goal}」がありません"
    for name in places - _reachable(definition):
        yield f"「{name}」にはどこからも行けません"


def _unasked_placeholders(definition: Definition) -> Iterator[str]:
    slots = {ask.slot for ask in definition.steps.values()}
    for name, ending in definition.endings.items():
        for text in (*ending.say.values(), ending.ticket.subject if ending.ticket else ""):
            for slot in set(PLACEHOLDER.findall(text)) - slots:
                yield f"endings.{name}: {{{slot}}} という項目はどの手順でも聞いていません"


def _goals(ask: Ask) -> set[str]:
    return {option.then or ask.then for option in ask.choices} or {ask.then}


def _reachable(definition: Definition) -> set[str]:
    reached: set[str] = set()
    ahead = [definition.first]
    while ahead:
        name = ahead.pop()
        if name in reached:
            continue
        reached.add(name)
        if ask := definition.steps.get(name):
            ahead += _goals(ask)
    return reached


def _texts(definition: Definition) -> Iterator[Texts]:
    yield definition.title
    for ask in definition.steps.values():
        yield ask.text
        yield from (option.label for option in ask.choices)
    yield from (ending.say for ending in definition.endings.values())
