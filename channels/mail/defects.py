"""What was wrong with a letter, in words for staff. A defect is a finding: the letter is read all the same."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class DefectCode(StrEnum):
    CHARSET_UNKNOWN = "charset_unknown"
    CHARSET_WRONG = "charset_wrong"
    CHARSET_MISSING = "charset_missing"
    CHARACTERS_LOST = "characters_lost"
    CHARACTERS_PRIVATE = "characters_private"
    HEADER_RAW = "header_raw"
    HEADER_BROKEN = "header_broken"
    HEADERS_TOO_MANY = "headers_too_many"
    CONTROL_CHARACTERS = "control_characters"
    SENDER_MISSING = "sender_missing"
    SENDER_AMBIGUOUS = "sender_ambiguous"
    ADDRESS_BROKEN = "address_broken"
    DATE_BROKEN = "date_broken"
    TRANSFER_ENCODING_BROKEN = "transfer_encoding_broken"
    STRUCTURE_BROKEN = "structure_broken"
    TOO_DEEP = "too_deep"
    TOO_MANY_PARTS = "too_many_parts"
    TEXT_OUTSIDE_PARTS = "text_outside_parts"
    HTML_UNREADABLE = "html_unreadable"
    WINMAIL_UNREADABLE = "winmail_unreadable"
    ENCRYPTED = "encrypted"
    ENCRYPTED_ZIP = "encrypted_zip"
    EMPTY = "empty"


_SENTENCES: Final = {
    DefectCode.CHARSET_UNKNOWN: "文字コードの名前（{}）が分からないため、内容から推定して表示しています。",
    DefectCode.CHARSET_WRONG: "文字コードの表示（{}）と内容が合わないため、内容から推定して表示しています。",
    DefectCode.CHARSET_MISSING: "文字コードの指定がないため、内容から推定して表示しています（{}）。",
    DefectCode.CHARACTERS_LOST: "読み取れない文字がありました（{}）。原本をご確認ください。",
    DefectCode.CHARACTERS_PRIVATE: "携帯電話の絵文字や外字が含まれ、正しく表示できない文字があります（{}）。",
    DefectCode.HEADER_RAW: "ヘッダー（{}）が規格どおりに符号化されていないため、内容から推定して表示しています。",
    DefectCode.HEADER_BROKEN: "ヘッダーの形が崩れています（{}）。",
    DefectCode.HEADERS_TOO_MANY: "ヘッダーが多すぎるため、一部だけを読み取りました（{}）。原本をご確認ください。",
    DefectCode.CONTROL_CHARACTERS: "ヘッダー（{}）に制御文字が含まれていたため、取り除きました。",
    DefectCode.SENDER_MISSING: "差出人のアドレスを読み取れませんでした。{}",
    DefectCode.SENDER_AMBIGUOUS: "差出人の書き方が紛らわしいメールです（{}）。なりすましにご注意ください。",
    DefectCode.ADDRESS_BROKEN: "メールアドレスの形が崩れています（{}）。",
    DefectCode.DATE_BROKEN: "送信日時を読み取れませんでした（{}）。",
    DefectCode.TRANSFER_ENCODING_BROKEN: "本文または添付の符号化が壊れています（{}）。読み取れた分を表示しています。",
    DefectCode.STRUCTURE_BROKEN: "メールの構造が壊れています（{}）。読み取れた分を表示しています。",
    DefectCode.TOO_DEEP: "メールの入れ子が深すぎるため、途中からはファイルとして保存しました（{}）。",
    DefectCode.TOO_MANY_PARTS: "メールの部品が多すぎるため、残りは一つのファイルとして保存しました（{}）。",
    DefectCode.TEXT_OUTSIDE_PARTS: "本文の外に文字がありました。添付ファイル（{}）として保存しました。",
    DefectCode.HTML_UNREADABLE: "HTMLの本文を整えて表示できないため、タグだけを取り除きました。{}",
    DefectCode.WINMAIL_UNREADABLE: "Outlookの形式（{}）の中身を取り出せませんでした。ファイルのまま保存しています。",
    DefectCode.ENCRYPTED: "暗号化または電子署名で包まれたメールのため、中身を読めません（{}）。",
    DefectCode.ENCRYPTED_ZIP: "パスワード付きのZIPファイルが添付されています（{}）。",
    DefectCode.EMPTY: "本文も添付ファイルもないメールです。{}",
}


@dataclass(frozen=True, slots=True)
class Defect:
    code: DefectCode
    detail: str = ""
    """which header, charset, file: names a place, never carries the resident's words"""

    @property
    def sentence(self) -> str:
        """For staff, in Japanese."""
        return _SENTENCES[self.code].format(self.detail).replace("（）", "")
