"""What stands before every handler: origin, token, rates; and what every answer carries."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from channels.web.front import FRONT
from channels.web.headers import common
from channels.web.refusing import Refusal, refusal_for, refusal_for_http, refusal_response
from conversations.errors import CityError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BODY_LIMIT = 64 * 1024
Body = TypeVar("Body", bound=msgspec.Struct)


class Rate(NamedTuple):
    at_most: int
    per_seconds: int


def api(handler: Handler) -> Handler:
    """Refusals become JSON; a POST from a foreign page is refused; security headers on whatever comes out."""

    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            require_own_origin(request)
            response = await handler(request)
        except Refusal as refusal:
            response = refusal_response(request, refusal)
        except CityError as error:
            response = refusal_response(request, refusal_for(error))
        except web.HTTPException as error:
            response = refusal_response(request, refusal_for_http(error))
        return _with_headers(request, response)

    return guarded


def page(handler: Handler) -> Handler:
    """Security headers on a page, also on one that aiohttp itself refuses."""

    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            return _with_headers(request, await handler(request))
        except web.HTTPException as error:
            _with_headers(request, error)
            raise

    return guarded


def _with_headers(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    if not response.prepared:
        for name, value in common(request.app[FRONT].settings).items():
            response.headers.setdefault(name, value)
    return response


def is_own_origin(request: web.Request) -> bool:
    """Browsers name the page's origin on every POST; whoever names none is no browser and has no cookie to misuse."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
    if origin.lower() == request.app[FRONT].settings.origin:
        return True
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:
        return False


def require_own_origin(request: web.Request) -> None:
    if request.method == "POST" and not is_own_origin(request):
        raise Refusal(403, "not_allowed")


async def visitor(request: web.Request) -> str:
    """The account that the request's token proves. Raises Refusal(401)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    account = None
    if scheme.lower() == "bearer" and 0 < len(token) <= 200 and token.isascii():
        account = await request.app[FRONT].service.account_of(token)
    if account is None:
        raise Refusal(401, "session_expired", headers={"WWW-Authenticate": "Bearer"})
    return account


async def limit(request: web.Request, what: str, who: str, rate: Rate) -> None:
    """Count one use. Raises Refusal(429) when there were too many."""
    service = request.app[FRONT].service
    if not await service.allow(f"web:{what}:{who}", at_most=rate.at_most, per_seconds=rate.per_seconds):
        raise Refusal(429, "too_many_requests", headers={"Retry-After": str(min(rate.per_seconds, 30))})


async def read_json(request: web.Request, kind: type[Body]) -> Body:
    """The body as ``kind``. Raises Refusal(400, 413)."""
    raw = bytearray()
    async for chunk in request.content.iter_chunked(8192):
        raw += chunk
        if len(raw) > BODY_LIMIT:
            raise Refusal(413, "bad_request")
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refusal(400, "bad_request") from error
