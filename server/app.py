"""The web application: every door, and the headers and counts that all of them share."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from channels.line.plain_text import plain_text
from channels.web.routes import add_routes
from channels.web.settings import WebSettings
from console.common import Common, ConsoleSettings
from console.routes import add_console
from server.file_links import give_file
from server.health import Metrics, livez, readyz
from server.mail.desk import desk_of
from server.proxies import believed, networks
from server.webhooks import add_webhooks
from server.wiring import Parts
from storage.canned import CannedReplies
from storage.drafts import Drafts
from storage.faq_feedback import FaqFeedback

NODE_MODULES = Path(__file__).resolve().parent.parent / "node_modules"
BODY_LIMIT = 12 * 1024 * 1024


def make_app(parts: Parts) -> web.Application:
    """The application over these parts; it starts and stops nothing but itself."""
    metrics = Metrics(parts)
    proxies = networks(parts.settings.trusted_proxies)
    app = web.Application(middlewares=[believed(proxies), metrics.middleware()], client_max_size=BODY_LIMIT)
    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz(parts))
    app.router.add_get("/metrics", metrics.page)
    app.router.add_get("/.well-known/change-password", _to_password)
    app.router.add_get("/files/{id}", give_file(parts.file_links, parts.visits))
    add_webhooks(app, parts)
    add_routes(app, parts.web, web_settings(parts), private=parts.private, now=lambda: datetime.now(UTC))
    add_console(app, console_parts(parts))
    return app


def console_parts(parts: Parts) -> Common:
    url = urlsplit(parts.settings.url)
    return Common(
        accounts=parts.accounts,
        articles=parts.articles,
        bars=parts.bars,
        views=parts.views,
        visits=parts.visits,
        store=parts.store,
        bus=parts.bus,
        desk=parts.desk,
        reaching=parts.reaching,
        links=parts.links,
        contact_log=parts.contact_log,
        drafts=Drafts(parts.database, parts.clock),
        feedback=FaqFeedback(parts.database, parts.clock),
        canned=CannedReplies(parts.database, parts.clock),
        outbox=parts.outbox,
        city=lambda: parts.knowing.mind().city,
        knowing=parts.knowing,
        lessons=parts.lessons,
        deliveries=parts.deliveries,
        mail=desk_of(parts),
        arrived=parts.notices.arrived,
        clock=parts.clock,
        published=parts.publish,
        vectors=parts.librarian.progress.told,
        encoder_away=parts.encoder_away,
        plain=plain_text,
        settings=ConsoleSettings(
            origin=f"{url.scheme}://{url.netloc}", life=timedelta(hours=parts.settings.session_hours)
        ),
    )


def web_settings(parts: Parts) -> WebSettings:
    city = parts.folder.city
    return WebSettings(
        public_url=parts.settings.url,
        city_name=city.name,
        office_name=city.office,
        phone=city.phone,
        answer_within_days=city.answer_within_working_days,
        primary=city.colours.get("primary", "#0017c1"),
        allowed_frame_origins=parts.settings.frame_origins,
        node_modules=NODE_MODULES,
    )


async def _to_password(_: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/console/password")
