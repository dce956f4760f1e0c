"""How pages are made: templates, texts, the filters they use, and the headers every answer carries."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2
import nh3
from aiohttp import web
from markdown_it import MarkdownIt
from markupsafe import Markup

from tickets.duty_calendar import JAPAN

HERE = Path(__file__).parent
WEEKDAYS = "月火水木金土日"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h1", "h2", "h3", "blockquote", "code", "pre", "hr"}

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False})


def markdown(text: str) -> Markup:
    """Safe HTML of staff-written Markdown: no raw HTML in, and what comes out is cleaned once more."""
    return Markup(nh3.clean(_markdown.render(text), tags=TAGS, url_schemes={"https", "http", "tel", "mailto"}))  # noqa: S704


def japan(moment: datetime) -> str:
    here = moment.astimezone(JAPAN)
    return f"{here.month}/{here.day}（{WEEKDAYS[here.weekday()]}）{here:%H:%M}"


def ago(since: datetime | None, now: datetime) -> str:
    if since is None:
        return ""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes}分"
    return f"{minutes // 60}時間{minutes % 60}分" if minutes < 60 * 24 else f"{minutes // 1440}日"


def bcp47(language: str) -> str:
    """やさしい日本語 is Japanese to a screen reader."""
    return "ja" if language.startswith("ja") else language


def as_it_is(text: str) -> str:
    """Every text of the templates passes here: the one place where a second staff language would enter."""
    return text


class Pages:
    """Renders templates; what every page needs is added here."""

    def __init__(self, city_name: Callable[[str], str]) -> None:
        self._city_name = city_name
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(markdown=markdown, japan=japan, ago=ago, bcp47=bcp47)

    def answer(self, template: str, /, *, language: str = "ja", status: int = 200, **values: Any) -> web.Response:
        """A page as a response."""
        common = {"operator": None, "menu": (), "here": "", "csrf": "", "flash": "", "problem": ""}
        text = self._templates.get_template(template).render(
            common | {"t": as_it_is, "language": language, "city": self._city_name(language)} | values
        )
        return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)
