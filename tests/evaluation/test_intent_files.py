from pathlib import Path

import pytest

from evaluation.intent_files import read_intent_file

RASA = """nlu:
- intent: garbage
  examples: |
    - [ごみ](item)を出したい
- intent: dog
  examples: |
    - 犬の登録
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("i.csv", "text,intent\nごみを出したい,garbage\n犬の登録,dog\n"),
        ("i.csv", "\ufeff意図,備考,例文\ngarbage,x,ごみを出したい\r\ndog,,犬の登録\r\n"),
        ("i.tsv", "ごみを出したい\tgarbage\n\n犬の登録\tdog\n"),
        ("i.yml", RASA),
    ],
)
def test_every_way_to_write_intents_means_the_same(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    examples, problems = read_intent_file(path)

    assert [(each.intent, each.text) for each in examples] == [("garbage", "ごみを出したい"), ("dog", "犬の登録")]
    assert problems == []


@pytest.mark.parametrize(
    ("name", "data", "line", "said"),
    [
        ("i.csv", "text,intent\nごみ,garbage\nひとつ\n", 3, "2列"),
        ("i.csv", "text,intent\nごみ,garbage\n,dog\n", 3, "text: 空です"),
        ("i.tsv", "ごみ\tgarbage\n犬\t \n", 2, "intent: 空です"),
        ("i.yml", "nlu:\n- intent: garbage\n  examples: |\n    - ごみ\n- intent: dog\n", 5, "dog に examples"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_the_good_ones_stay(tmp_path: Path, name: str, data: str, line: int, said: str) -> None:
    path = tmp_path / name
    path.write_text(data, encoding="utf-8")

    examples, [problem] = read_intent_file(path)

    assert [each.text for each in examples] == ["ごみ"]
    assert (problem.file, problem.line) == (str(path), line)
    assert said in str(problem)


def test_a_table_saved_in_other_letters_is_told_and_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "i.csv"
    path.write_bytes("text,intent\nごみ,garbage\n".encode("cp932"))

    examples, [problem] = read_intent_file(path)

    assert examples == []
    assert "UTF-8" in str(problem)
