"""``city.yml``, read: every mistake is found in one go and told with its file and line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any

import yaml

from conversations.errors import CityError
from tickets.city import City, Section, Ward
from tickets.duty_calendar import DutyCalendar, Windows

KEYS = {
    "name", "office", "languages", "website", "phone", "colours", "population", "wards", "hours", "sections",
    "general_section", "answer_within_working_days",
}  # fmt: skip
SECTION_KEYS = {"id", "name", "name_en", "phone", "counter", "hours", "exceptions"}
HOUR_KEYS = {"weekdays", "saturday", "sunday", "closed"}
CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
SPAN = re.compile(r"(\d{2})-(\d{2})/(\d{2})-(\d{2})")


class CityFileError(CityError):
    """``city.yml`` cannot be used; ``problems`` are lines of ``file:line: what and how to mend it``."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Lined(dict[str, Any]):
    """A mapping that remembers the line of each of its keys."""

    lines: dict[str, int]


def read_city(path: Path) -> City:
    """The city. Raises CityFileError with all that is wrong."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except FileNotFoundError:
        raise CityFileError([f"{path}: ファイルがありません。`madoguchi init` でひな形を作れます。"]) from None
    except (UnicodeDecodeError, yaml.YAMLError) as trouble:
        raise CityFileError([f"{path}: YAML として読めません: {trouble}"]) from None
    reading = _Reading(path)
    city = reading.city(_value(root))
    if city is None or reading.problems:
        raise CityFileError(reading.problems)
    return city


def _value(node: yaml.Node | None) -> Any:
    """The node as plain values; mappings remember their lines. Scalars stay text."""
    if isinstance(node, yaml.MappingNode):
        made = Lined({key.value: _value(value) for key, value in node.value})
        made.lines = {key.value: key.start_mark.line + 1 for key, _ in node.value}
        return made
    if isinstance(node, yaml.SequenceNode):
        return [_value(each) for each in node.value]
    return node.value if node is not None else None


@dataclass(slots=True)
class _Reading:
    path: Path
    problems: list[str] = field(default_factory=list)

    def city(self, root: Any) -> City | None:
        if not isinstance(root, Lined):
            self._wrong(1, "「名前: 値」の形で書いてください")
            return None
        self._only(root, KEYS)
        usual = self._hours(root, "hours", DutyCalendar())
        sections = self._sections(root, usual)
        general = str(root.get("general_section", ""))
        if sections and general not in sections:
            self._wrong(root.lines.get("general_section", 1), f"general_section: 「{general}」という担当課がありません")
        days = self._whole_number(root, "answer_within_working_days", 3)
        if not sections or self.problems:
            return None
        return City(
            name=self._by_language(root, "name"),
            office=self._by_language(root, "office"),
            languages=tuple(root.get("languages", ("ja",))),
            website=str(root.get("website", "")),
            phone=str(root.get("phone", "")),
            colours=dict(root.get("colours", {})),
            wards=tuple(Ward(id=str(each["id"]), name=str(each["name"])) for each in root.get("wards", ())),
            sections=sections,
            general_section=general,
            answer_within_working_days=days,
        )

    def _sections(self, root: Lined, usual: DutyCalendar) -> dict[str, Section]:
        found: dict[str, Section] = {}
        listed = root.get("sections")
        if not isinstance(listed, list) or not listed:
            self._wrong(root.lines.get("sections", 1), "sections: 担当課を1つ以上書いてください")
            return found
        for each in listed:
            if not isinstance(each, Lined) or "id" not in each or "name" not in each:
                self._wrong(root.lines["sections"], "sections: それぞれに id と name が必要です")
                continue
            line = each.lines["id"]
            self._only(each, SECTION_KEYS)
            if each["id"] in found:
                self._wrong(line, f"担当課の id「{each['id']}」が2つあります")
            found[each["id"]] = Section(
                id=each["id"],
                name=each["name"],
                name_en=each.get("name_en", ""),
                phone=each.get("phone", ""),
                counter=each.get("counter", ""),
                calendar=self._with_exceptions(each, self._hours(each, "hours", usual)),
            )
        return found

    def _hours(self, within: Lined, key: str, usual: DutyCalendar) -> DutyCalendar:
        hours = within.get(key)
        if hours is None:
            return usual
        if not isinstance(hours, Lined):
            self._wrong(within.lines[key], f"{key}: weekdays などを書いてください")
            return usual
        self._only(hours, HOUR_KEYS)
        return DutyCalendar(
            weekdays=self._windows(hours, "weekdays"),
            saturday=self._windows(hours, "saturday"),
            sunday=self._windows(hours, "sunday"),
            closed=self._closed(hours) if "closed" in hours else usual.closed,
        )

    def _with_exceptions(self, section: Lined, calendar: DutyCalendar) -> DutyCalendar:
        given = section.get("exceptions")
        if not isinstance(given, Lined):
            return calendar
        exceptions = {}
        for day in given:
            try:
                exceptions[date.fromisoformat(day)] = self._windows(given, day)
            except ValueError:
                self._wrong(given.lines[day], f"exceptions: 日付は 2026-12-27 の形で書いてください（今は {day}）")
        return DutyCalendar(
            weekdays=calendar.weekdays,
            saturday=calendar.saturday,
            sunday=calendar.sunday,
            closed=calendar.closed,
            exceptions=exceptions,
        )

    def _windows(self, hours: Lined, key: str) -> Windows:
        windows = []
        for pair in hours.get(key) or ():
            times = [_clock(str(each)) for each in pair] if isinstance(pair, list) else []
            if len(times) != 2 or times[0] is None or times[1] is None or times[0] >= times[1]:
                self._wrong(
                    hours.lines[key], f'{key}: ["08:45", "17:15"] の形で、早い時刻から書いてください（今は {pair}）'
                )
                continue
            windows.append((times[0], times[1]))
        return tuple(sorted(windows))

    def _closed(self, hours: Lined) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
        spans = []
        for text in hours.get("closed") or ():
            found = SPAN.fullmatch(str(text))
            if found is None:
                self._wrong(hours.lines["closed"], f'closed: "12-29/01-03" の形で書いてください（今は {text}）')
                continue
            a, b, c, d = map(int, found.groups())
            spans.append(((a, b), (c, d)))
        return tuple(spans)

    def _by_language(self, root: Lined, key: str) -> Mapping[str, str]:
        given = root.get(key)
        return dict(given) if isinstance(given, Lined) else {"ja": str(given or "")}

    def _whole_number(self, root: Lined, key: str, usual: int) -> int:
        text = str(root.get(key, usual))
        if not text.isdecimal() or int(text) < 1:
            self._wrong(root.lines.get(key, 1), f"{key}: 1 以上の整数で書いてください（今は {text}）")
            return usual
        return int(text)

    def _only(self, given: Lined, known: set[str]) -> None:
        for key in given:
            if key not in known:
                self._wrong(
                    given.lines[key], f"「{key}」という項目はありません。使える項目: {', '.join(sorted(known))}"
                )

    def _wrong(self, line: int, what: str) -> None:
        self.problems.append(f"{self.path}:{line}: {what}")


def _clock(text: str) -> time | None:
    found = CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    return time(23, 59, 59) if hour == 24 else time(hour, minute)
