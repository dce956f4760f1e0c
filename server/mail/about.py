"""What a letter of ours must know besides its words: looked up when it is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from channels.mail.channel import About
from channels.mail.letter_out import Quoted
from conversations.message import Address
from storage.closed_channels import ClosedChannels
from storage.letters import Answered, Letters
from tickets.city import City


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    letters: Letters
    closed: ClosedChannels
    city: Callable[[], City]

    async def about(self, address: Address, key: str) -> About | None:
        """As ``channels.mail.channel.LookUp`` promises."""
        found = await self.letters.answered(address, UUID(key))
        if found is None:
            return None
        return self._about(found, suspended=await self.closed.reason_of(mailbox(address.account)))

    def _about(self, found: Answered, *, suspended: str) -> About:
        conversation, letter = found.conversation, found.letter
        section = self.city().section(found.section).name_in(conversation.language) if found.section else ""
        return About(
            to=conversation.address.account,
            to_name=letter.sender_name if letter else "",
            thread=conversation.address.thread,
            number=found.number,
            section=section,
            subject=letter.subject if letter else "",
            in_reply_to=f"<{letter.message_id}>" if letter and letter.message_id else "",
            references=letter.references if letter else (),
            automatic=found.author != "operator",
            quoted=Quoted(found.words, letter.written_at) if letter else None,
            sent_at=found.said_at,
            suspended=suspended,
        )


def mailbox(address: str) -> Address:
    """Under which an address is suspended: whatever the thread."""
    return Address("mail", address.casefold())
