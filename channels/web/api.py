"""What the chat window asks for. Every body and answer is JSON; the token travels in the Authorization header only."""

import re
from uuid import UUID, uuid4

import msgspec
from aiohttp import web

from channels.web.entries import entry_json, external_id
from channels.web.front import FRONT
from channels.web.guarding import Rate, limit, read_json, visitor
from channels.web.refusing import Refusal
from channels.web.settings import LANGUAGES
from conversations.masking import mask_numbers
from conversations.message import Address, Attachment, IncomingMessage

# A library or a school may sit behind one address: the rates by address are wide, those by visit are a person's pace.
_VISITS = Rate(120, 600)
_MESSAGES = Rate(40, 60)
_MESSAGES_FROM = Rate(400, 60)
_TYPING = Rate(60, 60)
_SMALL = Rate(60, 60)
_CHOICE_LIMIT = 500

# NUL and its like mean nothing in a message, and databases refuse them.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class _NewVisit(msgspec.Struct):
    language: str = "ja"


class _Private(msgspec.Struct):
    code: str


class _NewMessage(msgspec.Struct):
    client_id: UUID
    text: str
    choice: str | None = None
    attachments: list[UUID] = []
    language: str | None = None
    """only when the resident chose one: otherwise the words tell"""


class _NewRating(msgspec.Struct):
    entry_id: UUID
    helpful: bool


class _NewLanguage(msgspec.Struct):
    language: str


def storable(text: str) -> str:
    """The text without what no database takes; line ends all the same."""
    return _UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


async def open_visit(request: web.Request) -> web.Response:
    """201 with the token, told this once."""
    await limit(request, "visits", request.remote or "", _VISITS)
    wanted = await read_json(request, _NewVisit)
    visit = await request.app[FRONT].service.open_visit(_known(wanted.language))
    return web.json_response({"token": visit.token}, status=201)


async def open_private(request: web.Request) -> web.Response:
    """201 with the token of a visit in which the question is asked already; 410 for a used or old link."""
    await limit(request, "visits", request.remote or "", _VISITS)
    wanted, talks = await read_json(request, _Private), request.app[FRONT].private
    opened = await talks.open(wanted.code) if talks else None
    if opened is None:
        raise Refusal(410, "private_gone")
    visit, language = opened
    return web.json_response({"token": visit.token, "language": language}, status=201)


async def take_message(request: web.Request) -> web.Response:
    """201 with the entry; the same client id again: 200 with the same entry."""
    front = request.app[FRONT]
    account = await visitor(request)
    await limit(request, "messages", account, _MESSAGES)
    await limit(request, "messages-from", request.remote or "", _MESSAGES_FROM)
    new = await read_json(request, _NewMessage)
    masked = mask_numbers(_checked_text(new, at_most=front.settings.text_limit))
    at = front.now()
    message = IncomingMessage(
        id=uuid4(),
        external_id=external_id(account, new.client_id),
        sender=Address("web", account),
        text=masked.text,
        attachments=await _attachments(request, account, new.attachments),
        choice=_checked_choice(new.choice),
        language=_known(new.language) if new.language else None,
        sent_at=at,
        received_at=at,
        masked=masked.found,
    )
    entry = await front.service.accept(message)
    return web.json_response(entry_json(entry), status=201 if entry.id == message.id else 200)


async def is_typing(request: web.Request) -> web.Response:
    account = await visitor(request)
    await limit(request, "typing", account, _TYPING)
    await request.app[FRONT].service.is_typing(account)
    return web.Response(status=204)


async def rate(request: web.Request) -> web.Response:
    account = await visitor(request)
    await limit(request, "small", account, _SMALL)
    rating = await read_json(request, _NewRating)
    if not await request.app[FRONT].service.rate(account, rating.entry_id, helpful=rating.helpful):
        raise Refusal(404, "not_found")
    return web.Response(status=204)


async def set_language(request: web.Request) -> web.Response:
    account = await visitor(request)
    await limit(request, "small", account, _SMALL)
    wanted = await read_json(request, _NewLanguage)
    await request.app[FRONT].service.set_language(account, _known(wanted.language))
    return web.Response(status=204)


async def end(request: web.Request) -> web.Response:
    account = await visitor(request)
    await limit(request, "small", account, _SMALL)
    await request.app[FRONT].service.end(account)
    return web.Response(status=204)


def _checked_text(new: _NewMessage, *, at_most: int) -> str:
    text = storable(new.text)
    if len(text) > at_most:
        raise Refusal(422, "text_too_long", limit=f"{at_most:,}")
    if not text.strip() and not new.attachments:
        raise Refusal(422, "text_empty")
    return text


def _checked_choice(choice: str | None) -> str | None:
    """A choice is something we offered: it never holds a number to hide, nor much text."""
    if choice is None:
        return None
    if len(choice) > _CHOICE_LIMIT or storable(choice) != choice or mask_numbers(choice).found:
        raise Refusal(422, "choice_unknown")
    return choice


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise Refusal(422, "language_unknown")
    return language


async def _attachments(request: web.Request, account: str, wanted: list[UUID]) -> tuple[Attachment, ...]:
    """The visitor's own files by these ids. Raises Refusal for any other."""
    front = request.app[FRONT]
    if len(wanted) > front.settings.files_per_message:
        raise Refusal(422, "too_many_files", limit=str(front.settings.files_per_message))
    kept = []
    for each in dict.fromkeys(wanted):
        if (found := await front.service.file(account, each)) is None:
            raise Refusal(422, "file_unknown")
        kept.append(found[0])
    return tuple(kept)
