import asyncio
from urllib.parse import quote, unquote
from uuid import UUID

from aiohttp import BodyPartReader, web

from channels.web.checking import BadFile, check_file
from channels.web.entries import attachment_json
from channels.web.front import FRONT
from channels.web.guarding import Rate, limit, visitor
from channels.web.headers import ATTACHMENT
from channels.web.refusing import Refusal
from channels.web.settings import MEGABYTE
from conversations.masking import mask_numbers

_UPLOADS = Rate(20, 600)
_DOWNLOADS = Rate(120, 60)
# Drawing a picture anew takes a core and a hundred megabytes for a moment.
_CHECKING = asyncio.Semaphore(2)


async def take_file(request: web.Request) -> web.Response:
    """201 with the file's card; its id then goes with a message."""
    account = await visitor(request)
    await limit(request, "uploads", account, _UPLOADS)
    name, content = await _read(request)
    try:
        async with _CHECKING:
            checked = await asyncio.to_thread(check_file, mask_numbers(name).text, content)
    except BadFile as bad:
        raise Refusal(422, bad.code) from bad
    kept = await request.app[FRONT].service.keep_file(
        account, name=checked.name, content_type=checked.content_type, content=checked.content
    )
    return web.json_response(attachment_json(kept), status=201)


async def give_file(request: web.Request) -> web.Response:
    """The visitor's own file, to be saved, never shown as a page of ours. Another's is not there."""
    account = await visitor(request)
    await limit(request, "downloads", account, _DOWNLOADS)
    try:
        wanted = UUID(request.match_info["id"])
    except ValueError:
        raise Refusal(404, "not_found") from None
    found = await request.app[FRONT].service.file(account, wanted)
    if found is None:
        raise Refusal(404, "not_found")
    attachment, content = found
    disposition = f"attachment; filename=\"file\"; filename*=UTF-8''{quote(attachment.name, safe='')}"
    return web.Response(
        body=content,
        content_type=attachment.content_type,
        headers={**ATTACHMENT, "Content-Disposition": disposition},
    )


async def _read(request: web.Request) -> tuple[str, bytes]:
    """Name and content of the part called ``file``, counted while it arrives. Raises Refusal(400, 413)."""
    if not request.content_type.startswith("multipart/"):
        raise Refusal(400, "bad_request")
    try:
        part = await anext(aiter(await request.multipart()), None)
        if not isinstance(part, BodyPartReader) or part.name != "file":
            raise Refusal(400, "bad_request")
        # Browsers send the name as it is, other programs percent-encode it (RFC 7578, 4.2).
        return unquote(part.filename or "file"), await _counted(part, request.app[FRONT].settings.file_limit)
    except (ValueError, AssertionError, RuntimeError, LookupError) as error:
        raise Refusal(400, "bad_request") from error


async def _counted(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        content += chunk
        if len(content) > most:
            raise Refusal(413, "file_too_big", limit=f"{most // MEGABYTE} MB")
    return bytes(content)
