"""What is wrong with a procedure's file is said by file, place and remedy."""

from pathlib import Path

import pytest

from dialogues.definition import DialogueError, load_dialogues

GOOD = """
title: {ja: 試験}
starts_with: []
first: one
steps:
  one: {slot: item, text: {ja: 何ですか。}, then: done}
endings:
  done: {say: {ja: "{item}ですね。"}}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("first: one", "first: two", "first: 「two」という手順がありません"),
        ("then: done", "then: away", "steps.one: 行き先「away」がありません"),
        ("then: done", "then: one", "「done」にはどこからも行けません"),
        ("{item}ですね", "{thing}ですね", "endings.done: {thing} という項目はどの手順でも聞いていません"),
        ("text: {ja: 何ですか。}", "kind: choice, text: {ja: 何ですか。}", "steps.one: choices がありません"),
        ("title: {ja: 試験}", "title: {en: test}", "日本語 (ja) の文がありません"),
        ("slot: item", "slots: item", "unknown field `slots`"),
        ("steps:", "steps: [", "steps"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    path = tmp_path / "trial.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert list(load_dialogues(tmp_path)) == ["trial"]

    path.write_text(GOOD.replace(right, wrong), encoding="utf-8")
    with pytest.raises(DialogueError) as error:
        load_dialogues(tmp_path)

    assert any(problem.startswith(str(path)) and said in problem for problem in error.value.problems)
