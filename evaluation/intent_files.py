"""Messages with their intents: Rasa NLU YAML, CSV or TSV (text, intent)."""

from pathlib import Path

from bot.understanding.examples import Example, read_intents
from conversations.errors import SettingsError
from evaluation.problems import Problem
from evaluation.tables import rows_of

_TEXT = ("text", "query", "utterance", "example", "message")
_INTENT = ("intent", "category", "label", "class")


def read_intent_file(path: Path) -> tuple[list[Example], list[Problem]]:
    """The messages of one file, and what is wrong with its other lines. Raises OSError."""
    if path.suffix.lower() in {".yml", ".yaml"}:
        try:
            return list(read_intents(path)), []
        except SettingsError as error:
            return [], [Problem(str(path), 0, "", line) for line in str(error).splitlines()]
    return _table(path)


def _table(path: Path) -> tuple[list[Example], list[Problem]]:
    examples: list[Example] = []
    problems: list[Problem] = []
    places: tuple[int, int] | None = None
    for line, row in rows_of(path):
        if places is None:
            places = _places([cell.strip().lower() for cell in row])
            if places is not None:
                continue
            places = (0, 1)
        try:
            message, intent = row[places[0]].strip(), row[places[1]].strip()
        except IndexError:
            problems.append(Problem(str(path), line, "", "expected two columns, text and intent"))
            continue
        if message and intent:
            examples.append(Example(intent, message, f"{path}:{line}"))
        else:
            missing = "intent" if message else "text"
            problems.append(Problem(str(path), line, missing, "is empty"))
    return examples, problems


def _places(header: list[str]) -> tuple[int, int] | None:
    text = next((at for at, name in enumerate(header) if name in _TEXT), None)
    intent = next((at for at, name in enumerate(header) if name in _INTENT), None)
    return None if text is None or intent is None else (text, intent)
