from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import jinja2
from aiohttp import web

from channels.web.assets import Assets
from channels.web.open_streams import OpenStreams
from channels.web.service import Private, WebService
from channels.web.settings import LANGUAGES, WebSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """All that the handlers of this channel need."""

    service: WebService
    settings: WebSettings
    assets: Assets
    pages: jinja2.Environment
    streams: OpenStreams
    now: Callable[[], datetime]
    private: Private | None = None


FRONT = web.AppKey("web_front", Front)


def language_of(request: web.Request) -> str:
    """The language to speak: asked for in the address, else the browser's first that we have, else Japanese."""
    asked = request.query.get("language", "")
    if asked in LANGUAGES:
        return asked
    for each in request.headers.get("Accept-Language", "").split(","):
        tag = each.partition(";")[0].strip().lower()
        if tag in LANGUAGES:
            return tag
        if (primary := tag.partition("-")[0]) in LANGUAGES:
            return primary
    return "ja"
