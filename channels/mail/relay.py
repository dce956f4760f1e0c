"""The city's own mail server, which takes our letters and carries them on."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final, Literal, Self
from urllib.parse import SplitResult, unquote, urlsplit

from conversations.errors import SettingsError

Tls = Literal["none", "starttls", "implicit"]

_PORTS: Final = {"smtp": 25, "smtps": 465}
_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)(?:[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?\.)*"
    r"[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_EXAMPLE: Final = "smtp://relay.city.example:25, smtps://user:password@relay.city.example:465"
_SHAPE: Final = f"({_EXAMPLE})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Where letters are handed over, and how.

    ``starttls``: with a ``user``, encryption is asked for and the certificate checked before the password is said.
    Without one, encryption is used when it is offered, and the certificate is not checked: who could put another one
    there could as well leave out the offer (RFC 7435), and a mail server of a city hall often signs its own.
    ``implicit`` is always checked.
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = "starttls"

    @property
    def certified(self) -> bool:
        """The server has to prove who it is."""
        return self.tls == "implicit" or (self.tls == "starttls" and bool(self.user))

    @classmethod
    def parse(cls, url: str) -> Self:
        """``smtp://host:25`` or ``smtps://user:password@host:465``, user and password percent-encoded.

        ``smtp`` to this very machine goes without encryption. Raises SettingsError, which never quotes the setting: a
        mistyped password may stand anywhere in it.
        """
        if not url.strip():
            raise _wrong("送信用メールサーバーが設定されていません", "is missing")
        try:
            parts = urlsplit(url.strip())
            port = parts.port
            user, password = (unquote(part or "", errors="strict") for part in (parts.username, parts.password))
        except ValueError:
            raise _wrong("読み取れません。記号は %40 のように書いてください", "cannot be read") from None
        host = parts.hostname or ""
        _check(parts, host, user, password)
        encrypted: Tls = "none" if _is_this_machine(host) else "starttls"
        return cls(
            host=host,
            port=port or _PORTS[parts.scheme],
            user=user,
            password=password,
            tls="implicit" if parts.scheme == "smtps" else encrypted,
        )


def _check(parts: SplitResult, host: str, user: str, password: str) -> None:
    if parts.scheme not in _PORTS:
        raise _wrong("smtp:// か smtps:// で始めてください", "must begin with smtp:// or smtps://")
    if not _HOST.fullmatch(host):
        raise _wrong("サーバーの名前がないか、名前に使えない文字があります", "names no host")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise _wrong(
            "サーバーの名前とポートのあとには何も書けません。パスワードの記号は %2F のように書いてください",
            "has something behind host and port; a password's signs are written like %2F",
        )
    if bool(user) != bool(password):
        raise _wrong("ユーザー名とパスワードは両方書いてください", "needs both user and password, or neither")
    if _CONTROL.search(user + password):
        raise _wrong("ユーザー名かパスワードに制御文字があります", "has control characters in user or password")


def _wrong(what: str, in_english: str) -> SettingsError:
    return SettingsError(f"mail_relay: {what}。例 (it {in_english}; write it like): {_SHAPE}")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"
