from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.article import ArticleContent, ArticleVersion
from knowledge_base.meaning import texts_of
from knowledge_base.search import ANSWER_AT, OFFER_AT, FaqIndex, worth_offering
from language.encoder import BundledE5, EncoderError, NoEncoder, Vectors, text_key

TODAY = date(2026, 11, 24)


def best(index: FaqIndex, question: str) -> str:
    found = index.search(question, today=TODAY)
    return found[0].version.external_id if found else ""


def likely(index: FaqIndex, question: str) -> float:
    found = index.search(question, today=TODAY)
    return found[0].probability if found else 0.0


@pytest.fixture(params=["lexical", "index"])
def either(request: pytest.FixtureRequest) -> FaqIndex:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, FaqIndex)
    return found


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("住民票の写しを取るにはどうすればよいですか。", "certificate"),
        ("住民票ノ写シヲ取ルニハドウスレバヨイデスカ", "certificate"),
        ("じゅうみんひょう ほしい", "certificate"),
        ("住民票を家族が代わりに取れますか", "certificate_proxy"),
        ("住民表 代理人", "certificate_proxy"),
        ("コンビニで住民票", "certificate_store"),
        ("転入のてつづき", "move_in"),
        ("転出の手続", "move_out"),
        ("ｺﾞﾐの収集日", "garbage_day"),
        ("粗大ゴミの申込方法", "garbage_large"),
        ("ほいくえん もうしこみ", "nursery"),
        ("国民建康保険に加入したい", "insurance"),
        ("ねんきん はらえない", "pension"),
        ("いんかんとうろく", "seal"),
        ("図書館って何時までやってますか", "library"),
    ],
)
def test_questions_are_found_by_words_letters_and_sounds(either: FaqIndex, question: str, expected: str) -> None:
    assert best(either, question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Where do I register after moving here?", "move_in"),
        ("I want to enroll my child in a nursery", "nursery"),
        ("What time does the library open?", "library"),
        ("I can't pay my pension contributions", "pension"),
    ],
)
def test_an_english_question_finds_a_japanese_entry(index: FaqIndex, question: str, expected: str) -> None:
    """Among the three that are offered: what the vectors alone can promise across languages."""
    found = [match.version.external_id for match in index.search(question, at_most=3, today=TODAY)]
    assert expected in found


@pytest.mark.parametrize(
    "question",
    [
        "今日の晩ご飯何がいい",
        "1たす1は",
        "hello there",
        "こんにちは",
        "ありがとう",
        "彼女にふられた",
        "what's the weather like",
        "あああああ",
        "プロ野球の結果",
    ],
)
def test_small_talk_finds_nothing_worth_offering(index: FaqIndex, demo: FaqIndex, question: str) -> None:
    """By words alone in a whole city's FAQ: in one of ten entries 「たす」 is as telling a word as 「住民票」."""
    assert likely(index, question) < OFFER_AT
    assert likely(demo, question) < OFFER_AT


def test_what_keeps_up_with_the_best_is_offered_beside_it(demo: FaqIndex) -> None:
    found = demo.search("住民票", today=TODAY)

    offered = worth_offering(found, at_most=4)

    assert len(offered) >= 3
    assert {match.version.content.category for match in offered} == {"住民票"}
    assert not worth_offering(demo.search("彼女にふられた", today=TODAY), at_most=4)


def test_the_very_question_is_an_answer(either: FaqIndex, versions: list[ArticleVersion]) -> None:
    for entry in versions:
        for surface in (entry.content.question, *entry.content.phrasings):
            found = either.search(surface, today=TODAY)
            assert found[0].version == entry
            assert found[0].probability >= ANSWER_AT


def test_a_question_that_two_entries_share_is_never_answered_at_once(versions: list[ArticleVersion]) -> None:
    twin = replace(versions[0], id=versions[1].id, external_id="twin")
    found = FaqIndex.build([*versions, twin], vectors={}, encoder=None).search(twin.content.question, today=TODAY)
    assert {match.version.external_id for match in found[:2]} == {"certificate", "twin"}
    assert OFFER_AT <= found[1].probability <= found[0].probability < ANSWER_AT


def test_only_answers_in_force_are_found(versions: list[ArticleVersion]) -> None:
    def bounded(number: int, *, first: date | None = None, last: date | None = None) -> ArticleVersion:
        content = replace(versions[number].content, valid_from=first, valid_until=last)
        return replace(versions[number], content=content)

    old = bounded(0, last=TODAY - timedelta(days=1))
    last_day = bounded(3, last=TODAY)
    coming = bounded(7, first=TODAY + timedelta(days=1))
    index = FaqIndex.build([old, last_day, coming], vectors={}, encoder=None)
    found = {
        match.version.external_id
        for entry in (old, last_day, coming)
        for match in index.search(entry.content.question, today=TODAY)
    }
    assert found == {last_day.external_id}


def test_the_thresholds_leave_room_to_offer() -> None:
    assert 0 < OFFER_AT < ANSWER_AT < 1


def test_best_comes_first_and_no_more_than_asked_for(either: FaqIndex) -> None:
    for question in ("住民票", "手続きを教えて", "ごみ"):
        chances = [match.probability for match in either.search(question, at_most=3, today=TODAY)]
        assert chances == sorted(chances, reverse=True)
        assert len(chances) <= 3
        assert all(0 < chance < 1 for chance in chances)
    assert either.search("住民票", at_most=0, today=TODAY) == ()


def test_the_same_question_finds_the_same(either: FaqIndex) -> None:
    assert either.search("住民票の手続き", today=TODAY) == either.search("住民票の手続き", today=TODAY)


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(), st.text(st.sampled_from("住民票ごみ保険の は？ｱA1-\0\ud800"), max_size=60)))
def test_no_text_breaks_the_search(index: FaqIndex, question: str) -> None:
    for match in index.search(question, today=TODAY):
        assert 0 <= match.probability <= 1


@pytest.mark.parametrize("question", ["", " ", "？！", "\0", "🤔"])
def test_a_message_without_a_word_finds_nothing(either: FaqIndex, question: str) -> None:
    assert either.search(question, today=TODAY) == ()


def test_an_empty_faq_finds_nothing(encoder: BundledE5) -> None:
    empty = FaqIndex.build([], vectors={}, encoder=encoder)
    assert empty.search("住民票", today=TODAY) == ()
    assert empty.passages_needed() == []


def test_texts_without_a_vector_are_named_until_they_have_one(
    versions: list[ArticleVersion], index: FaqIndex, encoder: BundledE5
) -> None:
    assert index.passages_needed() == []
    bare = FaqIndex.build(versions, vectors={}, encoder=encoder)
    assert versions[0].content.question in bare.passages_needed()
    assert versions[0].content.answer in bare.passages_needed()
    assert FaqIndex.build(versions, vectors={}, encoder=NoEncoder()).passages_needed() == []


def test_a_new_entry_is_found_by_its_words_before_its_vectors_come(
    versions: list[ArticleVersion], index: FaqIndex, encoder: BundledE5
) -> None:
    new = replace(
        versions[0],
        external_id="new",
        content=ArticleContent(
            question="犬の登録の方法を教えてください。", answer="環境課で登録できます。", category="ペット"
        ),
    )
    known = FaqIndex.build(versions, vectors={}, encoder=encoder).passages_needed()
    vectors = {text_key(encoder.name, text): row for text, row in zip(known, encoder.passages(known), strict=True)}
    some = FaqIndex.build([*versions, new], vectors=vectors, encoder=encoder)
    assert some.passages_needed() == list(texts_of(new.content))
    assert best(some, "犬を登録したい") == "new"
    assert best(some, "住民票を家族が代わりに取れますか") == "certificate_proxy"


class DownEncoder:
    """An endpoint that gave vectors once and is down now."""

    name = "down"
    dimensions = 2

    def queries(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002 -- the protocol's
        raise EncoderError("cannot be reached")

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), 2), dtype=np.float32)


def test_words_still_find_when_the_encoder_is_down(versions: list[ArticleVersion]) -> None:
    down = DownEncoder()
    needed = FaqIndex.build(versions, vectors={}, encoder=down).passages_needed()
    vectors = {text_key(down.name, text): row for text, row in zip(needed, down.passages(needed), strict=True)}
    assert best(FaqIndex.build(versions, vectors=vectors, encoder=down), "転出の手続") == "move_out"


def test_the_signals_behind_a_number_are_given(index: FaqIndex) -> None:
    why = index.search("住民票がほしいです", today=TODAY)[0].why
    assert {"words", "surface_sounds", "sounds", "whole", "score"} <= why.keys()
    assert index.search("住民票がほしい", today=TODAY)[0].why["exact"] == 1.0
