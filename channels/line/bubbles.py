"""An approved answer as a Flex bubble ("Flex Message", "bubble"). Its text grows with the reader's own setting."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from channels.channel import TextUnit
from channels.cutting import shortened
from channels.line.plain_text import harmless, links_in, plain_text
from channels.line.wording import Wording
from conversations.reply import Card, Reply

Component = dict[str, Any]

BUBBLE_LIMIT: Final = 30_000
"""bytes of the bubble's JSON"""

_LABEL = 40
_ADDRESS = 1000
_LINKS_OF_TEXT = 3
_QUIET = "#555555"
_PRIMARY = "#0017c1"
"""LINE's own green is too pale under white words (WCAG 1.4.3)"""
_KEPT_IN_ADDRESSES = "%/:=&?~#+!$,;'@()*[]"
_PHONE = re.compile(r"[+(]?[0-9][0-9() -]{6,18}[0-9]")


def bubble(reply: Reply, wording: Wording) -> Component | None:
    """Title, answer, section and telephone; below, buttons to call and to read on. None when it would be too big.

    Addresses within a bubble's text cannot be tapped, so the first ones get a button each.
    """
    if reply.card is None:
        return None
    body = list(_body(reply, reply.card, wording))
    if not body:
        return None
    contents: Component = {"type": "bubble", "body": _box(body, spacing="md")}
    buttons = list(_buttons(reply, reply.card, wording))
    if buttons:
        contents["footer"] = _box(buttons, spacing="sm")
    # Measured as it is sent, every Japanese character written as six.
    return contents if len(json.dumps(contents)) <= BUBBLE_LIMIT else None


def _body(reply: Reply, card: Card, wording: Wording) -> Iterator[Component]:
    if title := harmless(card.title).strip():
        yield _text(title, weight="bold", size="lg")
    if answer := plain_text(reply.text):
        yield _text(answer)
    told = ((wording.section, card.section), (wording.phone, card.phone))
    reach = [_text(f"{what}{harmless(value)}", size="sm", color=_QUIET) for what, value in told if value]
    if reach:
        yield {"type": "separator"}
        yield from reach


def _buttons(reply: Reply, card: Card, wording: Wording) -> Iterator[Component]:
    page = quote(card.url, safe=_KEPT_IN_ADDRESSES)
    if _fits(page):
        yield {**_button(wording.open_page, page, style="primary"), "color": _PRIMARY}
    others = [link for link in links_in(reply.text) if link.url != page and _fits(link.url)]
    for link in others[:_LINKS_OF_TEXT]:
        yield _button(link.label, link.url, style="link")
    if _PHONE.fullmatch(card.phone):
        number = re.sub(r"[^0-9+-]", "", card.phone)
        yield _button(f"{wording.call}（{card.phone}）", f"tel:{number}", style="link")


def _fits(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= _ADDRESS


def _box(contents: list[Component], *, spacing: str) -> Component:
    return {"type": "box", "layout": "vertical", "spacing": spacing, "contents": contents}


def _text(text: str, **style: str) -> Component:
    return {"type": "text", "text": text, "wrap": True, "scaling": True, **style}


def _button(label: str, uri: str, *, style: str) -> Component:
    label = shortened(label, at_most=_LABEL, unit=TextUnit.GRAPHEMES)
    action = {"type": "uri", "label": label, "uri": uri}
    return {"type": "button", "style": style, "height": "sm", "scaling": True, "action": action}
