"""Addresses of ours that prove themselves: where a reply belongs, and which mail bounced (VERP)."""

import base64
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum

from conversations.errors import SettingsError

LOCAL_PART_LIMIT = 64
"""octets: RFC 5321, 4.5.3.1.1"""

_SIGNATURE_BYTES = 10
"""80 bits: nobody guesses that by mail, and a UUID still fits beside it"""
_SHORTEST_KEY = 16
_MAILBOX = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,14}[a-z0-9])?")
_ID = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
_DOMAIN = re.compile(r"(?=.{1,190}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SIGNED = re.compile(r"(?P<mailbox>[a-z0-9_-]+)\+(?P<id>[a-z0-9_-]+)\.(?P<signature>[a-z2-7]{16})")


class Purpose(StrEnum):
    REPLY = "reply"
    """``desk+<ticket>.<hmac>@…``, in Reply-To"""
    BOUNCE = "bounce"
    """``bounce+<outbox id>.<hmac>@…``, the envelope sender"""


@dataclass(frozen=True, slots=True)
class Token:
    """What one of our addresses says, its signature proven. ``id`` is in lower case, as mail systems may fold it."""

    purpose: Purpose
    id: str


class Signer:
    """Makes and reads such addresses. An address signed for one purpose is worth nothing for the other.

    ``keys``: the first one signs, all of them are believed, so that a key can be replaced while old mails are still
    answered. Raises SettingsError when the keys or names cannot serve.
    """

    __slots__ = ("_domain", "_keys", "_mailboxes")

    def __init__(self, *keys: bytes, domain: str, desk: str = "desk", bounce: str = "bounce") -> None:
        if not keys or any(len(key) < _SHORTEST_KEY for key in keys):
            raise SettingsError(f"the key of the mail addresses is missing or shorter than {_SHORTEST_KEY} bytes")
        if not _DOMAIN.fullmatch(domain):
            raise SettingsError(f"{domain!r} is no mail domain; write it like city.example, in lower case")
        if desk == bounce or not all(_MAILBOX.fullmatch(name) for name in (desk, bounce)):
            raise SettingsError(
                f"the mailboxes {desk!r} and {bounce!r} must be two names of at most 16 lower-case letters and digits"
            )
        self._keys = keys
        self._domain = domain
        self._mailboxes = {Purpose.REPLY: desk, Purpose.BOUNCE: bounce}

    def reply_address(self, ticket: str) -> str:
        """Where an answer to a mail about ``ticket`` is to go. Raises ValueError when it does not fit an address."""
        return self._address(Purpose.REPLY, ticket)

    def bounce_address(self, outbox_id: str) -> str:
        """The envelope sender of one mail of ours, so that its bounce names it whatever its text says."""
        return self._address(Purpose.BOUNCE, outbox_id)

    def read(self, address: str) -> Token | None:
        """What ``address`` says, or None when we never signed it. Upper and lower case are the same."""
        local, at, domain = address.strip().lower().rpartition("@")
        signed = _SIGNED.fullmatch(local)
        if not at or domain != self._domain or signed is None:
            return None
        for purpose, mailbox in self._mailboxes.items():
            if signed["mailbox"] == mailbox and self._is_ours(purpose, signed["id"], signed["signature"]):
                return Token(purpose, signed["id"])
        return None

    def _address(self, purpose: Purpose, name: str) -> str:
        said = name.lower()
        if not _ID.fullmatch(said):
            raise ValueError(f"{name!r} cannot stand in a mail address: letters, digits, - and _ only")
        local = f"{self._mailboxes[purpose]}+{said}.{_signature(self._keys[0], purpose, said)}"
        if len(local) > LOCAL_PART_LIMIT:
            raise ValueError(f"{name!r} is too long for a mail address: {local!r} is over {LOCAL_PART_LIMIT} octets")
        return f"{local}@{self._domain}"

    def _is_ours(self, purpose: Purpose, name: str, signature: str) -> bool:
        # Every key is tried, and each in constant time: how long it takes tells nothing.
        matches = [hmac.compare_digest(_signature(key, purpose, name), signature) for key in self._keys]
        return any(matches)


def _signature(key: bytes, purpose: Purpose, name: str) -> str:
    digest = hmac.digest(key, f"{purpose}\0{name}".encode(), "sha256")
    return base64.b32encode(digest[:_SIGNATURE_BYTES]).decode().lower()
