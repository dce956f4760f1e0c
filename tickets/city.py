from collections.abc import Mapping
from dataclasses import dataclass, field

from tickets.duty_calendar import DutyCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """担当課: who answers, where, and when."""

    id: str
    name: str
    name_en: str = ""
    phone: str = ""
    counter: str = ""
    confidential: bool = False
    """its matters are not talked about on channels that may not carry confidential words"""
    calendar: DutyCalendar

    def name_in(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A city as its ``city.yml`` tells it."""

    name: Mapping[str, str]
    office: Mapping[str, str]
    languages: tuple[str, ...] = ("ja", "ja-easy", "en")
    website: str = ""
    phone: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    wards: tuple[Ward, ...] = ()
    sections: Mapping[str, Section]
    general_section: str
    answer_within_working_days: int = 3

    def section(self, key: str) -> Section:
        """The section of this id; the general one for none or an unknown id: no question is nobody's."""
        return self.sections.get(key) or self.sections[self.general_section]

    def name_in(self, language: str) -> str:
        return self.name.get(language) or self.name["ja"]
