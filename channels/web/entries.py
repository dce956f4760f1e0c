"""What a browser is told: a timeline's entries and its status, as JSON values."""

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from channels.web.markdown import to_html
from channels.web.service import Status
from conversations.message import Attachment
from conversations.reply import Card
from conversations.timeline import Author, Entry

Json = Mapping[str, object]

_PHONE = re.compile(r"[0-9+#*]+")


def external_id(account: str, client_id: UUID) -> str:
    """Unique within the channel: one visitor's id can never fetch another's message."""
    return f"{account}/{client_id}"


def entry_json(entry: Entry) -> Json:
    """What the resident may see of it: neither the reasons nor the epoch."""
    by_machine = entry.author in {Author.BOT, Author.SYSTEM}
    return {
        "id": str(entry.id),
        "seq": entry.seq,
        "kind": entry.kind.value,
        "author": entry.author.value,
        "name": entry.author_name,
        "text": entry.text,
        "html": to_html(entry.text) if by_machine else None,
        "choices": [{"label": choice.label, "value": choice.value} for choice in entry.choices],
        "attachments": [attachment_json(attachment) for attachment in entry.attachments],
        "card": card_json(entry.card) if entry.card else None,
        "language": entry.language,
        "client_id": entry.external_id.rpartition("/")[2] if entry.author is Author.RESIDENT else "",
        "at": entry.at.isoformat(),
    }


def card_json(card: Card) -> Json:
    return {
        "title": card.title,
        "section": card.section,
        "phone": card.phone,
        "tel": "".join(_PHONE.findall(card.phone)),
        "url": card.url if _is_link(card.url) else "",
        "rateable": card.version_id is not None,
    }


def attachment_json(attachment: Attachment) -> Json:
    return {
        "id": str(attachment.id),
        "name": attachment.name,
        "content_type": attachment.content_type,
        "size": attachment.size,
    }


def status_json(status: Status) -> Json:
    return {
        "owner": status.owner,
        "person": status.person,
        "closed": status.closed,
        "ticket": status.ticket,
        "language": status.language,
        "key": status_key(status),
    }


def status_key(status: Status) -> str:
    """Equal for equal statuses: a browser says by it what it knows already."""
    return hashlib.sha256(repr(status).encode()).hexdigest()[:12]


def _is_link(url: str) -> bool:
    try:
        return urlsplit(url).scheme in {"http", "https"}
    except ValueError:
        return False
