"""The plain form, without a line of script: what was sent, checked field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from channels.web.service import Contact
from conversations.masking import mask_numbers

BODY_LIMIT = 4_000
_NAME_LIMIT = 100
_EMAIL = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@(?:[^\s@<>\"(),;:\\\[\].]+\.)+[^\s@<>\"(),;:\\\[\].]{2,}")
_PHONE = re.compile(r"\+?[0-9()\-ー－‐ 　]{6,20}")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ONE_LINE = re.compile(r"\s+")


class Mistake(NamedTuple):
    field: str
    key: str
    """of the phrase"""
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What stands in the form, to be shown again just as it was."""

    key: str
    name: str = ""
    email: str = ""
    phone: str = ""
    body: str = ""
    trap: str = ""
    """a field people do not see; programs fill it in"""

    @classmethod
    def sent(cls, fields: Mapping[str, object]) -> "Form":
        def line(name: str) -> str:
            return _ONE_LINE.sub(" ", _text(fields, name)).strip()

        body = _text(fields, "body").replace("\r\n", "\n").replace("\r", "\n").strip()
        return cls(
            key=line("key"),
            name=line("name"),
            email=line("email"),
            phone=line("phone"),
            body=body,
            trap=line("website"),
        )

    def mistakes(self) -> tuple[Mistake, ...]:
        """In the order of the fields; none means that it can be sent."""
        found = []
        if not 0 < len(self.name) <= _NAME_LIMIT:
            found.append(Mistake("name", "contact.error_name", {}))
        if self.email and (len(self.email) > 254 or not _EMAIL.fullmatch(self.email)):
            found.append(Mistake("email", "contact.error_email", {}))
        if self.phone and not _PHONE.fullmatch(self.phone):
            found.append(Mistake("phone", "contact.error_phone", {}))
        if not self.email and not self.phone:
            found.append(Mistake("email", "contact.error_reach", {}))
        if not self.body:
            found.append(Mistake("body", "contact.error_body", {}))
        if len(self.body) > BODY_LIMIT:
            found.append(Mistake("body", "contact.error_body_long", {"limit": f"{BODY_LIMIT:,}"}))
        if self.trap:
            found.append(Mistake("website", "error.bad_request", {}))
        if not found and not _is_key(self.key):
            found.append(Mistake("body", "contact.error_expired", {}))
        return tuple(found)

    def contact(self, language: str) -> Contact:
        """The same form with the same words is one contact, however often it is sent; other words are another."""
        words = f"{self.name}\0{self.email}\0{self.phone}\0{self.body}"
        return Contact(
            key=str(uuid5(uuid5(NAMESPACE_URL, self.key), words)),
            name=mask_numbers(self.name).text,
            email=self.email,
            phone=self.phone,
            body=mask_numbers(self.body).text,
            language=language,
        )


def _text(fields: Mapping[str, object], name: str) -> str:
    """The field's words; a file or nothing is no words."""
    value = fields.get(name)
    return _UNSTORABLE.sub("", value) if isinstance(value, str) else ""


def _is_key(key: str) -> bool:
    try:
        return str(UUID(key)) == key
    except ValueError:
        return False
