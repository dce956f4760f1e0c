"""Between understanding a message and deciding about it, what it leans on may change."""

from collections.abc import Awaitable, Callable

from bot.understood import Understood
from conversations.conversation import NO_FOCUS, Focus
from conversations.message import Address, IncomingMessage
from storage.database import Database
from tests.conftest import FrozenClock
from tests.support.city import CERTIFICATE, KNOWN, Undisturbed, a_counter

WEB = Address("web", "v1")


class Interrupted(Undisturbed):
    """Something happens once, right after a message was understood."""

    happens: Callable[[], Awaitable[None]] | None = None

    async def understand(self, message: IncomingMessage, focus: Focus = NO_FOCUS) -> Understood:
        understood = await super().understand(message, focus)
        if self.happens is not None:
            happens, self.happens = self.happens, None
            await happens()
        return understood


async def test_a_conversation_closed_meanwhile_is_understood_anew(sqlite: Database, clock: FrozenClock) -> None:
    understanding = Interrupted(KNOWN, clock)
    async with a_counter(sqlite, clock, understanding) as counter:
        await counter.says("住民票 料金", by=WEB)
        [about_the_topic] = await counter.says("じゃあ料金は？", by=WEB)
        conversation = await counter.conversation(WEB)

        async def closes() -> None:
            await counter.desk.leave(conversation.id)

        understanding.happens = closes
        _, without_a_topic = await counter.says("じゃあ料金は？", by=WEB)

    assert CERTIFICATE.fee in about_the_topic.text
    assert CERTIFICATE.fee not in without_a_topic.text
