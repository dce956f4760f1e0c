"""``madoguchi line-setup``: the menus of the city's folder, taken to LINE."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from channels.line.menu_definition import RichMenu
from channels.line.rich_menu import Doing, MenuNotSet, RichMenus
from conversations.errors import SettingsError
from server.city import read_folder
from server.line_menus import MENUS, menus_of, mistakes_in_menus
from server.logs import configure_logs
from server.settings import Settings

WOULD: Final = {
    Doing.KEEP: "定義のとおりなので、そのままです (kept as it is)",
    Doing.MAKE: "メニューを作り、画像を送ります (to be made)",
    Doing.POINT: "言語の切り替え先をこのメニューにします (alias to be set)",
    Doing.SHOW: "はじめに全員に表示するメニューにします (default to be set)",
    Doing.REMOVE: "定義にない古いメニューを消します (to be removed)",
}
DID: Final = {
    Doing.KEEP: "定義のとおりなので、そのままにしました (kept as it was)",
    Doing.MAKE: "メニューを作り、画像を送りました (made)",
    Doing.POINT: "言語の切り替え先をこのメニューにしました (alias set)",
    Doing.SHOW: "はじめに全員に表示するメニューにしました (default set)",
    Doing.REMOVE: "定義にない古いメニューを消しました (removed)",
}


async def line_setup(settings: Settings, given: argparse.Namespace) -> int:
    """Set the menus up for each account; one that fails does not hold up the others. Again is harmless."""
    configure_logs("error")
    menus = _menus(given.city or settings.city)
    failed = False
    for account, token in _chosen(settings, given.accounts or []).items():
        line = RichMenus(token, host=settings.line_host or None)
        try:
            for said in await _set_up(line, account, menus, dry_run=given.dry_run):
                print(f"{account}: {said}")
        except MenuNotSet as trouble:
            failed = True
            print(f"{account}: 前のメニューのままです (not set up): {trouble}", file=sys.stderr)
        finally:
            await line.close()
    if given.dry_run:
        print("試しに調べました。何も変えていません (dry run, nothing was changed)")
    return 1 if failed else 0


async def _set_up(line: RichMenus, account: str, menus: Sequence[RichMenu], *, dry_run: bool) -> list[str]:
    whose = await line.account()
    if whose != account:
        raise MenuNotSet(
            f"line_tokens: このアクセストークンは {whose} のものです。line_accounts と同じ順に書いてください "
            "(the token is another account's)"
        )
    steps = await line.plan(menus)
    if not dry_run:
        await line.set_up(menus)
    return [f"{step.language}: {(WOULD if dry_run else DID)[step.doing]}" for step in steps]


def _menus(folder: Path) -> Sequence[RichMenu]:
    menus = menus_of(folder)
    if not menus:
        raise SettingsError(
            f"{folder / MENUS}: メニューの定義がありません。demo/mirai/line を手本に、menus.yml と画像を置いてください "
            "(no menus defined: see demo/mirai/line)"
        )
    if mistakes := mistakes_in_menus(menus, read_folder(folder)):
        raise SettingsError("\n".join(mistakes))
    return menus


def _chosen(settings: Settings, wanted: Sequence[str]) -> Mapping[str, str]:
    tokens = dict(zip(settings.line_accounts, settings.line_tokens, strict=True))
    if not tokens:
        raise SettingsError(
            "line_accounts: LINEのアカウントが設定されていません。docs/operating.md の「LINE and Telegram」を"
            "ご覧ください (no LINE account is set up)"
        )
    if strange := [each for each in wanted if each not in tokens]:
        raise SettingsError(
            f"--account: {', '.join(strange)} は line_accounts にありません (no such account)。"
            f"あるのは: {', '.join(tokens)}"
        )
    return {account: tokens[account] for account in wanted or tokens}
