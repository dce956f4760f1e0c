"""Where mail comes in: handed over by the city's mail server, or fetched from a mailbox."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from channels.mail.door import Envelope, Listen, mail_door
from channels.mail.envelope import with_envelope
from channels.mail.mailbox import ImapBox, watch
from channels.mail.masking import without_secret_numbers
from server.wiring import Parts
from storage.visits import Facts


@asynccontextmanager
async def receiving_mail(parts: Parts) -> AsyncIterator[int | None]:
    """The mail door is open inside the block; the port that was taken, None when no door is set up."""
    mail, where = parts.mail, parts.settings.mail_door
    if mail is None or not where:
        yield None
        return

    async def keep(envelope: Envelope) -> None:
        await keep_mail(parts, with_envelope(envelope.content, envelope.sender, envelope.recipients))

    async with mail_door(Listen.parse(where), keep, mail.is_ours) as port:
        yield port


async def fetch_mail(parts: Parts) -> None:
    """Watch the mailbox until cancelled; nothing to do when none is set up."""
    if parts.mail is None or not parts.settings.mail_imap:
        return
    box = ImapBox.parse(parts.settings.mail_imap)
    await watch(box, lambda raw: keep_mail(parts, raw), KeptProgress(parts.facts, f"imap {box}"))


async def keep_mail(parts: Parts, raw: bytes) -> None:
    """Committed when this returns: only now may it be acknowledged. The same mail again changes nothing."""
    kept = await asyncio.to_thread(without_secret_numbers, raw)
    await parts.deliveries.keep("mail", hashlib.sha256(raw).hexdigest(), kept)
    await parts.notices.arrived()


@dataclass(frozen=True, slots=True)
class KeptProgress:
    """How far a mailbox was read, as ``channels.mail.mailbox.Progress`` promises."""

    facts: Facts
    name: str

    async def load(self) -> tuple[int, int] | None:
        kept = await self.facts.get(self.name)
        if kept is None:
            return None
        validity, uid = kept.split()
        return int(validity), int(uid)

    async def save(self, uidvalidity: int, uid: int) -> None:
        await self.facts.set(self.name, f"{uidvalidity} {uid}")
