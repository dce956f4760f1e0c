"""The terminal's mouth, for ``madoguchi chat``: a reply as plain words, its choices as a numbered list."""

from typing import TextIO

from channels.channel import Accepted, Capabilities, DeliveryOutcome, Refused
from channels.plain_text import as_plain_text
from conversations.message import Address
from conversations.reply import Reply


class TerminalChannel:
    """Writes to ``out``; the same key twice is written once."""

    name = "terminal"
    capabilities = Capabilities(
        pulled=False, retry_safe=True, buttons=False, text_limit=None, may_carry_confidential=True
    )

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._written: set[str] = set()

    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        """Write it, and say Refused when the terminal is gone."""
        del address, handle
        if key in self._written:
            return Accepted()
        try:
            self._out.write(f"\n{as_plain_text(reply)}\n")
            self._out.flush()
        except (OSError, ValueError):
            return Refused("端末が閉じられているため、表示できませんでした。")
        self._written.add(key)
        return Accepted()

    async def close(self) -> None:
        """Nothing to end: the terminal is not ours."""
