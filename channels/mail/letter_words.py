"""The words around an answer in a letter of ours: greeting, number, section, choices, quotation; text and HTML."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from channels.plain_text import as_plain_text
from channels.web.markdown import to_html
from conversations.reply import Card, Reply

JAPAN = ZoneInfo("Asia/Tokyo")
_QUOTED_LINES = 100
_WEEKDAYS = "月火水木金土日"
_RULE = "-" * 40
# They turn the direction of what follows, so that a file or a name is read as another one.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Quoted:
    """The resident's words, as they stand in our record."""

    text: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The office that writes."""

    city: str = ""
    """みらい市"""
    office: str
    """総合窓口"""
    address: str
    """in From"""
    phone: str = ""
    hours: str = ""
    url: str = ""
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """the same office in other languages, by tag"""

    def name_in(self, language: str) -> str:
        """Of city and office, which may have the city in its own name."""
        return self.names.get(language) or " ".join(part for part in (self.city, self.office) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What one letter says besides its answer."""

    to_name: str = ""
    number: str = ""
    section: str = ""
    automatic: bool
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrases:
    to: str
    to_nobody: str
    opening: str
    number: str
    section: str
    choices: str
    robot: str
    person: str
    phone: str
    quoted: str
    cut: str


_PHRASES: Final = {
    "ja": _Phrases(
        to="{name} 様",
        to_nobody="お問い合わせくださった方へ",
        opening="{name}です。お問い合わせいただき、ありがとうございます。",
        number="受付番号：{}",
        section="担当：{}",
        choices="次の中にあてはまるものがありましたら、その番号だけを書いて、このメールにご返信ください。",
        robot="このメールは自動でお答えしています。ご質問と違う答えでしたら、または職員に相談なさりたいときは、"
        "このメールにそのままご返信ください。",
        person="ご不明な点がありましたら、このメールにそのままご返信ください。",
        phone="電話：{}",
        quoted="{when} にいただいたメール：",
        cut="（以下省略）",
    ),
    "ja-easy": _Phrases(
        to="{name} さん",
        to_nobody="メールを くれた 人へ",
        opening="{name}です。メールを ありがとうございます。",
        number="受付番号（あなたの 質問の 番号）：{}",
        section="担当（答える 課）：{}",
        choices="あなたが 聞きたいことの 番号を 書いて、この メールに 返事を してください。",
        robot="この メールは コンピューターが 自動で 答えています。"
        "わからない ときは、この メールに 返事を してください。"
        "市役所の 人が 答えます。",
        person="わからない ときは、この メールに 返事を してください。",
        phone="電話：{}",
        quoted="{when} に もらった メール：",
        cut="（ここで 終わり）",
    ),
    "en": _Phrases(
        to="Dear {name},",
        to_nobody="Dear Sir or Madam,",
        opening="Thank you for writing to {name}.",
        number="Reference number: {}",
        section="Section in charge: {}",
        choices="If one of these is what you mean, please reply to this mail with its number only.",
        robot="This is an automatic answer. If it does not answer your question, or if you would like to speak to"
        " a member of staff, simply reply to this mail.",
        person="If anything is unclear, simply reply to this mail.",
        phone="Phone: {}",
        quoted="Your mail of {when}:",
        cut="(shortened)",
    ),
}


def as_text(reply: Reply, around: Around, head: Letterhead) -> str:
    """The whole letter as plain text."""
    said = _phrases(reply)
    blocks = [
        *_opening(said, around, head, reply.language),
        as_plain_text(Reply(text=harmless(reply.text))),
        "\n".join([said.choices, *_choices(reply)]) if reply.choices else "",
        "\n".join(_card(reply.card)),
        said.robot if around.automatic else said.person,
        "\n".join([_RULE, *_signature(said, head, reply.language), _RULE]),
        "\n".join(_quotation(said, around.quoted)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def as_html(reply: Reply, around: Around, head: Letterhead) -> str:
    """The same letter as simple HTML: the answer's Markdown becomes tags, everything else is escaped."""
    said = _phrases(reply)
    choices = "".join(f"<li>{escape(_line(choice.label))}</li>" for choice in reply.choices)
    blocks = [
        *(_paragraph(block) for block in _opening(said, around, head, reply.language)),
        f"<div>{to_html(harmless(reply.text))}</div>",
        f"{_paragraph(said.choices)}<ol>{choices}</ol>" if choices else "",
        _paragraph("\n".join(_card(reply.card))),
        _paragraph(said.robot if around.automatic else said.person),
        f"<hr>{_paragraph(chr(10).join(_signature(said, head, reply.language)))}<hr>",
        _quotation_as_html(said, around.quoted),
    ]
    language = "en" if reply.language == "en" else "ja"
    body = "\n".join(block for block in blocks if block)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"></head>\n'
        f'<body style="font-family:sans-serif;line-height:1.7">\n{body}\n</body></html>\n'
    )


def harmless(text: str) -> str:
    """Lines ended by LF, nothing that commands a terminal, turns a line around or cannot be written as UTF-8."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(
        c for c in lines if c in "\n\t" or (unicodedata.category(c) not in {"Cc", "Cs"} and c not in _DIRECTIONS)
    )


def one_line(text: str, limit: int) -> str:
    """At most ``limit`` characters, no line break of any kind: what may stand in a header."""
    return " ".join(harmless(text).split())[:limit].strip()


def _line(text: str) -> str:
    return one_line(text, 1000)


def _phrases(reply: Reply) -> _Phrases:
    return _PHRASES.get(reply.language, _PHRASES["ja"])


def _opening(said: _Phrases, around: Around, head: Letterhead, language: str) -> list[str]:
    name = one_line(around.to_name, 80)
    facts = [
        said.number.format(_line(around.number)) if around.number else "",
        said.section.format(_line(around.section)) if around.section else "",
    ]
    return [
        said.to.format(name=name) if name else said.to_nobody,
        said.opening.format(name=head.name_in(language)),
        "\n".join(fact for fact in facts if fact),
    ]


def _choices(reply: Reply) -> list[str]:
    return [f"  {number}. {_line(choice.label)}" for number, choice in enumerate(reply.choices, start=1)]


def _card(card: Card | None) -> list[str]:
    if card is None:
        return []
    reach = " ".join(part for part in (_line(card.section), _line(card.phone)) if part)
    return [part for part in (_line(card.title), reach, _line(card.url)) if part]


def _signature(said: _Phrases, head: Letterhead, language: str) -> list[str]:
    phone = said.phone.format(" ".join(part for part in (head.phone, head.hours) if part)) if head.phone else head.hours
    return [line for line in (head.name_in(language), phone, head.url) if line]


def _quotation(said: _Phrases, quoted: Quoted | None) -> list[str]:
    if quoted is None:
        return []
    return [_when(said, quoted), *(f"> {line}".rstrip() for line in _quoted_lines(said, quoted))]


def _quotation_as_html(said: _Phrases, quoted: Quoted | None) -> str:
    if quoted is None:
        return ""
    lines = "<br>\n".join(escape(line) for line in _quoted_lines(said, quoted))
    return f'{_paragraph(_when(said, quoted))}\n<blockquote type="cite">{lines}</blockquote>'


def _quoted_lines(said: _Phrases, quoted: Quoted) -> list[str]:
    lines = harmless(quoted.text).strip("\n").split("\n")
    return lines if len(lines) <= _QUOTED_LINES else [*lines[:_QUOTED_LINES], said.cut]


def _when(said: _Phrases, quoted: Quoted) -> str:
    here = quoted.sent_at.astimezone(JAPAN)
    if said is _PHRASES["en"]:
        return said.quoted.format(when=f"{here:%Y-%m-%d %H:%M} (Japan)")
    when = f"{here.year}年{here.month}月{here.day}日（{_WEEKDAYS[here.weekday()]}）{here:%H:%M}"
    return said.quoted.format(when=when)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text).replace(chr(10), '<br>' + chr(10))}</p>" if text else ""
