"""The YAML of a procedure, parsed and checked before anyone meets it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from conversations.errors import CityError
from dialogues.places import Place, Places, Problem

Texts = Mapping[str, str]
"""by language; ``ja`` is always there"""
END = "end"
CONFIRM = "confirm"
"""the step, and the slot, that the runner itself adds before an end"""
PLACEHOLDER = re.compile(r"\{(\w+)\}")
WAY = re.compile(r"\.(\w+)|\[(\d+)\]")


class DialogueError(CityError):
    """A procedure's file cannot be used; ``problems`` are lines of ``file:line: what and how to mend it``."""

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
    """All procedures of a folder by name. Raises DialogueError with all that is wrong, by file and line."""
    found: dict[str, Dialogue] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yml")):
        definition, wrong = _read(path)
        problems += [f"{path}:{line}: {what}" for line, what in sorted(wrong)]
        if definition is not None:
            found[path.stem] = _dialogue(path.stem, definition)
    if problems:
        raise DialogueError(problems)
    return found


def _dialogue(name: str, definition: Definition) -> Dialogue:
    return Dialogue(
        name=name,
        title=definition.title,
        starts_with=frozenset(definition.starts_with),
        first=definition.first,
        steps=definition.steps,
        endings=definition.endings,
        confirm=definition.confirm,
        slots={ask.slot: ask for ask in definition.steps.values()},
    )


def _read(path: Path) -> tuple[Definition | None, list[tuple[int, str]]]:
    """The definition, as far as it can be read, and what is wrong: (line, what)."""
    try:
        text = path.read_text(encoding="utf-8")
        places = Places.of(text)
        given: Any = yaml.safe_load(text)
    except UnicodeDecodeError:
        return None, [(1, "文字コードが UTF-8 ではありません。UTF-8 で保存し直してください")]
    except yaml.MarkedYAMLError as trouble:
        line = trouble.problem_mark.line + 1 if trouble.problem_mark else 1
        return None, [(line, f"YAML として読めません（{trouble.problem}）")]
    except (yaml.YAMLError, ValueError, RecursionError) as trouble:
        return None, [(1, f"YAML として読めません（{type(trouble).__name__}）")]
    try:
        definition = msgspec.convert(given, Definition)
    except msgspec.ValidationError as trouble:
        misfits = [*_misfits(given)] or [(_way(trouble), str(trouble))]
        return None, [*places.twice, *((places.line(place), what) for place, what in misfits)]
    return definition, [*places.twice, *((places.line(place), what) for place, what in _problems(definition))]


def _misfits(given: Any) -> Iterator[Problem]:
    """The steps and endings that have not the right shape."""
    for part, kind in (("steps", Ask), ("endings", Ending)):
        inside = given.get(part) if isinstance(given, dict) else None
        for name, each in inside.items() if isinstance(inside, dict) else ():
            try:
                msgspec.convert(each, kind)
            except msgspec.ValidationError as trouble:
                yield (part, str(name), *_way(trouble)), f"{part}.{name}: {trouble}"


def _way(trouble: msgspec.ValidationError) -> Place:
    """The place that msgspec names, as far as it names it."""
    named = str(trouble).partition(" - at `$")[2]
    return tuple(name or number for name, number in WAY.findall(named.partition("[...]")[0]))


def _problems(definition: Definition) -> Iterator[Problem]:
    yield from _lost_ways(definition)
    yield from _unasked_placeholders(definition)
    for place, texts in _texts(definition):
        if "ja" not in texts:
            yield place, f"{'.'.join(place)}: 日本語 (ja) の文がありません: {dict(texts)}"


def _lost_ways(definition: Definition) -> Iterator[Problem]:
    places = {*definition.steps, *definition.endings}
    if definition.first not in definition.steps:
        yield ("first",), f"first: 「{definition.first}」という手順がありません"
    for name, ask in definition.steps.items():
        if ask.kind == "choice" and not ask.choices:
            yield ("steps", name), f"steps.{name}: choices がありません"
        if ask.slot == CONFIRM:
            yield (
                ("steps", name, "slot"),
                f"steps.{name}: slot の名前「{CONFIRM}」は使えません。ほかの名前にしてください",
            )
        for goal in _goals(ask) - places:
            yield ("steps", name), f"steps.{name}: 行き先「{goal}」がありません"
    for name in definition.steps.keys() & definition.endings.keys():
        yield ("endings", name), f"「{name}」という手順もあります。どちらかの名前を変えてください"
    for name in places - _reachable(definition):
        part = "steps" if name in definition.steps else "endings"
        yield (part, name), f"「{name}」にはどこからも行けません"


def _unasked_placeholders(definition: Definition) -> Iterator[Problem]:
    slots = {ask.slot for ask in definition.steps.values()}
    for name, ending in definition.endings.items():
        for text in (*ending.say.values(), ending.ticket.subject if ending.ticket else ""):
            for slot in set(PLACEHOLDER.findall(text)) - slots:
                yield ("endings", name), f"endings.{name}: {{{slot}}} という項目はどの手順でも聞いていません"


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


def _texts(definition: Definition) -> Iterator[tuple[Place, Texts]]:
    yield ("title",), definition.title
    for name, ask in definition.steps.items():
        yield ("steps", name, "text"), ask.text
        if ask.help:
            yield ("steps", name, "help"), ask.help
        for number, option in enumerate(ask.choices):
            yield ("steps", name, "choices", str(number), "label"), option.label
    for name, ending in definition.endings.items():
        yield ("endings", name, "say"), ending.say
