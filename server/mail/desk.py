"""What staff do with mails besides answering them, as ``console.letters.MailDesk`` promises."""

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from channels.mail.folding import folded
from channels.mail.letter import Letter, read_letter
from channels.mail.proof import proof_of
from console.letters import ShownLetter
from conversations.message import Address, Attachment, IncomingMessage
from server.mail.about import mailbox
from server.mail.setup import PostOffice
from server.wiring import Parts
from storage.deliveries import Delivery
from storage.letters import MAIL, KeptLetter
from storage.visits import owner_of
from tickets.operators import Operator

JOINED: Final = "職員がほかの受付からまとめたメールです。"


def desk_of(parts: Parts) -> "MailDeskOf | None":
    return MailDeskOf(parts, parts.mail) if parts.mail else None


@dataclass(frozen=True, slots=True)
class MailDeskOf:
    parts: Parts
    mail: PostOffice

    async def letters_of(self, address: Address) -> list[KeptLetter]:
        return await self.mail.letters.of_conversation(address.thread) if address.channel == MAIL else []

    async def letter_of(self, entry_id: UUID) -> KeptLetter:
        return await self.mail.letters.of_entry(entry_id)

    async def shown(self, delivery: Delivery) -> ShownLetter:
        letter = await asyncio.to_thread(read_letter, delivery.body)
        return _shown(letter, border=self.parts.settings.mail_trusts)

    async def join(self, letter: KeptLetter, operator: Operator) -> UUID:
        parts = self.parts
        source = await parts.views.conversation_at(letter.address)
        if letter.suggested is None or source is None or letter.joined_by:
            return letter.suggested or (source.id if source else letter.id)
        target = await parts.views.conversation(letter.suggested)
        # Refused while a colleague is at it; each step may be repeated.
        await parts.desk.close(source.id, operator)
        said = await parts.views.entry(source.id, letter.id)
        message = IncomingMessage(
            id=uuid5(NAMESPACE_URL, f"joined:{letter.id}"),
            external_id=f"joined:{letter.id}",
            sender=target.address,
            text=f"{letter.sender_name or letter.sender}\n\n{said.text}",
            attachments=await self._copied(said.attachments, letter.address, target.address),
            sent_at=letter.written_at,
            received_at=parts.clock.now(),
            for_a_person=JOINED,
        )
        await parts.engine.accept(message)
        thread = target.address.thread if target.address.channel == MAIL else letter.address.thread
        await self.mail.letters.joined(letter.id, thread, operator.name)
        details = f"{letter.id} → {target.id}"
        await parts.accounts.audit(who=operator.login, what="mail_joined", on=str(source.id), details=details)
        return target.id

    async def part(self, letter: KeptLetter, operator: Operator) -> None:
        await self.mail.letters.parted(letter.id)
        await self.parts.accounts.audit(who=operator.login, what="mail_kept_apart", on=str(letter.id))

    async def suspended(self, address: Address) -> str:
        return await self.mail.closed.reason_of(mailbox(address.account)) if address.channel == MAIL else ""

    async def resume(self, address: Address, operator: Operator) -> None:
        if await self.mail.closed.open(mailbox(address.account)):
            await self.parts.accounts.audit(who=operator.login, what="mail_resumed", on=address.account)

    async def _copied(
        self, attachments: tuple[Attachment, ...], source: Address, target: Address
    ) -> tuple[Attachment, ...]:
        """Files belong to one resident's conversation: the other one gets copies."""
        copies = []
        for each in attachments:
            found = await self.parts.visits.file(owner_of(source), each.id)
            if found is not None:
                card, content = found
                kept = await self.parts.visits.keep_file(
                    owner_of(target), name=card.name, content_type=card.content_type, content=content
                )
                copies.append(kept)
        return tuple(copies)


def _shown(letter: Letter, *, border: str) -> ShownLetter:
    parts = folded(letter.text).parts
    return ShownLetter(
        sender=letter.sender.address if letter.sender else "",
        sender_name=letter.sender.name if letter.sender else "",
        to=", ".join(each.address for each in (*letter.to, *letter.cc)),
        subject=letter.subject,
        date=letter.date.isoformat(sep=" ", timespec="minutes") if letter.date else "",
        parts=tuple((part.kind.value, part.text.strip("\n")) for part in parts if part.text.strip()),
        attachments=tuple((each.name, each.content_type, len(each.content)) for each in letter.attachments),
        defects=tuple(each.sentence for each in letter.defects),
        proof=proof_of(letter, border=border).value,
    )
