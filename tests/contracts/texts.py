"""Words that try a channel, and rulers of our own to measure what became of them."""

import re
import unicodedata
from collections.abc import Sequence

from hypothesis import strategies as st

from channels.channel import TextUnit

CLUSTERS = (
    *("あ", "漢", "ー", "a", "7", "。", "！"),
    "か\u3099",  # が in two code points
    "e\u0301\u0323",  # two marks on one letter
    "𠮷",  # two UTF-16 units
    "葛\U000e0100",  # a variant of the character, as names of people need it
    "👨‍👩‍👧",  # a family of three, joined
    "👩🏽‍🚒",
    "🇯🇵",
    "1\ufe0f\u20e3",
    "☎\ufe0f",
)
"""What a reader takes for one character each, whatever a computer counts. Side by side they never melt together."""

_WHOLE = re.compile("|".join(map(re.escape, sorted((*CLUSTERS, "\n", " "), key=len, reverse=True))))

HOSTILE = (
    "<b>太字</b>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</p></body><iframe src=//evil.example>",
    "<a href='javascript:alert(1)'>料金</a>",
    "はい\r\nBcc: all@city.example\r\n\r\n本文",
    "はい\nX-Injected: 1",
    "はい\r\n.\r\nMAIL FROM: x@evil.example",
    "\x1b[2J\x1b]0;題\x07\x9b31m消す",
    "{name} {{7*7}} ${x} %(x)s $ %s",
    "@everyone <@U1> @市長",
)
"""Nothing here is Markdown that we allow, so all of it must be read as it stands."""

HOSTILE_LINKS = (
    "[料金](javascript:alert(1))",
    "[料金](data:text/html,<script>alert(1)</script>)",
    "![絵](https://evil.example/x.png)",
    "<javascript:alert(1)>",
    '[料金](https://a.example "x\\" onmouseover=alert(1)")',
    "[a](tg://user?id=1)",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x&#62; &amp;lt;b&amp;gt;",
)
"""Markdown in form, but not to be obeyed; how it is shown is the channel's business."""

FORMATTING = frozenset(
    f"tag:{tag}"
    for tag in (
        *("b", "strong", "i", "em", "u", "s", "a", "p", "br", "hr", "ul", "ol", "li", "code", "pre", "blockquote"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "ruby", "rt", "rp"),
    )
) | frozenset(
    {"link:http", "link:https", "link:mailto", "link:tel", "attribute:rel", "attribute:target", "attribute:start"}
)
"""All that safe Markdown may ever become, on any channel."""


def any_text(*, max_size: int = 200) -> st.SearchStrategy[str]:
    """Whatever Python can hold: controls, markup, lone surrogates, joined emoji."""
    pieces = st.one_of(
        st.sampled_from((*CLUSTERS, *HOSTILE, *HOSTILE_LINKS, "\r\n", "\r", "\x00", "\u2028", "\ufeff", "\u202e")),
        st.sampled_from(("\ud800", "\udfff", "*", "_", "`", "~", "|", "\\", "> ", "- ", "# ", "    ", "[", "](", ")")),
        st.text(st.characters(exclude_categories=()), max_size=20),
    )
    return st.lists(pieces, max_size=12).map("".join).map(lambda text: text[:max_size])


def plain_text(*, min_size: int = 1, max_size: int = 40) -> st.SearchStrategy[str]:
    """Words without any meaning to a markup: what is read must be what was written."""
    return st.lists(st.sampled_from(CLUSTERS), min_size=min_size, max_size=max_size).map("".join)


def length(text: str, unit: TextUnit) -> int:
    """Of a text made of ``CLUSTERS``, by a ruler that shares nothing with the channels'."""
    match unit:
        case TextUnit.UTF16:
            return sum(2 if ord(c) > 0xFFFF else 1 for c in text)
        case TextUnit.CHARACTERS:
            return len(text)
        case TextUnit.GRAPHEMES:
            return len(clusters(text))


def clusters(text: str) -> Sequence[str]:
    """The text as the ``CLUSTERS`` it is made of. Raises ValueError when one of them is not whole."""
    found = _WHOLE.findall(text)
    if "".join(found) != text:
        raise ValueError(f"not all characters are whole in {text[:20]!r} … {text[-20:]!r}")
    return found


def squeezed(text: str) -> str:
    """Without white space and controls: what a channel may change to make a text fit its lines."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cc")
