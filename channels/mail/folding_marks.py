"""What a single line of a mail tells: a quotation mark, a ruled line, the name of a device, a way to reach somebody."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_MARK = re.compile(r"^ {0,3}[>≫»›]")
_BAR = re.compile(r"^ {0,3}\|")
_INITIALS = re.compile(r"^ {0,3}([A-Z][A-Za-z]{0,9})>(?: |$)")

# Lines that begin like a quotation and may be the resident's own.
_AMOUNT = r"=?\s*[\d,.]+\s*(?:[万億千]?円|万|歳|才|[人名年日件通枚点分]|か月|ヶ月|カ月|時間|%|kg|cm|m\b|平米)"
_MAYBE_NO_MARK = re.compile(
    rf"^ {{0,3}}(?:"
    rf">{_AMOUNT}|>=|>\s*[_ωДдoO.・﹏]*\s*<|>From "  # greater than; a face; what mbox files make of "From "
    rf"|>\s*\S.{{0,20}}?(?:様|さん|殿|先生|各位|御中)(?:$|[\s、,])"  # 「＞担当者様」 calls somebody
    rf")"
)

_DRAWN = frozenset("-=_*~#+ー—–―─━═│┃┏┓┗┛┌┐└┘├┤┣┫╋┼╂▽△▼▲◆◇■□●○◎☆★※♪♥♡∞")
_DRAWN_WITH_OTHERS = _DRAWN | frozenset(".:|/\\^'・。°\u309a\u309b\u309c")
_END_OF_TEXT = re.compile(r"^(?:ᐧ|[-=_*~#+─━—]{2,})$")

_DEVICE = (
    r"iphone|ipad|ipod|android|galaxy|xperia|aquos|pixel|huawei|blackberry|samsung|arrows"
    r"|スマートフォン|スマホ|タブレット|携帯電話|ケータイ|モバイル|ドコモメール|yahoo!?\s?メール|windows|outlook|gmail|mac\b"
)
_APP = rf"{_DEVICE}|mobile|mobil\w*|phone|device|cell|mailbox|airmail|typeapp|mail|yahoo|spark|proton|hcl|teams"
_SYSTEM = r"(?:ios|android|windows|mac)"
_DEVICE_LINES = re.compile(
    rf"""^(?:
      (?:[^\s。、はをが]{{1,8}}の\s?)?(?:{_DEVICE})[^。、はをが]{{0,30}}から(?:の)?送信(?:されました)?
    | メールから送信.{{0,20}}
    | (?:{_SYSTEM}\s?(?:版|用)の?\s?)?outlook(?:\s?for\s?{_SYSTEM})?\s?を入手(?:する)?
    | sent\ (?:from|via|with)\ (?:my|a)\ (?!desk|home|house|office)[^,.;:!?]{{1,50}}
      (?:[,.]\s*(?:please\s)?excuse.{{0,60}})?
    | sent\ (?:from|via|with|using)\ (?:the\ )?[^,.;:!?]{{0,30}}?(?:{_APP})\b[^,.;!?]{{0,40}}
    | sent\ by\ (?:{_DEVICE})
    | from\ my\ (?:{_DEVICE}|mobile|phone)\b.{{0,20}}
    | \w+\ from\ mobile
    | get\ outlook\ for\ {_SYSTEM}.{{0,60}}
    | (?:envoyé|von\ meinem|gesendet\ von|sendt\ fra|skickat\ från|verzonden|enviado|inviato
      |diese\ nachricht\ wurde\ von)\ .{{0,50}}\b(?:{_APP})\b.{{0,40}}
    | (?:đã\ gửi|được\ gửi|gửi)\ từ\ .{{0,20}}\b(?:{_DEVICE})\b.{{0,20}}
    | [从從发發]自?我的\s?(?:{_DEVICE}).{{0,10}}
    | (?:나의|내)\s(?:{_DEVICE})에서\s보냄
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_LINK = re.compile(r"\s*<[^<>]*>\s*|(?<=\])\([^()]*\)\s*")

_REACH = re.compile(
    r"[\w.+-]+@[\w-]+\.\w|https?://|www\.|〒|\b(?:tel|fax|phone|mobile|e-?mail|mail)\b ?[:.(/]"
    r"|電話|携帯|内線|ファックス|\b0\d{1,4}[-( ]\d{1,4}[-) ]\d{3,4}\b|\+\d[\d -]{7,}",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"[。?!]|ください|下さい|お願い|でしょうか|教えて|(?:です|ます|ました|ません|ますが|ですが|たい|ほしい)(?:$|[、,\s])"
    r"|(?:か|けど)$|\w \w+ \w+\.$|\bI\b|\b(?i:please|can|could|would|should|we|what|when|how)\b"
)
_WEB_OR_MAIL = re.compile(r"https?://\S+|\S+@\S+")
_FORM_OR_TABLE = re.compile(
    r"^\s*(?:\||[・●■◆○]|[-*•] |\d{1,2}[.)] ?\D)|\|.*\|.*\||\d\s*円|無料"
    r"|(?:氏名|名前|生年月日|希望\w*|枚数|件数|通数|部数|内容|用途|目的|(?<!電話)(?<!郵便)(?<!FAX)番号|世帯\w*|本籍|続柄|質問|料金?|日時|期限|対象)\s*[:】\]]"
)


def plain(line: str) -> str:
    """The line as it is compared: full-width signs made narrow (NFKC), nothing invisible, nothing at its end."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", line)).rstrip()


def is_marked(line: str, *, bars: bool = False) -> bool:
    """Begin with a quotation mark; ``|`` is one only with ``bars``: elsewhere it draws tables."""
    return bool(_MARK.match(line) or (bars and _BAR.match(line)))


def may_be_own(line: str) -> bool:
    """Begin with 「>」 that may as well mean "greater than", a face, or an address to somebody."""
    return bool(_MAYBE_NO_MARK.match(line))


def initials(line: str) -> str | None:
    """Whose words they are in the style of Supercite, ``T> words``."""
    found = _INITIALS.match(line)
    return found.group(1) if found else None


def is_rule(line: str) -> bool:
    """A line that is drawn, not written: at least three signs, no letter, no digit."""
    signs = line.replace(" ", "")
    return len(signs) >= 3 and not _DRAWN.isdisjoint(signs) and all(sign in _DRAWN_WITH_OTHERS for sign in signs)


def drawn_with(rule: str) -> str:
    """The sign that a ruled line mostly is made of: opening and closing frame share it."""
    return Counter(rule.replace(" ", "")).most_common(1)[0][0]


def ends_text(line: str) -> bool:
    """A mark after which nothing more is meant to come."""
    return bool(_END_OF_TEXT.match(line.strip()))


def names_device(line: str) -> bool:
    """``Sent from my iPhone`` and its like, which the phone wrote."""
    words = line.strip()
    if not 0 < len(words) <= 160:
        return False
    if words[0] in "<([" and words[-1] in ">)]":
        words = words.strip("<>()[] ")
    return bool(_DEVICE_LINES.match(_LINK.sub(" ", words).replace("[", "").replace("]", "").strip()))


def reads_as_signature(lines: Sequence[str], *, needs_reach: bool) -> bool:
    """Names and ways to reach somebody; no sentence, no form, no table: what asks or tells is never a signature."""
    written = [line.strip() for line in lines if line.strip() and not is_rule(line)]
    words = [_WEB_OR_MAIL.sub("", line) for line in written]
    return (
        0 < len(written) <= 12
        and all(len(line) <= 100 for line in written)
        and not any(_SENTENCE.search(line) or _FORM_OR_TABLE.search(line) for line in words)
        and (not needs_reach or any(_REACH.search(line) for line in written))
    )
