"""The menu below the talk, one for each language: set up once, switched by a tap, given to a resident by language.

Reference: "Rich menu", "Rich menu alias", "Per-user rich menu". Making menus is limited to 100 an hour, so a menu that
is there as defined is left alone, and languages are switched by linking.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec
import structlog

from channels.line.menu_definition import RichMenu, menu_json

log = structlog.get_logger(__name__)

HOST: Final = "https://api.line.me"
DATA_HOST: Final = "https://api-data.line.me"
"""where pictures go"""

_OURS = "madoguchi/"
_TOLD_AT_MOST = 300

Read = TypeVar("Read")


class MenuNotSet(Exception):
    """LINE refused a step, or did not answer. What was there before is still there."""


class NotThere(MenuNotSet):
    """LINE knows no such thing."""


class Doing(StrEnum):
    KEEP = "keep"
    """it is there as defined"""
    MAKE = "make"
    POINT = "point"
    """the buttons that turn to this language lead to its menu"""
    SHOW = "show"
    """everybody has it until they choose another language"""
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Step:
    doing: Doing
    language: str


class RichMenus:
    """The menus of one account. ``host`` is where LINE is, pictures and all, when it is not LINE."""

    def __init__(self, access_token: str, *, host: str | None = None, silence_at_most: float = 20.0) -> None:
        self._headers = {"Authorization": f"Bearer {access_token}"}
        self._host = host or HOST
        self._data_host = host or DATA_HOST
        self._timeout = aiohttp.ClientTimeout(total=silence_at_most)
        self._session: aiohttp.ClientSession | None = None
        self._by_alias: dict[str, str] = {}

    async def plan(self, menus: Sequence[RichMenu]) -> list[Step]:
        """What ``set_up`` would do now; changes nothing. Raises MenuNotSet."""
        return list(_steps(menus, await self._there(), await self._aliases(), await self._default()))

    async def account(self) -> str:
        """The user id of the account that the token is for. Raises MenuNotSet."""
        return _read(await self._call("GET", "/v2/bot/info"), _Info).user_id

    async def set_up(self, menus: Sequence[RichMenu]) -> None:
        """Make what is not there as defined, show the first to everybody, remove what is not defined any more.

        Again is harmless. Raises MenuNotSet; run it again when the cause is gone.
        """
        there = await self._there()
        before = await self._aliases()
        made = {alias_of(menu.language): there.get(_name(menu)) or await self._make(menu) for menu in menus}
        for alias, menu_id in made.items():
            await self._point(alias, menu_id, before.get(alias))
        await self._call("POST", f"/v2/bot/user/all/richmenu/{made[alias_of(menus[0].language)]}")
        self._by_alias = made
        for alias in before.keys() - made.keys():
            await self._call("DELETE", f"/v2/bot/richmenu/alias/{alias}")
        for menu_id in set(there.values()) - set(made.values()):
            await self._call("DELETE", f"/v2/bot/richmenu/{menu_id}")

    async def show(self, user: str, language: str) -> None:
        """Give a resident the menu of their language; the default one, where there is none. Raises MenuNotSet."""
        if alias_of(language) in self._by_alias:
            try:
                return await self._link(user, language)
            except MenuNotSet:
                log.info("a menu known before is not there any more: they are looked up again")
        self._by_alias = await self._aliases()
        return await self._link(user, language)

    async def close(self) -> None:
        """End; harmless a second time."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _link(self, user: str, language: str) -> None:
        menu_id = self._by_alias.get(alias_of(language))
        here = f"/v2/bot/user/{quote(user, safe='')}/richmenu"
        if menu_id is None:
            await self._call("DELETE", here)
        else:
            await self._call("POST", f"{here}/{menu_id}")

    async def _default(self) -> str:
        """The menu that everybody has; empty when there is none."""
        try:
            return _read(await self._call("GET", "/v2/bot/user/all/richmenu"), _Made).rich_menu_id
        except NotThere:
            return ""

    async def _there(self) -> dict[str, str]:
        """Our menus by name; what others made for this account is not touched."""
        listed = _read(await self._call("GET", "/v2/bot/richmenu/list"), _Listed)
        return {menu.name: menu.rich_menu_id for menu in listed.richmenus if menu.name.startswith(_OURS)}

    async def _aliases(self) -> dict[str, str]:
        """Our aliases, and the menus they stand for."""
        listed = _read(await self._call("GET", "/v2/bot/richmenu/alias/list"), _Aliases)
        return {
            alias.rich_menu_alias_id: alias.rich_menu_id
            for alias in listed.aliases
            if alias.rich_menu_alias_id.startswith(alias_of(""))
        }

    async def _make(self, menu: RichMenu) -> str:
        body = {**menu_json(menu, alias_of), "name": _name(menu)}
        menu_id = _read(await self._call("POST", "/v2/bot/richmenu", body), _Made).rich_menu_id
        try:
            await self._call("POST", f"/v2/bot/richmenu/{menu_id}/content", menu.picture)
        except MenuNotSet:
            # Without its picture it would be taken for a finished one the next time.
            await self._call("DELETE", f"/v2/bot/richmenu/{menu_id}")
            raise
        return menu_id

    async def _point(self, alias: str, menu_id: str, before: str | None) -> None:
        if before is None:
            body = {"richMenuAliasId": alias, "richMenuId": menu_id}
            await self._call("POST", "/v2/bot/richmenu/alias", body)
        elif before != menu_id:
            await self._call("POST", f"/v2/bot/richmenu/alias/{alias}", {"richMenuId": menu_id})

    async def _call(self, method: str, path: str, body: dict[str, Any] | bytes | None = None) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, trust_env=True)
        host = self._data_host if isinstance(body, bytes) else self._host
        kind = _kind(body) if isinstance(body, bytes) else "application/json"
        data = body if isinstance(body, bytes | None) else json.dumps(body)
        headers = {**self._headers, "Content-Type": kind}
        try:
            async with self._session.request(
                method, host + path, data=data, headers=headers, allow_redirects=False
            ) as answer:
                said = await answer.read()
        except (TimeoutError, aiohttp.ClientError) as error:
            raise MenuNotSet(f"LINE did not answer {method} {path}: {type(error).__name__}") from error
        if answer.status >= 300:
            told = said[:_TOLD_AT_MOST].decode("utf-8", "replace")
            refused = NotThere if answer.status == 404 else MenuNotSet
            raise refused(f"LINE refused {method} {path}: {answer.status} {told}")
        log.info("LINE rich menu", method=method, path=path)
        return said


def _steps(
    menus: Sequence[RichMenu], there: Mapping[str, str], aliases: Mapping[str, str], default: str
) -> Iterator[Step]:
    for menu in menus:
        menu_id = there.get(_name(menu))
        yield Step(Doing.KEEP if menu_id else Doing.MAKE, menu.language)
        if menu_id is None or aliases.get(alias_of(menu.language)) != menu_id:
            yield Step(Doing.POINT, menu.language)
    if not default or there.get(_name(menus[0])) != default:
        yield Step(Doing.SHOW, menus[0].language)
    defined = {_name(menu) for menu in menus}
    for name in there:
        if name not in defined:
            yield Step(Doing.REMOVE, name.removeprefix(_OURS).partition("/")[0])


def alias_of(language: str) -> str:
    """By which a menu's button names another language's menu."""
    return f"madoguchi-{language.lower()}"


def _name(menu: RichMenu) -> str:
    """Not shown to residents: tells whether the menu at LINE is the one defined, to the last pixel."""
    defined = json.dumps(menu_json(menu, alias_of), sort_keys=True).encode()
    return f"{_OURS}{menu.language}/{hashlib.sha256(defined + menu.picture).hexdigest()[:32]}"


def _kind(picture: bytes) -> str:
    return "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"


class _Menu(msgspec.Struct, rename="camel"):
    rich_menu_id: str
    name: str


class _Listed(msgspec.Struct):
    richmenus: list[_Menu]


class _Made(msgspec.Struct, rename="camel"):
    rich_menu_id: str


class _Info(msgspec.Struct, rename="camel"):
    user_id: str


class _Alias(msgspec.Struct, rename="camel"):
    rich_menu_alias_id: str
    rich_menu_id: str


class _Aliases(msgspec.Struct):
    aliases: list[_Alias]


def _read(answer: bytes, kind: type[Read]) -> Read:
    try:
        return msgspec.json.decode(answer, type=kind)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise MenuNotSet(f"LINE's answer cannot be read: {error}") from error
