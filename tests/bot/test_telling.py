"""What one entry says of an aspect, and the question between several entries."""

from collections.abc import Sequence

import pytest

from bot.asking_back import separating
from bot.phrases.catalogue import Phrases
from bot.telling import facts, sentences
from bot.understanding.aspects import aspects_in
from knowledge_base.article import ArticleContent, Match
from tests.support.city import published

PHRASES = Phrases.load()
DOG = ArticleContent(
    question="犬の登録は必要ですか",
    answer="はい。**30日以内**に登録が必要です。\n\n"
    "- 代理人でも届け出られます。ただし委任状が必要です。\n- 祝日も受け付けます。\n- 首輪に付けてください",
    category="犬",
    fee="3,000円",
    hours="平日8時45分〜17時15分",
    answers={"en": "Yes. Register within 30 days. The fee is 3,000 yen. A representative may come."},
)


def told(words: str, language: str = "ja") -> tuple[str, str] | None:
    found = facts(DOG, aspects_in(words), words, language) or sentences(DOG, aspects_in(words), words, language)
    return (found.text, found.language) if found else None


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        ("料金は", "ja", ("3,000円", "ja")),
        ("何時まで", "ja", ("平日8時45分〜17時15分", "ja")),
        ("祝日は", "ja", ("平日8時45分〜17時15分\n祝日も受け付けます。", "ja")),
        ("期限は", "ja", ("**30日以内**に登録が必要です。", "ja")),
        ("代理人でもいいですか", "ja", ("代理人でも届け出られます。\nただし委任状が必要です。", "ja")),
        ("how much is it", "en", ("The fee is 3,000 yen.", "en")),
        ("can someone else go, on my behalf", "en", ("A representative may come.", "en")),
        ("what time does it open", "en", ("平日8時45分〜17時15分", "ja")),
        ("郵送では", "ja", None),
        ("予約は", "ja", None),
    ],
)
def test_an_entry_tells_what_it_says_and_nothing_else(
    words: str, language: str, expected: tuple[str, str] | None
) -> None:
    assert told(words, language) == expected


def near(*entries: tuple[str, str, Sequence[str], float]) -> list[Match]:
    return [
        Match(
            version=published(
                ArticleContent(question=question, answer="", category=category, keywords=tuple(keywords))
            ),
            probability=probability,
        )
        for question, category, keywords, probability in entries
    ]


@pytest.mark.parametrize(
    ("entries", "names"),
    [
        ([("料金は", "住民票", ["a"], 0.5), ("料金は", "戸籍", ["b"], 0.4)], ("住民票", "戸籍")),
        (
            [("郵送で取れますか", "住民票", [], 0.5), ("コンビニで取れますか", "住民票", [], 0.4)],
            ("郵送での手続き", "コンビニでの手続き"),
        ),
        ([("どうする", "戸籍", ["届出", "婚姻"], 0.5), ("どうなる", "戸籍", ["届出", "離婚"], 0.4)], ("婚姻", "離婚")),
        # Of three, a category that sets one apart tells less than keywords that tell all apart.
        (
            [("ア", "犬", ["登録"], 0.3), ("イ", "犬", ["注射"], 0.3), ("ウ", "猫", ["保護"], 0.3)],
            ("登録", "注射", "保護"),
        ),
        ([("ア", "犬", [], 0.5), ("イ", "犬", [], 0.4)], ()),
        ([("ア", "犬", [], 0.95), ("イ", "猫", [], 0.02)], ()),
        ([("ア", "犬", [], 0.95)], ()),
        ([], ()),
    ],
)
def test_the_question_is_the_one_whose_answer_tells_most(
    entries: list[tuple[str, str, Sequence[str], float]], names: tuple[str, ...]
) -> None:
    assert separating(near(*entries), PHRASES, "ja") == names


def test_in_english_only_what_has_an_english_name_is_asked_by() -> None:
    by_aspect = near(("郵送で取れますか", "住民票", [], 0.5), ("コンビニで取れますか", "戸籍", [], 0.4))

    assert separating(by_aspect, PHRASES, "en") == ("doing it by post", "doing it at a convenience store")
    assert separating(near(("ア", "犬", ["a"], 0.5), ("イ", "猫", ["b"], 0.4)), PHRASES, "en") == ()
