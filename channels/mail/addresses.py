"""Who a letter is from and to, as tolerant as the networks are.

Python's own parsers (3.11) take ``alice@x <bob@y>`` for alice (the class of CVE-2023-27043): here the address in the
angle brackets counts, as it does for RFC 5322 and for every mail program that shows the name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from channels.mail.headers import one_line, read_pieces

# What is opened and never closed runs to the end, so that no line is read twice.
_TOKEN: Final = re.compile(
    r'"(?:[^"\\]|\\.)*"?|\((?:[^()\\]|\\.|\([^()]*\))*\)?|<[^<>]*>|\[[^\[\]]*\]|[,;:]|[^"(<\[,;:]+|.', re.DOTALL
)
_HELD: Final = re.compile("\ufdd0(\\d+)\ufdd1")
_ANYWHERE: Final = re.compile(r"(?<![^\s<>()\",;:\[\]@])[^\s<>()\",;:\[\]@]+@[^\s<>()\",;:@]+")
_NEEDLESS_QUOTES: Final = re.compile(r'"([^\s"()<>,;:@\\]+)"@')
_WIDE_BRACKETS: Final = str.maketrans("＜＞", "<>")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_LONGEST: Final = 200_000


@dataclass(frozen=True, slots=True)
class Mailbox:
    """RFC 5322 3.4. The address is as it was written: carriers' ``taro..y.@docomo.ne.jp`` stays."""

    address: str
    name: str = ""

    @property
    def is_odd(self) -> bool:
        """No carrier's freedom with dots, but something that no mail can be sent to as it stands."""
        local, _, domain = self.address.rpartition("@")
        return not local or not domain or "@" in local or not self.address.isascii()


def parse_mailboxes(raw: bytes, charset: str = "") -> tuple[Mailbox, ...]:
    """Every mailbox of a From, To or Cc line, groups opened. Never raises. ``charset`` as for ``decode_header``."""
    pieces = list(read_pieces(raw[:_LONGEST], charset))
    held = [piece.text for piece in pieces]
    # What was encoded is words, whatever commas and brackets it holds: it is put back after the line is taken apart.
    line = "".join(f"\ufdd0{n}\ufdd1" if piece.encoded else piece.text for n, piece in enumerate(pieces))
    found = tuple(_mailboxes(line, held))
    if not found:
        # Some programs encode the whole line, address and all.
        found = tuple(Mailbox(address) for address in _ANYWHERE.findall("".join(held)))
    return tuple(dict.fromkeys(found))


def _mailboxes(line: str, held: list[str]) -> Iterator[Mailbox]:
    if "<" not in line:
        line = line.translate(_WIDE_BRACKETS)
    for tokens in _entries(line):
        mailbox = _mailbox(tokens, held)
        if mailbox:
            yield mailbox


def _entries(line: str) -> Iterator[list[str]]:
    tokens: list[str] = []
    for each in _TOKEN.findall(line):
        if each in {",", ";"}:
            yield tokens
            tokens = []
        elif each == ":":  # what came before is the name of a group
            tokens = []
        else:
            tokens.append(each)
    yield tokens


def _mailbox(tokens: list[str], held: list[str]) -> Mailbox | None:
    angles = [token for token in tokens if token.startswith("<") and token.endswith(">")]
    comments = [token[1:-1] for token in tokens if token.startswith("(") and token.endswith(")")]
    others = [token for token in tokens if token not in angles and not token.startswith("(")]
    if angles:
        address, name = angles[-1][1:-1], "".join(_unquoted(token) for token in others)
    else:
        address, name = "".join(others), ""
        if re.search(r"\s", address.strip()):
            found = _ANYWHERE.search(address)
            if found is None:
                return None
            address, name = found.group(), address[: found.start()]
    address = _plain_address(address)
    shown = one_line(_put_back(_bare(name) or " ".join(comments), held))
    return Mailbox(address, _unquoted_name(shown)) if address else None


def _bare(name: str) -> str:
    """Without what is left of brackets and quotes that were opened and never closed."""
    name = name.strip(" <>")
    if name.count('"') == 1:
        name = name.strip('" ')
    return _unquoted_name(name)


def _unquoted_name(name: str) -> str:
    while len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return name


def _unquoted(token: str) -> str:
    return _ESCAPED.sub(r"\1", token[1:-1]) if len(token) > 1 and token[0] == token[-1] == '"' else token


def _plain_address(text: str) -> str:
    address = re.sub(r"\s", "", text).removeprefix("mailto:").strip("'")
    if address.startswith("@"):
        address = address.rpartition(":")[2]  # a route, obsolete
    if _HELD.search(address) or address.endswith(";"):  # "<Undisclosed-Recipient:;>"
        return ""
    return one_line(_NEEDLESS_QUOTES.sub(r"\1@", address))


def _put_back(text: str, held: list[str]) -> str:
    return _HELD.sub(lambda match: held[int(match.group(1))], text)
