"""``city.yml``, read: every mistake is found in one go and told with its file and line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path
from typing import Final, NamedTuple

from conversations.errors import CityError
from tickets.city import City, Section, Ward
from tickets.duty_calendar import DutyCalendar, Windows
from tickets.lined_yaml import Lined, Value, read_lined

KEYS: Final = frozenset({
    "name", "office", "languages", "website", "phone", "colours", "population", "wards", "hours", "sections",
    "general_section", "answer_within_working_days",
})  # fmt: skip
SECTION_KEYS: Final = frozenset({"id", "name", "name_en", "phone", "counter", "hours", "exceptions", "confidential"})
WARD_KEYS: Final = frozenset({"id", "name"})
HOUR_KEYS: Final = frozenset({"weekdays", "saturday", "sunday", "closed"})
LANGUAGES: Final = ("ja", "ja-easy", "en")
MOST_WORKING_DAYS: Final = 100
CLOCK: Final = re.compile(r"(?:([01]?[0-9]|2[0-3]):([0-5][0-9])|24:00)", re.ASCII)
SPAN: Final = re.compile(r"(\d{2})-(\d{2})/(\d{2})-(\d{2})", re.ASCII)
COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


class CityFileProblem(NamedTuple):
    """One mistake, and in ``message`` how to mend it."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class CityFileError(CityError):
    """``city.yml`` cannot be used; ``problems`` are the lines to show, ``mistakes`` the same in parts."""

    def __init__(self, mistakes: list[CityFileProblem]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda each: each.line))
        self.problems = [str(each) for each in self.mistakes]
        super().__init__("\n".join(self.problems))


def read_city(path: Path) -> City:
    """The city. Raises CityFileError with all that is wrong, and nothing else."""
    reading = _Reading(str(path))
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        reading.wrong(1, "ファイルがありません。`madoguchi init` でひな形を作れます。")
    except UnicodeDecodeError:
        reading.wrong(1, "文字コードが UTF-8 ではありません。UTF-8 で保存し直してください。")
    except OSError as trouble:
        reading.wrong(1, f"ファイルを読めません: {trouble.strerror}")
    else:
        root, troubles = read_lined(text)
        for line, what in troubles:
            reading.wrong(line, what)
        city = reading.city(root) if root is not None or not troubles else None
        if city is not None and not reading.mistakes:
            return city
    raise CityFileError(reading.mistakes)


@dataclass(slots=True)
class _Reading:
    file: str
    mistakes: list[CityFileProblem] = field(default_factory=list)

    def wrong(self, line: int, what: str) -> None:
        self.mistakes.append(CityFileProblem(self.file, line, what))

    def city(self, root: Value | None) -> City | None:
        """The city, as far as it can be read; only to be used when there are no mistakes."""
        if not isinstance(root, Lined):
            self.wrong(1, "「名前: 値」の形で書いてください")
            return None
        self._only(root, KEYS)
        sections = self._sections(root, self._hours(root, DutyCalendar()))
        general = self._text(root, "general_section")
        if sections and general not in sections:
            known = ", ".join(sections)
            self.wrong(root.line("general_section"), f"general_section: 「{general}」という担当課がありません: {known}")
        return City(
            name=self._by_language(root, "name"),
            office=self._by_language(root, "office"),
            languages=self._languages(root),
            website=self._website(root),
            phone=self._text(root, "phone"),
            colours=self._colours(root),
            wards=self._wards(root),
            sections=sections,
            general_section=general,
            answer_within_working_days=self._working_days(root),
        )

    def _sections(self, root: Lined, usual: DutyCalendar) -> dict[str, Section]:
        found: dict[str, Section] = {}
        for each in self._entries(root, "sections", SECTION_KEYS):
            key = self._text(each, "id")
            if key in found:
                self.wrong(each.line("id"), f"担当課の id「{key}」が2つあります。どちらかを変えてください")
            found[key] = Section(
                id=key,
                name=self._text(each, "name"),
                name_en=self._text(each, "name_en"),
                phone=self._text(each, "phone"),
                counter=self._text(each, "counter"),
                confidential=self._yes_or_no(each, "confidential"),
                calendar=replace(self._hours(each, usual), exceptions=self._exceptions(each)),
            )
        if not found:
            self.wrong(root.line("sections"), "sections: 担当課を1つ以上書いてください")
        return found

    def _wards(self, root: Lined) -> tuple[Ward, ...]:
        wards = [
            (each, Ward(id=self._text(each, "id"), name=self._text(each, "name")))
            for each in self._entries(root, "wards", WARD_KEYS)
        ]
        seen: set[str] = set()
        for each, ward in wards:
            if ward.id in seen:
                self.wrong(each.line("id"), f"区の id「{ward.id}」が2つあります。どちらかを変えてください")
            seen.add(ward.id)
        return tuple(ward for _, ward in wards)

    def _entries(self, root: Lined, key: str, known: frozenset[str]) -> Iterator[Lined]:
        """The mappings of a list that have their id and name."""
        for each in self._list(root, key):
            line = each.line() if isinstance(each, Lined) else root.line(key)
            if not isinstance(each, Lined) or not each.get("id") or not each.get("name"):
                self.wrong(line, f"{key}: それぞれに id と name が必要です")
                continue
            self._only(each, known)
            yield each

    def _hours(self, within: Lined, usual: DutyCalendar) -> DutyCalendar:
        if "hours" not in within:
            return usual
        hours = within["hours"]
        if not isinstance(hours, Lined):
            self.wrong(within.line("hours"), 'hours: {weekdays: [["08:45", "17:15"]]} の形で書いてください')
            return usual
        self._only(hours, HOUR_KEYS)
        return DutyCalendar(
            weekdays=self._windows(hours, "weekdays"),
            saturday=self._windows(hours, "saturday"),
            sunday=self._windows(hours, "sunday"),
            closed=self._closed(hours) if "closed" in hours else usual.closed,
        )

    def _exceptions(self, section: Lined) -> dict[date, Windows]:
        given = section.get("exceptions", Lined())
        if not isinstance(given, Lined):
            self.wrong(
                section.line("exceptions"), 'exceptions: {"2026-12-27": [["09:00", "12:00"]]} の形で書いてください'
            )
            return {}
        found = {}
        for day in given:
            try:
                found[date.fromisoformat(day)] = self._windows(given, day)
            except ValueError:
                self.wrong(given.line(day), f"exceptions: 日付は 2026-12-27 の形で書いてください（今は {day}）")
        return found

    def _windows(self, hours: Lined, key: str) -> Windows:
        windows: list[tuple[time, time]] = []
        for pair in self._list(hours, key):
            times = [_clock(each) for each in pair] if isinstance(pair, list) else []
            begins, ends = times if len(times) == 2 else (None, None)
            if begins is None or ends is None or begins >= ends:
                how = f'{key}: ["08:45", "17:15"] の形で、早い時刻から書いてください（今は {pair}）'
                self.wrong(hours.line(key), how)
            elif any(begins < other[1] and other[0] < ends for other in windows):
                self.wrong(hours.line(key), f"{key}: 受付時間が重なっています（{pair}）")
            else:
                windows.append((begins, ends))
        return tuple(sorted(windows))

    def _closed(self, hours: Lined) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
        spans = []
        for text in self._list(hours, "closed"):
            found = SPAN.fullmatch(text) if isinstance(text, str) else None
            first_month, first, last_month, last = map(int, found.groups()) if found else (0, 0, 0, 0)
            if not (_is_a_day(first_month, first) and _is_a_day(last_month, last)):
                self.wrong(
                    hours.line("closed"), f'closed: "12-29/01-03" の形で、ある日付を書いてください（今は {text}）'
                )
                continue
            spans.append(((first_month, first), (last_month, last)))
        return tuple(spans)

    def _languages(self, root: Lined) -> tuple[str, ...]:
        given = tuple(str(each) for each in self._list(root, "languages")) or ("ja",)
        if unknown := [each for each in given if each not in LANGUAGES]:
            usable = ", ".join(LANGUAGES)
            self.wrong(root.line("languages"), f"languages: {', '.join(unknown)} は使えません。使えるもの: {usable}")
        if "ja" not in given:
            self.wrong(root.line("languages"), "languages: ja を入れてください")
        return given

    def _website(self, root: Lined) -> str:
        website = self._text(root, "website")
        if website and not website.startswith(("https://", "http://")):
            self.wrong(root.line("website"), f"website: https:// から書いてください（今は {website}）")
        return website

    def _colours(self, root: Lined) -> dict[str, str]:
        given = root.get("colours", Lined())
        if not isinstance(given, Lined):
            self.wrong(root.line("colours"), 'colours: {primary: "#0017c1"} の形で書いてください')
            return {}
        found = {key: self._text(given, key) for key in given}
        for key, colour in found.items():
            if COLOUR.fullmatch(colour) is None:
                # An unquoted # begins a comment in YAML, so the value arrives empty: say so.
                how = f'colours: {key} は "#0017c1" のように引用符をつけて書いてください（今は「{colour}」）'
                self.wrong(given.line(key), how)
        return found

    def _working_days(self, root: Lined) -> int:
        text = self._text(root, "answer_within_working_days") or "3"
        if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= MOST_WORKING_DAYS:
            line = root.line("answer_within_working_days")
            self.wrong(
                line, f"answer_within_working_days: 1〜{MOST_WORKING_DAYS} の整数で書いてください（今は {text}）"
            )
            return 3
        return int(text)

    def _by_language(self, root: Lined, key: str) -> Mapping[str, str]:
        given = root.get(key, "")
        found = {name: self._text(given, name) for name in given} if isinstance(given, Lined) else {}
        if isinstance(given, str):
            found = {"ja": given}
        if not found.get("ja"):
            self.wrong(root.line(key), f"{key}: 日本語の名前を {{ja: みらい市}} の形で書いてください")
        return found

    def _text(self, within: Lined, key: str) -> str:
        value = within.get(key, "")
        if not isinstance(value, str):
            self.wrong(within.line(key), f"{key}: 文字で書いてください")
            return ""
        return value

    def _yes_or_no(self, within: Lined, key: str) -> bool:
        text = self._text(within, key) if key in within else "false"
        if text not in {"true", "false"}:
            # A slip here would make a confidential matter public: nothing is guessed.
            self.wrong(within.line(key), f"{key}: true か false と書いてください（今は {text}）")
        return text == "true"

    def _list(self, within: Lined, key: str) -> list[Value]:
        value = within.get(key) or []
        if not isinstance(value, list):
            self.wrong(within.line(key), f"{key}: [ … ] の形で並べてください（今は {value}）")
            return []
        return value

    def _only(self, given: Lined, known: frozenset[str]) -> None:
        for key in given:
            if key not in known:
                usable = ", ".join(sorted(known))
                self.wrong(given.line(key), f"「{key}」という項目はありません。使える項目: {usable}")


def _clock(text: Value) -> time | None:
    found = CLOCK.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    # A day's end has no time of its own in Python; the last second is near enough for a counter.
    return time(int(found[1]), int(found[2])) if found[1] else time(23, 59, 59)


def _is_a_day(month: int, day: int) -> bool:
    try:
        date(2024, month, day)  # a leap year: 29 February may be named
    except ValueError:
        return False
    return True
