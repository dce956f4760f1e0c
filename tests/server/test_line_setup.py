"""``madoguchi line-setup`` against a platform of our own."""

import argparse
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from conversations.errors import SettingsError
from server.line_menus import mistakes_in_line
from server.line_setup import line_setup
from server.settings import Settings
from tests.fakes.line import ACCOUNT, SECRET, TOKEN, FakeLine
from tests.support.city import DEMO
from tests.support.line_hall import OTHER, OTHER_SECRET, OTHER_TOKEN


@pytest.fixture
async def line() -> AsyncIterator[FakeLine]:
    async with FakeLine() as line:
        line.add_account(OTHER, token=OTHER_TOKEN, secret=OTHER_SECRET)
        yield line


def settings(line: FakeLine, *, tokens: tuple[str, ...] = (TOKEN,), accounts: tuple[str, ...] = (ACCOUNT,)) -> Settings:
    secrets = tuple(SECRET for _ in accounts)
    return Settings(city=DEMO, line_accounts=accounts, line_secrets=secrets, line_tokens=tokens, line_host=line.url)


def asked(**changes: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"city": None, "accounts": None, "dry_run": False, **changes})


def city_with(tmp_path: Path, before: str, after: str) -> Path:
    """The demo city, its menus changed."""
    folder = tmp_path / "city"
    shutil.copytree(DEMO, folder)
    file = folder / "line/menus.yml"
    defined = file.read_text(encoding="utf-8")
    assert before in defined
    file.write_text(defined.replace(before, after), encoding="utf-8")
    return folder


async def test_the_demo_city_has_a_menu_for_each_of_its_languages(
    line: FakeLine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await line_setup(settings(line), asked()) == 0

    assert line.menus.aliases.keys() == {"madoguchi-ja", "madoguchi-ja-easy", "madoguchi-en"}
    assert line.menus.default == line.menus.aliases["madoguchi-ja"]
    assert all(len(image) <= 200 * 1024 for image in line.menus.images.values())
    told = capsys.readouterr().out
    assert told.count("メニューを作り、画像を送りました") == 3
    assert f"{ACCOUNT}: ja: はじめに全員に表示するメニューにしました" in told


async def test_a_dry_run_says_it_all_and_changes_nothing(line: FakeLine, capsys: pytest.CaptureFixture[str]) -> None:
    assert await line_setup(settings(line), asked(dry_run=True)) == 0

    assert {method for method, _ in line.calls} == {"GET"}
    told = capsys.readouterr().out
    assert told.count("メニューを作り、画像を送ります") == 3
    assert "何も変えていません" in told


async def test_again_changes_nothing_and_a_changed_menu_takes_the_place_of_the_old(
    line: FakeLine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await line_setup(settings(line), asked())
    there = dict(line.menus.aliases)
    capsys.readouterr()

    assert await line_setup(settings(line), asked()) == 0
    assert line.menus.aliases == there
    assert capsys.readouterr().out.count("そのままにしました") == 3

    changed = city_with(tmp_path, "bar: Menu", "bar: Services")
    assert await line_setup(settings(line), asked(city=changed)) == 0
    told = capsys.readouterr().out
    assert "en: メニューを作り" in told
    assert "en: 定義にない古いメニューを消しました" in told
    assert len(line.menus.menus) == 3


async def test_a_token_of_another_account_is_found_out_and_the_others_are_set_up(
    line: FakeLine, capsys: pytest.CaptureFixture[str]
) -> None:
    mixed = settings(line, accounts=(OTHER, ACCOUNT), tokens=(TOKEN, TOKEN))

    assert await line_setup(mixed, asked()) == 1

    told = capsys.readouterr()
    assert f"{OTHER}: " in told.err
    assert f"{ACCOUNT} のものです" in told.err
    assert TOKEN not in told.err + told.out
    assert f"{ACCOUNT}: ja: メニューを作り" in told.out


async def test_only_the_account_that_was_named(line: FakeLine, capsys: pytest.CaptureFixture[str]) -> None:
    both = settings(line, accounts=(ACCOUNT, OTHER), tokens=(TOKEN, OTHER_TOKEN))

    assert await line_setup(both, asked(accounts=[OTHER])) == 0

    assert ACCOUNT not in capsys.readouterr().out


async def test_what_cannot_be_set_up_is_named_with_its_remedy(line: FakeLine, tmp_path: Path) -> None:
    empty = city_with(tmp_path, "bar: Menu", "bar: Menu")
    (empty / "line/menu.en.png").unlink()
    with pytest.raises(SettingsError, match=r"menus\.yml.*menu\.en\.png cannot be read"):
        await line_setup(settings(line), asked(city=empty))
    shutil.rmtree(empty / "line")
    with pytest.raises(SettingsError, match="demo/mirai/line を手本に"):
        await line_setup(settings(line), asked(city=empty))
    with pytest.raises(SettingsError, match="line_accounts: LINEのアカウントが設定されていません"):
        await line_setup(Settings(city=DEMO), asked())
    with pytest.raises(SettingsError, match=f"Uunknown は line_accounts にありません.*{ACCOUNT}"):
        await line_setup(settings(line), asked(accounts=["Uunknown"]))
    assert line.calls == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("dialogue:shomei", "dialogue:shomeisho", "'dialogue:shomeisho' は使えません"),
        ("value: person", "value: human", "使えるのは person, dialogue:"),
        ("language: en", "language: tlh", "tlh: city.yml の languages にない言語です"),
        ("  bar: Menu", "  bar: [", "読めません"),
    ],
)
def test_the_check_of_a_citys_folder_finds_menus_that_go_nowhere(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    assert mistakes_in_line(DEMO) == []

    found = mistakes_in_line(city_with(tmp_path, before, after))

    assert any(told in each and "menus.yml" in each for each in found)
