"""Why a mail came back, from its status code (RFC 3463) and the words of the mail system beside it."""

import re
from enum import StrEnum
from typing import Final, NamedTuple


class Reason(StrEnum):
    BAD_ADDRESS = "bad_address"
    MAILBOX_FULL = "mailbox_full"
    BLOCKED = "blocked"
    TEMPORARY = "temporary"
    OTHER = "other"

    @property
    def sentence(self) -> str:
        """For staff, in Japanese: what happened and what to do."""
        return _SENTENCES[self]


_SENTENCES: Final = {
    Reason.BAD_ADDRESS: "宛先のメールアドレスが存在しないか、使われていません。電話などでご確認ください。",
    Reason.MAILBOX_FULL: "宛先のメールボックスがいっぱいです。日をおいて送り直すか、電話などでご連絡ください。",
    Reason.BLOCKED: "宛先の受信設定（指定受信・迷惑メール対策など）で拒否されました。電話などでご連絡ください。",
    Reason.TEMPORARY: "宛先のメールサーバーの一時的な事情で届きませんでした。時間をおいて送り直してください。",
    Reason.OTHER: "宛先のメールサーバーに受け取りを断られました。詳しい内容をご確認ください。",
}


class Verdict(NamedTuple):
    reason: Reason
    permanent: bool
    """the same mail would come back again"""
    status: str
    """``5.1.1``, or empty"""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_WHERE_MAIL_LIES = r"(?:mail ?box|inbox|mailfolder|account|disk|user|storage)"
_FULL = _any(
    _WHERE_MAIL_LIES + r"[^.\n]{0,60}?(?:\bfull\b|exceed|over ?quota|out of (?:disk |storage )?space)",
    r"over (?:the |his |their |its )?(?:disk |storage |allotted )?quota|quota (?:is |has been )?(?:exceeded|full)",
    r"exceed\w* [^.\n]{0,40}quota|mailfull|mailbox size limit|too much mail data",
    r"(?:not enough|insufficient|no) (?:disk|storage|mailbox)[^.\n]{0,20}(?:space|quota)",
    r"(?:容量|メールボックス|受信箱|保存領域)[^。\n]{0,15}(?:超過|超え|オーバー|不足|いっぱい|一杯|満杯|上限に達)|満杯",
)
_OUR_SENDER = _any(
    r"(?:after|in reply to|in response to) (?:the )?MAIL FROM|mail from command|domain of sender|sender verif",
    r"sender address",
    r"(?:sender|from|return[- ]path|originator)\b:?[^.\n]{0,30}(?:address|domain)?[^.\n]{0,20}"
    r"(?:invalid|rejected|does not exist|not (?:exist|accept|resolv|found|verified)|unroutable|denied|unknown|missing)",
    r"(?:unroutable|invalid|bad|unresolvable|rejected) (?:sender|from|mail from)|(?:without|no) a? ?valid sender",
)
_ADDRESSEE = r"(?:user|recipient|mailbox|address|account|host|domain|name|addressee)s?"
_BAD = _any(
    r"(?:unknown|invalid|no such|non-?exist\w*|bad|undeliverable|incorrect) "
    r"(?:\w+ ){0,2}(?:user|recipient|mailbox|address|account|local[- ]part|destination|host|domain|person|e-?mail)",
    rf"{_ADDRESSEE}\b[^.\n]{{0,60}}?(?:\bunknown|(?:does|do|did|could) ?(?:not|n't|n’t) (?:exist|be found|match)"
    r"|not (?:found|exist|known|listed|recogni[sz]ed|a (?:valid|known))|is not (?:a )?(?:valid|local|active|known)"
    r"|invalid|no longer|disabled|discontinued|deactivated|suspended|inactive|expired|unavailable|has moved)",
    r"no such user|user not|unrout(?:e)?able address|address (?:error|rejected: (?:undeliverable|user))|no mailbox",
    r"nosuchuser|recipientnotfound|doesn't have an? \S+ account|couldn't (?:find|be found)|can't be found|wasn.t found",
    r"null ?mx|indicated no smtp service|does ?n[o']t (?:accept|receive) (?:any )?(?:e-?)?mail|dns lookup failure",
    r"no (?:mx|mail exchanger|valid recipients)|not (?:listed|a user|our (?:user|customer))",
    r"unable to (?:route|resolve|lookup)|name or service not known|nxdomain",
    r"(?:アドレス|宛先|あて先|ユーザー?|受信者)[^。\n]{0,60}?(?:見つかり|みつかり|存在し|ありません|不明|誤り|間違|無効)",
    r"(?:見つかり|みつかり|存在し)ません|アカウントは[^。\n]{0,8}(?:利用|使用)できません|宛先不明|あて先不明|(?:アドレス|宛先)[^。\n]{0,10}(?:変更|解約)",
)
_TRY_AGAIN = _any(
    r"host not found, try again|try again later|try later|greylist|grey-list|temporarily|resources unavailable",
    r"insufficient system (?:resources|storage)",
    r"temporar\w* (?:failure|unavailable|error|reject\w*)|too busy|server busy|system load",
    r"too many (?:recipients|connections|messages|concurrent|sessions|mails)|rate limit|throttl",
)
_SIZE = _any(
    r"(?:message|mail|size)[^.\n]{0,30}(?:too (?:large|big)|exceeds?|limit)|too (?:large|big)",
    r"サイズ[^。\n]{0,15}(?:超|大き)",
)
_BLOCKED = _any(
    r"spam|junk|black ?-?list|block ?-?list|\bblocked\b|dnsbl|\brbl\b|reputation|bulk e?-?mail|unsolicited",
    r"virus|malware|phish|\b(?:spf|dkim|dmarc|ptr)\b|reverse dns|rdns|policy|prohibited|administrative\w*|filtered",
    r"(?:access|relay(?:ing)?|permission) (?:is )?denied|not (?:permitted|allowed|authori[sz]ed)|unauthori[sz]ed",
    r"authenticat\w+|insecure mail relay|relaying|message (?:was |content )?reject|content (?:filter|reject)",
    r"mail reject|rejete|not a member",
    r"指定受信|受信拒否|拒否設定|迷惑メール|なりすまし|受信設定|フィルタ|ドメイン指定|拒否(?:され|しま)",
)
_LATER = _any(
    r"tim(?:ed?|ing)[ -]?out|connection (?:refused|reset|closed|lost)|no route to host|lost connection|socket error",
    r"(?:network|host) (?:is )?(?:unreachable|down|not reachable)|not responding|deferred|\bretr(?:y|ies)\b",
    r"(?:could not|unable to) connect|did not accept our requests|connect(?:ion)? (?:to|failed)|not delivered within",
    r"message expired|queue\.expired|in the queue|一時的|混み合|混雑|(?:サーバー?|相手)[^。\n]{0,12}(?:応答|事由)",
    r"(?:しばらく|時間を[おあ]い)[^。\n]{0,20}(?:再|もう一度|送信)",
)
_REJECTED = _any(r"\brejected\b|\brefused\b|not accepted|\bbanned\b|拒否")

_BY_WORDS: Final = (
    (Reason.MAILBOX_FULL, _FULL),
    (Reason.BLOCKED, _OUR_SENDER),
    (Reason.TEMPORARY, _TRY_AGAIN),
    (Reason.BAD_ADDRESS, _BAD),
    (Reason.OTHER, _SIZE),
    (Reason.BLOCKED, _BLOCKED),
    (Reason.TEMPORARY, _LATER),
)
"""the most telling words first: whoever says that a mailbox is full also says that the mail is rejected"""

_BY_STATUS: Final = (
    (Reason.MAILBOX_FULL, re.compile(r"[45]\.2\.2")),
    (Reason.TEMPORARY, re.compile(r"4\..+|5\.4\.(?:1|7)")),
    (Reason.BLOCKED, re.compile(r"5\.7\.\d+|5\.1\.[78]")),
    (Reason.BAD_ADDRESS, re.compile(r"5\.1\.\d+|5\.2\.1|5\.4\.4")),
    (Reason.OTHER, re.compile(r"5\.(?:2\.[034]|3\.\d+|4\.6|5\.\d+|6\.\d+)")),
)
"""RFC 3463 with RFC 7372 and 7505, for what says more than its first digit"""

_SURELY_BAD = _any(
    r"user unknown|unknown user|no such user|does not exist|nxdomain|does ?n[o't]+ receive e?-?mail",
    r"存在しません|見つかりません",
)
_LONGEST = 4_000
"""characters that are looked at: the reason stands near the address"""
_TELLING = re.compile(r"[45]\.(?!0\.0$)\d{1,3}\.\d{1,3}")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[ \-:#.,]|$)")

_AU_FILTERED = re.compile(r"550[ \-:]+(?:5\.\d\.\d )?: user unknown", re.IGNORECASE)
_DOCOMO_UNKNOWN = re.compile(r"550 unknown user ", re.IGNORECASE)
_AFTER_DATA = re.compile(r">>> DATA\s+<<< 550|end of DATA command", re.IGNORECASE)


def reason_for(words: str, *, status: str = "") -> Verdict:
    """What the words of a mail system and the Status field say together."""
    words = _unwrapped(words[:_LONGEST])
    code = _status(words, status)
    transient = _is_transient(words, code)
    reason = _reason(words, code, transient=transient)
    if transient and reason in {Reason.BLOCKED, Reason.OTHER}:
        reason = Reason.TEMPORARY
    if transient and reason is Reason.BAD_ADDRESS and not _SURELY_BAD.search(words):
        # "450 Host not found": a name server may be out of order.
        reason = Reason.TEMPORARY
    lasting = reason in {Reason.BAD_ADDRESS, Reason.BLOCKED, Reason.OTHER}
    return Verdict(reason, lasting and not transient, code)


def carrier_verdict(diagnostic: str, transcript: str, *, status: str = "") -> Verdict | None:
    """Japanese carriers say "user unknown" of recipients whose own settings refuse the mail, a little differently.

    au writes ``550 : User unknown`` without the address; docomo refuses only after DATA.
    """
    about_docomo = "docomo" in transcript.lower() and _DOCOMO_UNKNOWN.search(diagnostic)
    if _AU_FILTERED.search(diagnostic) or (about_docomo and _AFTER_DATA.search(transcript)):
        return Verdict(Reason.BLOCKED, permanent=True, status=_status(diagnostic, status))
    return None


def _reason(words: str, code: str, *, transient: bool) -> Reason:
    if code in {"5.2.2", "4.2.2"}:
        return Reason.MAILBOX_FULL
    by_words = next((reason for reason, pattern in _BY_WORDS if pattern.search(words)), None)
    telling = _TELLING.fullmatch(code) and code != "5.2.0"
    by_status = next((reason for reason, pattern in _BY_STATUS if telling and pattern.fullmatch(code)), None)
    weak = Reason.BLOCKED if _REJECTED.search(words) else Reason.OTHER
    return by_words or by_status or (Reason.TEMPORARY if transient else weak)


def _status(words: str, status: str) -> str:
    """The given one when it says something, else a more telling one of the words, else the given one."""
    given = found[1] if (found := _STATUS.search(status)) else ""
    if _TELLING.fullmatch(given):
        return given
    return next((code for code in _STATUS.findall(words) if _TELLING.fullmatch(code)), given)


def _is_transient(words: str, code: str) -> bool:
    if _TELLING.fullmatch(code):
        return code.startswith("4.")
    found = _REPLY_CODE.search(words)
    return found[1] == "4" if found else code.startswith("4.")


def _unwrapped(words: str) -> str:
    """Lines that a mail system broke for width are one again; paragraphs stay apart."""
    return re.sub(r"[ \t]*\n(?![ \t]*\n)[ \t]*", " ", words)
