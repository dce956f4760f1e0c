"""The few words that LINE's messages need beside the reply's own, in the languages of the phrases."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    section: str
    phone: str
    more: str
    file: str
    by_number: str
    open_page: str
    call: str


WORDING: Final[Mapping[str, Wording]] = MappingProxyType(
    {
        "ja": Wording(
            section="担当：",
            phone="電話：",
            more="詳しくはこちら：",
            file="添付ファイル：",
            by_number="番号を送って選ぶこともできます。",
            open_page="詳しく見る",
            call="電話をかける",
        ),
        "ja-easy": Wording(
            section="係（かかり）：",
            phone="電話（でんわ）：",
            more="くわしい ページ：",
            file="ファイル：",
            by_number="番号（ばんごう）を 送（おく）って えらぶことも できます。",
            open_page="くわしく 見（み）る",
            call="電話（でんわ）を かける",
        ),
        "en": Wording(
            section="Section: ",
            phone="Phone: ",
            more="Read more: ",
            file="File: ",
            by_number="You can also choose by sending a number.",
            open_page="Read more",
            call="Call",
        ),
    }
)
