"""What is wrong with a procedure's file is said by file, line and remedy, and nothing else ever happens."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.definition import DialogueError, load_dialogues
from server.city import mistakes_in
from tests.support.city import DEMO

GOOD = """\
title: {ja: 試験}
starts_with: []
first: one
steps:
  one:
    slot: item
    kind: choice
    text: {ja: 何ですか。}
    help: {ja: 選んでください。}
    choices:
      - {value: a, label: {ja: いす}}
      - {value: b, label: {ja: 机}}
    then: done
endings:
  done: {say: {ja: "{item}ですね。"}}
"""


def mistakes(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DialogueError) as error:
        load_dialogues(path.parent)
    return error.value.problems


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("title: {ja: 試験}", "title: {en: test}", 1, "title: 日本語 (ja) の文がありません"),
        ("starts_with: []", "starts_with: start", 2, "Expected `array`"),
        ("first: one", "first: two", 3, "first: 「two」という手順がありません"),
        ("slot: item", "slots: item", 5, "steps.one: Object contains unknown field `slots`"),
        ("slot: item", "slot: confirm", 6, "slot の名前「confirm」は使えません"),
        ("  done: {", "  one: {", 15, "「one」という手順もあります"),
        ("kind: choice", "kind: date", 7, "steps.one: Invalid enum value 'date'"),
        ("text: {ja: 何ですか。}", "text: {en: What}", 8, "steps.one.text: 日本語 (ja) の文がありません"),
        ("help: {ja: 選んでください。}", "help: {en: Choose.}", 9, "steps.one.help: 日本語 (ja) の文がありません"),
        ("label: {ja: 机}", "label: {en: Desk}", 12, "choices.1.label: 日本語 (ja) の文がありません"),
        ("{value: b,", "{value: [b],", 12, "steps.one: Expected `str`, got `array`"),
        ("then: done", "then: away", 5, "steps.one: 行き先「away」がありません"),
        ("then: done", "then: one", 15, "「done」にはどこからも行けません"),
        ("{item}ですね", "{thing}ですね", 15, "endings.done: {thing} という項目はどの手順でも聞いていません"),
        ("{say: {ja:", "{says: {ja:", 15, "endings.done: Object contains unknown field `says`"),
        ("kind: choice", "slot: other", 7, "「slot」が2回書かれています"),
        ("kind: choice", "slot: [other]", 7, "「slot」が2回書かれています"),
        ("text: {ja: 何ですか。}", "<<: {text: {en: What}}", 5, "steps.one.text: 日本語 (ja) の文がありません"),
        ("help: {", "help: [{", 10, "YAML として読めません"),
        ("何ですか。", "\x07", 1, "YAML として読めません"),
        ("何ですか。", "&a [*a]", 1, "YAML として読めません"),
        ("何ですか。", "2026-13-01", 1, "YAML として読めません"),
        (GOOD, "", 1, "Expected `object`, got `null`"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, right: str, wrong: str, line: int, said: str) -> None:
    path = tmp_path / "trial.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert list(load_dialogues(tmp_path)) == ["trial"]
    assert right in GOOD

    found = mistakes(path, GOOD.replace(right, wrong, 1))

    assert any(each.startswith(f"{path}:{line}: ") and said in each for each in found), found
    assert all(len(each.splitlines()) == 1 for each in found)


def test_choices_are_needed_where_one_chooses(tmp_path: Path) -> None:
    before, _, rest = GOOD.partition("    choices:\n")
    without = before + rest[rest.index("    then:") :]
    path = tmp_path / "trial.yml"

    assert mistakes(path, without) == [f"{path}:5: steps.one: choices がありません"]
    path.write_text(without.replace("kind: choice", "kind: text"), encoding="utf-8")
    assert load_dialogues(tmp_path)["trial"].steps["one"].choices == ()


def test_all_mistakes_of_all_files_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "dialogues"
    folder.mkdir()
    (folder / "a.yml").write_bytes("題".encode("cp932"))
    (folder / "b.yml").write_text(GOOD.replace("first: one", "first: two").replace("{item}", "{thing}"), "utf-8")
    (folder / "c.yml").write_text(GOOD, encoding="utf-8")

    found = [each for each in mistakes_in(tmp_path) if each.startswith(str(folder))]

    assert [each.rpartition("/")[2].split(": ")[0] for each in found] == [
        "a.yml:1",
        "b.yml:3",
        "b.yml:5",
        "b.yml:15",
        "b.yml:15",
    ]


def test_what_we_ship_has_no_mistake() -> None:
    shipped = {city: len(load_dialogues(DEMO.parent / city / "dialogues")) for city in ("mirai", "template")}

    assert shipped["mirai"] >= 2


@given(
    at=st.integers(0, len(GOOD)),
    length=st.integers(0, 40),
    instead=st.one_of(
        st.text(max_size=8),
        st.sampled_from(["&a", "*a", "- ", ": ", "{", "]", "!!set ", "<<: ", "|", "2026-13-01", "9" * 5000]),
    ),
)
def test_no_typing_error_breaks_more_than_itself(at: int, length: int, instead: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trial.yml"
        path.write_text(GOOD[:at] + instead + GOOD[at + length :], encoding="utf-8", newline="")

        try:
            load_dialogues(path.parent)
        except DialogueError as error:
            assert all(each.startswith(f"{path}:") for each in error.problems)  # noqa: PT017
