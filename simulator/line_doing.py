"""What the page's LINE side may be told to do."""

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from simulator.line_phone import PLACES, STICKERS, Phones
from simulator.line_talk import Talk
from simulator.taking import REHEARSAL, Form, done, files, played, words

Doing = Callable[[Phones, Talk, Form], Awaitable[None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def line_routes() -> list[web.RouteDef]:
    doings: dict[str, Doing] = {
        "say": _say,
        "sticker": _sticker,
        "place": _place,
        "file": _file,
        "act": _act,
        "unsend": _unsend,
        "follow": lambda phones, talk, _: phones.follow(talk),
        "unfollow": lambda phones, talk, _: phones.unfollow(talk),
        "again": lambda phones, talk, _: phones.deliver_again(talk),
    }
    posts = [web.post(f"/line/{{resident}}/{name}", _handler(doing)) for name, doing in doings.items()]
    return [*posts, web.get("/line/{resident}/content/{id}", _content)]


def _handler(doing: Doing) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        phones = request.app[REHEARSAL].phones
        talk = phones.talks[played(request).key]
        if not talk.friend and not request.path.endswith(("/follow", "/again")):
            raise web.HTTPConflict(text="先に「友だちに追加」を押してください。")
        await doing(phones, talk, await request.post())
        return done(request, "talk")

    return handle


async def _say(phones: Phones, talk: Talk, form: Form) -> None:
    if said := words(form, "words").replace("\r\n", "\n").strip():
        await phones.say(talk, said)


async def _sticker(phones: Phones, talk: Talk, form: Form) -> None:
    chosen = next((each for each in STICKERS if each.key == words(form, "key")), STICKERS[0])
    await phones.send_sticker(talk, chosen)


async def _place(phones: Phones, talk: Talk, form: Form) -> None:
    chosen = next((each for each in PLACES if each.key == words(form, "key")), PLACES[0])
    await phones.send_place(talk, chosen)


async def _file(phones: Phones, talk: Talk, form: Form) -> None:
    for file in files(form, "file"):
        await phones.send_file(talk, file.name, file.content_type, file.data)


async def _act(phones: Phones, talk: Talk, form: Form) -> None:
    try:
        action = json.loads(words(form, "action"))
    except ValueError:
        raise web.HTTPBadRequest(text="ボタンの中身を読めません。") from None
    await phones.act(talk, action if isinstance(action, dict) else {})


async def _unsend(phones: Phones, talk: Talk, form: Form) -> None:
    number = words(form, "number")
    if number.isdecimal() and (bubble := talk.bubble(int(number))) is not None:
        await phones.unsend(talk, bubble)


async def _content(request: web.Request) -> web.Response:
    content = request.app[REHEARSAL].phones.platform.content(request.match_info["id"])
    if content is None or content.state != "kept" or not content.content_type.startswith("image/"):
        raise web.HTTPNotFound
    return web.Response(
        body=content.data,
        content_type=content.content_type,
        headers={"Content-Security-Policy": "default-src 'none'; sandbox"},
    )
