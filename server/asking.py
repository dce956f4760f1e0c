"""One question to the bot outside any conversation: for ``ask`` and ``explain``. Nothing is stored."""

from uuid import uuid4

from bot.deciding import decide
from bot.decision import Decision
from bot.understood import Understood
from conversations.conversation import Conversation
from conversations.message import Address, IncomingMessage
from server.wiring import Parts


def message_of(parts: Parts, address: Address, text: str, language: str | None) -> IncomingMessage:
    now, made = parts.clock.now(), uuid4()
    return IncomingMessage(
        id=made, external_id=str(made), sender=address, text=text, language=language, sent_at=now, received_at=now
    )


async def decided(parts: Parts, question: str) -> tuple[Decision, Understood]:
    """What the bot would do about it in a new conversation, and what it understood."""
    now = parts.clock.now()
    message = message_of(parts, Address("terminal", "ask"), question, None)
    understood = await parts.knowing.understand(message)
    conversation = Conversation(id=uuid4(), address=message.sender, opened_at=now, last_message_at=now)
    return decide(conversation, message, understood, parts.knowing.mind(), now), understood
