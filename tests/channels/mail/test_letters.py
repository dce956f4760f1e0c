"""Mails as residents and businesses send them, each named after its trouble, against what a good reader sees."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.mail.automatic import Ours, Rule, automatic
from channels.mail.bounces import Bounce, bounce_of
from channels.mail.folding import Folded, Kind, folded
from channels.mail.letter import Letter, read_letter

LETTERS = Path(__file__).parent / "letters"
OURS = Ours(
    addresses=frozenset({"desk@city.mirai.example", "bounce@city.mirai.example"}),
    loop="madoguchi@city.mirai.example",
    sent=frozenset({"<r.9f31c2@city.mirai.example>"}),
)
LIST_RULES = {Rule.MAILING_LIST, Rule.PRECEDENCE, Rule.BULK_SENDER}
# JIS has one wave dash, one minus and one double bar; Unicode has two of each.
ONE_OF_TWINS = str.maketrans("〜−‖", "～－∥")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An entry of expected.yml; None leaves the point open."""

    subject: str | None = None
    sender: str | None = None
    kind: str | None = "resident"
    said: str | None = None
    contains: Sequence[str] = ()
    lacks: Sequence[str] = ()
    quoted: bool | None = False
    signature: bool | None = False
    attachments: Sequence[str] | None = ()
    bounce: Mapping[str, object] | None = None
    defects: Sequence[str] | None = None
    why: str = ""

    @property
    def from_a_person(self) -> bool:
        return self.kind == "resident"


EXPECTED = {
    name: Expected(**fields) for name, fields in yaml.safe_load((LETTERS / "expected.yml").read_text("utf-8")).items()
}
NAMES = sorted(EXPECTED)


def test_every_letter_has_its_expectation() -> None:
    assert {path.name for path in LETTERS.glob("*.eml")} == set(NAMES)
    assert len(NAMES) >= 90


@pytest.mark.parametrize("name", NAMES)
def test_letter_is_understood_as_a_good_reader_does(name: str) -> None:
    understood = {aspect: got for aspect, got, wanted in compared(name) if got != wanted}
    expected = {aspect: wanted for aspect, got, wanted in compared(name) if got != wanted}

    assert understood == expected


@settings(deadline=None)
@given(name=st.sampled_from(NAMES), cut=st.floats(0, 1))
def test_letter_cut_off_anywhere_is_still_read(name: str, cut: float) -> None:
    whole = raw(name)

    read_to_the_end(whole[: int(cut * len(whole))])


@settings(deadline=None)
@given(name=st.sampled_from(NAMES), at=st.floats(0, 1), rubbish=st.binary(min_size=1, max_size=40))
def test_letter_with_rubbish_inside_is_still_read(name: str, at: float, rubbish: bytes) -> None:
    whole = raw(name)
    here = int(at * len(whole))

    read_to_the_end(whole[:here] + rubbish + whole[here + len(rubbish) :])


def read_to_the_end(mail: bytes) -> None:
    letter = read_letter(mail)

    assert "".join(part.text for part in folded(letter.text).parts) == letter.text
    assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", letter.subject)
    automatic(letter, ours=OURS)
    bounce_of(letter, mail)


@cache
def raw(name: str) -> bytes:
    return (LETTERS / name).read_bytes()


def compared(name: str) -> Iterator[tuple[str, object, object]]:
    """Aspect by aspect: what we understand, and what is expected."""
    wanted = EXPECTED[name]
    letter = read_letter(raw(name))
    parts = folded(letter.text)
    bounce = bounce_of(letter, raw(name))
    yield "folding cuts nothing", "".join(part.text for part in parts.parts), letter.text
    if wanted.subject is not None:
        yield "subject", same(letter.subject), same(wanted.subject)
    if wanted.sender is not None:
        yield "sender", letter.sender.address.lower() if letter.sender else "", wanted.sender.lower()
    if wanted.kind is not None:
        yield "kind", kind_of(letter, bounce), wanted.kind
    yield "bounce", fate(bounce), wanted.bounce and {"reason": None} | dict(wanted.bounce)
    yield from words_compared(parts, wanted)
    if wanted.from_a_person:
        yield from parts_compared(parts, wanted)
    if wanted.from_a_person and wanted.attachments is not None:
        names = [unicodedata.normalize("NFC", file.name) for file in letter.attachments]
        yield "attachments", names, fitted(wanted.attachments, names)
    if wanted.defects is not None:
        told = sorted({defect.code.value for defect in letter.defects})
        yield "defects", told, defects_fitted(wanted.defects, told)


def words_compared(parts: Folded, wanted: Expected) -> Iterator[tuple[str, object, object]]:
    said = same(parts.said)
    if wanted.said is not None:
        yield "said", said, same(wanted.said)
    yield "words that are missing", [words for words in wanted.contains if same(words) not in said], []
    yield "words too many", [words for words in wanted.lacks if words in said], []


def parts_compared(parts: Folded, wanted: Expected) -> Iterator[tuple[str, object, object]]:
    kinds = {part.kind for part in parts.parts if part.text.strip()}
    if wanted.quoted is not None:
        yield "quoted", bool(kinds & {Kind.QUOTED, Kind.FORWARDED}), wanted.quoted
    if wanted.signature is not None:
        yield "signature", bool(kinds & {Kind.SIGNATURE, Kind.DEVICE}), wanted.signature


def kind_of(letter: Letter, bounce: Bounce | None) -> str:
    rule = automatic(letter, ours=OURS)
    if rule is None:
        return "resident"
    if bounce is not None and bounce.kind in {"failed", "delayed"}:
        return "bounce"
    if rule in LIST_RULES:
        return "list"
    return "report" if rule is Rule.REPORT else "auto_reply"


def fate(bounce: Bounce | None) -> dict[str, object] | None:
    if bounce is None:
        return None
    reasons = {returned.reason.value for returned in bounce.recipients}
    return {
        "kind": bounce.kind.value,
        "recipients": [returned.recipient for returned in bounce.recipients],
        "reason": " ".join(sorted(reasons)) if bounce.kind == "failed" else None,
    }


def fitted(patterns: Sequence[str], names: Sequence[str]) -> list[str]:
    """The names as wanted, where ``~pattern`` takes any name that fits it."""
    wanted = list(patterns)
    for at, name in enumerate(names[: len(wanted)]):
        if wanted[at].startswith("~") and re.fullmatch(wanted[at][1:], name):
            wanted[at] = name
    return wanted


def defects_fitted(patterns: Sequence[str], told: Sequence[str]) -> list[str]:
    """What is told, if it tells all that is wanted; nothing may be told when nothing is broken."""
    untold = [pattern for pattern in patterns if not any(re.search(pattern, code) for code in told)]
    return [*told, *untold] if patterns else []


def same(text: str) -> str:
    """What the eye sees: neither blanks at the end of a line nor how many blank lines stand together."""
    lines = [line.rstrip() for line in unicodedata.normalize("NFC", text).translate(ONE_OF_TWINS).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
