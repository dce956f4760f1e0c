"""Ticket numbers that can be read out on the telephone: ``M-2611-000123-4``."""

import re
import unicodedata
from datetime import datetime
from typing import Final

from tickets.duty_calendar import JAPAN

# Damm's quasigroup of order 10 (H. M. Damm, 2004): catches every single wrong digit and every swap of neighbours.
DAMM: Final = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
PATTERN: Final = re.compile(r"M?(\d{4})(\d{6,})(\d)")


def ticket_number(at: datetime, count: int) -> str:
    """The number of the ``count``-th ticket, opened ``at``: year and month in Japan, running number, check digit."""
    digits = f"{at.astimezone(JAPAN):%y%m}{count:06d}"
    return f"M-{digits[:4]}-{digits[4:]}-{_check_digit(digits)}"


def parse_number(text: str) -> str | None:
    """The number in its written form, however it was typed; None when no such number can exist.

    Full width, spaces and missing hyphens are fine; one wrong digit or two swapped neighbours are noticed.
    """
    plain = re.sub(r"[\s\-‐‑–—ー−_.]", "", unicodedata.normalize("NFKC", text)).upper()
    found = PATTERN.fullmatch(plain)
    if found is None or _check_digit(found[1] + found[2]) != found[3]:
        return None
    return f"M-{found[1]}-{found[2]}-{found[3]}"


def _check_digit(digits: str) -> str:
    interim = 0
    for digit in digits:
        interim = int(DAMM[interim][int(digit)])
    return str(interim)
