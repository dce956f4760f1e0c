"""Where an old letter begins inside a new one: attributions, separators, blocks of header lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from channels.mail.folding_marks import is_rule


class Reach(IntEnum):
    """How much a head takes with it when no quotation marks follow."""

    NOTHING = 0
    """not even itself: without marks it was no head"""
    REST_AFTER_WORDS = 1
    """all that follows if the resident wrote something above it, else itself: below it may stand what they wrote"""
    REST = 2
    """all that follows"""


@dataclass(frozen=True, slots=True)
class Head:
    """The lines ``[start, end)`` that lead in an old letter."""

    end: int
    reach: Reach
    forwarded: bool = False


def head_at(lines: Sequence[str], start: int, *, apart: bool = True) -> Head | None:
    """Read the head that begins on this line; ``lines`` are plain. ``apart``: the resident's words do not touch it."""
    if not lines[start].strip():
        return None
    return _separator(lines, start) or _header_block(lines, start, apart=apart) or _attribution(lines, start)


# ---- attributions: 「2026年11月20日(金) 10:15 山田太郎 <taro@example.jp>:」, also wrapped over several lines

_LONGEST = 400
_MOST_LINES = 6
_ADDRESS = r"(?:<|&lt;)[^<>]*@[^<>]*(?:>|&gt;)+"
_VERB = (
    r"(?:wrote|writes|a écrit|schrieb|(?:volgende )?geschreven|escribió|escreveu|ha scritto|skrev|kirjoitti|írta"
    r"|napisał(?:\(a\))?|написал(?:\(а\))?|пишет|пише|写道|寫道|写到|님이 작성|님이 씀|đã viết|menulis|ni \w+"
    r"|(?:は|が)?\s?(?:次のように|以下のように)?(?:書きました|書き込みました|送信しました|作成しました)"
    r"|(?:からの|の)\s?(?:メール|メッセージ|引用))"
)
_OPENING = re.compile(
    r"^[-\s(*]*(?:(?:On|At|Le|El|Em|Am|Op|Il|Den|Dnia|W dniu|Vào|Noong|Pada)\s[^\d]{0,30}"
    r"|[^\W\d_]{2,15}[.,]\s[^\d]{0,20}|在\s*)?\d",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}\s?[:.時点]\s?\d{2}|\d時")
_YEAR = re.compile(r"\b(?:19|20)\d{2}(?!\d)")
_ENDS_IN_VERB = re.compile(rf"{_VERB}\s*(?::|-{{2,}})$|{_ADDRESS}\s*wrote$", re.IGNORECASE)
_VERB_INSIDE = re.compile(r"\b(?:schrieb|schreef|skrev)\b.*:$", re.IGNORECASE)
_ENDS_IN_ADDRESS = re.compile(rf"{_ADDRESS}\s*:$")
_OLD_GMAIL = re.compile(rf"^\d{{4}}[-/年]\d{{1,2}}[-/月]\d{{1,2}}日?\s[^<>]{{1,60}}{_ADDRESS}$")
_OLD_GMAIL_GMT = re.compile(r"^\d{4}-\d\d-\d\d \d\d?:\d\d GMT[+-]\d\d:\d\d \S.{0,80}$")
_ADDRESSED = re.compile(
    rf"^[-\s]*(?:[^<>。]{{0,60}}{_ADDRESS}|[\w.+-]+@[\w.-]+)\s*,?\s*(?:さん|様|于[^。]{{0,40}})?\s?(?:{_VERB}\s*:|(?:schrieb|schreef|skrev)\b.*:)$",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"^(?:In (?:message|article)\b.{{0,200}}|[^。、:<>@]{{1,60}}?){_VERB}\s*:$", re.IGNORECASE)


def _attribution(lines: Sequence[str], start: int) -> Head | None:
    dated, addressed = bool(_OPENING.match(lines[start])), "@" in lines[start]
    joined = ""
    for end in range(start + 1, min(start + _MOST_LINES, len(lines)) + 1):
        if not lines[end - 1].strip():
            if end < len(lines) and lines[end].lstrip().startswith("<"):
                continue
            return None
        joined = f"{joined} {lines[end - 1].strip()}".strip()
        if len(joined) > _LONGEST or "。" in joined:
            return None
        reach = _reach(joined, dated=dated, addressed=addressed)
        if reach is not None:
            return Head(end, reach)
    return None


def _reach(joined: str, *, dated: bool, addressed: bool) -> Reach | None:
    if dated and ("@" in joined or _TIME.search(joined) or _YEAR.search(joined)):
        if _ENDS_IN_ADDRESS.search(joined) or _OLD_GMAIL_GMT.match(joined):
            return Reach.REST_AFTER_WORDS
        if _ENDS_IN_VERB.search(joined) or _VERB_INSIDE.search(joined):
            sure = _TIME.search(joined) or "@" in joined
            return Reach.REST_AFTER_WORDS if sure else Reach.NOTHING
        if _OLD_GMAIL.match(joined):
            return Reach.NOTHING
    if addressed and _ADDRESSED.match(joined):
        return Reach.REST_AFTER_WORDS
    return Reach.NOTHING if _NAMED.match(joined) else None


# ---- separators: 「-----Original Message-----」, alone or above a block of header lines

_LINE = r"[-=_*~─━―ー—–]{2,}"
_ORIGINAL = (
    r"original (?:message(?: follows)?|mail|nachricht)|ursprüngliche nachricht|mensaje original|mensagem original"
    r"|message d'origine|messaggio originale"
    r"|元の?(?:メッセージ|メール)|オリジナルの?(?:メッセージ|メール)|返信元の?(?:メッセージ|メール)"
    r"|原始[邮郵]件|원본 메시지|thư gốc|tin nhắn gốc"
)
_FORWARDED = (
    r"forwarded (?:message|mail)|転送(?:された)?(?:メッセージ|メール)|weitergeleitete nachricht|mensaje reenviado"
    r"|mensagem encaminhada|message transféré|转发的?邮件|轉寄的?郵件|전달된 메시지"
)
_SEPARATOR_OF_REPLY = re.compile(rf"^[\s*]*{_LINE}\s*(?:{_ORIGINAL})\s*:?\s*{_LINE}[\s*]*$", re.IGNORECASE)
_SEPARATOR_OF_FORWARD = re.compile(
    rf"^[\s*]*(?:{_LINE}\s*(?:{_FORWARDED})\s*:?\s*{_LINE}[\s*]*"
    r"|(?:begin forwarded message|転送されたメッセージ)\s*:)$",
    re.IGNORECASE,
)
_SEPARATOR_BELOW = re.compile(
    rf"^[\s*]*{_LINE}\s*(?:(?:{_ORIGINAL}|{_FORWARDED})\s*(?:ends?|ここまで|終わり))\s*{_LINE}[\s*]*$", re.IGNORECASE
)


def end_of_rest(lines: Sequence[str], at: int) -> int:
    """Where an old letter without marks ends: behind a separator that says so, else where the mail ends."""
    ends = (ahead + 1 for ahead in range(at, len(lines)) if _SEPARATOR_BELOW.match(lines[ahead][:_LONGEST]))
    return next(ends, len(lines))


def _separates(line: str) -> bool:
    short = line[: _LONGEST + 1]
    return bool(_SEPARATOR_OF_REPLY.match(short) or _SEPARATOR_OF_FORWARD.match(short))


def _separator(lines: Sequence[str], start: int) -> Head | None:
    if not _separates(lines[start]):
        return None
    block = _block(lines, _next_written(lines, start + 1, within=2))
    end = block.end if len(block.roles) >= 2 else start + 1
    return Head(end, Reach.REST, forwarded=not _SEPARATOR_OF_REPLY.match(lines[start]))


# ---- blocks of header lines: 差出人 / 送信日時 / 宛先 / 件名

_LABEL = re.compile(r"^\s*[*_]*([^\W\d_][^:*]{0,20}?)[*_]*\s*:[*_]*(.*)$")
_ROLES = {
    label: role
    for role, labels in {
        "from": "from 差出人 送信者 送信元 发件人 發件人 寄件者 보낸사람 von de da från fra van od từ người_gửi",
        "date": "sent date 送信日時 送信日 日付 日時 受信日時 发送时间 寄件日期 보낸날짜 gesendet datum enviado "
        "enviadoel enviadoem envoyé envoyéle data date skickat sendt fecha đãgửi ngày дата verzonden",
        "to": "to 宛先 あて先 收件人 收件者 받는사람 an para à a til till aan đến кому",
        "cc": "cc bcc 同報 抄送 副本 참조 kopie copieà",
        "subject": "subject sub 件名 題名 主题 主旨 제목 betreff asunto assunto objet sujet oggetto ämne emne "
        "onderwerp тема chủđề",
        "other": "reply-to 返信先 risposta importance 重要度 attachments 添付ファイル 添付 organization x-mailer "
        "message-id",
    }.items()
    for label in labels.split()
}


@dataclass(frozen=True, slots=True)
class _Block:
    end: int
    roles: frozenset[str]
    exact: bool
    """a time or an address stands in it, as no one writes by hand"""


def _header_block(lines: Sequence[str], start: int, *, apart: bool) -> Head | None:
    """Without a rule above, only between blank lines: a resident may describe a mail they got, amid their words."""
    ruled = is_rule(lines[start])
    block = _block(lines, _next_written(lines, start + 1, within=2) if ruled else start)
    named = block.roles - {"other", "cc"}
    enough = {"from"} < named and len(named) >= 3
    between = apart and block.end < len(lines) and not lines[block.end]
    sure = ruled or (between and (block.exact or len(named) == 4))
    return Head(block.end, Reach.REST) if enough and sure else None


def _block(lines: Sequence[str], start: int) -> _Block:
    roles: set[str] = set()
    at, end, exact = start, start, False
    while at < min(start + 30, len(lines)) and (roles or _labelled(lines[at])):
        label = _labelled(lines[at])
        if label is None:
            at = _next_labelled(lines, at)
            if at == end:
                break
            continue
        role, value = label
        if role in roles - {"other"}:
            break
        roles.add(role)
        exact = exact or "@" in value or bool(_TIME.search(value))
        at = end = at + 1
    return _Block(end, frozenset(roles), exact)


def _labelled(line: str) -> tuple[str, str] | None:
    found = _LABEL.match(line) if len(line) <= 10 * _LONGEST else None
    role = _ROLES.get(re.sub(r"[\s_*]", "", found.group(1)).lower()) if found else None
    return (role, found.group(2)) if found and role else None


def _next_labelled(lines: Sequence[str], at: int) -> int:
    """Skip one blank line, or those over which a long header was wrapped; ``at`` itself when no header follows."""
    for ahead in range(at + 1, min(at + 4, len(lines))):
        if _separates(lines[ahead - 1]) or _attribution(lines, ahead - 1):
            return at
        if _labelled(lines[ahead]):
            return ahead
        if not lines[ahead - 1] or not (lines[ahead].startswith(" ") or lines[ahead - 1].endswith((",", ";"))):
            return at
    return at


def _next_written(lines: Sequence[str], at: int, *, within: int) -> int:
    for ahead in range(at, min(at + within + 1, len(lines))):
        if lines[ahead].strip():
            return ahead
    return at
