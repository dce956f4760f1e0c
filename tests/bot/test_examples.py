"""Rasa's training data: what is taught, what is marked, and every mistake by its line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.examples import WrongExamples, read_intents, read_training
from bot.understanding.markup import Entity, WrongMarkup, unmarked
from conversations.errors import SettingsError

RASA_BOTS = Path(__file__).parents[3] / "shared/data/rasa_bots"
DEMO = Path(__file__).parents[2] / "demo/mirai/intents.yml"
WHOLE = """version: "3.1"
nlu:
- intent: book
  examples: |
    - [タンス](item)を[明日]{"entity": "day", "role": "wish"}出したい
    - どこ[ですか]
- synonym: タンス
  examples: |
    - 箪笥
    - たんす
- intent: faq/ask
  examples:
  - text: |
      - 長い形
    metadata:
      sentiment: neutral
  - text: 引っ越し
- regex: number
  examples: |
    - [0-9]{3}
- lookup: item
  examples: |
    - 机
    - いす
rules: []
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "nlu.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_teaches_intents_synonyms_regexes_and_lookups(tmp_path: Path) -> None:
    file = written(tmp_path, WHOLE)

    data = read_training(file)

    assert [(e.intent, e.text, e.place) for e in data.examples] == [
        ("book", "タンスを明日出したい", f"{file}:5"),
        ("book", "どこ[ですか]", f"{file}:6"),
        ("faq/ask", "長い形", f"{file}:14"),
        ("faq/ask", "引っ越し", f"{file}:17"),
    ]
    assert dict(data.synonyms) == {"箪笥": "タンス", "たんす": "タンス"}
    assert dict(data.regexes) == {"number": ("[0-9]{3}",)}
    assert dict(data.lookups) == {"item": ("机", "いす")}
    assert data.mistakes == ()
    assert read_intents(file) == data.examples


def test_marked_entities_are_kept_with_their_place_role_group_and_value() -> None:
    text, entities = unmarked(
        '[京都市]{"entity": "city", "role": "from", "group": 1, "value": "京都"}から[れいぞうこ](item:冷蔵庫)を'
        '[二条][{"entity": "ward"}, {"entity": "area", "role": "to"}]へ'
    )

    assert text == "京都市かられいぞうこを二条へ"
    assert entities == (
        Entity(start=0, end=3, entity="city", role="from", group="1", value="京都"),
        Entity(start=5, end=10, entity="item", value="冷蔵庫"),
        Entity(start=11, end=13, entity="ward", value="二条"),
        Entity(start=11, end=13, entity="area", role="to", value="二条"),
    )
    assert [text[each.start : each.end] for each in entities] == ["京都市", "れいぞうこ", "二条", "二条"]


def test_values_marked_in_examples_are_synonyms_too_and_lists_count_more(tmp_path: Path) -> None:
    marked = "nlu:\n- intent: a\n  examples: |\n    - [チャリ](item:自転車)と[箪笥](item:本棚)\n"
    file = written(tmp_path, f"{marked}- synonym: タンス\n  examples: |\n    - 箪笥\n")

    assert dict(read_training(file).synonyms) == {"チャリ": "自転車", "箪笥": "タンス"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('[東京]{"entity": "city"', None),
        ("[東京]{city}", "JSON"),
        ('[東京]{"role": "from"}', "entity"),
        ('[東京]{"entity": "city", "rol": "from"}', "rol は使えません"),
        ('[東京]{"entity": "city", "role": null}', "role は文字"),
        ("[東京]()", "entity"),
        ('[東京][{"entity": "city"}, {}]', "entity"),
    ],
)
def test_markup_that_cannot_be_meant_is_told(line: str, said: str | None) -> None:
    if said is None:  # never closed: no markup, but words in brackets
        assert unmarked(line) == (line, ())
        return
    with pytest.raises(WrongMarkup, match=said):
        unmarked(line)


@given(st.text(alphabet="[](){}\"':,entity東 ", max_size=60))
def test_any_brackets_give_text_or_a_told_mistake(line: str) -> None:
    try:
        text, entities = unmarked(line)
    except WrongMarkup:
        return
    assert all(0 <= each.start < each.end <= len(text) for each in entities)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("nlu:\n- intent: a\n  examples: |\n    - あ\n    い\n", 5, "「- 」で始めてください: い"),
        ("nlu:\n- examples: |\n    - あ\n", 2, "- intent: の後に名前"),
        ("nlu:\n- intent: a\n", 2, "a に examples"),
        ("nlu:\n- intent: a\n  examples: {b: c}\n", 3, "a の examples: は"),
        ("nlu:\n- intent: a\n  examples:\n  - x: y\n", 4, "a の例に text:"),
        ("nlu:\n- intent: a\n  examples:\n", 3, "a の例が1つもありません"),
        ("nlu:\n- intent: a\n  intent: b\n  examples: |\n    - あ\n", 3, "「intent」が2回"),
        (
            "nlu:\n- intent: a\n  examples: |\n    - はい！\n- intent: b\n  examples: |\n    - はい\n",
            7,
            "「はい」は a の例でもあります",
        ),
        ("nlu:\n- intent: a\n  examples: |\n    - あ\n    - [東京]{city}\n", 5, "JSON"),
        ("nlu:\n- synonym: a\n  examples: |\n    - い\n- synonym: b\n  examples: |\n    - い\n", 7, "「い」は「a」"),
        ("nlu:\n- regex: a\n  examples: |\n    - [0-9\n", 4, "正規表現"),
        ("nlu: []\n", 1, "例が1つもありません"),
        ("stories: []\n", 1, "nlu: の下に"),
        ("", 1, "nlu: の下に"),
        ("nlu:\n- intent: [\n", 3, "YAML として読めません"),
        ("nlu: \0\n", 1, "YAML として読めません"),
        ("[" * 10_000, 1, "YAML として読めません"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_how_to_mend_it(tmp_path: Path, text: str, line: int, said: str) -> None:
    file = written(tmp_path, text)

    with pytest.raises(WrongExamples) as caught:
        read_intents(file)

    assert [(each.file, each.line) for each in caught.value.mistakes] == [(str(file), line)]
    assert said in caught.value.mistakes[0].what
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert isinstance(caught.value, SettingsError)


def test_other_letters_and_a_missing_file_are_mistakes_as_well(tmp_path: Path) -> None:
    file = tmp_path / "nlu.yml"
    file.write_bytes("nlu: 例".encode("cp932"))

    assert "UTF-8" in read_training(file).mistakes[0].what
    assert "読めません" in read_training(tmp_path / "nowhere.yml").mistakes[0].what


def test_what_is_right_beside_a_mistake_is_still_read(tmp_path: Path) -> None:
    twice = "- intent: c\n  examples: |\n    - う\n    - え\n"
    file = written(tmp_path, f"nlu:\n- intent: a\n  examples: |\n    - あ\n    い\n    - う\n- intent: b\n{twice}")

    data = read_training(file)

    assert [(example.intent, example.text) for example in data.examples] == [("a", "あ"), ("a", "う"), ("c", "え")]
    assert [mistake.line for mistake in data.mistakes] == [5, 7, 10]


def test_the_demo_city_marks_what_it_asks_for() -> None:
    assert {each.entity for example in read_intents(DEMO) for each in example.entities}


@pytest.mark.skipif(not RASA_BOTS.is_dir(), reason="the bots of others are not here")
@pytest.mark.parametrize(
    ("bot", "file", "entities", "contradictions"),
    [("helpdesk-assistant", "nlu.yml", {"priority"}, 1), ("financial-demo", "nlu/nlu.yml", {"amount-of-money"}, 1)],
)
def test_bots_made_with_rasa_are_read(bot: str, file: str, entities: set[str], contradictions: int) -> None:
    data = read_training(RASA_BOTS / bot / "data" / file)

    assert len(data.examples) > 400
    assert entities <= {each.entity for example in data.examples for each in example.entities}
    assert data.synonyms
    assert len(data.mistakes) == contradictions, "a sentence that its authors gave to two intents"
    for other in sorted((RASA_BOTS / bot).rglob("*.yml")):
        read_training(other)
