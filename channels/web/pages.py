"""The pages people open: the demo city's front page, the chat on a page and in a frame, and the contact form."""

from pathlib import Path
from uuid import uuid4

import jinja2
from aiohttp import web

from channels.web import headers
from channels.web.contact import BODY_LIMIT, Form, Mistake
from channels.web.front import FRONT, Front, language_of
from channels.web.guarding import Rate, is_own_origin, limit
from channels.web.refusing import Refusal
from channels.web.settings import LANGUAGES, MEGABYTE

_CONTACTS = Rate(20, 600)
_EMBEDDED = ("widget.", "error.", "choice.person")
_FOR_EVER = "public, max-age=31536000, immutable"


def templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


async def home(request: web.Request) -> web.Response:
    return _shown(request, "home.html", headers.page())


async def chat(request: web.Request) -> web.Response:
    return _shown(request, "chat.html", headers.page(), embedded=False)


async def chat_in_frame(request: web.Request) -> web.Response:
    ancestors = ("'self'", *request.app[FRONT].settings.frame_origins)
    return _shown(request, "chat.html", headers.page(frame_ancestors=ancestors, cross_origin=True), embedded=True)


async def private(request: web.Request) -> web.Response:
    """Where a link leads that works once. To look at it uses nothing up: programs look at links, too."""
    talks, code = request.app[FRONT].private, request.match_info["code"]
    language = await talks.language_of(code) if talks else None
    opens = code if language is not None else ""
    if request.query.get("language") in LANGUAGES:
        language = None  # chosen on the page
    response = _shown(request, "private.html", headers.page(), speaking=language, code=opens)
    response.set_status(200 if opens else 410)
    return response


async def widget(request: web.Request) -> web.Response:
    """The loader that a city's site includes with one line; it draws the button and, when pressed, the frame."""
    front = request.app[FRONT]
    words = {
        language: {name: _say(front, f"widget.{name}", language) for name in ("title", "open", "close")}
        | {"new_messages": front.service.phrases("widget.new_messages", language)["widget.new_messages"]}
        for language in LANGUAGES
    }
    script = front.pages.get_template("widget.js").render(words=words, colour=front.settings.primary)
    extra = {
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": "public, max-age=300",
    }
    return web.Response(text=script, content_type="text/javascript", charset="utf-8", headers=extra)


async def asset(request: web.Request) -> web.Response:
    assets = request.app[FRONT].assets
    found = assets.named(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    # During a roll-out a page may ask for the other version's file: served, but not kept.
    kept = _FOR_EVER if request.match_info["version"] == assets.version else "no-store"
    return web.Response(
        body=found.content, content_type=found.content_type, charset="utf-8", headers={"Cache-Control": kept}
    )


async def contact_form(request: web.Request) -> web.Response:
    return _form(request, Form(key=str(uuid4())))


async def take_contact(request: web.Request) -> web.Response:
    """200 with the ticket's number; 422 with the form as it was filled in, and what to mend beside each field."""
    front = request.app[FRONT]
    form = Form.sent(dict(await request.post()))
    if not is_own_origin(request):
        return _form(request, form, (Mistake("", "error.not_allowed", {}),), status=403)
    if mistakes := form.mistakes():
        expired = any(mistake.key == "contact.error_expired" for mistake in mistakes)
        fresh = Form(key=str(uuid4()), name=form.name, email=form.email, phone=form.phone, body=form.body)
        return _form(request, fresh if expired else form, mistakes, status=422)
    try:
        await limit(request, "contact", request.remote or "", _CONTACTS)
    except Refusal:
        return _form(request, form, (Mistake("", "error.too_many_requests", {}),), status=429)
    number, expectation = await front.service.contact(form.contact(language_of(request)))
    return _shown(request, "contact_done.html", headers.page(), number=number, expectation=expectation)


def _form(request: web.Request, form: Form, mistakes: tuple[Mistake, ...] = (), *, status: int = 200) -> web.Response:
    say, language = request.app[FRONT].service.say, language_of(request)
    said = [(mistake.field, say(mistake.key, language, **mistake.values)) for mistake in mistakes]
    extra = headers.page()
    response = _shown(request, "contact.html", extra, form=form, mistakes=said, body_limit=BODY_LIMIT)
    response.set_status(status)
    return response


def _shown(
    request: web.Request, template: str, extra: dict[str, str], *, speaking: str | None = None, **values: object
) -> web.Response:
    front, language = request.app[FRONT], speaking or language_of(request)
    page = front.pages.get_template(template).render(
        t=lambda key, **given: _say(front, key, language, **given),
        language=language,
        html_language=html_language(language),
        languages=LANGUAGES,
        settings=front.settings,
        asset=front.assets.address,
        chat=_chat_settings(front, language),
        **values,
    )
    return web.Response(text=page, content_type="text/html", charset="utf-8", headers=extra)


def _chat_settings(front: Front, language: str) -> dict[str, object]:
    """What the chat's script needs to know: no word of it is secret."""
    settings = front.settings
    phrases = {
        each: {key: text for prefix in _EMBEDDED for key, text in front.service.phrases(prefix, each).items()}
        for each in LANGUAGES
    }
    return {
        "language": language,
        "phrases": phrases,
        "city": {each: _name(settings.city_name, each) for each in LANGUAGES},
        "origins": [settings.origin, *settings.frame_origins],
        "textLimit": settings.text_limit,
        "fileLimit": settings.file_limit,
        "fileLimitText": f"{settings.file_limit // MEGABYTE} MB",
        "filesPerMessage": settings.files_per_message,
    }


def _say(front: Front, key: str, language: str, **given: str) -> str:
    city = _name(front.settings.city_name, language)
    office = _name(front.settings.office_name, language) or city
    return front.service.say(key, language, **{"city": city, "office": office, **given})


def _name(names: object, language: str) -> str:
    return names.get(language) or names.get("ja", "") if hasattr(names, "get") else ""


def html_language(language: str) -> str:
    """やさしい日本語 is Japanese to browsers and screen readers."""
    return "ja" if language == "ja-easy" else language
