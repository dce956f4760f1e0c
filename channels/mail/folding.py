"""What a resident wrote now, told apart from what their mail carries along (PROTOCOLS 3.7)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from channels.mail.folding_heads import Head, Reach, end_of_rest, head_at
from channels.mail.folding_marks import (
    drawn_with,
    ends_text,
    initials,
    is_marked,
    is_rule,
    may_be_own,
    names_device,
    plain,
    reads_as_signature,
)

_LONGEST_SIGNATURE = 24


class Kind(StrEnum):
    SAID = "said"
    QUOTED = "quoted"
    SIGNATURE = "signature"
    FORWARDED = "forwarded"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Part:
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Folded:
    """A mail's text in parts; nothing is cut: the texts of ``parts``, joined, are the mail."""

    parts: tuple[Part, ...]

    @property
    def said(self) -> str:
        """What the resident wrote now, trimmed, a blank line where a part was folded; empty when they wrote nothing."""
        return _paragraphs(part.text for part in self.parts if part.kind is Kind.SAID)

    @property
    def in_context(self) -> str:
        """What the resident wrote, with the lines they picked out above their answers.

        An old letter quoted whole above the answer stays folded: it has its head, and nothing was written before it.
        When nothing was written, it is what the mail carries instead, without heads: to be read, never to be taken
        for the resident's words.
        """
        if not self.said:
            return _paragraphs(_without_heads(part.text) for part in self.parts if part.kind in _OLD)
        last = max(at for at, part in enumerate(self.parts) if part.kind is Kind.SAID)
        shown = ""
        for part in self.parts[: last + 1]:
            if part.kind is Kind.SAID:
                shown += part.text
            elif part.kind is Kind.QUOTED and (shown.strip() or not _has_head(part.text)):
                shown += _marked_lines(part.text)
            else:
                shown += "\n"
        return shown.strip()


_OLD = (Kind.QUOTED, Kind.FORWARDED)


def folded(text: str) -> Folded:
    """Tell the parts of a mail's text apart, in any of the usual mail programs' shapes; what is in doubt is said.

    Any text at all is taken, in time linear in its length. Text that stands between or below quotation marks is said.
    Where the old letter carries no marks, nobody can tell where it ends: there it goes on to the end. A said part is
    whole: folded by itself, it is all said.
    """
    written = text.splitlines(keepends=True)
    lines = [plain(line) for line in written]
    kinds = _old_letters(lines)
    for start, stop in list(_said(kinds)):
        _fold_lone_devices(lines, kinds, start, stop)
    for start, stop in list(_said(kinds)):
        _fold_endings(written, lines, kinds, start, stop)
    _blank_lines_follow(lines, kinds)
    together = groupby(zip(kinds, written, strict=True), key=lambda pair: pair[0])
    return Folded(tuple(Part(kind, "".join(line for _, line in run)) for kind, run in together))


# ---- old letters


def _old_letters(lines: Sequence[str]) -> list[Kind]:
    kinds: list[Kind] = []
    after_words = False
    while len(kinds) < len(lines):
        at = len(kinds)
        apart = at == 0 or not lines[at - 1] or kinds[-1] is not Kind.SAID
        head = None if is_marked(lines[at]) else head_at(lines, at, apart=apart)
        if head is None:
            end, kind = _quotation_without_head(lines, at)
        else:
            end, kind = _led_in_by(head, lines, at, after_words=after_words)
        kinds += [kind] * (end - at)
        after_words = after_words or (kind is Kind.SAID and bool(lines[at]))
    return kinds


def _led_in_by(head: Head, lines: Sequence[str], at: int, *, after_words: bool) -> tuple[int, Kind]:
    """Where the old letter ends that begins with this head; the line as said when it was none."""
    kind = Kind.FORWARDED if head.forwarded else Kind.QUOTED
    body = _written_from(lines, head.end)
    if body < len(lines) and is_marked(lines[body], bars=True):
        return _end_of_marks(lines, body, bars=True), kind
    if head.reach is Reach.REST or (head.reach is Reach.REST_AFTER_WORDS and after_words):
        return end_of_rest(lines, head.end), kind
    if head.reach is Reach.REST_AFTER_WORDS:
        return head.end, kind
    return at + 1, Kind.SAID


def _quotation_without_head(lines: Sequence[str], at: int) -> tuple[int, Kind]:
    if is_marked(lines[at]):
        end = _end_of_marks(lines, at)
        marked = [line for line in lines[at:end] if line]
        own = all(may_be_own(line) for line in marked)
        return end, Kind.SAID if own else _kind_of_marked(marked)
    whose = initials(lines[at])
    if whose is not None:
        end = next((ahead for ahead in range(at, len(lines)) if initials(lines[ahead]) != whose), len(lines))
        return end, Kind.QUOTED if end - at >= 3 else Kind.SAID
    return at + 1, Kind.SAID


def _kind_of_marked(marked: Sequence[str]) -> Kind:
    head = head_at([line.lstrip(" >") for line in marked[:30]], 0)
    return Kind.FORWARDED if head is not None and head.forwarded else Kind.QUOTED


def _end_of_marks(lines: Sequence[str], at: int, *, bars: bool = False) -> int:
    """Behind the last line of a marked quotation; blank lines inside belong to it."""
    end = at
    while at < len(lines) and (not lines[at] or is_marked(lines[at], bars=bars)):
        at += 1
        end = at if lines[at - 1] else end
    return end


def _written_from(lines: Sequence[str], at: int) -> int:
    return next((ahead for ahead in range(at, len(lines)) if lines[ahead]), len(lines))


# ---- signatures and devices: at the end of what was said, above a quotation as well as below


def _said(kinds: Sequence[Kind]) -> Iterator[tuple[int, int]]:
    at = 0
    for kind, run in groupby(kinds):
        start, at = at, at + len(list(run))
        if kind is Kind.SAID:
            yield start, at


def _fold_lone_devices(lines: Sequence[str], kinds: list[Kind], start: int, stop: int) -> None:
    """A paragraph of its own: the phone put it there, and the resident wrote on below."""
    for at in range(start, stop):
        alone = (at == start or not lines[at - 1]) and (at + 1 == stop or not lines[at + 1])
        if alone and names_device(lines[at]):
            kinds[at] = Kind.DEVICE


def _fold_endings(written: Sequence[str], lines: Sequence[str], kinds: list[Kind], start: int, stop: int) -> None:
    while (end := _end_of_words(lines, start, stop)) > start:
        if names_device(lines[end - 1]):
            kinds[end - 1], stop = Kind.DEVICE, end - 1
            continue
        begin = _signature(written, lines, start, end)
        if begin is None:
            return
        kinds[begin:end], stop = [Kind.SIGNATURE] * (end - begin), begin


def _end_of_words(lines: Sequence[str], start: int, stop: int) -> int:
    return next((at + 1 for at in range(stop - 1, start - 1, -1) if lines[at]), start)


def _signature(written: Sequence[str], lines: Sequence[str], start: int, end: int) -> int | None:
    """Where the signature that ends here begins, if there is one."""
    if is_rule(lines[end - 1]):
        begin = _opening_frame(lines, start, end)
        return begin if begin is not None else _idle_marks(lines, start, end)
    if ends_text(lines[end - 1]):
        return _idle_marks(lines, start, end)
    for begin in range(end - 2, max(start, end - _LONGEST_SIGNATURE) - 1, -1):
        below = lines[begin + 1 : end]
        if written[begin].rstrip("\r\n") == "-- ":  # RFC 3676 4.3
            return begin
        if lines[begin] in {"--", "—"} and begin > 0 and reads_as_signature(below, needs_reach=False):
            return begin
        if is_rule(lines[begin]) and reads_as_signature(below, needs_reach=True):
            return begin
    return None


def _opening_frame(lines: Sequence[str], start: int, end: int) -> int | None:
    sign = drawn_with(lines[end - 1])
    for begin in range(end - 2, max(start, end - _LONGEST_SIGNATURE) - 1, -1):
        if is_rule(lines[begin]) and drawn_with(lines[begin]) == sign:
            return begin if reads_as_signature(lines[begin + 1 : end], needs_reach=True) else None
    return None


def _idle_marks(lines: Sequence[str], start: int, end: int) -> int | None:
    """Lines drawn below the text with nothing under them; a table's last border stands close to it and stays."""
    begin = end
    for at in range(end - 1, start - 1, -1):
        if lines[at] and not ends_text(lines[at]):
            break
        begin = at if lines[at] else begin
    apart = begin > 0 and (begin == start or not lines[begin - 1])
    return begin if begin < end and apart else None


def _blank_lines_follow(lines: Sequence[str], kinds: list[Kind]) -> None:
    """A blank line belongs to the part above it; at the very top, to the first part."""
    first = _written_from(lines, 0)
    if first < len(lines):
        kinds[:first] = [kinds[first]] * first
    for at in range(first + 1, len(lines)):
        if not lines[at]:
            kinds[at] = kinds[at - 1]


# ---- views


def _paragraphs(texts: Iterator[str] | Sequence[str]) -> str:
    return "\n\n".join(trimmed for text in texts if (trimmed := text.strip()))


def _has_head(text: str) -> bool:
    lines = [plain(line) for line in text.splitlines()]
    return head_at(lines, _written_from(lines, 0)) is not None


def _marked_lines(text: str) -> str:
    """Without the attribution above them."""
    return "".join(
        line
        for line in text.splitlines(keepends=True)
        if is_marked(plain(line)) or initials(plain(line)) or not line.strip()
    )


def _without_heads(text: str) -> str:
    written = text.splitlines()
    lines = [plain(line).lstrip(" >") for line in written]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        head = head_at(lines, at)
        if head is None:
            kept.append(written[at])
        at = at + 1 if head is None else head.end
    return "\n".join(kept) if any(plain(line).strip(" >") for line in kept) else ""
