"""How pages are made: templates, texts, the filters they use, and the headers every answer carries."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import jinja2
import nh3
from aiohttp import web
from jinja2.runtime import Context
from markdown_it import MarkdownIt
from markupsafe import Markup

from bot.phrases.staff import StaffTexts
from tickets.duty_calendar import JAPAN

HERE = Path(__file__).parent
WEEKDAYS = "月火水木金土日"
LANGUAGES = {"ja": "日本語", "en": "English"}
"""what the pages can be read in, each named as its readers call it"""
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


@jinja2.pass_context
def japan(context: Context, moment: datetime) -> str:
    """Day and time in Japan, as the page's language writes them."""
    here = moment.astimezone(JAPAN)
    if context["language"] == "en":
        return f"{here:%b} {here.day} ({here:%a}) {here:%H:%M}"
    return f"{here.month}/{here.day}（{WEEKDAYS[here.weekday()]}）{here:%H:%M}"


@jinja2.pass_context
def ago(context: Context, since: datetime | None, now: datetime) -> str:
    """How long it has been, in the page's language."""
    if since is None:
        return ""
    minutes = max(0, int((now - since).total_seconds() // 60))
    t: Translator = context["t"]
    if minutes < 60:
        return t("{minutes}分", minutes=minutes)
    if minutes < 60 * 24:
        return t("{hours}時間{minutes}分", hours=minutes // 60, minutes=minutes % 60)
    return t("{days}日", days=minutes // (60 * 24))


def bcp47(language: str) -> str:
    """やさしい日本語 is Japanese to a screen reader."""
    return "ja" if language.startswith("ja") else language


class Translator(Protocol):
    """``t`` of the templates: a Japanese text in the page's language, its placeholders filled in."""

    def __call__(self, text: str, /, **values: object) -> str: ...


class Pages:
    """Renders templates; what every page needs is added here."""

    def __init__(self, city_name: Callable[[str], str]) -> None:
        self._city_name = city_name
        self._texts = StaffTexts.load()
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(markdown=markdown, japan=japan, ago=ago, bcp47=bcp47)

    def say(self, text: str, language: str, /, **values: object) -> str:
        """A Japanese text of ours in this language, its placeholders filled in."""
        return self._texts.say(text, language, **values)

    def answer(self, template: str, /, *, language: str = "ja", status: int = 200, **values: Any) -> web.Response:
        """A page as a response."""

        def t(text: str, /, **inserted: object) -> str:
            return self.say(text, language, **inserted)

        common = {"operator": None, "menu": (), "here": "", "csrf": "", "flash": "", "problem": "", "back": ""}
        text = self._templates.get_template(template).render(
            common
            | {"t": t, "language": language, "page_languages": LANGUAGES, "city": self._city_name(language)}
            | values
        )
        return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)
