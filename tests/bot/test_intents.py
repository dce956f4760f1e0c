from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.examples import NONE, Example, read_intents
from bot.understanding.intents import IntentClassifier
from bot.understanding.plain_words import asks_for_person, says_no, says_yes, wish
from language.encoder import EncoderError, NoEncoder, Vectors

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo/mirai/intents.yml"
SURE = 0.6


@pytest.fixture(scope="module")
def examples() -> tuple[Example, ...]:
    return read_intents(DEMO)


@pytest.fixture(scope="module")
def by_words(examples: tuple[Example, ...]) -> IntentClassifier:
    return IntentClassifier.build(examples, NoEncoder())


class TwoTopics:
    """An encoder that knows only one thing: whether a sentence is about fish. Fails when told to."""

    name = "two-topics"
    dimensions = 2

    def __init__(self) -> None:
        self.down = False

    def queries(self, texts: Sequence[str]) -> Vectors:
        if self.down:
            raise EncoderError("down")
        fish = ("魚", "鮭", "fish", "サンマ")
        return np.array(
            [[1.0, 0.0] if any(f in text for f in fish) else [0.0, 1.0] for text in texts], dtype=np.float32
        )

    passages = queries


def lines(intent: str, *texts: str) -> list[Example]:
    return [Example(intent, text, "test:1") for text in texts]


# --- the demo city


def test_the_demo_city_has_enough_examples_of_everything(examples: tuple[Example, ...]) -> None:
    counted = Counter(example.intent for example in examples)

    assert len(counted) >= 24
    assert min(counted.values()) >= 15


# --- plain words


@pytest.mark.parametrize(
    "text",
    [
        "人と話したい",
        "担当者",
        "担当者をお願いします",
        "オペレーターにつないで",
        "職員につないでください",
        "市役所の人と話がしたいのですが",
        "誰か人を出して",
        "担当の方に代わってください",
        "有人対応に切り替えてください",
        "機械じゃなくて人がいい",
        "ボットではだめだから職員を出して",
        "折り返し電話してほしい",
        "職員の方に直接聞きたいです",
        "ひとと はなしたい",
        "人（ひと）と 話（はな）したい",
        "職員と話したい",
        "Human please",
        "agent",
        "I want to talk to a real person",
        "Can I speak to someone?",
        "please connect me to an operator",
    ],
)
def test_a_wish_for_a_person_is_heard(text: str, by_words: IntentClassifier) -> None:
    assert asks_for_person(text)
    assert by_words.classify(text).name == "talk_to_person"
    assert by_words.classify(text).probability >= SURE


@pytest.mark.parametrize(
    "text",
    [
        "担当者の名前は？",
        "担当課はどこ",
        "担当窓口を教えて",
        "電話したい",
        "職員採用試験について",
        "職員の人数は",
        "人口は何人ですか",
        "人と話す練習ができる場所",
        "職員に相談できる時間は何時まで",
        "オペレーターの求人募集はありますか",
        "外国人と話せるサークル",
        "人間ドックの助成",
        "証人は誰でもいいですか",
        "本人が行けない場合は代理人でもいいですか",
        "世帯主の変更",
        "住民票がほしい",
        "Where is the staff entrance?",
        "real estate agent tax",
    ],
)
def test_talk_about_staff_is_no_wish_for_a_person(text: str, by_words: IntentClassifier) -> None:
    intent = by_words.classify(text)

    assert not asks_for_person(text)
    assert intent.name != "talk_to_person" or intent.probability < SURE


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("はい", "affirm"),
        ("ハイ！", "affirm"),
        ("はい、お願いします。", "affirm"),
        ("OK", "affirm"),
        ("ｏｋ", "affirm"),
        ("yes please", "affirm"),
        ("いいえ", "deny"),
        ("違います", "deny"),
        ("結構です", "deny"),
        ("No, thanks", "deny"),
        ("やめる", "cancel"),
        ("やっぱりやめます", "cancel"),
        ("キャンセルしたいです", "cancel"),
        ("もう一度お願いします", "repeat"),
        ("もう一回言ってください", "repeat"),
        ("間違えました", "correction"),
        ("戻る", "correction"),
        ("ありがとうございました！", "thanks"),
        ("わかりました、ありがとうございます", "thanks"),
        ("thank you so much", "thanks"),
        ("こんにちは〜", "greet"),
        ("お世話になっております。", "greet"),
        ("hello!", "greet"),
        ("それでは失礼いたします", "goodbye"),
        ("bye", "goodbye"),
        ("英語で", "ask_language_english"),
        ("英語でお願いします", "ask_language_english"),
        ("English please", "ask_language_english"),
        ("Can you answer in English?", "ask_language_english"),
        ("やさしい日本語で", "ask_easy_japanese"),
        ("かんたんな にほんごで おねがいします", "ask_easy_japanese"),
        ("漢字が読めません", "ask_easy_japanese"),
        ("日本語に戻してください", "ask_japanese"),
    ],
)
def test_plain_words_are_certain_in_any_city(text: str, intent: str) -> None:
    assert wish(text) == intent


@pytest.mark.parametrize(
    "text",
    [
        "はいはい横断歩道",
        "ありがとうございます。ところで住民票はどこで取れますか",
        "こんにちは、引っ越しの手続きを教えてください",
        "英語の住民票はありますか",
        "英語教室の申し込み",
        "日本語教室はどこですか",
        "やさしい日本語講座",
        "キャンセル料はかかりますか",
        "国民年金をやめるには",
        "戸籍の訂正",
        "いいえと答えたらどうなりますか",
        "結婚",
        "もう一度転入届を出す必要がありますか",
        "再交付",
        "",
        "！？",
    ],
)
def test_questions_that_begin_alike_are_left_to_the_faq(text: str) -> None:
    assert wish(text) == ""


def test_yes_is_not_no() -> None:
    assert says_yes("はい")
    assert not says_no("はい")
    assert says_no("いいえ")
    assert not says_yes("いいえ")


# --- learning


def test_an_example_is_known_however_it_is_typed(by_words: IntentClassifier) -> None:
    for text in ("粗大ごみを申し込みたい", "粗大ゴミを申込みたい！", "粗大ごみを 申し込みたい。"):
        intent = by_words.classify(text)
        assert (intent.name, intent.probability >= 0.95) == ("start_sodaigomi", True)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("粗大ごみの収集を予約したいのですが", "start_sodaigomi"),
        ("市役所は何時に開きますか", "opening_hours"),
        ("市民課の電話番号を知りたい", "contact_phone"),
        ("費用はいくらかかりますか", "ask_fee"),
        ("必要な書類は何ですか", "ask_documents"),
        ("あなたはロボットですか？", "bot_challenge"),
    ],
)
def test_words_alone_recognise_what_is_said_a_little_differently(
    by_words: IntentClassifier, text: str, intent: str
) -> None:
    found = by_words.classify(text)

    assert (found.name, found.probability >= SURE) == (intent, True)


@pytest.mark.parametrize(
    "text",
    [
        "固定資産税の評価証明の見方",
        "ナポレオンの誕生日",
        "xyzzy plugh",
        "ｘ",
        "子どもの予防接種の間隔",
        "あ" * 5_000,
        "🦑",
    ],
)
def test_what_is_nothing_like_the_examples_starts_nothing(by_words: IntentClassifier, text: str) -> None:
    intent = by_words.classify(text)

    assert intent.name == NONE or intent.probability < SURE


def test_meaning_finds_what_shares_no_word_and_words_remain_when_the_encoder_fails() -> None:
    encoder = TwoTopics()
    fish = lines("fish", "魚を釣る", "魚が食べたい", "鮭を焼く", "魚屋はどこ", "生の魚")
    tax = lines("tax", "税金を払う", "納税の期限", "住民税の額", "市税の口座", "固定資産税")
    by_meaning = IntentClassifier.build([*fish, *tax], encoder)
    only_words = IntentClassifier.build([*fish, *tax])

    found = by_meaning.classify("サンマ最高")
    assert found.name == "fish"
    assert found.probability > only_words.classify("サンマ最高").probability

    encoder.down = True
    assert by_meaning.classify("納税の期限日") == only_words.classify("納税の期限日")


def test_probabilities_mean_what_they_say(examples: tuple[Example, ...]) -> None:
    """Learn from two thirds, ask the rest: what is called sure must nearly always be right."""
    kept = [example for n, example in enumerate(examples) if n % 3]
    asked = [example for n, example in enumerate(examples) if not n % 3]
    classifier = IntentClassifier.build(kept)

    sure = [(found, e) for e in asked if (found := classifier.classify(e.text)).probability >= SURE]

    right = sum(found.name == example.intent for found, example in sure)
    said = sum(found.probability for found, _ in sure)
    assert len(sure) >= 60
    assert right / len(sure) >= 0.85
    assert abs(right - said) / len(sure) <= 0.1


def test_one_intent_or_none_at_all_is_no_reason_to_fail() -> None:
    assert IntentClassifier.build([]).classify("住民票").name == NONE
    assert IntentClassifier.build(lines("a", "住民票")).classify("住民票").name == "a"
    assert IntentClassifier.build([]).classify("はい").name == "affirm"


@given(st.text(max_size=80))
def test_any_words_give_an_intent_and_a_probability(by_words: IntentClassifier, text: str) -> None:
    first = by_words.classify(text)

    assert 0.0 <= first.probability <= 1.0
    assert by_words.classify(text) == first
