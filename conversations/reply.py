from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from conversations.message import Attachment, Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What stands beside an approved answer: whose it is, where to read on, how to rate it."""

    title: str
    section: str = ""
    phone: str = ""
    url: str = ""
    version_id: UUID | None = None
    """The published version the answer was taken from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is said to a resident, in no channel's words. ``text`` is safe Markdown."""

    text: str
    choices: tuple[Choice, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    card: Card | None = None
    language: str = "ja"


def in_one(replies: Sequence[Reply]) -> Reply:
    """Several replies as one letter, in their order; what can be picked is what the last one offers."""
    *earlier, last = replies
    if not earlier:
        return last
    cards = [reply.card for reply in replies if reply.card]
    several = len(cards) > 1
    return replace(
        last,
        text="\n\n".join(_with_card(reply) if several else reply.text for reply in replies),
        attachments=tuple(attachment for reply in replies for attachment in reply.attachments),
        card=None if several else next(iter(cards), None),
    )


def _with_card(reply: Reply) -> str:
    """The card's lines around the answer they belong to."""
    card = reply.card
    if card is None:
        return reply.text
    contact = " ".join(part for part in (card.section, card.phone) if part)
    return "\n\n".join(part for part in (f"**{card.title}**", reply.text, contact, card.url) if part)
