"""Numbers that a city hall may not store from free text: found and taken out before anything is written.

The law forbids collecting a My Number outside listed cases, so this errs on the side of masking. One in ten random
12-digit numbers passes the check digit; what is plainly a telephone number, a date or a 法人番号 is kept.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

REPLACEMENT = "［番号を伏せました］"

JSON = Mapping[str, "JSON"] | Sequence["JSON"] | str | int | float | bool | None

_INVISIBLE = "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u20e3"
_HYPHENS = "\\-‐‑‒–—―−﹣－ーｰ─━~～〜"
_DOTS = ".．｡。・･·"
_OTHER = "/／_＿,，、の"
_GROUP = re.compile(rf"\d(?:[{_INVISIBLE}]*\d)*")
_GAP = re.compile(rf"[\s{_HYPHENS}{_DOTS}{_OTHER}{_INVISIBLE}]{{1,8}}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_UNSEEN = re.compile(rf"[\s{_INVISIBLE}]+")
_CONTEXT = re.compile("マイナンバ|個人番号|通知カード|mynumber|individualnumber|免許|driver'?slicen[cs]e")

_PHONE_SHAPES = {(2, 4, 4), (3, 3, 4), (3, 4, 4), (4, 2, 4), (4, 3, 3), (4, 3, 4), (5, 1, 4)}
_CARD_SHAPES = {(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (4, 4, 5), (8, 8)}
_CARD_LENGTHS = range(13, 20)
_INTERNATIONAL_LENGTHS = range(11, 16)
_LONGEST = 19


@dataclass(frozen=True, slots=True)
class Masked:
    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits that stand together, and the kind of gap before them."""

    digits: str
    start: int
    end: int
    gap: str


def mask_numbers(text: str) -> Masked:
    """Replace My Numbers, driving licence numbers (when named) and credit card numbers.

    Masking twice changes nothing: what a first pass leaves behind is looked at again.
    """
    return _mask(text, _names_a_secret(text))


def mask_tree(value: JSON) -> JSON:
    """The same JSON-like value with every string masked, keys too; for raw copies.

    A word like マイナンバー anywhere in it counts for every string. Ids that the network made (``id``, ``messageId``,
    ``replyToken`` …) stay as they are: they are long numbers of nobody.
    """
    context = any(_names_a_secret(text) for text in _strings(value))
    return _mask_value(value, context)


def _mask_value(value: JSON, context: bool) -> JSON:  # noqa: FBT001 - a private step of mask_tree
    if isinstance(value, str):
        return _mask(value, context).text
    if isinstance(value, Mapping):
        return {
            _mask(key, context).text: inner if _is_network_id(key, inner) else _mask_value(inner, context)
            for key, inner in value.items()
        }
    if isinstance(value, Sequence):
        return [_mask_value(inner, context) for inner in value]
    return value


def _strings(value: JSON) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _strings(inner)


def _is_network_id(key: str, value: JSON) -> bool:
    return isinstance(value, str) and (key == "id" or key.endswith(("Id", "_id", "Token")))


def _names_a_secret(text: str) -> bool:
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return _CONTEXT.search(plain) is not None


def _mask(text: str, context: bool) -> Masked:  # noqa: FBT001 - the one question asked of the whole text
    found = False
    while spans := [span for run in _runs(text) for span in _secret_spans(text, run, context)]:
        found = True
        kept = zip([0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)], strict=True)
        text = REPLACEMENT.join(text[begin:end] for begin, end in kept)
    return Masked(text, found)


def _runs(text: str) -> Iterator[list[_Group]]:
    """Groups of digits with nothing but gaps between them."""
    uuids = [match.span() for match in _UUID.finditer(text)]
    run: list[_Group] = []
    for match in _GROUP.finditer(text):
        start, end = match.span()
        if any(first <= start < last for first, last in uuids):
            continue
        gap = text[run[-1].end : start] if run else ""
        if run and _GAP.fullmatch(gap) is None:
            yield run
            run, gap = [], ""
        digits = "".join(str(unicodedata.decimal(c)) for c in match.group() if c.isdecimal())
        run.append(_Group(digits, start, end, _kind_of_gap(gap)))
    if run:
        yield run


def _kind_of_gap(gap: str) -> str:
    for name, characters in (("hyphen", _HYPHENS[1:]), ("dot", _DOTS), ("other", _OTHER), ("line", "\r\n")):
        if any(c in characters for c in gap):
            return name
    return "space" if gap else ""


def _secret_spans(text: str, run: list[_Group], context: bool) -> Iterator[tuple[int, int]]:  # noqa: FBT001
    at = 0
    if not context and text[run[0].start - 1 : run[0].start] in {"+", "＋"}:
        at = _end_of_international_number(run)
    while at < len(run):
        if public := _public_number_at(run, at):
            at += public
            continue
        ends = [end for end in _ends(run, at) if _is_secret(run, at, end, context)]
        if ends:
            yield run[at].start, run[ends[-1] - 1].end
        at = ends[-1] if ends else at + 1


def _ends(run: list[_Group], at: int) -> Iterator[int]:
    """Where a number that begins at ``at`` may end: after 12 to 19 digits."""
    total = 0
    for end in range(at, len(run)):
        total += len(run[end].digits)
        if total > _LONGEST:
            return
        if total >= 12:
            yield end + 1


def _is_secret(run: list[_Group], at: int, end: int, context: bool) -> bool:  # noqa: FBT001
    groups = run[at:end]
    digits = "".join(group.digits for group in groups)
    if not (_is_written_as_one(run, at, end) or (len(groups) == len(run) and _is_nothing_else(groups))):
        return False
    if len(digits) == 12:
        plausible = _my_number_is_valid(digits) and not all(_is_year(group) for group in groups)
        return plausible or context
    return len(digits) in _CARD_LENGTHS and _luhn_is_valid(digits)


def _is_written_as_one(run: list[_Group], at: int, end: int) -> bool:
    """Whether somebody who writes one number would group it so, and the neighbours do not claim a part of it."""
    shape = tuple(len(group.digits) for group in run[at:end])
    if len(shape) == 1:
        return True
    inner = {group.gap for group in run[at + 1 : end]}
    outer = {group.gap for group in (run[at], *run[end : end + 1])} - {""}
    if shape == (4, 4, 4):
        return len(inner) == 1 or not (inner & outer)
    if len(inner) > 1 or "other" in inner:
        return False
    even = len(set(shape)) == 1 and shape[0] < 4 and not (inner & outer)
    return even or shape in _CARD_SHAPES or shape == (6, 6)


def _is_nothing_else(groups: list[_Group]) -> bool:
    """An odd grouping, alone: a number all the same, unless it holds a date or a telephone number."""
    if any(group.gap == "other" for group in groups):
        return False
    has_phone = any(_phone_at(groups, at) for at in range(len(groups)))
    has_date = any(_is_year(year) and len(month.digits) <= 2 for year, month in pairwise(groups))
    return not has_phone and not has_date


def _is_year(group: _Group) -> bool:
    return len(group.digits) == 4 and group.digits[:2] in {"19", "20"}


def _public_number_at(run: list[_Group], at: int) -> int:
    """How many groups from ``at`` are a telephone number or a 法人番号; 0 for neither."""
    if _is_corporate_number(run[at].digits):
        return 1
    four = run[at : at + 4]
    even = tuple(len(group.digits) for group in four) == (1, 4, 4, 4) and len({group.gap for group in four[1:]}) == 1
    if even and _is_corporate_number("".join(group.digits for group in four)):
        return 4
    return _phone_at(run, at)


def _phone_at(run: list[_Group], at: int) -> int:
    three = run[at : at + 3]
    shape = tuple(len(group.digits) for group in three)
    together = len({group.gap for group in three[1:]}) == 1
    return 3 if together and shape in _PHONE_SHAPES and three[0].digits.startswith("0") else 0


def _end_of_international_number(run: list[_Group]) -> int:
    total = 0
    for end, group in enumerate(run, start=1):
        total += len(group.digits)
        if total in _INTERNATIONAL_LENGTHS:
            return end
    return 0


def _my_number_is_valid(digits: str) -> bool:
    """総務省令85号 5条: weights 2 to 7, then 2 to 6, from the right of the first eleven."""
    weights = (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)
    remainder = sum(int(d) * w for d, w in zip(reversed(digits[:11]), weights, strict=True)) % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def _is_corporate_number(digits: str) -> bool:
    """法人番号, public: thirteen digits, the check digit first."""
    if len(digits) != 13:
        return False
    total = sum(int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits[1:])))
    return int(digits[0]) == 9 - total % 9


def _luhn_is_valid(digits: str) -> bool:
    total = 0
    for n, d in enumerate(reversed(digits)):
        doubled = int(d) * (1 + n % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
