"""A person's second thoughts: a reply that waits in the outbox is taken back, and nothing of it is sent."""

from uuid import UUID

from bot.desk import Desk
from conversations.errors import AlreadySent, NotAllowed
from tickets.operators import Operator, Permission, may


async def take_back(desk: Desk, conversation_id: UUID, operator: Operator, entry_id: UUID) -> None:
    """The reply is not sent; its line stays in the timeline, for staff.

    Raises ConversationOwned when somebody else has the conversation by now, NotAllowed when nobody has it, and
    AlreadySent when sending has begun.
    """
    if not may(operator, Permission.REPLY):
        raise NotAllowed(Permission.REPLY)
    async with desk.at(conversation_id) as act:
        act.must_be_held_by(operator)
        if not await act.records.take_back(conversation_id, entry_id):
            raise AlreadySent(str(entry_id))
        ticket = await act.ticket(operator)
        ticket.note(what="took_back", by=operator.login, at=act.now)
        await act.records.save_ticket(ticket)
