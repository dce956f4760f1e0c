"""The envelope kept with its mail, as the last delivery agent does (RFC 5321, 4.4)."""

import re
from collections.abc import Sequence
from typing import Final

_NO_ADDRESS: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f<>]")
_MBOX_LINE: Final = re.compile(rb">?From [^\r\n]*(?:\r\n|\n|\r)")
_HEAD: Final = 65_536


def with_envelope(raw: bytes, sender: str, recipients: Sequence[str]) -> bytes:
    """The mail below a ``Return-Path`` and a ``Delivered-To`` for each recipient; ``""`` is the null sender.

    Lines of these names that came with it stay, below ours. An mbox ``From `` line, which is no part of a mail, goes.
    """
    mbox = _MBOX_LINE.match(raw)
    mail = raw[mbox.end() :] if mbox else raw
    if mail[:1] in {b" ", b"\t"}:
        # A mail that begins with a continuation would write itself into our line.
        mail = b"X-Unnamed:" + mail
    lines = [b"Return-Path: <%b>" % _address(sender), *(b"Delivered-To: %b" % _address(each) for each in recipients)]
    end = _line_end(mail)
    return b"".join(line + end for line in lines) + mail


def _address(written: str) -> bytes:
    """Without what could end the line or the brackets; bytes that were no UTF-8 come back as they were."""
    return _NO_ADDRESS.sub("", written).encode("utf-8", "surrogateescape")


def _line_end(mail: bytes) -> bytes:
    head = mail[:_HEAD]
    return next((end for end in (b"\r\n", b"\n", b"\r") if end in head), b"\r\n")
