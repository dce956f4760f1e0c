"""Telegram's Bot API that misbehaves when told to: a real server on a free port.

What it refuses and with which words follows the Bot API's manual; lengths are measured with its own ruler.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Fields = Mapping[str, Any]
Answer = Callable[["FakeTelegram", web.Request, str, Fields], Awaitable[web.StreamResponse]]

TOKEN = "7000000001:AAFakeFakeFakeFakeFakeFakeFakeFake_-x"
BOT_ID = 7000000001
RESIDENT = 5_000_000_123
"""a private talk, whose id no longer fits into 32 bits"""
DATE = 1_795_568_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of the bot, as the resident has it before the eyes."""

    message_id: int
    chat: int
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    """label and ``callback_data``"""
    document: tuple[str, str, bytes] | None = None
    """name, content type, content"""
    fields: Fields = field(default_factory=dict)


@dataclass(slots=True)
class FakeTelegram:
    """Answers well unless a verb was queued with ``then``; one verb answers one call of a method that says something.

    ``said`` and ``shown`` hold what the resident sees, also when the bot was never told that it arrived.
    """

    url: str = ""
    said: list[Said] = field(default_factory=list)
    calls: list[tuple[str, Fields]] = field(default_factory=list)
    """every method that was called with this bot's token, whatever came of it"""
    answered_taps: list[tuple[str, str]] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    file_answers: dict[str, Answer] = field(default_factory=dict)
    verbs: deque[Answer] = field(default_factory=deque)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """set when a call arrived that is not answered yet"""
    updates: int = 900_000_000

    # what a test does on the other side

    @property
    def shown(self) -> list[str]:
        """The resident's screen: texts as they were sent, files by their names."""
        return [f"[{said.document[0]}]" if said.document else said.text for said in self.said]

    def then(self, *verbs: Answer) -> None:
        self.verbs.extend(verbs)

    def block(self, chat: int = RESIDENT) -> bytes:
        """The resident blocks the bot; the update that tells it."""
        self.blocked.add(chat)
        return self._membership("kicked", chat)

    def unblock(self, chat: int = RESIDENT) -> bytes:
        self.blocked.discard(chat)
        return self._membership("member", chat)

    def writes(self, text: str, chat: int = RESIDENT, **fields: Any) -> bytes:
        """The resident says something; the webhook body that tells it."""
        return self.update(message=a_message(chat, text=text, **fields))

    def taps(self, label: str, said: Said | None = None) -> bytes:
        """The resident taps the button of this label, under the last message that has it or under ``said``."""
        under = said or next(each for each in reversed(self.said) if label in dict(each.buttons))
        rows = [[{"text": text, "callback_data": data}] for text, data in under.buttons]
        message = a_message(under.chat, text=under.text, reply_markup={"inline_keyboard": rows})
        message |= {"message_id": under.message_id, "from": {"id": BOT_ID, "is_bot": True, "first_name": "窓口"}}
        query = {"id": f"tap-{self.updates}", "from": a_person(under.chat), "chat_instance": "1", "message": message}
        return self.update(callback_query=query | {"data": dict(under.buttons)[label]})

    def update(self, **payload: Any) -> bytes:
        self.updates += 1
        return json.dumps({"update_id": self.updates, **payload}).encode()

    def _membership(self, status: str, chat: int) -> bytes:
        member = {"user": {"id": BOT_ID, "is_bot": True, "first_name": "窓口"}, "status": status}
        change = {"chat": a_chat(chat), "from": a_person(chat), "date": DATE, "new_chat_member": member}
        return self.update(my_chat_member=change)

    # what the bot asks

    async def answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return refusal(401, "Unauthorized")
        fields = await _fields(request)
        self.calls.append((method, fields))
        if self.verbs and method != "answerCallbackQuery":
            return await self.verbs.popleft()(self, request, method, fields)
        return self.well(method, fields)

    async def give_file(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        if request.match_info["token"] != TOKEN or path not in self.files:
            return refusal(404, "Not Found")
        if path in self.file_answers:
            return await self.file_answers[path](self, request, "", {})
        return web.Response(body=self.files[path])

    def well(self, method: str, fields: Fields) -> web.Response:
        match method:
            case "sendMessage" | "sendDocument":
                return self._say(method, fields)
            case "answerCallbackQuery":
                return self._answer_tap(fields)
            case "getFile":
                return self._tell_file(fields["file_id"])
            case "getMe":
                return result({"id": BOT_ID, "is_bot": True, "first_name": "窓口", "username": "madoguchi_bot"})
            case "setWebhook" | "sendChatAction":
                return result(value=True)
            case _:
                return refusal(404, "Not Found: method not found")

    def _say(self, method: str, fields: Fields) -> web.Response:
        chat = int(fields["chat_id"])
        if chat in self.blocked:
            return refusal(403, "Forbidden: bot was blocked by the user")
        buttons = _buttons(fields)
        if problem := _problem(method, fields, buttons):
            return refusal(400, f"Bad Request: {problem}")
        said = Said(
            message_id=len(self.said) + 1,
            chat=chat,
            text=fields.get("text", ""),
            buttons=buttons,
            document=fields.get("document"),
            fields=fields,
        )
        self.said.append(said)
        return result(a_message(chat, text=said.text) | {"message_id": said.message_id})

    def _answer_tap(self, fields: Fields) -> web.Response:
        if not fields["callback_query_id"].startswith("tap-"):
            return refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if utf16(fields.get("text", "")) > 200:
            return refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        self.answered_taps.append((fields["callback_query_id"], fields.get("text", "")))
        return result(value=True)

    def _tell_file(self, file_id: str) -> web.Response:
        if file_id == "huge":
            return refusal(400, "Bad Request: file is too big")
        if file_id not in self.files:
            return refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.files[file_id])
        return result({"file_id": file_id, "file_unique_id": file_id, "file_size": size, "file_path": file_id})


def floods(retry_after: object = 7) -> Answer:
    """Too many messages; when to come again."""
    description = f"Too Many Requests: retry after {retry_after}"
    parameters = {"retry_after": retry_after} if retry_after is not None else None
    return says(429, description, parameters)


def fails(status: int = 500) -> Answer:
    return says(status, "Internal Server Error")


def says(status: int, description: str, parameters: object = None) -> Answer:
    """Whatever was asked: this refusal."""

    async def said(_: FakeTelegram, __: web.Request, ___: str, ____: Fields) -> web.StreamResponse:
        return refusal(status, description, parameters)

    return said


def with_body(body: bytes, status: int = 200) -> Answer:
    """Something else answers: a proxy, a page."""

    async def said(_: FakeTelegram, __: web.Request, ___: str, ____: Fields) -> web.StreamResponse:
        return web.Response(body=body, status=status)

    return said


async def echoes(_: FakeTelegram, request: web.Request, __: str, ___: Fields) -> web.StreamResponse:
    """A refusal that repeats the address that was asked, token and all."""
    return refusal(400, f"Bad Request: no such thing: {request.path}")


async def hangs(fake: FakeTelegram, _: web.Request, __: str, ___: Fields) -> web.StreamResponse:
    """The call is taken, and neither done nor answered."""
    fake.reached.set()
    await fake.closing.wait()
    return web.Response(status=503)


async def is_slow(fake: FakeTelegram, _: web.Request, method: str, fields: Fields) -> web.StreamResponse:
    """The call is done, and not answered in time."""
    done = fake.well(method, fields)
    fake.reached.set()
    await fake.closing.wait()
    return done


async def works(fake: FakeTelegram, _: web.Request, method: str, fields: Fields) -> web.StreamResponse:
    """As without a verb: the ones after it answer later calls."""
    return fake.well(method, fields)


async def hangs_up(_: FakeTelegram, request: web.Request, __: str, ___: Fields) -> web.StreamResponse:
    """The connection ends without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def moves(_: FakeTelegram, request: web.Request, __: str, ___: Fields) -> web.StreamResponse:
    """The file is said to be elsewhere."""
    return web.Response(status=302, headers={"Location": str(request.rel_url.with_name("elsewhere"))})


async def breaks_off(fake: FakeTelegram, request: web.Request, _: str, __: Fields) -> web.StreamResponse:
    """Half of the file comes, then the connection ends."""
    content = fake.files[request.match_info["path"]]
    response = web.StreamResponse(headers={"Content-Length": str(len(content))})
    await response.prepare(request)
    await response.write(content[: len(content) // 2])
    assert request.transport is not None
    request.transport.abort()
    return response


def result(value: object) -> web.Response:
    return web.json_response({"ok": True, "result": value})


def refusal(status: int, description: str, parameters: object = None) -> web.Response:
    more = {"parameters": parameters} if parameters is not None else {}
    return web.json_response({"ok": False, "error_code": status, "description": description, **more}, status=status)


def a_message(chat: int = RESIDENT, **fields: Any) -> dict[str, Any]:
    return {"message_id": 41, "from": a_person(chat), "chat": a_chat(chat), "date": DATE, **fields}


def a_person(user: int) -> dict[str, Any]:
    return {"id": user, "is_bot": False, "first_name": "花子", "last_name": "山田", "language_code": "en"}


def a_chat(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private", "first_name": "花子"}


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@asynccontextmanager
async def a_telegram() -> AsyncIterator[FakeTelegram]:
    fake, app = FakeTelegram(), web.Application(client_max_size=1 << 26)
    app.router.add_post("/bot{token}/{method}", fake.answer)
    app.router.add_get("/file/bot{token}/{path:.+}", fake.give_file)
    network = TestServer(app)
    # An access log would write the token, which tests look for in everything that is logged.
    await network.start_server(access_log=None)
    fake.url = str(network.make_url("")).rstrip("/")
    try:
        yield fake
    finally:
        fake.closing.set()
        await network.close()


async def _fields(request: web.Request) -> dict[str, Any]:
    posted = await request.post()
    return {
        name: (value.filename, value.content_type, value.file.read()) if isinstance(value, web.FileField) else value
        for name, value in posted.items()
    }


def _buttons(fields: Fields) -> tuple[tuple[str, str], ...]:
    rows = json.loads(fields.get("reply_markup", "{}")).get("inline_keyboard", [])
    return tuple((button["text"], button["callback_data"]) for row in rows for button in row)


def _problem(method: str, fields: Fields, buttons: tuple[tuple[str, str], ...]) -> str | None:
    text = fields.get("text", "")
    problems = {
        "message text is empty": method == "sendMessage" and not text.strip(),
        "message is too long": utf16(text) > 4096,
        "file must be non-empty": method == "sendDocument" and not fields["document"][2],
        "reply markup is too long": len(buttons) > 100,
        "text buttons are unallowed in the inline keyboard": any(not label.strip() for label, _ in buttons),
        "BUTTON_DATA_INVALID": any(not 1 <= len(data.encode()) <= 64 for _, data in buttons),
    }
    return next((problem for problem, is_there in problems.items() if is_there), None)
