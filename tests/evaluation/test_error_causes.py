from datetime import date
from types import MappingProxyType

import pytest

from benchmarks.reporting.errors import Cause, Ranked, Wrong, cause_of, wrong_ones
from evaluation.faq import ask_all
from evaluation.faq_files import version_of
from evaluation.query_files import Query
from knowledge_base.article import ArticleContent
from knowledge_base.search import FaqIndex

TODAY = date(2026, 11, 25)
LONG_STORY = "先月まで隣の町にいましたが、母の具合が悪くなったので実家に戻り、仕事も変えました。" * 2


def entry(*, rank: int = 1, category: str = "届出", **signals: float) -> Ranked:
    return Ranked(f"E-{rank}", "質問", category, rank, 0.9, MappingProxyType(signals))


def a_wrong(
    text: str = "住民票を取りたい",
    *,
    style: str = "plain",
    language: str = "ja",
    grade: int = 2,
    said: Ranked | None = None,
    right: Ranked | None = None,
) -> Wrong:
    """Unless told otherwise: an entry of another category is ahead of the right one, though it shares fewer words."""
    said = said or entry(words=0.3)
    right = right or entry(rank=8, category="税", words=0.4)
    return Wrong(Query("q", text, {right.id: grade}, style, language), said, right, is_answered=True)


def without_answer(**signals: float) -> Wrong:
    return Wrong(
        Query("q", "宝くじは当たりますか"), Ranked("E-1", "質問", "届出", 1, 0.9, signals), None, is_answered=True
    )


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        (without_answer(words=0.1), Cause.NO_ANSWER_NEAR),
        (without_answer(hints=0.1), Cause.NO_ANSWER_NEAR),
        (without_answer(words=0.09, hints=0.09), Cause.NO_ANSWER_BUT_MEANING),
        (a_wrong(said=entry(exact=1.0)), Cause.SAME_QUESTION),
        (a_wrong(grade=1), Cause.ONLY_ACCEPTABLE),
        (a_wrong(right=entry(rank=3, words=0.4)), Cause.CLOSE_NEIGHBOUR),
        (a_wrong(right=entry(rank=4, words=0.4)), Cause.NEIGHBOUR),
        (a_wrong(said=entry(category=""), right=entry(rank=2, category="", words=0.4)), Cause.MEANING),
        (a_wrong("Tôi cần giấy cư trú", language="vi"), Cause.FOREIGN),
        (a_wrong("juminhyo", language="", said=entry(foreign=1.0)), Cause.FOREIGN),
        (a_wrong("じゅうみんひょう が ほしい"), Cause.KANA),
        (a_wrong("35さいでも じゅうみんひょう は もらえますか"), Cause.KANA),
        (a_wrong("住民標を取りたい", style="typos"), Cause.TYPING_ERROR),
        (a_wrong("住民標を取りたい", style="typo"), Cause.TYPING_ERROR),
        (a_wrong(right=entry(rank=9, category="税", words=0.04, hints=0.04)), Cause.NOTHING_SHARED),
        (
            a_wrong(right=entry(rank=9, category="税", words=0.04, hints=0.1), style="two_questions"),
            Cause.TWO_QUESTIONS,
        ),
        (a_wrong(said=entry(hints=0.4), right=entry(rank=9, category="税", words=0.4, hints=0.2)), Cause.HINT),
        (a_wrong(said=entry(hints=0.39), right=entry(rank=9, category="税", words=0.4, hints=0.2)), Cause.MEANING),
        (a_wrong(LONG_STORY), Cause.STORY),
        (a_wrong(said=entry(words=0.5)), Cause.WORDS),
        (a_wrong(), Cause.MEANING),
    ],
)
def test_a_cause_follows_from_the_signals(wrong: Wrong, cause: Cause) -> None:
    assert cause_of(wrong) == cause


def test_what_the_question_is_comes_before_what_it_met() -> None:
    far_neighbour = entry(rank=9, words=0.0)
    assert a_wrong("じゅうみんひょう", right=far_neighbour).cause == Cause.KANA
    assert a_wrong("住民票", right=far_neighbour).cause == Cause.NOTHING_SHARED
    assert a_wrong("じゅうみんひょう", right=entry(rank=2, words=0.0)).cause == Cause.CLOSE_NEIGHBOUR


def test_wrong_entries_come_with_the_right_one_wherever_it_stands() -> None:
    # forty entries about papers in between: the right one shares nothing with the question and comes last or near it
    papers = [
        version_of(f"P-{n}", ArticleContent(question=f"書類{n}号がほしい", answer="窓口へ。", category="証明"))
        for n in range(60)
    ]
    rare = version_of("R-1", ArticleContent(question="犬の登録", answer="環境課へ。", category="環境"))
    index = FaqIndex.build([rare, *papers], vectors={}, encoder=None)
    queries = [
        Query("fine", "犬の登録", {"R-1": 2}),
        Query("lost", "書類7号がほしい", {"R-1": 2, "P-7000": 1}),
        Query("silent", "？", {"R-1": 2}),
    ]

    found = wrong_ones(index, ask_all(index, queries, today=TODAY), size=61, today=TODAY)

    assert [(one.query.id, one.said.id, one.is_answered) for one in found] == [("lost", "P-7", True)]
    assert found[0].right is not None
    assert (found[0].right.id, found[0].right.category) == ("R-1", "環境")
    assert found[0].right.rank > 50


def test_the_most_confident_error_stands_first_and_the_best_grade_is_the_right_one() -> None:
    contents = {"A": "住民票がほしい", "B": "住民票の手数料", "C": "ごみの日"}
    versions = [version_of(i, ArticleContent(question=q, answer="窓口へ。", category="")) for i, q in contents.items()]
    index = FaqIndex.build(versions, vectors={}, encoder=None)
    queries = [
        Query("unsure", "住民票は要らないがごみの日なら知りたいのですけれども", {"Z": 2}),
        Query("sure", "住民票がほしい", {"B": 1, "C": 2}),
    ]

    found = wrong_ones(index, ask_all(index, queries, today=TODAY), size=3, today=TODAY)

    assert [one.query.id for one in found] == ["sure", "unsure"]
    assert [one.right and one.right.id for one in found] == ["C", None]


def test_silence_about_what_nothing_answers_is_no_error() -> None:
    versions = [version_of("A", ArticleContent(question="住民票がほしい", answer="窓口へ。", category=""))]
    index = FaqIndex.build(versions, vectors={}, encoder=None)
    queries = [Query("silent", "巨人は勝ちましたか"), Query("answered", "住民票がほしい")]

    found = wrong_ones(index, ask_all(index, queries, today=TODAY), size=1, today=TODAY)

    assert [(one.query.id, one.right) for one in found] == [("answered", None)]
