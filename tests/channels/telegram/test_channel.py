import asyncio
import json
import logging
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from channels.arriving import Arrived
from channels.channel import Accepted, DeliveryOutcome, Refused, RetryLater
from channels.telegram.channel import TelegramChannel
from channels.telegram.messages import value_of
from channels.telegram.parse import parse
from conversations.message import Address, Choice
from conversations.reply import Card, Reply
from tests.channels.telegram.conftest import Storage
from tests.fakes.telegram import (
    BOT_ID,
    RESIDENT,
    TOKEN,
    Answer,
    FakeTelegram,
    echoes,
    fails,
    floods,
    hangs,
    hangs_up,
    is_slow,
    says,
    utf16,
    with_body,
    works,
)

HERE = Address("telegram", str(BOT_ID), str(RESIDENT))
CHOICES = (Choice("料金", "article:1"), Choice("場所", "article:2"), Choice("この中にはない", "none"))


async def say(channel: TelegramChannel, text: str = "はい", *, key: str = "1") -> DeliveryOutcome:
    return await channel.send(HERE, Reply(text=text), key=key, handle=None)


async def test_resident_reads_the_reply_and_nothing_in_it_is_markup(
    channel: TelegramChannel, network: FakeTelegram
) -> None:
    text = "**先に** <b>申し込みます</b> & [料金表](https://a.example/b) \\_x\\_ `y`"
    card = Card(title="粗大ごみ", section="ごみ減量課", phone="0000-20-1300", url="https://www.city.mirai.example/gomi")

    outcome = await channel.send(HERE, Reply(text=text, card=card), key="1", handle=None)

    assert outcome == Accepted()
    assert network.shown[0].splitlines() == [
        "先に <b>申し込みます</b> & 料金表 (https://a.example/b) _x_ `y`",
        "  — ごみ減量課 0000-20-1300",
        "  — https://www.city.mirai.example/gomi",
    ]
    fields = network.said[0].fields
    assert not {"parse_mode", "entities", "reply_markup"} & set(fields)
    # A preview is made by opening the link: a personal one would be used up before the resident sees it.
    assert json.loads(fields["link_preview_options"]) == {"is_disabled": True}


async def test_tapped_and_typed_choices_are_both_the_choice_that_was_offered(
    channel: TelegramChannel, network: FakeTelegram
) -> None:
    await channel.send(HERE, Reply(text="どれですか。", choices=CHOICES), key="row-1", handle=None)

    (tap,) = parse(network.taps("場所"), account=channel.account)

    assert network.shown == ["どれですか。\n  1. 料金\n  2. 場所\n  3. この中にはない"]
    assert [label for label, _ in network.said[0].buttons] == ["料金", "場所", "この中にはない"]
    assert isinstance(tap, Arrived)
    assert (tap.text, tap.in_reply_to, tap.sender) == ("場所", "1", HERE)
    assert value_of(tap.choice or "", key="row-1", choices=CHOICES) == "article:2"


async def test_a_tap_under_an_earlier_question_is_stale_and_told_so_in_a_window(
    channel: TelegramChannel, network: FakeTelegram
) -> None:
    yes = (Choice("はい", "yes"),)
    for key in ("row-1", "row-2"):
        await channel.send(HERE, Reply(text="よろしいですか。", choices=yes), key=key, handle=None)
    (stale,) = parse(network.taps("はい", network.said[0]), account=channel.account)
    (fresh,) = parse(network.taps("はい", network.said[1]), account=channel.account)
    assert isinstance(stale, Arrived)
    assert isinstance(fresh, Arrived)

    assert value_of(stale.choice or "", key="row-2", choices=yes) is None
    assert value_of(fresh.choice or "", key="row-2", choices=yes) == "yes"
    await channel.answer_tap(stale.reply_handle, text="この選択肢は前のご質問のものです。" + "。" * 300)
    await channel.answer_tap(fresh.reply_handle)

    (_, told), (_, silent) = network.answered_taps
    assert told.startswith("この選択肢は前のご質問のものです。")
    assert told.endswith("…")
    assert silent == ""
    assert [fields["show_alert"] for method, fields in network.calls[-2:]] == ["true", "false"]


async def test_a_tap_that_nobody_can_answer_any_more_harms_nothing(
    channel: TelegramChannel, network: FakeTelegram
) -> None:
    await channel.answer_tap("too-old", text="前のご質問のものです。")
    await channel.answer_tap(None)

    assert [method for method, _ in network.calls] == ["answerCallbackQuery"]


async def test_long_reply_is_heard_whole_with_its_buttons_under_the_last_piece(
    channel: TelegramChannel, network: FakeTelegram
) -> None:
    text = "".join(f"{number}番の𠮷野家👨‍👩‍👧です。\n" for number in range(600))

    outcome = await channel.send(HERE, Reply(text=text, choices=CHOICES), key="1", handle=None)

    assert outcome == Accepted()
    assert len(network.said) > 1
    assert all(utf16(piece) <= 4096 for piece in network.shown)
    assert "".join(network.shown).startswith(text)
    assert [bool(said.buttons) for said in network.said] == [False] * (len(network.said) - 1) + [True]


async def test_files_arrive_with_name_and_type(
    channel: TelegramChannel, network: FakeTelegram, storage: Storage
) -> None:
    form = storage.keep('申請"書\r\nX: y\x1b[2J.pdf', b"%PDF-1.7")
    picture = storage.keep("地図.png", b"\x89PNG", "image/png")

    outcome = await channel.send(HERE, Reply(text="お送りします。", attachments=(form, picture)), key="1", handle=None)

    assert outcome == Accepted()
    assert network.said[0].text == "お送りします。"
    (name, *sent_form), sent_picture = (said.document for said in network.said[1:] if said.document)
    assert sent_form == ["application/pdf", b"%PDF-1.7"]
    assert name.endswith("書X: y[2J.pdf")
    assert sent_picture == ("地図.png", "image/png", b"\x89PNG")


async def test_a_file_that_is_gone_is_for_a_person(channel: TelegramChannel, storage: Storage) -> None:
    gone = storage.keep("申請書.pdf", b"x")
    storage.contents.clear()

    outcome = await channel.send(HERE, Reply(text="", attachments=(gone,)), key="1", handle=None)

    assert outcome == Refused("添付ファイル「申請書.pdf」が見つかりません。")


@pytest.mark.parametrize(
    ("trouble", "after"),
    [
        (floods(7), 7),
        (floods(2.5), 2.5),
        (floods(10**12), 24 * 60 * 60),
        (floods(None), 30),
        (floods("soon"), 30),
        (says(429, "Too Many Requests", ["?"]), 30),
        (fails(500), 30),
        (fails(502), 30),
        (with_body(b"<html>Bad gateway</html>", 502), 30),
        (with_body(b"[]", 500), 30),
        (says(408, "Request Timeout"), 30),
        (hangs_up, 30),
        (with_body(b"<html>Welcome</html>"), 30),
        (with_body(b"[]"), 30),
        (with_body(b"null"), 30),
        (with_body(b'{"ok":true}'), 30),
        (with_body(b'{"ok":true,"result":{}}'), 30),
        (with_body(b'{"ok":true,"result":[1]}'), 30),
    ],
)
async def test_what_may_pass_is_tried_later_when_telegram_says(
    channel: TelegramChannel, network: FakeTelegram, trouble: Answer, after: float
) -> None:
    network.then(trouble)

    assert await say(channel) == RetryLater(timedelta(seconds=after))


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (says(403, "Forbidden: bot was blocked by the user"), "ブロック"),
        (says(403, "Forbidden: user is deactivated"), "退会"),
        (says(400, "Bad Request: chat not found"), "受け付けません"),
        (says(413, "Request Entity Too Large"), "受け付けません"),
        (says(409, "Conflict"), "受け付けません"),
        (says(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -5}), "受け付けません"),
        (says(401, "Unauthorized"), "トークンの設定"),
        (says(404, "Not Found"), "トークンの設定"),
        (with_body(b"\xff", 400), "HTTP 400"),
    ],
)
async def test_what_will_never_pass_is_for_a_person_with_a_reason(
    channel: TelegramChannel, network: FakeTelegram, trouble: Answer, reason: str
) -> None:
    network.then(trouble)

    outcome = await say(channel)

    assert isinstance(outcome, Refused)
    assert reason in outcome.reason
    assert await say(channel) == Accepted()


async def test_resident_who_blocked_us_is_refused_until_back(channel: TelegramChannel, network: FakeTelegram) -> None:
    network.block()
    assert isinstance(await say(channel), Refused)

    network.unblock()
    assert await say(channel) == Accepted()


async def test_no_server_at_all_is_tried_later(storage: Storage) -> None:
    nowhere = TelegramChannel(TOKEN, open_file=storage.open, api_url="http://127.0.0.1:9")

    assert isinstance(await say(nowhere), RetryLater)
    await nowhere.close()


async def test_of_a_long_reply_only_what_was_not_taken_is_said_again(
    channel: TelegramChannel, network: FakeTelegram, storage: Storage
) -> None:
    form = storage.keep("申請書.pdf", b"%PDF")
    reply = Reply(text="あ" * 4096 + "い" * 10, attachments=(form,))
    network.then(works, floods(3), works, fails())

    outcomes = [await channel.send(HERE, reply, key="1", handle=None) for _ in range(3)]

    assert [type(outcome) for outcome in outcomes] == [RetryLater, RetryLater, Accepted]
    assert network.shown == ["あ" * 4096, "い" * 10, "[申請書.pdf]"]


@pytest.mark.parametrize(("trouble", "heard"), [(hangs, ["はい"]), (is_slow, ["はい", "はい"])])
async def test_after_an_answer_that_never_came_it_is_said_again_rather_than_never(
    channel: TelegramChannel, impatient: TelegramChannel, network: FakeTelegram, trouble: Answer, heard: list[str]
) -> None:
    network.then(trouble)

    outcomes = [await say(impatient), await say(channel)]

    assert outcomes == [RetryLater(timedelta(seconds=30)), Accepted()]
    assert network.shown == heard
    assert not channel.capabilities.retry_safe


@pytest.mark.parametrize(
    "address", [Address("telegram", "1", str(RESIDENT)), Address("telegram", str(BOT_ID), "@city"), Address("web", "1")]
)
async def test_only_private_talks_of_this_bot_are_spoken_in(
    channel: TelegramChannel, network: FakeTelegram, address: Address
) -> None:
    assert isinstance(await channel.send(address, Reply(text="はい"), key="1", handle=None), Refused)
    assert network.calls == []


async def test_a_reply_of_nothing_is_for_a_person(channel: TelegramChannel, network: FakeTelegram) -> None:
    assert await say(channel, " \n ") == Refused("送る言葉もファイルもありません。")
    assert await say(channel, "半\ud83d分") == Accepted()
    assert network.shown == ["半\ufffd分"]


async def test_resident_sees_that_we_are_at_it(channel: TelegramChannel, network: FakeTelegram) -> None:
    await channel.show_typing(HERE)

    assert network.calls == [("sendChatAction", {"chat_id": str(RESIDENT), "action": "typing"})]


async def test_webhook_is_set_with_its_secret_and_the_kinds_we_understand(
    channel: TelegramChannel, network: FakeTelegram
) -> None:
    assert await channel.set_webhook("https://chat.example/webhooks/telegram", secret="s3cret") == Accepted()

    ((method, fields),) = network.calls
    assert (method, fields["secret_token"]) == ("setWebhook", "s3cret")
    assert json.loads(fields["allowed_updates"]) == ["message", "edited_message", "callback_query", "my_chat_member"]


@pytest.mark.parametrize("trouble", [works, echoes, fails(), hangs_up, with_body(f"/bot{TOKEN}/".encode())])
async def test_the_token_is_in_no_log_no_error_and_no_repr(
    channel: TelegramChannel, network: FakeTelegram, caplog: pytest.LogCaptureFixture, trouble: Answer
) -> None:
    for name in (None, "httpx", "httpcore", "telegram"):
        caplog.set_level(logging.DEBUG, logger=name)
    opened = TelegramChannel(TOKEN, open_file=Storage().open, api_url=network.url)
    network.then(trouble)

    with capture_logs() as ours:
        outcome = await say(opened, "住民票の写し")
        await opened.close()

    # The library begins what a server said with a capital and goes on in small letters.
    seen = f"{caplog.text} {ours} {outcome!r} {opened!r} {opened}".lower()
    assert TOKEN.partition(":")[2].lower() not in seen
    assert "住民票" not in seen


async def test_closing_waits_for_what_is_under_way_and_twice_is_harmless(
    channel: TelegramChannel, network: FakeTelegram
) -> None:
    network.then(is_slow)
    saying = asyncio.ensure_future(say(channel))
    await network.reached.wait()
    closing = asyncio.ensure_future(channel.close())
    await asyncio.wait({closing}, timeout=0.01)
    assert not closing.done()

    network.closing.set()

    assert await saying == Accepted()
    await closing
    await channel.close()
    assert isinstance(await say(channel), RetryLater)
