"""A reply as LINE's message objects. Pure; the limits are those of the Messaging API reference, "Message objects"."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from channels.channel import TextUnit
from channels.cutting import cut, length, shortened
from channels.line.bubbles import bubble
from channels.line.plain_text import harmless, plain_text
from channels.line.wording import WORDING, Wording
from conversations.message import Attachment, Choice
from conversations.reply import Card, Reply

Message = dict[str, Any]
FileLink = Callable[[Attachment], str]
"""where a resident without a login fetches the file for a while"""

TEXT_LIMIT: Final = 5000
ALT_TEXT_LIMIT: Final = 1500
AT_ONCE: Final = 5
"""message objects in one request"""

_BUTTONS = 13
_BUTTON_LABEL = 20
_DISPLAY_TEXT = 300
_DATA = 300
_BEFORE_MEGABYTES = 1024 * 1024


def to_messages(reply: Reply, link: FileLink) -> list[Message]:
    """What is sent, in order; more than ``AT_ONCE`` when the words are many, none when there is nothing to say.

    An answer with a card is a Flex bubble, if its ``altText`` can say all of it, so that who has it read aloud or sees
    only the notification misses nothing; else it is text. Choices are quick replies on the last message, and always a
    numbered list, too: quick replies vanish with the next message and are not shown everywhere. Files go as links,
    because LINE has no message that is a file.
    """
    wording = WORDING.get(reply.language, WORDING["en"])
    said = "\n\n".join(part for part in (plain_text(reply.text), _reach(reply.card, wording)) if part)
    beside = [part for part in (_files(reply.attachments, link, wording), _numbered(reply.choices, wording)) if part]
    answer = _answer_card(reply, said, wording)
    messages = _texts([said, *beside]) if answer is None else [answer, *_texts(beside)]
    buttons = _quick_reply(reply.choices)
    if messages and buttons:
        messages[-1] = {**messages[-1], "quickReply": {"items": buttons}}
    return messages


def in_requests(messages: Sequence[Message]) -> list[list[Message]]:
    """As few requests as LINE takes them in."""
    return [list(messages[start : start + AT_ONCE]) for start in range(0, len(messages), AT_ONCE)]


def _answer_card(reply: Reply, said: str, wording: Wording) -> Message | None:
    if reply.card is None:
        return None
    title = harmless(reply.card.title).strip()
    alt_text = f"{title}\n{said}" if title else said
    if not alt_text or length(alt_text, TextUnit.UTF16) > ALT_TEXT_LIMIT:
        return None
    contents = bubble(reply, wording)
    return contents and {"type": "flex", "altText": alt_text, "contents": contents}


def _texts(blocks: Sequence[str]) -> list[Message]:
    text = "\n\n".join(block for block in blocks if block)
    return [{"type": "text", "text": piece} for piece in cut(text, at_most=TEXT_LIMIT, unit=TextUnit.UTF16)]


def _reach(card: Card | None, wording: Wording) -> str:
    if card is None:
        return ""
    told = ((wording.section, card.section), (wording.phone, card.phone), (wording.more, card.url))
    return "\n".join(f"{what}{harmless(value)}" for what, value in told if value)


def _files(attachments: Sequence[Attachment], link: FileLink, wording: Wording) -> str:
    return "\n".join(f"{wording.file}{harmless(each.name)}（{_size(each.size)}）\n{link(each)}" for each in attachments)


def _size(count: int) -> str:
    return f"{count / _BEFORE_MEGABYTES:.1f} MB" if count >= _BEFORE_MEGABYTES else f"{max(1, count // 1024)} KB"


def _numbered(choices: Sequence[Choice], wording: Wording) -> str:
    if not choices:
        return ""
    lines = (f"{number}. {_one_line(choice.label)}" for number, choice in enumerate(choices, start=1))
    return "\n".join([wording.by_number, *lines])


def _quick_reply(choices: Sequence[Choice]) -> list[Message]:
    """One button for each choice that can be one; a tap comes back as a postback whose data is the choice's value.

    Where a label is too long for a button, all begin with their number: what is cut off may be what differs.
    """
    labels = [_one_line(choice.label) for choice in choices]
    too_long = any(length(label, TextUnit.GRAPHEMES) > _BUTTON_LABEL for label in labels)
    items = []
    for number, (choice, label) in enumerate(zip(choices, labels, strict=True), start=1):
        if label and choice.value and length(choice.value, TextUnit.UTF16) <= _DATA:
            shown = f"{number}. {label}" if too_long else label
            items.append(_button(shown, label, choice.value))
    return items[:_BUTTONS]


def _button(shown: str, said: str, value: str) -> Message:
    return {
        "type": "action",
        "action": {
            "type": "postback",
            "label": shortened(shown, at_most=_BUTTON_LABEL, unit=TextUnit.GRAPHEMES),
            "data": value,
            "displayText": shortened(said, at_most=_DISPLAY_TEXT, unit=TextUnit.GRAPHEMES),
        },
    }


def _one_line(label: str) -> str:
    return " ".join(harmless(label).split())
