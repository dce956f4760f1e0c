"""Safe Markdown as plain text, for a network that shows what it is given, asterisks and all."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from channels.line.fields import storable

# The same reading as the web's, so that one answer means the same everywhere.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")
_INDENT = "　"
_RULE = "──────────"


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


def plain_text(markdown: str) -> str:
    """What a reader of the Markdown would read, addresses written out; no control character but the line's end."""
    root = SyntaxTreeNode(_MARKDOWN.parse(markdown))
    return harmless("\n\n".join(_blocks(root.children)))


def links_in(markdown: str) -> list[Link]:
    """The links as they come, each address once. Only what a telephone may open: web pages."""
    found: dict[str, Link] = {}
    for node in SyntaxTreeNode(_MARKDOWN.parse(markdown)).walk():
        url = str(node.attrs.get("href", "")) if node.type == "link" else ""
        if url.startswith(("https://", "http://")):
            label = harmless(_inline(node.children)).replace("\n", " ").strip()
            found.setdefault(url, Link(label or url, url))
    return list(found.values())


def harmless(text: str) -> str:
    """Without control characters, and without halves of characters, which no network can be sent."""
    return storable("".join(c for c in text.replace("\t", " ") if c == "\n" or unicodedata.category(c) != "Cc"))


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> Iterator[str]:
    for node in nodes:
        if block := _block(node):
            yield block


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "heading":
            text = f"■ {_inside(node)}"
        case "bullet_list":
            text = "\n".join(_item(item, "・") for item in node.children)
        case "ordered_list":
            items = enumerate(node.children, start=int(node.attrs.get("start", 1)))
            text = "\n".join(_item(item, f"{number}. ") for number, item in items)
        case "blockquote":
            text = _indented("\n\n".join(_blocks(node.children)))
        case "code_block" | "fence":
            text = node.content.rstrip("\n")
        case "hr":
            text = _RULE
        case "table":
            text = "\n".join(_rows(node))
        case _:
            text = _inside(node)
    return text


def _inside(node: SyntaxTreeNode) -> str:
    return "".join(_inline(child.children) if child.type == "inline" else _block(child) for child in node.children)


def _item(item: SyntaxTreeNode, mark: str) -> str:
    said = "\n".join(_blocks(item.children)).split("\n")
    return "\n".join([mark + said[0], *(_INDENT + line for line in said[1:])])


def _indented(text: str) -> str:
    return "\n".join(_INDENT + line if line else line for line in text.split("\n"))


def _rows(table: SyntaxTreeNode) -> Iterator[str]:
    """A narrow screen has no room for columns: each row is a line that says what each of its cells is."""
    head, *bodies = table.children
    names = [_inside(cell) for cell in head.children[0].children]
    for row in (row for body in bodies for row in body.children):
        first, *others = [_inside(cell) for cell in row.children]
        told = others if len(names) == 2 else [f"{n} {cell}" for n, cell in zip(names[1:], others, strict=True)]
        yield f"・{first}" + (f"：{'、'.join(told)}" if told else "")


def _inline(nodes: Sequence[SyntaxTreeNode]) -> str:
    return "".join(map(_word, nodes))


def _word(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "link":
            url = str(node.attrs.get("href", ""))
            return _link("" if node.markup == "autolink" else _inline(node.children), url)
        case _:
            return _inline(node.children)


def _link(label: str, url: str) -> str:
    address = url.removeprefix("mailto:").removeprefix("tel:")
    if label in {url, address} or not label:
        return address
    # Spaces, so that the telephone does not take the bracket for a part of the address.
    return f"{label}( {address} )"
