"""Conversations for the benchmark of search: made up of words listed here, the same ones from the same seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tickets.numbers import ticket_number

A_CONVERSATION = 8
"""messages"""
WITH_TICKET = 0.6
FIRST = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)


def words(text: str) -> list[str]:
    return text.split()


NAMES = words(
    "斉藤 斎藤 齋藤 齊藤 サイトウ ｻｲﾄｳ 渡辺 渡邊 渡邉 高橋 髙橋 山崎 山﨑 沢田 澤田 浜口 濱口 佐藤 鈴木 田中 伊藤 小林 加藤 吉田 "
    "𠮷田 山本 中村 小川 長谷川 広瀬 廣瀬 桜井 櫻井 滝本 瀧本 島田 嶋田 富永 冨永 国分 國分"
)
MATTERS = words(
    "住民票 印鑑登録 戸籍謄本 転出届 転入届 粗大ごみ 国民健康保険 介護保険 児童手当 保育所 小学校 図書館 市県民税 固定資産税 軽自動車税 "
    "水道料金 下水道 道路の穴 街灯 公園の遊具 市営住宅 生活保護 障害者手帳 予防接種 健診 母子手帳 犬の登録 墓地 婚姻届 出生届 死亡届 "
    "マイナンバーカード 証明書 納税証明 所得証明 がん検診 補助金 太陽光発電 空き家 雨水タンク 自治会 防災無線 避難所 ハザードマップ 罹災証明"
)
DOING = (
    "について教えてください。",
    "の手続きはどこでできますか。",
    "の手数料はいくらですか。",
    "の受付時間は何時までですか。",
    "を郵送で申し込みたいのですが。",
    "の書類をなくしてしまいました。",
    "の件で先日お電話した者です。",
    "の締め切りはいつでしょうか。",
)
SAYING = (
    "お待たせしております。",
    "担当課に確認いたします。",
    "よろしくお願いいたします。",
    "ありがとうございます。",
    "平日の昼間は仕事で伺えません。",
    "家族が代わりに行ってもよいでしょうか。",
    "必要なものを知りたいです。",
    "引っ越してきたばかりで分かりません。",
)
SIGNS = "山川田村井原野谷沢橋本島崎松竹梅桜花草木林森水火土金石岩空雲雪風光明春夏秋冬東西南北上下左右中内外前後新古大小長短高低多少早遅近遠広狭"
RARE = "鳴瀬峠"
"""in one message of 10,000"""
RARE_EVERY = 10_000


@dataclass(frozen=True, slots=True)
class Made:
    """Rows as the tables take them."""

    conversations: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    tickets: list[dict[str, Any]]


def made(messages: int, seed: int) -> Made:
    dice = random.Random(seed)  # noqa: S311 -- the same texts from the same seed
    rows = Made([], [], [])
    for number in range(messages):
        if number % A_CONVERSATION == 0:
            _begin(rows, dice, len(rows.conversations))
        conversation = rows.conversations[-1]
        rows.entries.append(_entry(dice, number, conversation))
        conversation["last_seq"] += 1
    return rows


def _begin(rows: Made, dice: random.Random, count: int) -> None:
    id_, at = UUID(int=dice.getrandbits(128)), FIRST + timedelta(minutes=count)
    ticket = UUID(int=dice.getrandbits(128)) if dice.random() < WITH_TICKET else None
    rows.conversations.append(
        {
            "id": id_,
            "channel": "web",
            "account": f"a{count}",
            "thread": "",
            "owner": "waiting" if ticket else "bot",
            "epoch": 0,
            "closed": False,
            "language": "ja",
            "misunderstood": 0,
            "offered": [],
            "ticket_id": ticket,
            "last_seq": 0,
            "last_words": "",
            "opened_at": at,
            "last_message_at": at,
        }
    )
    if ticket:
        rows.tickets.append(
            {
                "id": ticket,
                "number": ticket_number(at, count + 1),
                "conversation_id": id_,
                "subject": dice.choice(MATTERS),
                "section": dice.choice(("shimin", "zeimu", "gomi")),
                "reason": "asked_for_person",
                "language": "ja",
                "status": dice.choice(("open", "assigned", "closed")),
                "opened_at": at,
                "due_at": at + timedelta(days=dice.randrange(1, 10)),
            }
        )


def _entry(dice: random.Random, number: int, conversation: dict[str, Any]) -> dict[str, Any]:
    resident = number % 2 == 0
    return {
        "id": UUID(int=dice.getrandbits(128)),
        "conversation_id": conversation["id"],
        "seq": conversation["last_seq"] + 1,
        "kind": "said" if resident else "reply",
        "author": "resident" if resident else "bot",
        "author_name": "",
        "text": "".join(_sentences(dice, number)),
        "choices": [],
        "attachments": [],
        "language": "ja",
        "external_id": "",
        "at": conversation["opened_at"] + timedelta(seconds=number % A_CONVERSATION),
        "epoch": 0,
        "why": {},
        "silence": "",
    }


def _sentences(dice: random.Random, number: int) -> Iterator[str]:
    if number % RARE_EVERY == RARE_EVERY // 2:
        yield f"{RARE}の"
    if dice.random() < 0.3:
        yield f"{dice.choice(NAMES)}と申します。"
    yield dice.choice(MATTERS) + dice.choice(DOING)
    # A place or a name that few others say: real texts have a long tail.
    yield "".join(dice.choices(SIGNS, k=dice.choice((2, 3, 4)))) + "町にいます。"
    for _ in range(dice.randrange(3)):
        yield dice.choice(SAYING)
