"""What the page's mail side may be told to do."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from aiohttp import web

from simulator.letters import Letter
from simulator.mail_programs import Draft, Failure, Program
from simulator.mailboxes import Mailbox, PostOffice
from simulator.taking import REHEARSAL, Form, done, files, played, words

_LETTER_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; "
        "frame-ancestors 'self'"
    }
)
"""a letter shows itself, and can do and fetch nothing"""


def mail_routes() -> list[web.RouteDef]:
    here = "/mail/{resident}"
    return [
        web.post(f"{here}/write", _write),
        web.post(f"{here}/{{number}}/reply", _reply),
        web.post(f"{here}/{{number}}/away", _away),
        web.post(f"{here}/{{number}}/bounce", _bounce),
        web.get(f"{here}/{{number}}/html", _html),
        web.get(f"{here}/{{number}}/files/{{file}}", _file),
    ]


async def _write(request: web.Request) -> web.StreamResponse:
    post, box = _office(request)
    form = await request.post()
    draft = Draft(
        name=box.owner.name,
        address=_address(words(form, "from") or box.owner.mail),
        to=_address(words(form, "to") or post.desk),
        subject=_line(words(form, "subject")),
        words=words(form, "words"),
        files=files(form, "files"),
        program=_program(form),
    )
    await post.write(box, draft, honest=not words(form, "forged"))
    return done(request, "mail")


async def _reply(request: web.Request) -> web.StreamResponse:
    post, box = _office(request)
    letter, form = _letter(request, box), await request.post()
    again = letter.subject.lower().startswith("re:")
    draft = Draft(
        name=box.owner.name,
        address=letter.posted.recipients[0],
        to=letter.reply_to,
        subject=letter.subject if again else f"Re: {letter.subject}",
        words=words(form, "words"),
        files=files(form, "files"),
        program=_program(form),
        answers=letter,
    )
    await post.write(box, draft)
    return done(request, "mail")


async def _away(request: web.Request) -> web.StreamResponse:
    post, box = _office(request)
    await post.be_away(box, _letter(request, box))
    return done(request, "mail")


async def _bounce(request: web.Request) -> web.StreamResponse:
    post, box = _office(request)
    letter, form = _letter(request, box), await request.post()
    if not letter.posted.sender:
        raise web.HTTPConflict(text="封筒の差出人が空のメールには、配信エラーを返せません。")
    failure = Failure.__members__.get(words(form, "failure"), Failure.UNKNOWN)
    await post.bounce(box, letter, failure)
    return done(request, "mail")


async def _html(request: web.Request) -> web.Response:
    _, box = _office(request)
    letter = _letter(request, box, came_only=False)
    return web.Response(text=letter.html, content_type="text/html", charset="utf-8", headers=_LETTER_HEADERS)


async def _file(request: web.Request) -> web.Response:
    _, box = _office(request)
    letter, number = _letter(request, box, came_only=False), request.match_info["file"]
    if not number.isdecimal() or not 0 < int(number) <= len(letter.files):
        raise web.HTTPNotFound
    file = letter.files[int(number) - 1]
    saved = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    return web.Response(
        body=file.data,
        content_type="application/octet-stream",
        headers={**_LETTER_HEADERS, "Content-Disposition": saved},
    )


def _office(request: web.Request) -> tuple[PostOffice, Mailbox]:
    post = request.app[REHEARSAL].post
    if post.door is None:
        raise web.HTTPConflict(text="このリハーサルでは、メールの窓口は開いていません。")
    return post, post.boxes[played(request).key]


def _letter(request: web.Request, box: Mailbox, *, came_only: bool = True) -> Letter:
    number = request.match_info["number"]
    mail = box.mail(int(number)) if number.isdecimal() else None
    if mail is None or (came_only and mail.answer is not None):
        raise web.HTTPNotFound(text="そのメールはありません。")
    return mail.letter


def _program(form: Form) -> Program:
    given = words(form, "program")
    return Program(given) if given in {each.value for each in Program} else Program.GMAIL


def _line(text: str) -> str:
    return " ".join(text.split())


def _address(text: str) -> str:
    """Of one line, without what would end it on the wire."""
    address = "".join(each for each in text.strip() if each.isprintable() and each not in "<> ")
    if "@" not in address:
        raise web.HTTPBadRequest(text=f"メールアドレスとして読めません：{text[:80]}")
    return address
