"""city.yml is written by hand: every mistake comes back with its line and a remedy, and nothing else ever does."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.city import DEMO
from tickets.city_file import CityFileError, CityFileProblem, read_city

GOOD = """\
name: {ja: 見本市}
office: {ja: 見本市役所}
languages: [ja]
website: https://example.example/
colours: {primary: "#0017c1"}
wards:
  - {id: chuo, name: 中央区}
hours:
  weekdays: [["08:30", "12:00"], ["13:00", "17:15"]]
  closed: ["12-29/01-03"]
sections:
  - {id: shimin, name: 市民課, exceptions: {"2027-03-28": [["09:00", "12:00"]]}}
general_section: shimin
"""


def mistakes(folder: Path, text: str) -> tuple[CityFileProblem, ...]:
    path = folder / "city.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CityFileError) as caught:
        read_city(path)
    assert all(each.file == str(path) for each in caught.value.mistakes)
    return caught.value.mistakes


def test_the_good_one_is_good(tmp_path: Path) -> None:
    path = tmp_path / "city.yml"
    path.write_text(GOOD, encoding="utf-8")

    city = read_city(path)

    assert city.section("unknown").id == city.section("").id == "shimin"
    assert city.section("shimin").calendar.closed == (((12, 29), (1, 3)),)
    assert city.answer_within_working_days == 3
    assert not city.section("shimin").confidential

    path.write_text(GOOD.replace("name: 市民課,", "name: 市民課, confidential: true,"), encoding="utf-8")
    assert read_city(path).section("shimin").confidential


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("{ja: 見本市}", "{en: Sample}", 1, "name: 日本語の名前"),
        ("{ja: 見本市役所}", "[見本市役所]", 2, "office: 日本語の名前"),
        ("languages: [ja]", "languages: ja", 3, "languages: [ … ]"),
        ("languages: [ja]", "languages: [ja, xx]", 3, "xx は使えません"),
        ("languages: [ja]", "languages: [en]", 3, "ja を入れて"),
        ("https://example", "javascript://example", 4, "https:// から"),
        ('"#0017c1"', "red", 5, "引用符"),
        ("wards:\n  - {id: chuo, name: 中央区}", "wards: 中央区", 6, "wards: [ … ]"),
        ("  - {id: chuo, name: 中央区}", "  - {id: chuo}", 7, "id と name"),
        ("12:00", "25:00", 9, "weekdays"),
        ("12:00", "15:00", 9, "重なって"),
        ("08:30", "８:30", 9, "weekdays"),
        ("12-29/01-03", "12-29/13-03", 10, "ある日付"),
        ("  closed:", "  holidays:", 10, "「holidays」という項目はありません"),
        ("2027-03-28", "3月28日", 12, "2026-12-27 の形"),
        ("name: 市民課,", "name: 市民課, confidential: はい,", 12, "true か false"),
        ("name: 市民課,", "name: 市民課, confidential: ,", 12, "true か false"),
        ("id: shimin", "id: [shimin]", 12, "id: 文字で"),
        ("general_section: shimin", "general_section: soumu", 13, "「soumu」という担当課がありません"),
        ("general_section", "answer_within_working_days: 0\ngeneral_section", 13, "1〜100 の整数"),
        ("general_section", "phone: 1\nphone: 2\ngeneral_section", 14, "2回書かれて"),
        ("general_section", "\tgeneral_section", 13, "YAML として読めません"),
        ("{ja: 見本市}", "&a [*a]", 1, "自分自身"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_a_remedy(
    tmp_path: Path, before: str, after: str, line: int, said: str
) -> None:
    assert before in GOOD
    found = mistakes(tmp_path, GOOD.replace(before, after, 1))

    assert any(each.line == line and said in each.message for each in found), found


def test_a_missing_file_and_a_wrong_encoding_are_told(tmp_path: Path) -> None:
    with pytest.raises(CityFileError, match="madoguchi init"):
        read_city(tmp_path / "city.yml")
    with pytest.raises(CityFileError, match="ファイルを読めません"):
        read_city(tmp_path)
    (tmp_path / "city.yml").write_bytes("name: 市".encode("cp932"))
    with pytest.raises(CityFileError, match="UTF-8"):
        read_city(tmp_path / "city.yml")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_torn_file_is_read_or_refused_but_never_a_crash(tmp_path: Path, data: st.DataObject) -> None:
    lines = GOOD.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        first, last = sorted(data.draw(st.tuples(st.integers(0, 60), st.integers(0, 60))))
        junk = data.draw(st.sampled_from(["", "[", "{", "- ", ": ", "null", "&a ", "*a", "'", "? ", "\x07", "９"]))
        lines[place] = lines[place][:first] + junk + lines[place][last:]
    path = tmp_path / "city.yml"
    path.write_text("\n".join(lines), encoding="utf-8")

    try:
        city = read_city(path)
    except CityFileError as refused:
        assert refused.mistakes  # noqa: PT017 -- either outcome is right
    else:
        assert city.section("anything").name


def test_the_demonstration_city_and_the_template_are_right() -> None:
    for folder in (DEMO, DEMO.parent / "template"):
        assert read_city(folder / "city.yml").sections
