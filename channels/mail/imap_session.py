"""One connection to a mailbox by IMAP (RFC 3501) with IDLE (RFC 2177). Everything here blocks: it lives in a thread."""

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog
from imapclient import SEEN, IMAPClient, SocketTimeout  # type: ignore[import-untyped]
from imapclient.exceptions import LoginError  # type: ignore[import-untyped]

from channels.mail.imap_box import ImapBox
from channels.mail.parts import split_header

log = structlog.get_logger(__name__)

LARGEST: Final = 32 * 1024 * 1024
"""bytes of a mail that is fetched whole"""
TOO_LARGE: Final = "X-Madoguchi-Too-Large"
"""on a mail of which only the header was fetched: how many bytes it has"""

ANSWER_WITHIN: Final = 60.0
"""seconds; a server that does not answer for so long is dead"""

_CONNECT_WITHIN: Final = 10.0
_NOT_THE_PASSWORD: Final = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")
"""RFC 5530: a login that failed for another reason"""


class LoginRefused(Exception):
    """The server does not want this user with this password: asking again at once may lock the account."""


class MessageRefused(Exception):
    """The server does not give this message; the connection goes on."""


class ConnectionCut(Exception):
    """We hung up ourselves, or the server speaks no longer."""


@dataclass(frozen=True, slots=True)
class Selected:
    uidvalidity: int
    uidnext: int
    """no message has this UID or a higher one yet; 0: the server does not say"""


class ImapSession:
    def __init__(self, box: ImapBox, *, largest: int = LARGEST, answer_within: float = ANSWER_WITHIN) -> None:
        self._box = box
        self._largest = largest
        self._within = SocketTimeout(connect=_CONNECT_WITHIN, read=answer_within)
        self._client: Any = None
        self._cut = threading.Event()
        self._may_mark = True

    def open(self) -> Selected:
        """Connect, log in and select the folder. Raises LoginRefused, and whatever the network raises."""
        if self._cut.is_set():
            raise ConnectionCut
        box = self._box
        # Without a context IMAPClient takes one that checks certificate and name.
        self._client = IMAPClient(box.host, port=box.port, ssl=box.tls == "implicit", timeout=self._within)
        if self._cut.is_set():
            self.cut()
            raise ConnectionCut
        if box.tls == "starttls":
            self._client.starttls()
        self._log_in()
        said = self._client.select_folder(box.folder)
        return Selected(said.get(b"UIDVALIDITY", 0), said.get(b"UIDNEXT", 0))

    def unread(self) -> list[int]:
        """UIDs of what nobody has read yet."""
        return sorted(self._client.search(["UNSEEN"]))

    def above(self, uid: int) -> list[int]:
        """UIDs above this one. The server names the last message in any case: ``5:*`` is ``*:5``, too."""
        return sorted(found for found in self._client.search(["UID", f"{uid + 1}:*"]) if found > uid)

    def fetch(self, uid: int) -> bytes | None:
        """The message, read by nobody thereby; its header and a note when it is too large; None when it is gone."""
        size = self._item(uid, "RFC822.SIZE", b"RFC822.SIZE")
        if size is None:
            return None
        if size <= self._largest:
            whole: bytes | None = self._item(uid, "BODY.PEEK[]", b"BODY[]")
            return whole
        header = self._item(uid, "BODY.PEEK[HEADER]", b"BODY[HEADER]")
        return None if header is None else too_large(header, size, folder=self._box.folder)

    def mark_seen(self, uid: int) -> None:
        """Some mailboxes do not let us: that is no reason to keep their mail away."""
        if not self._may_mark:
            return
        try:
            self._client.add_flags([uid], [SEEN], silent=True)
        except IMAPClient.AbortError:
            raise
        except IMAPClient.Error:
            self._may_mark = False
            log.warning("mailbox does not let us mark mail as read", box=str(self._box))

    def wait(self, seconds: float) -> None:
        """Until the server says that something changed, or so long. Raises when the connection is dead."""
        if self._client.has_capability("IDLE"):
            self._client.idle()
            self._client.idle_check(timeout=seconds)
            # On a dead connection idle_check returns at once, as if nothing were wrong. Only an answer proves life.
            self._client.idle_done()
        else:
            self._cut.wait(seconds)
            self._client.noop()
        if self._cut.is_set():
            raise ConnectionCut

    def cut(self) -> None:
        """Hang up, from any thread: whoever waits for the server wakes up with an error. Twice is harmless."""
        self._cut.set()
        if self._client is None:
            return
        with suppress(OSError):
            # Not the method of a TLS socket, which takes the layer away from under the thread that reads.
            socket.socket.shutdown(self._client.socket(), socket.SHUT_RDWR)

    def close(self) -> None:
        """After the last call, in the thread of all others."""
        if self._client is not None:
            with suppress(OSError, IMAPClient.Error):
                self._client.shutdown()

    def _log_in(self) -> None:
        try:
            self._client.login(self._box.user, self._box.password)
        except LoginError as refused:
            if isinstance(refused.__context__, IMAPClient.AbortError):
                raise ConnectionCut from None
            if any(code in str(refused).upper() for code in _NOT_THE_PASSWORD):
                raise
            raise LoginRefused from None

    def _item(self, uid: int, asked: str, named: bytes) -> Any:
        try:
            fetched = self._client.fetch([uid], [asked])
        except IMAPClient.AbortError:
            raise
        except IMAPClient.Error as refused:
            raise MessageRefused(type(refused).__name__) from None
        return fetched.get(uid, {}).get(named)


def too_large(header: bytes, size: int, *, folder: str) -> bytes:
    """A mail of this header that says, in the place of its own text, where the rest can be read."""
    lines, _, _ = split_header(header)
    kept = [
        name.encode() + b":" + value.rstrip(b"\r\n") + b"\r\n"
        for name, value in lines
        if name and not name.lower().startswith("content-")
    ]
    note = (
        f"（このメールは大きすぎるため（約{size / 1024 / 1024:.0f}MB）、本文と添付ファイルを取り込んでいません。"
        f"メールソフトでフォルダー「{folder}」を開いてご確認ください。）\r\n"
    )
    about = f"{TOO_LARGE}: {size}\r\n".encode()
    plain = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return about + b"".join(kept) + plain + note.encode()
