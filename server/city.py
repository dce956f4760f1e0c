"""A city's folder, as one thing: what `serve` loads and `check` checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.phrases.catalogue import Phrases
from bot.understanding.examples import Example, read_intents
from conversations.errors import CityError
from dialogues.definition import Dialogue, load_dialogues
from knowledge_base.importing import import_faq
from tickets.city import City
from tickets.city_file import read_city

INTENTS = "intents.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class CityFolder:
    path: Path
    city: City
    phrases: Phrases
    dialogues: Mapping[str, Dialogue]
    examples: tuple[Example, ...]

    @property
    def faq(self) -> Path:
        return self.path / "faq.csv"


def read_folder(path: Path) -> CityFolder:
    """The city's folder. Raises CityError, naming file and line, for the first file that cannot be used."""
    city = read_city(path / "city.yml")
    wordings = path / "phrases"
    intents = path / INTENTS
    return CityFolder(
        path=path,
        city=city,
        phrases=Phrases.load(wordings if wordings.is_dir() else None),
        dialogues=load_dialogues(path / "dialogues"),
        examples=read_intents(intents) if intents.exists() else (),
    )


def mistakes_in(path: Path) -> list[str]:
    """Every mistake in the folder, each with its file and line or row."""
    found: list[str] = []
    sections: set[str] = set()
    for read in (
        lambda: sections.update(read_city(path / "city.yml").sections),
        lambda: Phrases.load(path / "phrases" if (path / "phrases").is_dir() else None),
        lambda: load_dialogues(path / "dialogues"),
        lambda: read_intents(path / INTENTS),
    ):
        try:
            read()
        except (CityError, OSError) as trouble:
            found += str(trouble).splitlines()
    return found + _faq_mistakes(path / "faq.csv", sections)


def _faq_mistakes(faq: Path, sections: set[str]) -> list[str]:
    if not faq.exists():
        return [f"{faq}: ファイルがありません"]
    report = import_faq(faq.read_bytes(), faq.name)
    errors = [problem for problem in report.problems if problem.severity == "error"]
    found = [f"{faq}:{problem.row}: {problem.column}: {problem.message_ja}" for problem in errors]
    strangers = [each for each in report.entries if sections and each.content.section not in {"", *sections}]
    unknown = [f"{faq}:{each.row}: 担当課: 「{each.content.section}」は city.yml にありません" for each in strangers]
    return found + unknown
