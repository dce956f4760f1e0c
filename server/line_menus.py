"""The LINE menus of a city's folder: ``line/menus.yml`` and the pictures beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from bot.choices import DIALOGUE, PERSON
from channels.line.menu_definition import RichMenu, read_menus
from conversations.errors import CityError, SettingsError
from server.city import CityFolder, read_folder

MENUS: Final = Path("line/menus.yml")


def menus_of(folder: Path) -> Sequence[RichMenu]:
    """The city's menus; none when it defines none. Raises SettingsError that says where and what."""
    file = folder / MENUS
    if not file.exists():
        return ()
    try:
        defined = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as trouble:
        raise SettingsError(f"{file}: 読めません (not valid YAML): {trouble}") from None
    try:
        return read_menus(defined, file.parent)
    except SettingsError as trouble:
        raise SettingsError(f"{file}: {trouble}") from None


def labels_of(menus: Sequence[RichMenu]) -> Mapping[str, str]:
    """What staff read when a button was tapped: its words in the first menu that has it, by what the tap arrives as."""
    buttons = [button for menu in menus for row in menu.rows for button in row if button.value]
    return {button.value: button.label for button in reversed(buttons)}


def mistakes_in_menus(menus: Sequence[RichMenu], folder: CityFolder) -> list[str]:
    """What LINE would take, and the bot would not understand."""
    file = folder.path / MENUS
    found = [
        f"{file}: {menu.language}: city.yml の languages にない言語です (no language of the city)"
        for menu in menus
        if menu.language not in folder.city.languages
    ]
    for value in labels_of(menus):
        name = value.removeprefix(DIALOGUE)
        if value != PERSON and not (value.startswith(DIALOGUE) and name in folder.dialogues):
            known = ", ".join([PERSON, *(f"{DIALOGUE}{each}" for each in folder.dialogues)])
            found.append(f"{file}: value: {value!r} は使えません。使えるのは {known} です (unknown value)")
    return found


def mistakes_in_line(path: Path) -> list[str]:
    """For the folder of a city, which is right apart from its LINE menus."""
    try:
        return mistakes_in_menus(menus_of(path), read_folder(path))
    except CityError as trouble:
        return str(trouble).splitlines()
