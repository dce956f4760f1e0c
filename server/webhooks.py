"""The doors of the networks: checked on the raw bytes, kept raw, and only then acknowledged."""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from channels.arriving import Forged
from channels.channel import BadDelivery
from channels.line import signature
from channels.line.parse import parse
from channels.telegram import parse as telegram
from conversations.masking import mask_numbers, mask_tree
from server.rasa_door import rasa_door
from server.wiring import Parts

log = structlog.get_logger(__name__)

TELEGRAM_SECRET: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 -- the header's name
SIGNATURE: Final = "X-Line-Signature"


def add_webhooks(app: web.Application, parts: Parts) -> None:
    """Only the doors of channels that are set up."""
    settings = parts.settings
    if "rasa" in settings.doors:
        app.router.add_post("/webhooks/rest/webhook", rasa_door(parts))
    if settings.telegram_token:
        app.router.add_post("/webhooks/telegram", telegram_door(parts, settings.telegram_secret))
    if settings.line_accounts:
        secrets = dict(zip(settings.line_accounts, settings.line_secrets, strict=True))
        app.router.add_post("/webhooks/line", line_door(parts, secrets))


def telegram_door(parts: Parts, secret: str) -> Handler:
    """Telegram's webhook. 200: kept. 401: not from Telegram. 500: Telegram repeats it."""

    async def door(request: web.Request) -> web.Response:
        try:
            telegram.verified(request.headers.get(TELEGRAM_SECRET), secret)
        except Forged as refused:
            log.warning("delivery refused", channel="telegram", why=str(refused))
            raise web.HTTPUnauthorized(text="not a delivery of Telegram") from None
        await _kept(parts, "telegram", await request.read())
        return web.Response()

    return door


async def _kept(parts: Parts, channel: str, body: bytes) -> None:
    """Raw, but without the numbers that must not be stored; what is no JSON stays as it is, for staff to look at."""
    try:
        read = json.loads(body.decode("utf-8-sig", "replace"), strict=False)
        kept = json.dumps(mask_tree(read), ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        kept = mask_numbers(body.decode("utf-8", "replace")).text.encode()
    await parts.deliveries.keep(channel, hashlib.sha256(body).hexdigest(), kept)
    await parts.notices.arrived()


def line_door(parts: Parts, secrets: Mapping[str, str]) -> Handler:
    """LINE's webhook. 200: kept. 401: not from LINE. 500, by a failing database: LINE delivers again, if told to."""

    async def door(request: web.Request) -> web.Response:
        body = await request.read()
        try:
            destination, _ = parse(body)
            signature.verified(body, request.headers.get(SIGNATURE), secrets.get(destination, ""))
        except (BadDelivery, Forged) as refused:
            log.warning("delivery refused", channel="line", why=str(refused))
            raise web.HTTPUnauthorized(text="not a signed delivery") from None
        await _kept(parts, "line", body)
        return web.Response()

    return door
