"""The mailbox from which mail is fetched, as the setting names it."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final, Literal, Self
from urllib.parse import SplitResult, unquote, urlsplit

from conversations.errors import SettingsError

Tls = Literal["none", "starttls", "implicit"]

_PORTS: Final = {"imap": 143, "imaps": 993}
_HOST: Final = re.compile(r"(?!-)[0-9A-Za-z.-]{1,253}|[0-9A-Fa-f:.]{2,45}")
_NOT_PLAIN: Final = re.compile(r"[^ -~]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_EXAMPLE: Final = "imaps://user:password@mail.city.example/INBOX"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapBox:
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    tls: Tls = "implicit"
    """the password is said in the clear to this very machine only; else the server must prove who it is"""

    def __str__(self) -> str:
        """Which mailbox, for logs and as the name of our progress in it: without the password."""
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"

    @classmethod
    def parse(cls, url: str) -> Self:
        """``imaps://user:password@host/INBOX``, user, password and folder percent-encoded.

        ``imap`` begins without encryption: to this very machine it stays so, elsewhere STARTTLS must follow. Raises
        SettingsError, which never quotes the setting: a mistyped password may stand anywhere in it.
        """
        try:
            parts = urlsplit(url.strip())
            port = parts.port
            user, password = (unquote(part or "", errors="strict") for part in (parts.username, parts.password))
            folder = unquote(parts.path.strip("/"), errors="strict")
        except ValueError:
            raise _wrong("読み取れません。記号は %40 のように書いてください", "cannot be read") from None
        host = parts.hostname or ""
        _check(parts, host, user, password, folder)
        in_the_clear: Tls = "none" if _is_this_machine(host) else "starttls"
        return cls(
            host=host,
            port=port or _PORTS[parts.scheme],
            user=user,
            password=password,
            folder=folder or "INBOX",
            tls="implicit" if parts.scheme == "imaps" else in_the_clear,
        )


def _check(parts: SplitResult, host: str, user: str, password: str, folder: str) -> None:
    if parts.scheme not in _PORTS:
        raise _wrong("imap:// か imaps:// で始めてください", "must begin with imap:// or imaps://")
    if not _HOST.fullmatch(host):
        raise _wrong("サーバーの名前がないか、名前に使えない文字があります", "names no host")
    if not (user and password):
        raise _wrong("ユーザー名とパスワードを書いてください", "needs user and password")
    if _NOT_PLAIN.search(user + password):
        raise _wrong("ユーザー名とパスワードは半角の英数字と記号だけです", "has other than ASCII in user or password")
    if parts.query or parts.fragment or _CONTROL.search(folder):
        raise _wrong(
            "フォルダー名のあとには何も書けません。パスワードの記号は %23 のように書いてください",
            "has something behind the folder; a password's signs are written like %23",
        )


def _wrong(what: str, in_english: str) -> SettingsError:
    return SettingsError(f"mail_imap: {what}。例 (it {in_english}; write it like): {_EXAMPLE}")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"
