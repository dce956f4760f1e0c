"""What became of the reply tokens of the last minute, as far as this process knows."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from channels.line.parse import ReplyHandle, read_handle

LIFE: Final = timedelta(seconds=55)
"""LINE promises a minute from the delivery and no more; some of it goes by on the way"""
LIVES_AGAIN_FOR: Final = timedelta(minutes=20)
"""so long after its event a redelivery's token is good for a minute again, unless it was used ("Reply token")"""
_REMEMBERED: Final = timedelta(minutes=30)


def renewed(handle: str | None, delivered_again_at: datetime) -> str | None:
    """The handle of a redelivered event, its reply token counted from the redelivery where that lets it live anew."""
    known = read_handle(handle)
    if handle is None or known.event_at is None or delivered_again_at - known.event_at > LIVES_AGAIN_FOR:
        return handle
    since = max(known.event_at, delivered_again_at)
    return json.dumps({**json.loads(handle), "at": since.timestamp() * 1000})


@dataclass(slots=True)
class TokenUse:
    """One reply's use of the token it was given."""

    token: str = field(repr=False)
    key: str
    event_at: datetime
    unanswered: bool = False
    """it was sent, and no answer came"""
    accepted: bool = False


class ReplyTokens:
    """A token serves one reply, whichever comes first: of two answers to one message the second is pushed."""

    def __init__(self) -> None:
        self._uses: dict[str, TokenUse] = {}

    def for_key(self, key: str, handle: ReplyHandle, now: datetime) -> TokenUse | None:
        """The token to send this reply with, or its earlier use if it was accepted; None when it must be pushed."""
        if handle.reply_token is None or handle.event_at is None:
            return None
        use = self._uses.get(handle.reply_token)
        if use is not None and use.key == key and use.accepted:
            return use
        if now - handle.event_at > LIFE or (use is not None and use.key != key):
            return None
        self._forget(now)
        return self._uses.setdefault(handle.reply_token, TokenUse(handle.reply_token, key, handle.event_at))

    def spent(self, use: TokenUse) -> None:
        """It is of no use any more, to anybody."""
        use.key = ""

    def _forget(self, now: datetime) -> None:
        for token in [token for token, use in self._uses.items() if now - use.event_at > _REMEMBERED]:
            del self._uses[token]
