"""Every setting, typed, read once: ``madoguchi.toml`` first, then ``MADOGUCHI_*`` over it."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conversations.errors import SettingsError
from server.proxies import networks

FILE = "madoguchi.toml"
PREFIX = "MADOGUCHI_"
DOORS = frozenset({"rasa"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One installation. Each name is a line of ``madoguchi.toml`` and, in capitals, an environment variable."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    """What residents type, e.g. https://chat.city.example; empty: http://host:port"""
    data: Path = Path("var")
    """folder of the embedded database"""
    database: str = field(default="", repr=False)
    """postgresql+asyncpg://…; empty: SQLite in ``data``"""
    redis: str = field(default="", repr=False)
    """redis://… when several processes serve one city; empty: within the process"""
    city: Path = Path("demo/mirai")
    """the city's folder"""
    encoder: str = "bundled"
    """``bundled``, ``none``, or the address of an OpenAI-compatible embeddings endpoint"""
    encoder_key: str = field(default="", repr=False)
    encoder_model: str = "embeddings"
    """what the endpoint calls its model"""
    encoder_dimensions: int = 1024
    """numbers a row of that model"""
    doors: tuple[str, ...] = ()
    """further doors to open: ``rasa`` (its REST channel, /webhooks/rest/webhook, for front-ends made for Rasa)"""
    line_accounts: tuple[str, ...] = ()
    """user ids of the city's LINE official accounts (U and 32 letters), one for each section that has one"""
    line_secrets: tuple[str, ...] = field(default=(), repr=False)
    """their channel secrets, in the same order"""
    line_tokens: tuple[str, ...] = field(default=(), repr=False)
    """their channel access tokens, in the same order"""
    line_profile_sections: tuple[str, ...] = ()
    """sections whose staff see the LINE display name of who waits for them; nobody else's is asked for"""
    telegram_token: str = field(default="", repr=False)
    """the bot's token; empty: no Telegram"""
    telegram_secret: str = field(default="", repr=False)
    """told to setWebhook as secret_token: 1 to 256 letters, digits, _ and -"""
    telegram_host: str = ""
    """another address than Telegram's own, for rehearsals"""
    line_host: str = ""
    """another address than LINE's own, for rehearsals: http://127.0.0.1:…"""
    mail_address: str = ""
    """the counter's own mail address, desk@city.example; empty: no mail"""
    mail_aliases: tuple[str, ...] = ()
    """further addresses whose mail comes here, forwarded ones too"""
    mail_door: str = ""
    """where the city's mail server hands mail over: lmtp://127.0.0.1:2424, or smtp://…"""
    mail_imap: str = field(default="", repr=False)
    """or the mailbox to fetch it from: imaps://user:password@host/INBOX"""
    mail_relay: str = field(default="", repr=False)
    """the server that sends: smtp://host:25, smtps://user:password@host:465"""
    mail_dkim_key: str = ""
    """file of the RSA key (PEM) that signs; none: the relay signs"""
    mail_dkim_selector: str = "madoguchi"
    mail_trusts: str = ""
    """the name (authserv-id) by which our own mail server signs its Authentication-Results"""
    frame_origins: tuple[str, ...] = ()
    """origins of the city's sites that may show the widget"""
    trusted_proxies: tuple[str, ...] = ()
    """addresses or networks of reverse proxies, whose X-Forwarded-For is believed"""
    session_hours: int = 12
    log: str = "info"

    @property
    def url(self) -> str:
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite+aiosqlite:///{self.data / 'madoguchi.db'}"


def read_settings(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings.

    Raises SettingsError, naming the setting, the place it stands in and what it should be.
    """
    environment = os.environ if environment is None else environment  # noqa: TID251 -- the one place
    path = file or Path(environment.get(f"{PREFIX}SETTINGS", FILE))
    given: dict[str, tuple[Any, str]] = {}
    for name, value in _from_file(path, must_exist=file is not None).items():
        given[name] = (value, f"{path}: {name}")
    names = {each.name for each in fields(Settings)}
    for variable, text in environment.items():
        name = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and name != "settings":
            given[name] = (text, variable)
    for name, (_, place) in given.items():
        if name not in names:
            known = ", ".join(sorted(names))
            raise SettingsError(f"{place}: そのような設定はありません (no such setting). 使える設定: {known}")
    typed: dict[str, Any] = {name: _typed(name, value, place) for name, (value, place) in given.items()}
    return _checked(Settings(**typed))


def _from_file(path: Path, *, must_exist: bool) -> dict[str, Any]:
    if not path.exists():
        if must_exist:
            raise SettingsError(f"{path}: 設定ファイルがありません (no such file)")
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise SettingsError(f"{path}: 設定ファイルを読めません (not valid TOML): {trouble}") from None


def _typed(name: str, value: object, place: str) -> object:
    wanted = type(next(each.default for each in fields(Settings) if each.name == name))
    if wanted is int:
        try:
            return int(str(value))
        except ValueError:
            raise SettingsError(f"{place}: 数で書いてください (a number is needed), 今は {value!r}") from None
    if wanted is tuple:
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list):
            raise SettingsError(f"{place}: コンマ区切りか一覧で書いてください (a list is needed)")
        return tuple(str(part).strip() for part in parts if str(part).strip())
    if not isinstance(value, str):
        raise SettingsError(f"{place}: 文字列で書いてください (a text is needed), 今は {value!r}")
    return Path(value) if issubclass(wanted, Path) else value.strip()


def _checked(settings: Settings) -> Settings:
    if not 0 <= settings.port <= 65535:
        raise SettingsError(f"port: 0〜65535 で書いてください (0–65535), 今は {settings.port}")
    if settings.public_url and urlsplit(settings.public_url).scheme not in {"http", "https"}:
        raise SettingsError("public_url: http:// か https:// で始めてください (must begin with http:// or https://)")
    if settings.database and not settings.database.startswith(("postgresql+asyncpg://", "sqlite+aiosqlite://")):
        raise SettingsError("database: postgresql+asyncpg:// か sqlite+aiosqlite:// で始めてください")
    if settings.encoder_dimensions < 1:
        raise SettingsError(f"encoder_dimensions: 1 以上で書いてください, 今は {settings.encoder_dimensions}")
    _check_channels(settings)
    if settings.log not in {"debug", "info", "warning", "error"}:
        raise SettingsError("log: debug, info, warning, error のどれかにしてください")
    for origin in settings.frame_origins:
        if urlsplit(origin).scheme not in {"http", "https"} or urlsplit(origin).path:
            raise SettingsError(f"frame_origins: {origin!r} は https://www.city.example の形にしてください")
    try:
        networks(settings.trusted_proxies)
    except ValueError as trouble:
        raise SettingsError(f"IPアドレスかネットワークで書いてください: {trouble}") from None
    return settings


def _check_channels(settings: Settings) -> None:
    if settings.telegram_token and not settings.telegram_secret:
        raise SettingsError("telegram_secret: telegram_token があるときは必要です (needed beside telegram_token)")
    if unknown := set(settings.doors) - DOORS:
        raise SettingsError(f"doors: {', '.join(sorted(unknown))} はありません。使える入口: {', '.join(sorted(DOORS))}")
    _check_mail(settings)
    if not len(settings.line_accounts) == len(settings.line_secrets) == len(settings.line_tokens):
        raise SettingsError(
            "line_accounts, line_secrets, line_tokens: 同じ数だけ、同じ順に書いてください (as many of each): 今は "
            f"{len(settings.line_accounts)}, {len(settings.line_secrets)}, {len(settings.line_tokens)}"
        )


def _check_mail(settings: Settings) -> None:
    """What stands in the addresses of servers is checked where they are used."""
    if not settings.mail_address:
        given = [name for name in ("mail_door", "mail_imap", "mail_relay", "mail_aliases") if getattr(settings, name)]
        if given:
            raise SettingsError(f"mail_address: {', '.join(given)} があるときは必要です (needed beside them)")
        return
    for name, address in [
        ("mail_address", settings.mail_address),
        *(("mail_aliases", a) for a in settings.mail_aliases),
    ]:
        if not re.fullmatch(r"[!-?A-~]{1,40}@[a-z0-9.-]+", address):
            raise SettingsError(f"{name}: desk@city.example の形で書いてください, 今は {address!r}")
    if not settings.mail_relay:
        raise SettingsError("mail_relay: mail_address があるときは必要です (needed beside it), 例: smtp://127.0.0.1:25")
