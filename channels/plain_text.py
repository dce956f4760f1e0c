"""A reply as plain words, for channels that show no Markdown: what stands beside it in lines, its choices numbered."""

import re
import unicodedata

from conversations.reply import Card, Reply

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)[^)]*\)")
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^>\s]+)>")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_HEADING = re.compile(r"^#{1,6}\s+", re.MULTILINE)
_BULLET = re.compile(r"^(\s*)[-*+]\s+", re.MULTILINE)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>])")


def as_plain_text(reply: Reply) -> str:
    """The reply without Markdown, with what stands beside it. No byte of it can command the terminal."""
    numbered = [f"  {number}. {choice.label}" for number, choice in enumerate(reply.choices, start=1)]
    files = [f"  [{attachment.name}]" for attachment in reply.attachments]
    blocks = ["\n".join(lines) for lines in ([_words(reply.text)], _beside(reply.card), files, numbered) if lines]
    return _harmless("\n".join(block for block in blocks if block))


def _beside(card: Card | None) -> list[str]:
    if card is None:
        return []
    reach = " ".join(part for part in (card.section, card.phone) if part)
    return [f"  — {part}" for part in (reach, card.url) if part]


def _words(markdown: str) -> str:
    text = _LINK.sub(r"\1 (\2)", markdown)
    text = _AUTOLINK.sub(r"\1", text)
    text = _EMPHASIS.sub(r"\2", text)
    text = _HEADING.sub("", text)
    text = _BULLET.sub(r"\1・", text)
    return _ESCAPED.sub(r"\1", text).strip()


def _harmless(text: str) -> str:
    """Half a surrogate pair cannot be written at all: a mark stands in its place."""
    whole = "".join("\ufffd" if unicodedata.category(c) == "Cs" else c for c in text)
    return "".join(c for c in whole if c in "\n\t" or unicodedata.category(c) != "Cc")
