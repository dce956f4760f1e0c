"""``inspect-mail`` and ``inspect-line``: a broken input is a finding, not a failure."""

import json
import mailbox
from pathlib import Path
from typing import Any

import pytest

from server.cli import parser
from server.settings import Settings

LETTERS = Path(__file__).parents[1] / "channels" / "mail" / "letters"
BODY = Path(__file__).parents[1] / "channels" / "line" / "payloads"


async def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, Any, str]:
    given = parser().parse_args([str(word) for word in words])
    code = await given.run(Settings(), given)
    out, errors = capsys.readouterr()
    return code, json.loads(out) if given.json else out, errors


async def test_a_letter_is_told_with_what_was_folded_away(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    letter = tmp_path / "a.eml"
    letter.write_bytes(
        "From: 山田 <taro..y.@docomo.ne.jp>\r\nTo: desk@city.example\r\nSubject: =?utf-8?B?44GU44G/?=\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nいつですか。\r\n\r\n> 月曜日です。\r\n-- \r\n山田\r\n".encode()
    )

    code, (found,), _ = await run(capsys, "inspect-mail", "--json", letter)

    assert code == 0
    assert (found["kind"], found["said"], found["subject"]) == ("resident", "いつですか。", "ごみ")
    assert found["sender"]["address"] == "taro..y.@docomo.ne.jp"
    assert {each["kind"] for each in found["folded"]} == {"quoted", "signature"}


async def test_folders_mailboxes_and_rubbish_are_read_and_only_a_missing_file_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    box = mailbox.mbox(tmp_path / "old.mbox")
    for subject in ("one", "two"):
        box.add(f"Subject: {subject}\n\nwords\n".encode())
    box.close()
    (tmp_path / "rubbish.eml").write_bytes(bytes(range(256)))

    code, found, errors = await run(capsys, "inspect-mail", "--json", tmp_path, tmp_path / "none")

    assert (code, len(found)) == (1, 3)
    assert [each["subject"] for each in found if "mbox" in each["file"]] == ["one", "two"]
    assert "ファイルがありません" in errors


async def test_a_bounce_and_a_robot_are_told_by_rule_and_class(capsys: pytest.CaptureFixture[str]) -> None:
    files = (LETTERS / "postfix-ja-dsn.eml", LETTERS / "out-of-office-exchange.eml")

    _, (bounce, robot), _ = await run(capsys, "inspect-mail", "--json", *files)

    assert (bounce["kind"], bounce["bounce"]["recipients"][0]["permanent"]) == ("bounce", True)
    assert robot["kind"] == "auto-reply"
    assert robot["rule"]["told"].endswith("。")


async def test_people_read_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = await run(capsys, "inspect-mail", LETTERS / "postfix-ja-dsn.eml")

    assert code == 0
    assert "kind        bounce" in out


async def test_a_webhook_body_is_told_event_by_event(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    body = next(path for path in sorted(BODY.glob("*.json")) if not path.name.endswith(".expected.json"))
    (tmp_path / "no.json").write_bytes(b"\xff")

    code, found, _ = await run(capsys, "inspect-line", "--json", body)
    bad_code, bad, _ = await run(capsys, "inspect-line", "--json", tmp_path / "no.json")

    assert (code, bad_code) == (0, 0)
    assert found
    assert "kind" in found[0]
    assert bad[0]["kind"] == "bad delivery"
