"""Links under which a resident without a login fetches a file for a while: unguessable, expiring, for one file."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote
from uuid import UUID

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.ports import Clock
from channels.web.headers import ATTACHMENT
from conversations.message import Attachment
from storage.visits import Facts, Visits

LIFE: Final = timedelta(days=7)
SECRET: Final = "file_link_secret"  # noqa: S105 -- the name of the fact, not the secret


@dataclass(frozen=True, slots=True)
class FileLinks:
    url: str
    """of this service, as residents reach it"""
    clock: Clock
    secret: bytes = field(repr=False)

    def of(self, attachment: Attachment) -> str:
        until = int((self.clock.now() + LIFE).timestamp())
        return f"{self.url}/files/{attachment.id}?until={until}&seal={self._seal(attachment.id, until)}"

    def holds(self, file_id: UUID, until: str, seal: str) -> bool:
        """Whether this is a link of ours whose time is not over."""
        if not (until.isascii() and until.isdigit() and len(until) < 12):
            return False
        fits = hmac.compare_digest(self._seal(file_id, int(until)).encode(), seal.encode("utf-8", "replace"))
        return fits and self.clock.now() < datetime.fromtimestamp(int(until), UTC)

    def _seal(self, file_id: UUID, until: int) -> str:
        seal = hmac.digest(self.secret, f"{file_id} {until}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(seal[:18]).decode()


async def secret_of(facts: Facts, made: bytes) -> bytes:
    """The installation's secret: the one kept, or ``made`` from now on."""
    await facts.set_once(SECRET, base64.b64encode(made).decode())
    kept = await facts.get(SECRET)
    assert kept is not None, "set a line above"
    return base64.b64decode(kept)


def give_file(links: FileLinks, visits: Visits) -> Handler:
    """The file of a link, to be saved, never shown as a page of ours."""

    async def give(request: web.Request) -> web.Response:
        try:
            wanted = UUID(request.match_info["id"])
        except ValueError:
            raise web.HTTPNotFound from None
        if not links.holds(wanted, request.query.get("until", ""), request.query.get("seal", "")):
            raise web.HTTPNotFound
        found = await visits.linked_file(wanted)
        if found is None:
            raise web.HTTPNotFound
        attachment, content = found
        disposition = f"attachment; filename=\"file\"; filename*=UTF-8''{quote(attachment.name, safe='')}"
        headers = {**ATTACHMENT, "X-Content-Type-Options": "nosniff", "Content-Disposition": disposition}
        return web.Response(body=content, content_type=attachment.content_type, headers=headers)

    return give
