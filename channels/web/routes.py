"""All addresses of the web channel, in one list."""

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from channels.web import api, events, files, pages
from channels.web.assets import Assets
from channels.web.front import FRONT, Front
from channels.web.guarding import api as as_api
from channels.web.guarding import page as as_page
from channels.web.open_streams import OpenStreams
from channels.web.service import Private, WebService
from channels.web.settings import WebSettings


def _now() -> datetime:
    return datetime.now(UTC)


def add_routes(
    app: web.Application,
    service: WebService,
    settings: WebSettings,
    *,
    private: Private | None = None,
    now: Callable[[], datetime] = _now,
) -> None:
    """Serve the chat, the contact form and the demo city's page from ``app``; its streams end when it shuts down.

    ``private`` opens talks by a link; without it there are none.
    """
    front = Front(
        service=service,
        settings=settings,
        assets=Assets(settings.node_modules, primary=settings.primary),
        pages=pages.templates(),
        streams=OpenStreams(per_visit=settings.streams_per_visit),
        now=now,
        private=private,
    )
    app[FRONT] = front
    app.on_shutdown.append(_end_streams)
    app.router.add_routes(
        [
            web.get("/", as_page(pages.home)),
            web.get("/widget.js", as_page(pages.widget)),
            web.get("/assets/{version}/{name}", as_page(pages.asset)),
            web.get("/chat", as_page(pages.chat)),
            web.get("/chat/embed", as_page(pages.chat_in_frame)),
            web.get("/contact", as_page(pages.contact_form)),
            web.post("/contact", as_page(pages.take_contact)),
            web.get("/private/{code}", as_page(pages.private)),
            web.post("/chat/api/private", as_api(api.open_private)),
            web.post("/chat/api/visits", as_api(api.open_visit)),
            web.post("/chat/api/messages", as_api(api.take_message)),
            web.get("/chat/api/events", as_api(events.poll)),
            web.get("/chat/api/events/stream", as_api(events.stream)),
            web.post("/chat/api/typing", as_api(api.is_typing)),
            web.post("/chat/api/files", as_api(files.take_file)),
            web.get("/chat/api/files/{id}", as_api(files.give_file)),
            web.post("/chat/api/ratings", as_api(api.rate)),
            web.post("/chat/api/language", as_api(api.set_language)),
            web.post("/chat/api/end", as_api(api.end)),
        ]
    )


async def _end_streams(app: web.Application) -> None:
    app[FRONT].streams.ending.set()
