"""Codes that nobody can guess, as ``bot.ports.Unguessable`` promises."""

import secrets
from dataclasses import dataclass
from typing import Final

from bot.link_words import ALPHABET, LENGTH, code_in

PATH: Final = "/private/"
BYTES: Final = 24


@dataclass(frozen=True, slots=True)
class DrawnCodes:
    url: str
    """of this service, as residents reach it"""

    def to_type(self) -> str:
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
            if code_in(code):  # one in ten has no digit, and would be a word
                return code

    def to_open(self) -> tuple[str, str]:
        code = secrets.token_hex(BYTES)  # no sign in it that any channel takes for markup
        return code, f"{self.url}{PATH}{code}"
