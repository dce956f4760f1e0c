"""The columns of an FAQ file: their names, and the other names people give them."""

from collections.abc import Mapping
from typing import Final

from language.japanese import key

OURS: Final[Mapping[str, str]] = {
    "id": "ID",
    "question": "問い合わせ文",
    "answer": "応答文",
    "category": "カテゴリ",
    "phrasings": "言い換え",
    "keywords": "キーワード",
    "section": "担当課",
    "short_answer": "短い回答",
    "documents": "必要なもの",
    "fee": "手数料",
    "hours": "受付時間",
    "url": "出典URL",
    "review_by": "見直し期限",
    "valid_from": "有効開始",
    "valid_until": "有効終了",
    "question_en": "英語の質問",
    "answer_en": "英語の回答",
    "question_ja-easy": "やさしい日本語の質問",
    "answer_ja-easy": "やさしい日本語の回答",
}
"""field -> the column's name, in the order of an exported file"""

REQUIRED: Final = ("question", "answer")

_OTHERS: Mapping[str, str] = {
    "id": "番号 No No. Nr 整理番号 FAQID FAQ番号 項番 管理番号",
    "question": "質問 質問文 問合せ文 問い合わせ 問合せ内容 サンプル問い合わせ文 Q question タイトル よくある質問",
    "answer": "回答 回答文 応答 答え サンプル応答文 A answer 本文 回答内容",
    "category": "カテゴリー カテゴリ1 カテゴリー1 分類 大分類 分野 category ジャンル",
    "phrasings": "言いかえ 別の聞き方 類似質問 表現ゆれ 別表現 phrasings",
    "keywords": "キーワード タグ 検索語 keywords",
    "section": "担当 所管課 担当部署 所管 課名 section",
    "short_answer": "短い答え 要約 概要",
    "documents": "持ち物 必要書類 必要なもの",
    "fee": "料金 費用 手数料",
    "hours": "受付時間 窓口時間 時間",
    "url": "URL リンク 参照URL 関連URL 出典url 詳細URL",
    "review_by": "見直し期限 見直し日 確認期限 点検期限",
    "valid_from": "有効開始日 公開開始 公開開始日 掲載開始日",
    "valid_until": "有効終了日 有効期限 公開終了 公開終了日 掲載終了日",
    "question_en": "英語質問 質問(英語) question_en 英語問い合わせ文",
    "answer_en": "英語回答 回答(英語) answer_en 英語応答文",
    "question_ja-easy": "やさしい日本語質問 やさしい質問",
    "answer_ja-easy": "やさしい日本語回答 やさしい回答 やさしい日本語",
}


def _known() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for field, name in OURS.items():
        for other in (name, *_OTHERS[field].split()):
            known.setdefault(key(other), field)
    return known


_KNOWN: Final = _known()


def field_of(header: str) -> str | None:
    """The field a column's header means, however it is written; None for a column that is not ours."""
    return _KNOWN.get(key(header))
