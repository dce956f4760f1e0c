"""What staff read. The key of a text is its Japanese sentence, so the pages can be read without a table."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from bot.phrases.catalogue import SHIPPED, in_braces, placeholders, read_texts
from conversations.errors import SettingsError

TABLE = SHIPPED / "staff.en.yml"


class StaffTexts:
    """The English of the staff's Japanese texts, each with the same placeholders as its Japanese."""

    def __init__(self, english: Mapping[str, str]) -> None:
        self.english = MappingProxyType(dict(english))

    @classmethod
    def load(cls, path: Path = TABLE) -> "StaffTexts":
        """Raises SettingsError with file and line for a text whose placeholders differ from its Japanese."""
        read = read_texts(path)
        if problems := list(_differences(path, read)):
            raise SettingsError("\n".join(problems))
        return cls({text: english for text, (english, _) in read.items()})

    def say(self, text: str, language: str, /, **values: object) -> str:
        """``text`` in this language (Japanese when the table lacks it), its placeholders filled in.

        Without values it stays as it is written, braces and all: pages also show names and codes that no table knows.
        """
        template = self.english.get(text, text) if language == "en" else text
        return template.format_map(values) if values else template


def _differences(path: Path, read: Mapping[str, tuple[str, int]]) -> Iterator[str]:
    for text, (english, line) in read.items():
        try:
            wanted = placeholders(text)
        except ValueError as error:
            yield f"{path}:{line}: {text}: {error}; write {{{{ and }}}} for braces"
            continue
        if odd := placeholders(english) ^ wanted:
            yield f"{path}:{line}: {text} must have the same placeholders in English; differs in {in_braces(odd)}"
