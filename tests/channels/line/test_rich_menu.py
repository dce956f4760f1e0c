import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from channels.line.menu_definition import MenuButton, RichMenu, read_menus
from channels.line.parse import parse
from channels.line.rich_menu import MenuNotSet, RichMenus
from conversations.errors import SettingsError
from tests.fakes.line import ACCOUNT, RESIDENT, TOKEN, FakeLine


def picture(width: int = 1200, height: int = 810, *, form: str = "PNG", colour: str = "white") -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(drawn, form)
    return drawn.getvalue()


def a_menu(language: str, other: str, **changes: Any) -> RichMenu:
    rows = (
        (MenuButton(label="よくある質問", value="dialogue:faq"), MenuButton(label="言語", language=other)),
        (MenuButton(label="市のサイト", url="https://www.city.mirai.example/"),),
    )
    menu = RichMenu(language=language, bar="メニュー", rows=rows, picture=picture(), width=1200, height=810)
    return replace(menu, **changes)


BOTH = [a_menu("ja", "en"), a_menu("en", "ja", bar="Menu")]


@pytest.fixture
async def menus(line: FakeLine) -> AsyncIterator[RichMenus]:
    menus = RichMenus(TOKEN, host=line.url)
    yield menus
    await menus.close()
    await menus.close()


async def test_menus_of_all_languages_are_there_with_picture_and_alias(line: FakeLine, menus: RichMenus) -> None:
    await menus.set_up(BOTH)

    there = line.menus
    assert {alias: there.menus[made]["chatBarText"] for alias, made in there.aliases.items()} == {
        "madoguchi-ja": "メニュー",
        "madoguchi-en": "Menu",
    }
    assert there.images.keys() == there.menus.keys()
    assert there.default == there.aliases["madoguchi-ja"]


async def test_rows_share_the_picture_without_gap_or_overlap(line: FakeLine, menus: RichMenus) -> None:
    three = tuple(MenuButton(label=str(n), value=str(n)) for n in range(3))
    menu = a_menu("ja", "ja", rows=(three, three[:2], three[:1]), picture=picture(1000, 401), width=1000, height=401)

    await menus.set_up([menu])

    (made,) = line.menus.menus.values()
    bounds = [area["bounds"] for area in made["areas"]]
    assert sum(each["width"] * each["height"] for each in bounds) == 1000 * 401
    assert [each["x"] for each in bounds] == [0, 333, 666, 0, 500, 0]
    assert [each["y"] for each in bounds] == [0, 0, 0, 133, 133, 267]


async def test_setting_up_again_changes_nothing_and_a_change_replaces_one(line: FakeLine, menus: RichMenus) -> None:
    await menus.set_up(BOTH)
    first = dict(line.menus.aliases)
    await menus.set_up(BOTH)
    assert line.menus.aliases == first

    await menus.set_up([BOTH[0], replace(BOTH[1], picture=picture(colour="blue"))])

    assert line.menus.aliases["madoguchi-ja"] == first["madoguchi-ja"]
    assert line.menus.aliases["madoguchi-en"] != first["madoguchi-en"]
    assert set(line.menus.menus) == set(line.menus.aliases.values())


async def test_language_that_is_not_defined_any_more_goes_and_others_menus_stay(
    line: FakeLine, menus: RichMenus
) -> None:
    line.menus.menus["richmenu-of-others"] = {"name": "春のキャンペーン", **_shape()}
    line.menus.aliases["spring"] = "richmenu-of-others"
    await menus.set_up(BOTH)

    alone = a_menu("ja", "ja")
    await menus.set_up([alone])

    assert set(line.menus.aliases) == {"madoguchi-ja", "spring"}
    assert len(line.menus.menus) == 2
    assert "richmenu-of-others" in line.menus.menus


def _shape() -> dict[str, Any]:
    return {"size": {"width": 1200, "height": 810}, "selected": True, "chatBarText": "春", "areas": []}


async def test_resident_is_given_the_menu_of_their_language(line: FakeLine, menus: RichMenus) -> None:
    await menus.set_up(BOTH)

    await menus.show(RESIDENT, "en")
    assert line.menus.of_user == {RESIDENT: line.menus.aliases["madoguchi-en"]}
    await menus.show(RESIDENT, "ne")
    assert line.menus.of_user == {}


async def test_another_process_finds_the_menus_by_their_aliases(line: FakeLine, menus: RichMenus) -> None:
    await menus.set_up(BOTH)
    later = RichMenus(TOKEN, host=line.url)

    await later.show(RESIDENT, "en")

    assert line.menus.of_user == {RESIDENT: line.menus.aliases["madoguchi-en"]}
    await later.close()


async def test_tap_on_another_language_arrives_as_that_choice(line: FakeLine, menus: RichMenus) -> None:
    await menus.set_up(BOTH)
    (switch,) = [
        area["action"]
        for area in line.menus.menus[line.menus.aliases["madoguchi-ja"]]["areas"]
        if area["action"]["type"] == "richmenuswitch"
    ]

    params = {"newRichMenuAliasId": switch["richMenuAliasId"], "status": "SUCCESS"}
    body, _ = line.webhook(line.event("postback", at=1, postback={"data": switch["data"], "params": params}))
    _, (event,) = parse(body)

    assert switch["richMenuAliasId"] in line.menus.aliases
    assert getattr(event, "choice", None) == "language:en"


async def test_refused_picture_leaves_no_half_menu_and_the_old_ones(line: FakeLine, menus: RichMenus) -> None:
    await menus.set_up(BOTH)
    before = dict(line.menus.aliases)

    with pytest.raises(MenuNotSet, match=r"/content: 400 .*size"):
        await menus.set_up([BOTH[0], replace(BOTH[1], picture=picture(900, 500))])

    assert line.menus.aliases == before
    assert set(line.menus.menus) == set(before.values())


async def test_platform_that_is_not_there_or_refuses_is_named_without_the_token(line: FakeLine) -> None:
    for menus in (RichMenus(TOKEN, host="http://127.0.0.1:1"), RichMenus("wrong-token", host=line.url)):
        with pytest.raises(MenuNotSet, match="GET /v2/bot/richmenu/list") as told:
            await menus.set_up(BOTH)
        assert "wrong-token" not in repr((told.value, menus))
        assert TOKEN not in repr((told.value, menus))
        await menus.close()


# What would be done.


async def told(menus: RichMenus, defined: list[RichMenu]) -> list[str]:
    return [f"{step.doing} {step.language}" for step in await menus.plan(defined)]


async def test_plan_says_what_setting_up_does_and_changes_nothing(line: FakeLine, menus: RichMenus) -> None:
    assert await told(menus, BOTH) == ["make ja", "point ja", "make en", "point en", "show ja"]
    assert (line.menus.menus, line.menus.aliases, line.menus.default) == ({}, {}, None)

    await menus.set_up(BOTH)
    assert await told(menus, BOTH) == ["keep ja", "keep en"]

    changed = [BOTH[1], replace(BOTH[0], bar="くらし")]
    assert await told(menus, changed) == ["keep en", "make ja", "point ja", "show en", "remove ja"]
    await menus.set_up(changed)
    assert await told(menus, changed) == ["keep en", "keep ja"]


async def test_plan_sees_what_somebody_took_away(line: FakeLine, menus: RichMenus) -> None:
    await menus.set_up(BOTH)
    line.menus.default = None
    del line.menus.aliases["madoguchi-en"]

    assert await told(menus, BOTH) == ["keep ja", "keep en", "point en", "show ja"]


async def test_menu_that_another_process_made_anew_is_found(line: FakeLine, menus: RichMenus) -> None:
    await menus.set_up(BOTH)
    other = RichMenus(TOKEN, host=line.url)
    await other.set_up([replace(each, bar="くらし") for each in BOTH])
    await other.close()

    await menus.show(RESIDENT, "en")

    assert line.menus.of_user == {RESIDENT: line.menus.aliases["madoguchi-en"]}


async def test_token_tells_whose_it_is(menus: RichMenus) -> None:
    assert await menus.account() == ACCOUNT


# The definition.


def definition(**changes: Any) -> list[dict[str, Any]]:
    menu = {
        "language": "ja",
        "bar": "メニュー",
        "picture": "menu.png",
        "rows": [
            [{"label": "粗大ごみ", "value": "dialogue:sodaigomi"}],
            [{"label": "電話", "url": "tel:0000-20-1300"}],
        ],
    }
    return [{**menu, **changes}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "menu.png").write_bytes(picture())
    (tmp_path / "menu.jpg").write_bytes(picture(form="JPEG"))
    (tmp_path / "tall.png").write_bytes(picture(800, 700))
    (tmp_path / "menu.txt").write_text("no picture")
    (tmp_path / "big.png").write_bytes(picture() + b"\0" * 1024 * 1024)
    return tmp_path


@pytest.mark.parametrize("name", ["menu.png", "menu.jpg"])
async def test_defined_menu_is_taken_by_line(line: FakeLine, menus: RichMenus, folder: Path, name: str) -> None:
    await menus.set_up(read_menus(definition(picture=name), folder))

    assert list(line.menus.aliases) == ["madoguchi-ja"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"picture": "gone.png"}, "the picture gone.png cannot be read"),
        ({"picture": "menu.txt"}, "the picture menu.txt cannot be read as JPEG or PNG"),
        ({"picture": "tall.png"}, "800 × 700"),
        ({"picture": "big.png"}, "more than 1 MB"),
        ({"bar": "メニューをひらくにはここをおす"}, "1 to 14 characters"),
        ({"bar": 5}, r"\$\[0\]\.bar"),
        ({"language": "日本語"}, "no tag like"),
        ({"rows": []}, "1 to 20 buttons"),
        ({"rows": [[]]}, "no empty row"),
        ({"rows": [[{"label": "あ" * 21, "value": "x"}]]}, "1 to 20 characters"),
        ({"rows": [[{"label": "あ"}]]}, "exactly one of"),
        ({"rows": [[{"label": "あ", "value": "x", "url": "https://a.example"}]]}, "exactly one of"),
        ({"rows": [[{"label": "あ", "value": "x" * 301}]]}, "longer than 300"),
        ({"rows": [[{"label": "あ", "url": "javascript:alert(1)"}]]}, "must begin with https://"),
        ({"rows": [[{"label": "あ", "language": "en"}]]}, "no menu of the language 'en'"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_definition_is_named(folder: Path, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read_menus(definition(**changes), folder)


@pytest.mark.parametrize(("wrong", "told"), [([], "none is defined"), ("x", "LINE rich menus")])
def test_no_definition_is_named(folder: Path, wrong: object, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read_menus(wrong, folder)
    with pytest.raises(SettingsError, match="another menu of this language"):
        read_menus(definition() * 2, folder)
