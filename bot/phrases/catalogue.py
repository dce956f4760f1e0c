import string
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import yaml

from conversations.errors import SettingsError

LANGUAGES = ("ja", "ja-easy", "en")
SHIPPED = Path(__file__).parent

Texts = Mapping[str, str]


class Phrases:
    """Everything the bot, the chat window and the forms say, by key and language.

    Complete by construction: every language has every key, with the same placeholders.
    """

    def __init__(self, texts: Mapping[str, Texts]) -> None:
        """``texts`` by language, then key. Raises SettingsError, naming each missing key and placeholder."""
        if problems := list(_differences(texts)):
            raise SettingsError("\n".join(problems))
        self._texts = {language: MappingProxyType(dict(said)) for language, said in texts.items()}

    @classmethod
    def load(cls, extra_folder: Path | None = None) -> "Phrases":
        """The shipped catalogue, with the city's own wording from ``extra_folder`` (``ja.yml``, ``en.yml`` …) over it.

        Raises SettingsError with file and line for a key that does not exist or a placeholder nobody fills in.
        """
        texts = {language: _texts_of(read_texts(SHIPPED / f"{language}.yml")) for language in LANGUAGES}
        problems: list[str] = []
        for path in sorted(extra_folder.glob("*.yml")) if extra_folder else ():
            if path.stem not in texts:
                problems.append(f"{path}: no language {path.stem!r}; use one of {', '.join(LANGUAGES)}")
                continue
            problems += _override(texts[path.stem], path)
        if problems:
            raise SettingsError("\n".join(problems))
        return cls(texts)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._texts["ja"])

    def say(self, key: str, language: str, **values: object) -> str:
        """The text in this language (Japanese when we do not speak it), its placeholders filled in.

        Values the text has no place for are ignored. Raises KeyError for an unknown key or a missing value.
        """
        template = self._texts.get(language, self._texts["ja"])[key]
        try:
            return template.format_map(values)
        except KeyError as missing:
            raise KeyError(f"phrase {key} needs a value for {missing}") from missing

    def under(self, prefix: str, language: str) -> Texts:
        """All templates whose key begins with ``prefix``, as written: for the chat window, which fills them in."""
        texts = self._texts.get(language, self._texts["ja"])
        return {key: text for key, text in texts.items() if key.startswith(prefix)}


def placeholders(template: str) -> frozenset[str]:
    """The names in ``{}``. Raises ValueError when a brace is alone or anything but a name stands inside."""
    names = set()
    for _, name, form, conversion in string.Formatter().parse(template):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(f"{{{name}}} is no plain name")
        names.add(name)
    return frozenset(names)


def read_texts(path: Path) -> dict[str, tuple[str, int]]:
    """The flat map of a YAML file: key → (text, line). Raises SettingsError with file and line."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from error
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise SettingsError(f"{path}:1: expected lines of the form  key: text")
    found: dict[str, tuple[str, int]] = {}
    for key_node, text_node in root.value:
        line = key_node.start_mark.line + 1
        key, text = key_node.value, text_node.value
        if not isinstance(text_node, yaml.ScalarNode) or not text:
            raise SettingsError(f"{path}:{line}: {key} needs a text")
        if key in found:
            raise SettingsError(f"{path}:{line}: {key} stands here a second time")
        try:
            placeholders(text)
        except ValueError as error:
            raise SettingsError(f"{path}:{line}: {key}: {error}; write {{{{ and }}}} for braces") from error
        found[key] = (text, line)
    return found


def _texts_of(read: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    return {key: text for key, (text, _) in read.items()}


def _override(texts: dict[str, str], path: Path) -> list[str]:
    """Put the city's wording over ours; what is wrong with it, line by line."""
    problems = []
    for key, (text, line) in read_texts(path).items():
        if key not in texts:
            problems.append(f"{path}:{line}: there is no phrase {key}")
        elif odd := placeholders(text) ^ placeholders(texts[key]):
            problems.append(
                f"{path}:{line}: {key} must have the same placeholders as ours; differs in {in_braces(odd)}"
            )
        else:
            texts[key] = text
    return problems


def _differences(texts: Mapping[str, Texts]) -> list[str]:
    problems = [f"no phrases in {language}" for language in LANGUAGES if language not in texts]
    everything = {key for said in texts.values() for key in said}
    for key in sorted(everything):
        missing = [language for language in texts if key not in texts[language]]
        if missing:
            problems.append(f"phrase {key} is missing in {', '.join(missing)}")
            continue
        wanted = placeholders(texts["ja"][key]) if "ja" in texts else frozenset()
        for language, said in texts.items():
            if odd := placeholders(said[key]) ^ wanted:
                problems.append(f"phrase {key} in {language} differs from ja in {in_braces(odd)}")
    return problems


def in_braces(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))
