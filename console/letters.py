"""What arrived as it arrived: mails in full, and deliveries that nobody could read until staff looked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from aiohttp import web

from console import words
from console.conversation import FILE_HEADERS, web_disposition
from console.gate import COMMON, must, page
from conversations.errors import NotFound
from conversations.message import Address
from storage.deliveries import Delivery
from storage.letters import KeptLetter
from tickets.operators import Operator, Permission

AT_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLetter:
    """A mail in full, for reading: text only, nothing in it can act."""

    sender: str
    sender_name: str
    to: str
    subject: str
    date: str
    parts: tuple[tuple[str, str], ...]
    """(``said``, ``quoted``, ``signature``, ``forwarded`` or ``device``; its text), in order: together the whole"""
    attachments: tuple[tuple[str, str, int], ...]
    """(name, type, bytes)"""
    defects: tuple[str, ...]
    """in Japanese: what had to be guessed, or was left"""
    proof: str
    """what our own border says of the sender: pass, fail, none"""


class MailDesk(Protocol):
    """What staff do with mails besides answering them."""

    async def letters_of(self, address: Address) -> list[KeptLetter]:
        """The letters of a conversation, the first one first."""

    async def letter_of(self, entry_id: UUID) -> KeptLetter:
        """Raises NotFound."""

    async def shown(self, delivery: Delivery) -> ShownLetter: ...

    async def join(self, letter: KeptLetter, operator: Operator) -> UUID:
        """Into the conversation that was suggested; its id. Once: a second time nothing happens."""

    async def part(self, letter: KeptLetter, operator: Operator) -> None:
        """It stays a matter of its own."""

    async def suspended(self, address: Address) -> str:
        """Why nothing is sent there; empty when it is."""

    async def resume(self, address: Address, operator: Operator) -> None: ...


def _desk(request: web.Request) -> MailDesk:
    mail = request.app[COMMON].mail
    if mail is None:
        raise NotFound("page", request.path)
    return mail


def _id(request: web.Request, name: str) -> UUID:
    try:
        return UUID(request.match_info[name])
    except ValueError:
        raise NotFound("page", request.match_info[name]) from None


async def letter(request: web.Request) -> web.Response:
    """The mail behind a line of the conversation."""
    must(request, Permission.REPLY)
    kept = await _of_this_conversation(request)
    delivery = await request.app[COMMON].deliveries.one(kept.delivery_id)
    shown = await _desk(request).shown(delivery)
    conversation = await request.app[COMMON].views.conversation_at(kept.address)
    return page(request, "letter.html", letter=shown, kept=kept, delivery=delivery, conversation=conversation)


async def _of_this_conversation(request: web.Request) -> KeptLetter:
    await request.app[COMMON].views.entry(_id(request, "id"), _id(request, "entry"))
    return await _desk(request).letter_of(_id(request, "entry"))


async def join(request: web.Request) -> web.StreamResponse:
    operator = must(request, Permission.REPLY).operator
    into = await _desk(request).join(await _of_this_conversation(request), operator)
    raise web.HTTPSeeOther(f"/console/conversations/{into}?done=joined")


async def part(request: web.Request) -> web.StreamResponse:
    operator = must(request, Permission.REPLY).operator
    await _desk(request).part(await _of_this_conversation(request), operator)
    raise web.HTTPSeeOther(f"/console/conversations/{_id(request, 'id')}")


async def resume(request: web.Request) -> web.StreamResponse:
    """Mails go to this address again."""
    operator = must(request, Permission.REPLY).operator
    conversation = await request.app[COMMON].views.conversation(_id(request, "id"))
    await _desk(request).resume(conversation.address, operator)
    raise web.HTTPSeeOther(f"/console/conversations/{conversation.id}")


async def arrivals(request: web.Request) -> web.Response:
    """What waits for staff, the newest first."""
    must(request, Permission.REPLY)
    aside = await request.app[COMMON].deliveries.aside(AT_MOST)
    return page(request, "arrivals.html", aside=aside, channel_names=words.CHANNELS)


async def arrival(request: web.Request) -> web.Response:
    must(request, Permission.REPLY)
    common = request.app[COMMON]
    delivery = await common.deliveries.one(_id(request, "delivery"))
    shown = await common.mail.shown(delivery) if common.mail and delivery.channel == "mail" else None
    text = "" if shown else delivery.body.decode("utf-8", "replace")
    return page(request, "arrival.html", delivery=delivery, letter=shown, text=text, channel_names=words.CHANNELS)


async def original(request: web.Request) -> web.Response:
    """The bytes as they are kept, to be saved, never to be shown as a page."""
    must(request, Permission.REPLY)
    delivery = await request.app[COMMON].deliveries.one(_id(request, "delivery"))
    name = f"{delivery.id}.{'eml' if delivery.channel == 'mail' else 'json'}"
    headers = {**FILE_HEADERS, "Content-Disposition": web_disposition(name)}
    return web.Response(body=delivery.body, content_type="application/octet-stream", headers=headers)


async def read_again(request: web.Request) -> web.StreamResponse:
    return await _decided(request, "read_again")


async def let_in(request: web.Request) -> web.StreamResponse:
    return await _decided(request, "let_in")


async def seen(request: web.Request) -> web.StreamResponse:
    return await _decided(request, "seen")


async def _decided(request: web.Request, what: str) -> web.StreamResponse:
    operator, common = must(request, Permission.REPLY).operator, request.app[COMMON]
    delivery = await common.deliveries.one(_id(request, "delivery"))
    if what == "seen":
        await common.deliveries.looked_at(delivery.id)
    else:
        await common.deliveries.again(delivery.id, by_hand=what == "let_in")
        await common.arrived()
    await common.accounts.audit(who=operator.login, what=f"arrival_{what}", on=str(delivery.id))
    raise web.HTTPSeeOther(f"/console/arrivals?done={what}")


_HERE = "/console/conversations/{id}/entries/{entry}/letter"
VERBS: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
    "read-again": read_again,
    "let-in": let_in,
    "seen": seen,
}
ROUTES = (
    web.get(_HERE, letter),
    web.post(f"{_HERE}/join", join),
    web.post(f"{_HERE}/part", part),
    web.post("/console/conversations/{id}/resume-mail", resume),
    web.get("/console/arrivals", arrivals),
    web.get("/console/arrivals/{delivery}", arrival),
    web.get("/console/arrivals/{delivery}/original", original),
    *(web.post(f"/console/arrivals/{{delivery}}/{verb}", do) for verb, do in VERBS.items()),
)
