"""Mail's mouth: each reply becomes a letter, which the city's mail server carries on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from channels.arriving import FileKind
from channels.channel import Capabilities, DeliveryOutcome, Refused, RetryLater
from channels.mail.handing_over import AFTER_NO_CONNECTION, Hand
from channels.mail.letter_out import (
    CannotBeAddressed,
    DkimKey,
    Letterhead,
    Outgoing,
    Posted,
    Quoted,
    write_letter,
)
from channels.mail.parse import CHANNEL
from channels.mail.relay import Relay
from channels.mail.tokens import Signer
from channels.under_way import UnderWay
from conversations.message import Address, Attachment
from conversations.reply import Reply

__all__ = ["About", "LookUp", "MailChannel", "OpenFile"]

SEND_WITHIN: Final = timedelta(seconds=60)

_NO_CONVERSATION: Final = "返信先のメールのやり取りが見つからないため、送れませんでした。宛先をご確認ください。"
_NOTHING_TO_SAY: Final = "返信の中身が空のため、メールで送るものがありませんでした。"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a letter needs to know besides the reply: kept by the city, looked up when it is sent.

    The same at each try of a reply, so that each try is the same letter.
    """

    to: str
    to_name: str = ""
    thread: str
    """into the reply address: where an answer to this letter belongs"""
    number: str = ""
    section: str = ""
    subject: str = ""
    in_reply_to: str = ""
    references: Sequence[str] = ()
    automatic: bool
    quoted: Quoted | None = None
    sent_at: datetime
    suspended: str = ""
    """why nothing is sent to this address any more, for staff"""


LookUp = Callable[[Address, str], Awaitable[About | None]]
"""By address and key (the outbox id). None: there is no such conversation."""
OpenFile = Callable[[Attachment], Awaitable[bytes | None]]
"""The stored bytes; None when they are no longer there."""


class MailChannel:
    """Writes letters in the city's name and hands them to its mail server.

    SMTP knows no key for "the same letter again". After a lost answer nobody knows whether it was taken; then it goes
    again, with the Message-ID ``<key@our domain>`` that it had before: most receivers see that it is one letter, and an
    answer twice read is a small nuisance, one never read is not. So ``retry_safe`` is False.
    """

    name = CHANNEL
    capabilities = Capabilities(
        pulled=False,
        retry_safe=False,
        buttons=False,
        text_limit=None,
        sends_files=frozenset(FileKind),
        may_carry_confidential=False,  # plain mail is a postcard
    )

    def __init__(  # noqa: PLR0913 -- what only the city knows, once, by name
        self,
        relay: Relay,
        *,
        head: Letterhead,
        signer: Signer,
        about: LookUp,
        open_file: OpenFile,
        dkim_key: DkimKey | None = None,
        timeout: timedelta = SEND_WITHIN,
    ) -> None:
        """``timeout`` is for one letter, from connecting to the answer. Needs no network."""
        self._domain = head.address.rpartition("@")[2]
        self._hand = Hand(relay=relay, hello=self._domain, within=timeout)
        self._write = partial(write_letter, head=head, signer=signer, dkim_key=dkim_key)
        self._about = about
        self._open_file = open_file
        self._under_way = UnderWay()
        self._closed = False

    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        del handle  # a mail is answered at its address
        if self._closed:
            return RetryLater(AFTER_NO_CONNECTION)
        with self._under_way.one_more():
            letter = await self._letter(address, reply, key)
            return letter if isinstance(letter, Refused) else await self._hand.over(letter, key=key)

    async def close(self) -> None:
        """Wait for what is under way, and end; harmless a second time."""
        self._closed = True
        await self._under_way.ended()

    async def _letter(self, address: Address, reply: Reply, key: str) -> Posted | Refused:
        about = await self._about(address, key)
        if about is None:
            return Refused(_NO_CONVERSATION)
        if about.suspended:
            return Refused(about.suspended)
        if not (reply.text.strip() or reply.choices or reply.attachments or reply.card):
            return Refused(_NOTHING_TO_SAY)
        files = []
        for attachment in reply.attachments:
            content = await self._open_file(attachment)
            if content is None:
                return Refused(f"添付ファイル「{attachment.name}」が見つかりません。付け直して送ってください。")
            files.append((attachment, content))
        try:
            # Base64 and signature of large files take their time.
            return await asyncio.to_thread(self._write, self._outgoing(about, reply, key, files))
        except CannotBeAddressed:
            return Refused(f"「{about.to}」はメールを送れるアドレスではありません。宛先をご確認ください。")

    def _outgoing(self, about: About, reply: Reply, key: str, files: Sequence[tuple[Attachment, bytes]]) -> Outgoing:
        return Outgoing(
            reply=reply,
            to=about.to,
            outbox_id=key,
            message_id=f"<{key}@{self._domain}>",
            sent_at=about.sent_at,
            ticket=about.thread,
            number=about.number,
            section=about.section,
            to_name=about.to_name,
            subject=about.subject,
            in_reply_to=about.in_reply_to,
            references=about.references,
            automatic=about.automatic,
            quoted=about.quoted,
            files=files,
        )
