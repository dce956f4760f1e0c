"""A letter without its courtesies: who greets, says a name and gives thanks asks nothing by it."""

import re
from typing import Final

_SENTENCE_END: Final = re.compile(r"(?<=[。！？!?])\s*|(?<=[a-z]\.)\s+|\n+")
_PAUSES: Final = re.compile(r"[、,\s]+")
_ASKING: Final = r"(?:お尋ね|おたずね|お聞き|質問|お伺い|お問い合わせ|問い合わせ|ご連絡|連絡)"
_ANSWER: Final = r"(?:ご?(?:回答|返信|返事|教示|確認|検討|対応|連絡)(?:の?(?:ほど|程)|を)?)?"
_BEGINS_THE_END: Final = (
    r"(?:それでは|では|以上)?(?:ご?(?:多忙|多用)の?(?:中|ところ|折)|お忙しい(?:中|ところ)|お手数(?:ですが|をおかけ(?:し|いた)?.{0,8}が)?"
    r"|恐れ入りますが|恐縮ですが|申し訳(?:あり|ござい)ませんが|何卒|何とぞ|どうぞ|どうか)?(?:恐縮ですが|恐れ入りますが|すみませんが)?"
)
_JAPANESE: Final = (
    # whom it is to: みらい市役所 市民課 御中
    r".{0,30}(?:様|御中|さま|殿|各位)。?",
    r"(?:ご)?担当者?(?:の方|者)?(?:へ|様|さま)?。?",
    # greetings
    r"(?:いつも)?(?:大変)?お世話になって(?:い|お)?り?ます.{0,8}|(?:いつも)?お世話になります.{0,4}|いつも(?:大変)?ありがとうございます.{0,4}",
    r"(?:はじめ|初め)まして.{0,4}|(?:はじめ|初め)て(?:メール|ご連絡|連絡).{0,20}|突然(?:の|に).{0,24}(?:失礼|すみません|申し訳).{0,14}",
    r"(?:こんにち|こんばん)[はわ].{0,3}|おはようございます.{0,3}|拝啓.{0,40}|敬具.{0,3}|前略.{0,3}|草々.{0,3}|お疲れ様です.{0,3}",
    # who writes: みらい市中央区に住む山田と申します。
    r".{0,40}と申します.{0,6}|.{0,20}(?:在住|に住む|に住んでいる|に住んでおります)(?:の)?.{0,14}です.{0,3}",
    # what stands before the matter
    rf".{{0,24}}(?:について|の件で)?{_ASKING}(?:が(?:あり|ござい)ます|です|したく.{{0,14}}).{{0,4}}",
    rf".{{0,24}}(?:について|の件で)?{_ASKING}(?:を)?(?:させて)?(?:いただ|頂)?(?:いた|致)?(?:し|き)?ます.{{0,4}}",
    # the end
    rf"{_BEGINS_THE_END}{_ANSWER}(?:何卒|どうぞ)?(?:よろしく|宜しく)?(?:お願い|おねがい)?(?:いた|致|申し上げ)?し?ます.{{0,6}}",
    r"ご?(?:回答|返信|返事|連絡)を?(?:いただけ|頂け|お待ち).{0,24}|以上.{0,12}",
    r"(?:どうぞ)?(?:よろしく|宜しく)(?:お願い|おねがい)?.{0,20}",
    r"(?:お手数|ご迷惑)を?おかけ.{0,24}|お忙しい(?:ところ|中).{0,24}(?:すみません|申し訳|恐れ入り|恐縮).{0,12}",
)
"""of sentences without their pauses: optional ones beside each other would take a long time to try"""
_ENGLISH: Final = (
    r"(?:dear|hello|hi|good (?:morning|afternoon|evening)|to whom it may concern)\b.{0,40}",
    r"my name is .{0,40}|i hope (?:this|you) .{0,60}|i am writing (?:to|about) (?:ask|enquire|inquire).{0,12}",
    r"(?:many )?(?:thank you|thanks)\b.{0,60}|(?:i look|looking) forward to .{0,60}",
    r"(?:best|kind|warm)? ?regards,?.{0,40}|(?:yours )?(?:sincerely|faithfully|truly),?.{0,40}",
)
_COURTESY: Final = re.compile("|".join(f"(?:{each})" for each in _JAPANESE))
_ENGLISH_COURTESY: Final = re.compile("|".join(f"(?:{each})" for each in _ENGLISH), re.IGNORECASE)
_LONGEST_COURTESY: Final = 90


def gist(letter: str) -> str:
    """What the letter is about, sentence by sentence in its order; the whole letter when nothing else is left."""
    sentences = [each.strip() for each in _SENTENCE_END.split(letter) if each.strip()]
    kept = [each for each in sentences if not _is_courtesy(each)]
    return "\n".join(kept) if kept else letter


def _is_courtesy(sentence: str) -> bool:
    if len(sentence) > _LONGEST_COURTESY:
        return False
    return bool(_COURTESY.fullmatch(_PAUSES.sub("", sentence)) or _ENGLISH_COURTESY.fullmatch(sentence))
