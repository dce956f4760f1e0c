"""What networks want back when a message is answered or marked as read, as it came with the message."""

from collections.abc import Sequence

from sqlalchemy import select

from conversations.message import Address
from storage.database import Database
from storage.tables import ConversationRow, InboxRow

LOOK_BACK = 10
"""messages"""


class ReplyHandles:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_last_messages(self, address: Address) -> Sequence[str]:
        """Of the last few messages that have one, the newest first."""
        query = (
            select(InboxRow.message["reply_handle"].as_string())
            .join(ConversationRow, ConversationRow.id == InboxRow.conversation_id)
            .where(
                ConversationRow.channel == address.channel,
                ConversationRow.account == address.account,
                ConversationRow.thread == address.thread,
            )
            .order_by(InboxRow.arrival.desc())
            .limit(LOOK_BACK)
        )
        async with self._database.read() as session:
            return [handle for handle in await session.scalars(query) if handle]
