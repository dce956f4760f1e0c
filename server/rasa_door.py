"""A front-end made for Rasa's REST channel talks with this engine: what is answered at once is the response."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

from aiohttp import web
from aiohttp.typedefs import Handler

from channels.channel import BadDelivery
from channels.rasa.wire import bad_request, messages, parse
from conversations.errors import StaleEpoch
from conversations.message import IncomingMessage
from conversations.reply import Reply
from conversations.timeline import Author, Entry, Kind
from server.wiring import Parts

AT_MOST: Final = 60
PER_SECONDS: Final = 60
"""messages from one address of the network"""
REPLIES: Final = 20


def rasa_door(parts: Parts) -> Handler:
    """``POST /webhooks/rest/webhook``. Who is handed over to a person hears no more here: nothing can be pushed."""

    async def door(request: web.Request) -> web.Response:
        if not await parts.bus.allow(f"rasa:{request.remote}", at_most=AT_MOST, per_seconds=PER_SECONDS):
            raise web.HTTPTooManyRequests
        now = parts.clock.now()
        try:
            arrived = parse(await request.read(), external_id=str(uuid4()), at=now)
        except BadDelivery as bad:
            return web.json_response(bad_request(bad), status=400)
        said = await parts.engine.accept(
            IncomingMessage(
                id=uuid4(),
                external_id=arrived.external_id,
                sender=arrived.sender,
                text=arrived.text,
                choice=arrived.choice,
                language=arrived.language,
                sent_at=now,
                received_at=now,
            )
        )
        await _handled(parts, said.conversation_id)
        entries = await parts.views.entries(said.conversation_id, after=said.seq, at_most=REPLIES, with_notes=False)
        told = messages(_replies(entries), recipient=arrived.sender.account, link_to=parts.file_links.of)
        return web.json_response(told)

    return door


async def _handled(parts: Parts, conversation_id: UUID) -> None:
    """Until nothing waits; a worker may be at it too, and is waited for by the row's lock."""
    while True:
        try:
            if not await parts.engine.handle_next(conversation_id):
                return
        except StaleEpoch:
            continue  # a person took over meanwhile: decided anew


def _replies(entries: Sequence[Entry]) -> list[Reply]:
    return [
        Reply(
            text=entry.text,
            choices=entry.choices,
            attachments=entry.attachments,
            card=entry.card,
            language=entry.language,
        )
        for entry in entries
        if entry.kind in {Kind.REPLY, Kind.NOTICE} and entry.author is not Author.RESIDENT
    ]
