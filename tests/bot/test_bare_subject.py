"""A subject alone asks nothing yet."""

import pytest

from bot.understanding.bare_subject import names_only_a_subject
from knowledge_base.importing import import_faq
from tests.support.city import DEMO

FAQ = [entry.content for entry in import_faq((DEMO / "faq.csv").read_bytes(), "faq.csv").entries]


@pytest.mark.parametrize("text", ["住民票", "住民票。", " マイナンバーカード？", "パスポート", "ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ"])
def test_a_word_that_several_entries_are_about_is_a_subject(text: str) -> None:
    assert names_only_a_subject(text, FAQ)


@pytest.mark.parametrize("text", ["", "住民票 料金", "住民票を取りたい", "宇宙船", "住" * 30])
def test_everything_else_is_not(text: str) -> None:
    assert not names_only_a_subject(text, FAQ)
