"""Messages with their intents: Rasa NLU YAML, CSV or TSV (text, intent)."""

import csv
from pathlib import Path

from bot.understanding.examples import Example, intent_named, read_training
from evaluation.problems import Problem
from evaluation.tables import rows_of

_TEXT = ("text", "query", "utterance", "example", "message", "文", "例文", "発話", "質問")
_INTENT = ("intent", "category", "label", "class", "意図", "インテント")


def read_intent_file(path: Path) -> tuple[list[Example], list[Problem]]:
    """The messages of one file, and what is wrong with its other lines. Raises OSError."""
    if path.suffix.lower() in {".yml", ".yaml"}:
        data = read_training(path)
        return list(data.examples), [Problem(each.file, each.line, "", each.what) for each in data.mistakes]
    try:
        return _table(path)
    except UnicodeDecodeError:
        return [], [Problem(str(path), 1, "", "文字コードが UTF-8 ではありません。UTF-8 で保存し直してください")]
    except csv.Error as error:
        return [], [Problem(str(path), 1, "", f"表として読めません（{error}）")]


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
            problems.append(Problem(str(path), line, "", "列が足りません。text と intent の2列にしてください"))
            continue
        if message and intent:
            examples.append(Example(intent_named(intent), message, f"{path}:{line}"))
        else:
            missing = "intent" if message else "text"
            problems.append(Problem(str(path), line, missing, "空です"))
    return examples, problems


def _places(header: list[str]) -> tuple[int, int] | None:
    text = next((at for at, name in enumerate(header) if name in _TEXT), None)
    intent = next((at for at, name in enumerate(header) if name in _INTENT), None)
    return None if text is None or intent is None else (text, intent)
