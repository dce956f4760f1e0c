"""What a resident takes back: our copies lose the words and the files; that something was said stays on record."""

from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.message import Address
from storage import searching
from storage.database import Database
from storage.tables import ConversationRow, EntryRow, FileRow, InboxRow, TicketRow

IN_ITS_PLACE: Final = "（相手の方が、このメッセージの送信を取り消しました）"
SILENCE: Final = "withdrawn"


class Withdrawals:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def withdraw(self, sender: Address, message_id: str) -> bool:
        """Take the sender's own message of this id out of inbox, timeline and files. False when there is none.

        What the bot has not handled yet, it never will. A network may tell twice.
        """
        async with self._database.write() as session:
            query = (
                select(InboxRow, ConversationRow)
                .join(ConversationRow, ConversationRow.id == InboxRow.conversation_id)
                .where(
                    ConversationRow.channel == sender.channel,
                    ConversationRow.account == sender.account,
                    ConversationRow.thread == sender.thread,
                    InboxRow.message["message_id"].as_string() == message_id,
                )
                .with_for_update()
            )
            found = (await session.execute(query)).all()
            for row, conversation in found:
                if conversation.last_words and conversation.last_words in str(row.message["text"]):
                    conversation.last_words = IN_ITS_PLACE
                await _emptied(session, row)
            return bool(found)


async def _emptied(session: AsyncSession, row: InboxRow) -> None:
    files = [UUID(file["id"]) for file in row.message.get("attachments", ())]
    row.message = {**row.message, "text": IN_ITS_PLACE, "attachments": [], "place": None}
    row.raw = None
    if row.state == "new":
        row.state, row.silence = "handled", SILENCE
    entry = await session.get(EntryRow, row.id)
    if entry is not None:
        await _off_the_tickets(session, row.conversation_id, entry.text)
        entry.text, entry.attachments = IN_ITS_PLACE, []
        await searching.change(session, entry.id, entry.text)
    await session.execute(delete(FileRow).where(FileRow.id.in_(files)))


async def _off_the_tickets(session: AsyncSession, conversation_id: UUID, words: str) -> None:
    """A ticket's subject may be the beginning of what is taken back."""
    for ticket in await session.scalars(select(TicketRow).filter_by(conversation_id=conversation_id).with_for_update()):
        if ticket.subject and words.strip().startswith(ticket.subject):
            ticket.subject = IN_ITS_PLACE
            await searching.change(session, ticket.id, ticket.subject)
