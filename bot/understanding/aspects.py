"""What of a matter is asked for: its fee, who may come, whether it can be done by post."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from language.japanese import normalise

Field = Literal["", "fee", "documents", "hours"]


@dataclass(frozen=True, slots=True)
class Aspect:
    name: str
    """residents read it as the phrase ``aspect.<name>``"""
    word: str
    """as the FAQ calls it"""
    asked: re.Pattern[str]
    """how residents ask for it; read against normalised text"""
    told: re.Pattern[str]
    """how a sentence of an answer speaks of it"""
    field: Field = ""
    """the field of an entry that tells it"""


def _aspect(name: str, word: str, asked: str, told: str, field: Field = "") -> Aspect:
    return Aspect(name, word, re.compile(asked), re.compile(told), field)


_CHILD = r"子(ども|供)|お子さ|こども|息子|娘|赤ちゃん|赤ん坊|未成年|\b(child|children|kids?|baby|son|daughter)\b"
_ONLINE = (
    r"ネット|オンライン|スマホ|スマートフォン|パソコン|電子申請|マイナポータル|\b(online|internet|smartphone|website)\b"
)
_STORE = r"コンビニ|セブン|ローソン|ファミマ|ファミリーマート|convenience store"
_CANCEL = r"キャンセル|取り?消し?|取りやめ|変更|\b(cancel|change)"
_SOMEBODY = r"家族|妻|夫|主人|旦那|嫁|親|父|母|娘|息子|友達|ともだち|友人|知人|同居人|彼氏|彼女"

ASPECTS: Final = (
    _aspect(
        "fee",
        "手数料",
        r"料金|手数料|費用|値段|代金|金額|お金|おかね|いくら|幾ら|何円|無料|有料|ただ(です|で|なの)|"
        r"ど[れの](くらい|ぐらい)(かか|掛か|する|です|$)|how much|\b(fees?|cost|costs|price|free)\b",
        r"[\d,]+円|無料|有料|手数料|料金|費用|お金|\b(yen|free|fees?)\b",
        "fee",
    ),
    _aspect(
        "duration",
        "日数",
        r"何日(くらい|ぐらい|ほど|で|かか|後)|何(週間|か月|ヶ月|分)|ど[れの](くらい|ぐらい)|日数|"
        r"いつ(届|とど|もらえ|受け取れ|でき)|すぐ(に)?(もらえ|でき|取れ|届)|即日|その日|how (long|many days)|same day",
        r"\d+(〜\d+)?(開庁日|営業日|日|週間|か月|時間|分)半?(間)?(ほど|くらい|ぐらい|程度|前後|かか|から\d|で届)|"
        r"\d(か月|週間)(?!以内|前|以上|分)|その場|即日|同じ日|今日中|\b(weeks?|months?|same day)\b|takes?\b",
    ),
    _aspect(
        "documents",
        "必要なもの",
        r"持ち物|もちもの|必要な(もの|物|書類)|必要書類|書類|持参|(何|なに)(が|を|か)?(必要|い(る|り)|持|もって|ひつよう)|"
        r"用意|印鑑|はんこ|ハンコ|判子|身分証|委任状|what (do|should) i (need|bring)|\b(documents?|bring|paper)\b",
        r"持ち物|持って|お持ち|持参|本人確認書類|必要です|印鑑|委任状|\b(bring|documents?)\b",
        "documents",
    ),
    _aspect(
        "hours",
        "受付時間",
        r"何時|なんじ|受付時間|時間|土日|土曜|日曜|週末|祝日|休日|休み|夜|昼休み|平日|年末年始|開いて|あいて|"
        r"やって(る|い)|\b(weekends?|saturdays?|sundays?|what time|open|close|hours|at night|holidays?)\b",
        r"\d時|土曜|日曜|土日|祝日|平日|夜間|休日|昼休み|\d:\d\d|\b(weekdays?|saturdays?|sundays?|holidays?)\b",
        "hours",
    ),
    _aspect(
        "deadline",
        "期限",
        r"いつまで|何日以内|何日までに|期限|締め?切り?|しめきり|期日|遅れ|過ぎ|間に合|"
        r"\b(deadline|by when|until when|too late)\b",
        r"以内|までに|日まで|期限|締め?切|過ぎ|遅れ|\b(within|deadline|no later|even if you apply late)\b",
    ),
    _aspect(
        "proxy",
        "代理人",
        r"代理|だいり|代わり|かわりに|委任|本人(以外|じゃな|でな|が行けな)|[別他]の人|ほかの人|"
        rf"({_SOMEBODY})(でも|じゃ|が(行|取|い|出|申|受|代)|に(頼|たの|お願い|取|行))|"
        r"someone else|somebody else|\b(proxy|representative|on (my|his|her) behalf)\b|"
        r"\bmy (wife|husband|mother|father|friend|family)\b",
        r"代理|委任|代わりに|家族|同じ世帯|本人(以外|のみ|に限|だけ)|\b(representative|proxy|behalf|in person)\b",
    ),
    _aspect(
        "post",
        "郵送",
        r"郵送|郵便|ゆうそう|ゆうびん|手紙|送(って|れ)|\b(by )?(mail|post)\b",
        r"郵送|郵便|ゆうびん|封筒|\b(mail|post)\b",
    ),
    _aspect("online", "オンライン", _ONLINE, _ONLINE),
    _aspect("store", "コンビニ", _STORE, _STORE),
    _aspect("child", "子ども", _CHILD, _CHILD),
    _aspect(
        "family",
        "家族",
        rf"({_SOMEBODY})の(分|場合|は|も|だと|$)|\bfor my (wife|husband|mother|father|family)\b",
        r"家族|同じ世帯|別世帯|\bfamily\b",
    ),
    _aspect(
        "booking",
        "予約",
        r"予約|よやく|\b(appointment|booking|book|reserve|reservation)\b",
        r"予約|\b(appointment|booking|book)\b",
    ),
    _aspect(
        "payment",
        "支払い方法",
        r"カード(払い|で払|は使)|クレジット|キャッシュレス|現金|paypay|電子マネー|支払|払い方|"
        r"\b(credit card|cash|pay)\b",
        r"クレジット|キャッシュレス|現金|電子マネー|支払|\b(credit card|cash|cashless)\b",
    ),
    _aspect("cancel", "変更 取り消し", _CANCEL, _CANCEL),
)
"""the order in which several are told"""
_PARTICLES = re.compile(r"\x00(?:でも|って|だと|まで|から|だけ|で(?![きす])|[はもがをにのとかめへ])*")
_BY_INTENT: Final = {"ask_fee": "fee", "ask_documents": "documents", "ask_hours": "hours"}


def aspects_in(text: str) -> tuple[Aspect, ...]:
    """What the words ask for, each once."""
    plain = normalise(text)
    return tuple(aspect for aspect in ASPECTS if aspect.asked.search(plain))


def of_intent(intent: str) -> tuple[Aspect, ...]:
    """「必要なのは何でしょう」 is known by its likeness to examples, when no word tells."""
    return tuple(aspect for aspect in ASPECTS if aspect.name == _BY_INTENT.get(intent))


def words_of(aspect: Aspect, text: str) -> Iterator[str]:
    """The very words that ask for it."""
    return (found[0] for found in aspect.asked.finditer(normalise(text)))


def without_aspects(text: str) -> str:
    """What else the words speak of."""
    plain = normalise(text)
    for aspect in ASPECTS:
        plain = aspect.asked.sub("\x00", plain)
    return _PARTICLES.sub(" ", plain)
