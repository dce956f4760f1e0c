"""Passwords: argon2id, off the event loop, and a first refusal of what everybody guesses."""

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
SHORTEST = 12
LONGEST = 256
GUESSED_FIRST = (
    "password", "passw0rd", "qwerty", "letmein", "welcome", "iloveyou", "1234567890", "0987654321", "abcdefgh",
    "administrator", "madoguchi", "mirai", "shiyakusho", "sakura",
)  # fmt: skip

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


def first() -> str:
    """A first password, easy to copy by hand: no letters that look alike; about 77 random bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


async def hashed(password: str) -> str:
    """The argon2id hash to store (RFC 9106, the library's own parameters)."""
    return await asyncio.to_thread(_hasher.hash, password)


async def matches(password: str, stored: str | None) -> bool:
    """Whether it is the password. Takes as long when there is no such account (``stored`` None)."""

    def compare() -> bool:
        try:
            _hasher.verify(stored or _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    return len(password) <= LONGEST and await asyncio.to_thread(compare)


def weakness(password: str, login: str, old: str) -> str:
    """What is wrong with a new password, in a Japanese sentence for staff; empty when nothing is."""
    bare = password.casefold()
    if len(password) < SHORTEST:
        return "パスワードは12文字以上にしてください。"
    if len(password) > LONGEST:
        return "パスワードは256文字以内にしてください。"
    if password == old:
        return "今と同じパスワードは使えません。"
    if login.casefold() in bare:
        return "利用者名を含むパスワードは使えません。"
    if len(set(bare)) < 5 or any(word in bare and len(bare) < len(word) + 6 for word in GUESSED_FIRST):
        return "推測されやすいパスワードです。別の言葉を足して、長くしてください。"
    return ""
