"""Why the relay does not take a letter, in words for staff."""

import re
from typing import Final

from aiosmtplib import SMTPDataError, SMTPResponseException, SMTPSenderRefused

from channels.mail.bounce_reasons import Reason, reason_for
from channels.mail.charsets import decode
from channels.mail.letter_words import one_line

_LONGEST_ANSWER: Final = 200
_SIZE: Final = re.compile(
    r"\b5\.(?:2\.3|3\.4)\b|too (?:large|big)|too much mail data|size[^.\n]{0,30}(?:exceed|limit)"
    r"|exceed[^.\n]{0,30}size|サイズ[^。\n]{0,15}(?:超|大き)",
    re.IGNORECASE,
)
_FULL: Final = re.compile(r"\b5\.2\.2\b|quota|mail ?box|storage", re.IGNORECASE)
_SIZE_CODE: Final = 552
_RELAYING: Final = re.compile(r"\brelay", re.IGNORECASE)

_TOO_LARGE: Final = (
    "メールが大きすぎて送れませんでした。添付ファイルを減らすか小さくして送り直すか、別の方法でお渡しください。"
)
_OUR_ADDRESS: Final = (
    "送信用のメールサーバーが、窓口の差出人アドレスを受け付けません。メールサーバーの担当者にご連絡ください。"
)
_NO_RELAYING: Final = (
    "送信用のメールサーバーが、この宛先への中継を断りました。メールサーバーの担当者に中継の設定をご確認ください。"
)
_CONTENT: Final = (
    "送信用のメールサーバーが、このメールの内容を受け付けませんでした。"
    "本文と添付ファイルをご確認のうえ送り直すか、電話などでご連絡ください。"
)


def reason_of(said: SMTPResponseException) -> str:
    """What happened and what to do, with the server's own words behind."""
    words = _words(said)
    return f"{_sentence(said, words)}（メールサーバーの応答 {said.code}：{words or '説明なし'}）"


def _sentence(said: SMTPResponseException, words: str) -> str:
    if _is_about_size(said.code, words):
        return _TOO_LARGE
    if isinstance(said, SMTPSenderRefused):
        return _OUR_ADDRESS
    if _RELAYING.search(words):
        return _NO_RELAYING
    reason = reason_for(f"{said.code} {words}").reason
    if isinstance(said, SMTPDataError) and reason not in {Reason.BAD_ADDRESS, Reason.MAILBOX_FULL}:
        return _CONTENT
    return reason.sentence


def _is_about_size(code: int, words: str) -> bool:
    return not _FULL.search(words) and (code == _SIZE_CODE or _SIZE.search(words) is not None)


def _words(said: SMTPResponseException) -> str:
    """On one line. Some servers answer in Japanese, in whichever charset; aiosmtplib kept its bytes as they came."""
    raw = said.message.encode("utf-8", "surrogateescape")
    return one_line(decode(raw).text, _LONGEST_ANSWER)
