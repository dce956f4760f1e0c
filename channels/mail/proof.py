"""What our own border mail server says about a sender (RFC 8601). Everybody else's word counts for nothing."""

import re
from enum import StrEnum
from typing import Final

from channels.mail.letter import Letter

_COMMENT: Final = re.compile(r"\([^()]*\)")
_DMARC: Final = re.compile(r"\bdmarc\s*=\s*(\w+)", re.IGNORECASE)


class Proof(StrEnum):
    """Of the From line; the values are stored."""

    PASS = "pass"  # noqa: S105 -- the word of RFC 8601
    FAIL = "fail"
    NONE = "none"
    """nothing was checked, or the domain asks for no check"""


def proof_of(letter: Letter, *, border: str) -> Proof:
    """DMARC's result by ``border``, the authserv-id of our own server; an empty one believes nobody.

    Only the topmost header of that name is read: our server writes it above all that came in, and strips forged ones
    of its own name (RFC 8601, 5) — if it does not, what lies below still does not count.
    """
    if not border:
        return Proof.NONE
    for line in letter.headers.getall("authentication-results", []):
        said = _COMMENT.sub(" ", line)
        server, _, results = said.partition(";")
        if server.split() and server.split()[0].casefold() == border.casefold():
            found = _DMARC.search(results)
            verdict = found[1].lower() if found else ""
            return Proof.PASS if verdict == "pass" else Proof.FAIL if verdict == "fail" else Proof.NONE
    return Proof.NONE
