"""The sentence that an operator reads out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.article import ArticleContent
from knowledge_base.sentence import sentence_for, sentences_of

FEES = ArticleContent(
    question="住民票の手数料はいくらですか。",
    answer="住民票の手数料は次のとおりです。\n- 窓口：1通**300円**\n- 郵送：1通300円（定額小為替）\n"
    "コンビニ交付は200円です。くわしくは[ホームページ](https://www.city.example)へ。",
    category="住民票",
)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("住民票 郵送", "郵送：1通300円（定額小為替）"),
        ("コンビニ", "コンビニ交付は200円です。"),
        ("窓口で", "窓口：1通300円"),
        ("ホームペ", "くわしくはホームページへ。"),
        ("住民票", "住民票の手数料は次のとおりです。"),
        ("粗大ごみ", "住民票の手数料は次のとおりです。"),
        ("", "住民票の手数料は次のとおりです。"),
    ],
)
def test_the_sentence_with_the_callers_words_is_found(asked: str, sentence: str) -> None:
    assert sentence_for(FEES, asked) == sentence


def test_a_word_that_most_sentences_have_says_less_than_a_rare_one() -> None:
    answer = f"{'窓口では現金で払えます。' * 6}郵送は定額小為替です。"

    assert sentence_for(replace(FEES, answer=answer), "窓口 現金 郵送") == "郵送は定額小為替です。"


def test_words_in_brackets_and_quotes_are_not_torn_apart() -> None:
    assert sentences_of("「はい。」と答えてください。次へ！") == ["「はい。」と答えてください。", "次へ！"]


def test_the_marks_and_numbers_of_lists_are_not_read_out() -> None:
    assert sentences_of("1. 申し込む\n 2. 払う\n- 1.5倍\n300. 円") == ["申し込む", "払う", "1.5倍", "300. 円"]


def test_an_answer_without_a_sentence_has_none() -> None:
    assert sentence_for(replace(FEES, answer=" \n "), "住民票") == ""
    assert sentence_for(replace(FEES, answer="**300円**"), "住民票") == "300円"


@given(st.text(max_size=200), st.text(max_size=40))
def test_whatever_is_typed_one_of_the_answers_sentences_is_shown(answer: str, asked: str) -> None:
    shown = sentence_for(replace(FEES, answer=answer), asked)

    assert shown in [*sentences_of(answer), ""]
    assert bool(shown) == bool(sentences_of(answer))
    assert shown == sentence_for(replace(FEES, answer=answer), asked)
