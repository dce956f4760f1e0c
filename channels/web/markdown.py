"""Safe Markdown, as answers are written in it, to HTML that a page may show as it is."""

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")
_TAGS = {
    *("p", "br", "strong", "em", "ul", "ol", "li", "a", "code", "pre", "blockquote", "hr", "h3"),
    *("table", "thead", "tbody", "tr", "th", "td", "ruby", "rt", "rp"),
}


def to_html(text: str) -> str:
    """HTML without scripts, styles, pictures or forms; links open elsewhere and tell nothing of us."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        _level(token)
    return nh3.clean(
        _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}),
        tags=_TAGS,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    ).strip()


def _level(token: Token) -> None:
    # The page owns the first two levels; an answer's headings all stand below them.
    if token.type in {"heading_open", "heading_close"}:
        token.tag = "h3"
