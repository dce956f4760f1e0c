"""What a page's address and forms name."""

from uuid import UUID

from aiohttp import web

from conversations.errors import NotFound


def conversation_id(request: web.Request) -> UUID:
    """Of the page's address. Raises NotFound."""
    try:
        return UUID(request.match_info["id"])
    except ValueError:
        raise NotFound("page", request.match_info["id"]) from None


def uuid_of(given: object) -> UUID:
    """Of a form's field. Raises HTTPBadRequest."""
    try:
        return UUID(str(given))
    except ValueError:
        raise web.HTTPBadRequest from None
