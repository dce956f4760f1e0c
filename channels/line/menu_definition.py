"""A rich menu as a city defines it, and as LINE wants it. Reference: "Rich menu object". Pure but for the pictures."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
from PIL import Image, UnidentifiedImageError

from channels.channel import TextUnit
from channels.cutting import length
from conversations.errors import SettingsError

LANGUAGE_CHOICE: Final = "language:"
"""Begins the choice that a tap on another language is."""

_PICTURE_AT_MOST = 1024 * 1024
_BUTTONS_AT_MOST = 20
_SCHEMES = ("https://", "http://", "tel:")


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuButton:
    """One field of a menu. Exactly one of ``value``, ``url`` and ``language`` says what a tap does."""

    label: str
    """read aloud by a screen reader; at most 20 graphemes"""
    value: str = ""
    """arrives as this choice"""
    url: str = ""
    language: str = ""
    """turns to this language's menu, and arrives as the choice ``language:…``"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RichMenu:
    """A language's menu. The rows share its height evenly, a row's buttons the width."""

    language: str
    """``ja``, ``ja-easy``, ``en`` …"""
    bar: str
    """stands on the bar that opens the menu; at most 14 graphemes"""
    rows: tuple[tuple[MenuButton, ...], ...]
    picture: bytes = field(repr=False)
    """JPEG or PNG, at most 1 MB; the buttons are drawn in it"""
    width: int = 2500
    height: int = 1686
    opened: bool = True
    """whether it is open when the talk is"""


class _Definition(msgspec.Struct, forbid_unknown_fields=True):
    language: str
    bar: str
    picture: str
    rows: list[list[MenuButton]]
    opened: bool = True


def read_menus(definition: object, folder: Path) -> list[RichMenu]:
    """The menus of a settings file, already read: the first is everybody's until they choose another language.

    A list of ``{language, bar, picture, rows: [[{label, value | url | language}, …], …]}``; the pictures are files in
    ``folder``, and the menus have their size. Raises SettingsError that says where and what.
    """
    try:
        defined = msgspec.convert(definition, list[_Definition])
    except msgspec.ValidationError as error:
        raise SettingsError(f"LINE rich menus: {error}") from error
    if not defined:
        raise SettingsError("LINE rich menus: none is defined; give at least one, of the city's first language")
    menus = [_menu(each, folder) for each in defined]
    languages = [menu.language for menu in menus]
    for menu in menus:
        for wrong in _wrongs(menu, languages):
            raise SettingsError(f"LINE rich menu {menu.language!r}: {wrong}")
    return menus


def menu_json(menu: RichMenu, alias_of: Callable[[str], str]) -> dict[str, Any]:
    """As LINE wants it, but for the name."""
    return {
        "size": {"width": menu.width, "height": menu.height},
        "selected": menu.opened,
        "chatBarText": menu.bar,
        "areas": list(_areas(menu, alias_of)),
    }


def _menu(defined: _Definition, folder: Path) -> RichMenu:
    try:
        picture = (folder / defined.picture).read_bytes()
        width, height = Image.open(io.BytesIO(picture), formats=("JPEG", "PNG")).size
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise SettingsError(
            f"LINE rich menu {defined.language!r}: the picture {defined.picture} cannot be read as JPEG or PNG: {error}"
        ) from error
    return RichMenu(
        language=defined.language,
        bar=defined.bar,
        rows=tuple(map(tuple, defined.rows)),
        picture=picture,
        width=width,
        height=height,
        opened=defined.opened,
    )


def _areas(menu: RichMenu, alias_of: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    for row, buttons in enumerate(menu.rows):
        top, bottom = (menu.height * each // len(menu.rows) for each in (row, row + 1))
        for column, button in enumerate(buttons):
            left, right = (menu.width * each // len(buttons) for each in (column, column + 1))
            bounds = {"x": left, "y": top, "width": right - left, "height": bottom - top}
            yield {"bounds": bounds, "action": _action(button, alias_of)}


def _action(button: MenuButton, alias_of: Callable[[str], str]) -> dict[str, Any]:
    if button.url:
        return {"type": "uri", "label": button.label, "uri": button.url}
    if button.language:
        switch = {"richMenuAliasId": alias_of(button.language), "data": LANGUAGE_CHOICE + button.language}
        return {"type": "richmenuswitch", "label": button.label, **switch}
    return {"type": "postback", "label": button.label, "data": button.value, "displayText": button.label}


def _wrongs(menu: RichMenu, languages: list[str]) -> Iterator[str]:
    if languages.count(menu.language) > 1:
        yield "there is another menu of this language"
    if not menu.language.replace("-", "").isalnum() or not menu.language.isascii() or len(menu.language) > 20:
        yield "the language is no tag like ja, ja-easy or en"
    if not 1 <= length(menu.bar, TextUnit.GRAPHEMES) <= 14:
        yield f"bar: {menu.bar!r} must have 1 to 14 characters"
    if len(menu.picture) > _PICTURE_AT_MOST:
        yield "the picture has more than 1 MB; save it smaller"
    if not 800 <= menu.width <= 2500 or menu.height < 250 or menu.width / menu.height < 1.45:
        yield (
            f"the picture is {menu.width} × {menu.height}; it must be 800 to 2500 wide, at least 250 high,"
            " and at least 1.45 times as wide as high"
        )
    buttons = [button for row in menu.rows for button in row]
    if not 1 <= len(buttons) <= _BUTTONS_AT_MOST or not all(menu.rows):
        yield "there must be 1 to 20 buttons, and no empty row"
    for button in buttons:
        yield from _wrongs_of_button(button, languages)


def _wrongs_of_button(button: MenuButton, languages: list[str]) -> Iterator[str]:
    if not 1 <= length(button.label, TextUnit.GRAPHEMES) <= 20:
        yield f"label: {button.label!r} must have 1 to 20 characters"
    if sum(map(bool, (button.value, button.url, button.language))) != 1:
        yield f"{button.label!r} must have exactly one of value, url and language"
    if length(button.value, TextUnit.UTF16) > 300:
        yield f"{button.label!r}: the value is longer than 300"
    if button.url and not (button.url.startswith(_SCHEMES) and button.url.isascii() and len(button.url) <= 1000):
        yield f"{button.label!r}: the url must begin with https:// or tel:, be plain ASCII and not longer than 1000"
    if button.language and button.language not in languages:
        yield f"{button.label!r}: there is no menu of the language {button.language!r}"
