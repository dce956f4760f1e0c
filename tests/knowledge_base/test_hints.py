import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.hints import AT_MOST, hints_in, plainly


@pytest.mark.parametrize(
    ("words", "official"),
    [
        ("父が今朝、息を引き取りました", "死亡届"),
        ("よそから移ってきたばかりです", "転入届"),
        ("ｿﾌｧﾍﾞｯﾄﾞはいらない、ひっこしします", "転入届"),
        ("I just moved here from another city", "転入届"),
        ("Toi muon vut ghe sofa cu", "粗大ごみ"),  # Vietnamese as typed on a telephone, without accents
        ("旧沙发怎么扔", "粗大ごみ"),
        ("이사 왔는데 뭘 해야 하나요?", "転入届"),
        ("भूकम्प आउँदा कहाँ जाने?", "地震"),
    ],
)
def test_everyday_and_foreign_words_lead_to_the_city_halls(words: str, official: str) -> None:
    assert official in hints_in(words)


def test_the_longest_phrase_wins_and_uses_up_its_letters() -> None:
    assert hints_in("引っ越してきた")[0] == "転入届"
    assert "転出届" not in hints_in("引っ越してきた")


def test_a_foreign_word_counts_at_the_beginning_of_a_word_only() -> None:
    assert not {"手数料", "料金"} & set(hints_in("coffee"))  # "fee" stands inside it


def test_a_figure_of_speech_is_not_taken_by_the_letter() -> None:
    assert plainly("父が息を引き取りました") == "父が亡くなりました"
    assert plainly("荷物を引き取りました") == "荷物を引き取りました"


@given(st.text(max_size=200))
def test_any_text_gives_a_few_hints_or_none(text: str) -> None:
    hints = hints_in(text)
    assert len(hints) == len(set(hints)) <= AT_MOST
    assert all(hints)
