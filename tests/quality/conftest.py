from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import NAMESPACE_URL, uuid5

import pytest

from evaluation.faq_files import read_faq_file
from knowledge_base.article import ArticleContent, ArticleVersion
from knowledge_base.search import FaqIndex
from language.encoder import BundledE5, text_key
from tests.support.city import DEMO

TODAY = date(2026, 11, 24)

_ENTRIES: tuple[tuple[str, str, str, Sequence[str], str], ...] = (
    ("certificate", "住民票の写しを取るにはどうすればよいですか。", "本人確認書類を持って市民課へお越しください。1通300円です。", ("住民票がほしい", "住民票 取り方", "住民票を発行してもらいたい"), "How can I get a copy of my residence certificate?"),
    ("certificate_proxy", "住民票の写しを代理人が取ることはできますか。", "委任状があれば代理の方でも請求できます。", ("住民票を家族に頼みたい", "住民票 代理 委任状", "代わりの人が住民票を取れる？"), ""),
    ("certificate_store", "コンビニで住民票を取れますか。", "マイナンバーカードがあればコンビニの端末で取れます。", ("住民票 コンビニ交付", "セブンイレブンで住民票", "夜でも住民票を出したい"), ""),
    ("move_in", "市外から引っ越してきました。転入の手続きを教えてください。", "引っ越した日から14日以内に転入届を出してください。", ("転入届", "新しく越してきた", "他の町から移ってきたときの届け"), "I moved to this city. How do I register my new address?"),
    ("move_out", "市外へ引っ越します。転出の手続きを教えてください。", "引っ越しの14日前から転出届を受け付けます。", ("転出届", "別の市に移ります", "町を出るときの届け"), ""),
    ("garbage_day", "燃えるごみの収集日はいつですか。", "地区ごとに週2回です。収集カレンダーをご覧ください。", ("燃やすゴミ 何曜日", "可燃ごみの日", "生ごみはいつ出す"), "When is burnable garbage collected?"),
    ("garbage_large", "粗大ごみの出し方を教えてください。", "電話かインターネットで申し込み、処理券を貼って出してください。", ("粗大ゴミ 申込", "ソファーを捨てたい", "大きな家具を処分したい"), ""),
    ("nursery", "保育園の入園を申し込むにはどうすればよいですか。", "4月入園は11月に保育課で受け付けます。", ("保育所 申込", "保育園に入れたい", "入園申請"), "How do I apply for nursery school?"),
    ("child_health", "乳幼児健診の日程を教えてください。", "対象の月に案内を郵送します。", ("赤ちゃんの健診", "1歳半健診 いつ", "3歳児健診"), ""),
    ("insurance", "国民健康保険に加入する手続きを教えてください。", "会社の保険をやめた日から14日以内に届け出てください。", ("国保に入りたい", "会社を辞めたときの保険", "国民健康保険 加入"), "How do I join National Health Insurance?"),
    ("pension", "国民年金の保険料を払えないときはどうすればよいですか。", "免除や納付猶予の制度があります。", ("年金 免除", "年金が払えない", "年金の猶予"), ""),
    ("tax_late", "市税の納期限を過ぎました。どうすればよいですか。", "納付書が使えないことがあります。納税課へご連絡ください。", ("税金を払い忘れた", "納付期限切れ", "市民税 期限過ぎた"), ""),
    ("seal", "印鑑登録の手続きを教えてください。", "登録する印鑑と本人確認書類をお持ちください。", ("ハンコの登録", "印かん登録したい", "実印を登録"), ""),
    ("library", "図書館の開館時間を教えてください。", "火曜日から日曜日の9時から19時です。", ("図書館 何時まで", "図書館は何時に開く", "としょかん 時間"), ""),
)  # fmt: skip


def version(name: str, content: ArticleContent) -> ArticleVersion:
    return ArticleVersion(
        id=uuid5(NAMESPACE_URL, f"{name}/1"),
        article_id=uuid5(NAMESPACE_URL, name),
        external_id=name,
        number=1,
        content=content,
        author="test",
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.fixture(scope="session")
def versions() -> list[ArticleVersion]:
    """Fourteen entries of a city, near neighbours among them."""
    return [
        version(
            name,
            ArticleContent(
                question=question,
                answer=answer,
                category="くらし",
                phrasings=tuple(phrasings),
                questions={"en": english} if english else {},
            ),
        )
        for name, question, answer, phrasings, english in _ENTRIES
    ]


@pytest.fixture(scope="session")
def encoder() -> BundledE5:
    return BundledE5()


@pytest.fixture(scope="session")
def demo() -> FaqIndex:
    """The demo city's FAQ, by words alone."""
    entries, problems = read_faq_file(DEMO / "faq.csv")
    assert problems == []
    return FaqIndex.build(entries, vectors={}, encoder=None)


@pytest.fixture(scope="session")
def lexical(versions: list[ArticleVersion]) -> FaqIndex:
    return FaqIndex.build(versions, vectors={}, encoder=None)


@pytest.fixture(scope="session")
def index(versions: list[ArticleVersion], encoder: BundledE5) -> FaqIndex:
    """With every vector."""
    needed = FaqIndex.build(versions, vectors={}, encoder=encoder).passages_needed()
    vectors = {text_key(encoder.name, text): row for text, row in zip(needed, encoder.passages(needed), strict=True)}
    return FaqIndex.build(versions, vectors=vectors, encoder=encoder)
