import numpy as np
import pytest

from knowledge_base.lexical import FieldedTerms
from knowledge_base.texts import counted, counted_sounds, passages_of, plain

TITLES = ["住民票 写し", "住民票 写し 代理", "粗大ごみ 申込"]


@pytest.fixture
def index() -> FieldedTerms:
    return FieldedTerms({"title": [counted(title.split()) for title in TITLES]}, {"title": (1.0, 0.5)}, len(TITLES))


def test_rare_words_count_more_and_shorter_texts_win(index: FieldedTerms) -> None:
    scores, known = index.share(counted(["住民票", "代理"]))
    assert np.argsort(-scores).tolist() == [1, 0, 2]
    assert scores[2] == 0
    assert known == 1.0
    scores, _ = index.share(counted(["住民票"]))
    assert scores[0] > scores[1] > 0


def test_a_word_nobody_knows_lowers_every_share(index: FieldedTerms) -> None:
    sure, _ = index.share(counted(["粗大ごみ"]))
    unsure, known = index.share(counted(["粗大ごみ", "宇宙船"]))
    assert 0 < unsure[2] < sure[2] <= 1
    assert 0 < known < 1
    nothing, known = index.share(counted(["宇宙船"]))
    assert not nothing.any()
    assert known == 0.0
    assert not index.share(counted([]))[0].any()


def test_kana_and_kanji_sound_alike() -> None:
    kana, kanji = counted_sounds("じゅうみんひょう"), counted_sounds("住民票")
    assert kana[0].tolist() == kanji[0].tolist()
    assert not {*counted_sounds("図書館")[0].tolist()} & {*kanji[0].tolist()}


def test_each_three_sounds_are_counted_with_the_ends_of_the_text() -> None:
    ids, counts = counted_sounds("ばばばば")  # " ばば", "ばばば" twice, "ばば "
    assert sorted(counts.tolist()) == [1, 1, 2]
    assert ids.tolist() == sorted(ids.tolist())
    assert [len(part) for part in counted_sounds("？")] == [0, 0]


def test_a_long_answer_is_cut_at_sentences_and_nothing_is_lost() -> None:
    answer = "".join(f"これは{n}番目の文です。" for n in range(60))
    passages = passages_of(answer)
    assert len(passages) > 3
    assert "".join(passages) == answer
    assert all(passage.endswith("。") and len(passage) <= 160 for passage in passages)
    assert passages_of("") == ("",)


def test_marks_and_addresses_are_not_words() -> None:
    assert plain("**無料**です。[くわしく](https://a.example/x)") == "無料です。くわしく"
