"""The web channel with canned answers, for one's own eyes: ``python -m tests.fakes.serve_web [port]``."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from aiohttp import web

from channels.web.routes import add_routes
from channels.web.settings import WebSettings
from conversations.message import Choice, IncomingMessage
from conversations.reply import Card
from conversations.timeline import Author, Entry
from tests.fakes.web_service import FakeWebService, a_entry

_ROOT = Path(__file__).resolve().parents[2]
_BULKY = """粗大ごみは、次の順に出してください。

1. **粗大ごみ受付センター**に電話かインターネットで申し込みます。
2. 手数料の納付券をコンビニなどで買います（品目により **300円から1,200円**）。
3. 納付券に受付番号を書いて貼り、収集日の朝8時までに出します。

くわしい料金は [粗大ごみの料金表](https://www.city.mirai.example/gomi) をご覧ください。"""


def canned(message: IncomingMessage) -> Iterable[Entry]:
    """Something for each kind of reply the window can show."""
    if "職員" in message.text:
        text = "職員の鈴木です。\nくわしくは https://www.city.mirai.example/ をご覧ください。"
        return [replace(a_entry(text, author=Author.OPERATOR), author_name="鈴木")]
    if "表" in message.text:
        return [a_entry("| 品目 | 料金 |\n|---|---|\n| タンス | 900円 |\n| 自転車 | 600円 |")]
    if "粗大" in message.text:
        card = Card(
            title="粗大ごみの出し方",
            section="ごみ減量課",
            phone="0000-20-1300",
            url="https://www.city.mirai.example/gomi",
            version_id=uuid4(),
        )
        others = tuple(Choice(label, f"faq:{n}") for n, label in enumerate(("粗大ごみの料金", "粗大ごみの持ち込み")))
        return [a_entry(_BULKY, card=card, choices=others)]
    options = tuple(
        Choice(label, label) for label in ("住民票の写し", "印鑑登録証明書", "戸籍の証明書", "この中にはない")
    )
    return [a_entry("次のうち、どれが近いですか。番号を書いてもお選びいただけます。", choices=options)]


def demo_settings(port: int = 0) -> WebSettings:
    questions = (
        *("住民票の写しを取りたい", "引っ越しの手続きを知りたい", "粗大ごみの出し方を教えて"),
        *("保育園に申し込みたい", "マイナンバーカードを受け取りたい", "市民税を払える場所は？"),
    )
    english = (
        "How do I get a certificate of residence?",
        "I am moving to Mirai City",
        "How do I dispose of furniture?",
    )
    hours = "月曜から金曜　8時45分から17時15分（祝日・年末年始を除く）"
    return WebSettings(
        public_url=f"http://127.0.0.1:{port or 8080}",
        city_name={"ja": "みらい市", "ja-easy": "みらい市（みらいし）", "en": "Mirai City"},
        office_name={"ja": "みらい市役所", "en": "Mirai City Hall"},
        phone="0000-20-1111",
        popular={"ja": questions, "ja-easy": questions, "en": english},
        hours={"ja": hours, "ja-easy": hours, "en": "Monday to Friday, 8:45 to 17:15"},
        node_modules=_ROOT / "node_modules",
    )


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
    app = web.Application()
    add_routes(app, FakeWebService(canned), demo_settings(port))
    web.run_app(app, host="127.0.0.1", port=port, shutdown_timeout=2)


if __name__ == "__main__":
    main()
