"""A request that is not carried out, and how the browser is told."""

from http import HTTPStatus

from aiohttp import web

from channels.web.front import FRONT, language_of
from conversations.errors import BadInput, CityError, ConversationOwned, EditConflict, NotAllowed, NotFound


class Refusal(Exception):
    """``code`` is for programs; the words come from the catalogue, in the resident's language."""

    def __init__(self, status: int, code: str, *, headers: dict[str, str] | None = None, **values: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = headers or {}
        self.values = values


def refusal_response(request: web.Request, refusal: Refusal) -> web.Response:
    """``{code, message}`` in the resident's language."""
    say, language = request.app[FRONT].service.say, language_of(request)
    try:
        message = say(f"error.{refusal.code}", language, **refusal.values)
    except KeyError:  # a refusal from elsewhere in the engine that has no words of its own
        message = say("error.bad_request", language)
    body = {"code": refusal.code, "message": message}
    return web.json_response(body, status=refusal.status, headers=refusal.headers)


def refusal_for(error: CityError) -> Refusal:
    """What the rest of the engine refused, in this channel's words."""
    match error:
        case BadInput(key=str(key)):
            known = key.removeprefix("error.") if key.startswith("error.") else "bad_request"
            return Refusal(422, known, headers=None, **{name: str(value) for name, value in error.details.items()})
        case NotFound():
            return Refusal(404, "not_found")
        case NotAllowed():
            return Refusal(403, "not_allowed")
        case EditConflict() | ConversationOwned():
            return Refusal(409, "edit_conflict")
        case _:
            return Refusal(503, "unavailable", headers={"Retry-After": "3"})


def refusal_for_http(error: web.HTTPException) -> Refusal:
    """What aiohttp itself refused."""
    if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Refusal(413, "bad_request")
    return Refusal(error.status, "not_found" if error.status == HTTPStatus.NOT_FOUND else "bad_request")
