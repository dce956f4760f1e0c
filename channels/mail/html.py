"""The words of an HTML body, with what the sender's program quotes marked as in plain mail: by ``> ``.

Layout is let go: tables are read row by row, styles are dropped but for what hides a thing or keeps its line breaks.
So no style or table can make a small body large.
"""

import html as entities
import re
from collections.abc import Iterator
from typing import Any, Final

from inscriptis import Inscriptis  # type: ignore[import-untyped]
from inscriptis.css_profiles import STRICT_CSS_PROFILE  # type: ignore[import-untyped]
from inscriptis.model.config import ParserConfig  # type: ignore[import-untyped]
from lxml import etree, html  # type: ignore[import-untyped]

_LONGEST: Final = 500_000
_GMAIL: Final = "[contains(concat(' ', normalize-space(@class), ' '), ' gmail_quote ')]"
_QUOTED_BOXES: Final = (
    f"//div{_GMAIL}"
    f"|//blockquote{_GMAIL}[not(ancestor::div{_GMAIL})]"
    "|//blockquote[translate(@type, 'CITE', 'cite') = 'cite']"
    "|//div[contains(@class, 'moz-cite-prefix') or contains(@class, 'moz-forward-container')]"
    "|//div[contains(@class, 'yahoo_quoted') or contains(@class, 'protonmail_quote')]"
)
# Outlook puts no box around what it quotes: its own header block begins it, and the rest of the letter follows.
_QUOTED_FROM: Final = (
    "//*[contains(@id, 'divRplyFwdMsg') or contains(@id, 'mail-editor-reference-message-container')"
    " or contains(@id, 'ms-outlook-mobile-reference-message')]"
)
_ROWS: Final = frozenset({"table", "tbody", "thead", "tfoot", "tr", "caption", "center", "form", "fieldset"})
_CELLS: Final = frozenset({"td", "th"})
_SILENT: Final = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
# inscriptis takes these for white space and folds them; on screen they are kept.
_KEPT_SPACES: Final = {"\u3000": "\ufdd2", "\xa0": "\ufdd3"}
_HOLD: Final = str.maketrans(_KEPT_SPACES | {"&": "&amp;"})  # it also resolves entities a second time
_RELEASE: Final = str.maketrans({"\ufdd2": "\u3000", "\ufdd3": " "})
_HIDDEN: Final = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_KEEPS_BREAKS: Final = re.compile(r"white-space\s*:\s*pre", re.IGNORECASE)
# libxml2 leaves out what stands behind </body>, where lists and scanners put their words.
_FRAME: Final = re.compile(r"^\s*<\?xml[^<>]*>|</?(?:html|body)\b[^<>]*>", re.IGNORECASE)
_DATA_URL: Final = re.compile(r"data:[\w/+.;=-]+,[^\"'>\s)]*", re.IGNORECASE)
_META: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_NOT_SHOWN: Final = re.compile(
    r"<(script|style|title)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE
)
_BREAK_TAG: Final = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|hr|p|div)\b[^<>]*>", re.IGNORECASE)
_ANY_TAG: Final = re.compile(r"</?[a-zA-Z!?][^<>]*>")


def html_to_text(source: str) -> tuple[str, bool]:
    """The words, and whether the HTML could be read as such; if not, its tags are just taken out. Never raises."""
    short = _DATA_URL.sub("", source)
    if len(short) <= _LONGEST:
        try:
            return _tidy(_laid_out(short)), True
        except (etree.LxmlError, _TooDeep, ValueError, LookupError, AttributeError, RecursionError):
            pass
    return _tidy(_without_tags(short)), False


def charset_inside(content: bytes) -> str:
    """What a body without a label says of itself, in its ``meta``."""
    found = _META.search(content[:4096])
    return found.group(1).decode("ascii", "replace") if found else ""


class _TooDeep(Exception):
    """libxml2 stops at 256 levels, and leaves the rest out."""


def _laid_out(source: str) -> str:
    parser = html.HTMLParser(remove_comments=True, remove_pis=True)
    source = _FRAME.sub("", source)
    if not source.strip():
        return ""
    tree = html.document_fromstring(f"<div>{source}</div>", parser=parser)
    if any(error.type_name == "ERR_INTERNAL_ERROR" or "depth" in error.message.lower() for error in parser.error_log):
        raise _TooDeep
    _mark_quotes(tree)
    _simplify(tree)
    config = ParserConfig(css=STRICT_CSS_PROFILE)
    return _with_quote_marks(str(Inscriptis(tree, config).get_text())).translate(_RELEASE)


def _mark_quotes(tree: Any) -> None:
    boxes = tree.xpath(_QUOTED_BOXES)
    for box in boxes:
        box.insert(0, _line_of_its_own(_OPEN, tail=box.text))
        box.text = None
        box.append(_line_of_its_own(_CLOSE))
    for start in tree.xpath(_QUOTED_FROM)[:1]:
        if not any(ancestor in boxes for ancestor in start.iterancestors("div", "blockquote")):
            start.insert(0, _line_of_its_own(_OPEN, tail=start.text))
            start.text = None


def _line_of_its_own(mark: str, tail: str | None = None) -> Any:
    line = etree.Element("div")
    line.text, line.tail = mark, tail
    return line


def _simplify(tree: Any) -> None:
    hidden = []
    for element in tree.iter(etree.Element):
        style = element.get("style", "")
        if element.tag in _SILENT or _HIDDEN.search(style):
            hidden.append(element)
        if element.tag == "img" and len(element.get("alt", "")) <= 2:  # an emoji, in Gmail
            element.tail = element.get("alt", "") + (element.tail or "")
        element.attrib.clear()
        if _KEEPS_BREAKS.search(style):
            element.set("style", "white-space: pre")
        if element.tag in _ROWS:
            element.tag = "div"
        elif element.tag in _CELLS:
            element.tag = "span"
            element.tail = "  " + (element.tail or "")
        element.text = element.text and element.text.translate(_HOLD)
        element.tail = element.tail and element.tail.translate(_HOLD)
    for element in hidden:
        if element.getparent() is not None:
            element.drop_tree()


def _with_quote_marks(text: str) -> str:
    return "\n".join(_quoted_lines(text.split("\n")))


def _quoted_lines(lines: list[str]) -> Iterator[str]:
    depth = 0
    for line in lines:
        depth += line.count(_OPEN)
        words = line.replace(_OPEN, "").replace(_CLOSE, "").rstrip()
        if words.strip(" *+-o") or words == line.rstrip():
            yield ("> " * depth + words).rstrip() if depth else words
        depth = max(0, depth - line.count(_CLOSE))


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip("\n")


def _without_tags(source: str) -> str:
    text = _BREAK_TAG.sub("\n", _NOT_SHOWN.sub("", source))
    return entities.unescape(_ANY_TAG.sub("", text))
