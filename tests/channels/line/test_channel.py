import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
import structlog

from channels.arriving import Arrived
from channels.channel import Accepted, DeliveryOutcome, Refused, RetryLater
from channels.line.channel import LineAccount, LineChannel
from channels.line.parse import parse
from channels.line.sending import Profile
from conversations.message import Address, Attachment, Choice
from conversations.reply import Card, Reply
from tests.conftest import FrozenClock
from tests.fakes.line import ACCOUNT, RESIDENT, TOKEN, FakeLine

RESIDENT_HERE = Address("line", ACCOUNT, RESIDENT)
HELLO = Reply(text="こんにちは。")
AT_ONCE = 0.6
"""seconds; for a platform that stays silent"""


def link(attachment: Attachment) -> str:
    return f"https://chat.city.example/files/{attachment.id}"


def a_channel(line: FakeLine, clock: FrozenClock, *, timeout: float = 5) -> LineChannel:
    accounts = {ACCOUNT: LineAccount(access_token=TOKEN, name="みらい市")}
    return LineChannel(accounts, clock=clock, file_link=link, host=line.url, timeout=timeout)


@pytest.fixture
async def channel(line: FakeLine, clock: FrozenClock) -> AsyncIterator[LineChannel]:
    channel = a_channel(line, clock)
    yield channel
    await channel.close()


@pytest.fixture
async def hasty(line: FakeLine, clock: FrozenClock) -> AsyncIterator[LineChannel]:
    """Waits for an answer hardly at all."""
    channel = a_channel(line, clock, timeout=AT_ONCE)
    yield channel
    await channel.close()


@pytest.fixture
def handle(line: FakeLine, clock: FrozenClock) -> str:
    """What came with a resident's message of just now."""
    return handle_of(line, clock)


def handle_of(line: FakeLine, clock: FrozenClock) -> str:
    at = int(clock.now().timestamp() * 1000)
    body, _ = line.webhook(line.says("住民票", at=at))
    _, (event,) = parse(body)
    assert isinstance(event, Arrived)
    assert event.reply_handle is not None
    return event.reply_handle


async def push(channel: LineChannel, reply: Reply = HELLO, *, key: str = "1") -> DeliveryOutcome:
    return await channel.send(RESIDENT_HERE, reply, key=key, handle=None)


# By token or by push.


async def test_answer_goes_by_the_free_reply_token_while_it_lives(
    line: FakeLine, channel: LineChannel, clock: FrozenClock
) -> None:
    young, old = handle_of(line, clock), handle_of(line, clock)

    clock.turn(timedelta(seconds=50))
    first = await channel.send(RESIDENT_HERE, HELLO, key="1", handle=young)
    clock.turn(timedelta(seconds=20))
    second = await channel.send(RESIDENT_HERE, HELLO, key="2", handle=old)

    assert [first, second] == [Accepted(), Accepted()]
    assert [(sent.by, sent.to) for sent in line.sent] == [("reply", RESIDENT), ("push", RESIDENT)]


async def test_second_answer_to_a_message_is_pushed_without_asking_the_spent_token(
    line: FakeLine, channel: LineChannel, handle: str
) -> None:
    for key in ("1", "2"):
        assert await channel.send(RESIDENT_HERE, Reply(text=key), key=key, handle=handle) == Accepted()

    assert line.shown == ["1", "2"]
    assert [path for _, path in line.calls] == ["/v2/bot/message/reply", "/v2/bot/message/push"]


async def test_token_that_line_does_not_take_any_more_is_replaced_by_a_push(
    line: FakeLine, channel: LineChannel, handle: str
) -> None:
    line.expire_reply_tokens()

    assert await channel.send(RESIDENT_HERE, HELLO, key="1", handle=handle) == Accepted()
    assert [sent.by for sent in line.sent] == ["push"]


@pytest.mark.parametrize("handle", [None, "", "no handle at all", "{}", '{"reply": "x"}'])
async def test_without_a_usable_handle_it_is_pushed(line: FakeLine, channel: LineChannel, handle: str | None) -> None:
    assert await channel.send(RESIDENT_HERE, HELLO, key="1", handle=handle) == Accepted()
    assert [sent.by for sent in line.sent] == ["push"]


async def test_very_long_reply_is_heard_whole_in_several_requests(
    line: FakeLine, channel: LineChannel, handle: str
) -> None:
    long = Reply(text="\n\n".join(f"{n}件目の書類です。" * 60 for n in range(60)))

    outcomes = [await channel.send(RESIDENT_HERE, long, key="1", handle=handle) for _ in range(2)]

    assert outcomes == [Accepted()] * 2
    assert "".join(line.shown) == long.text
    assert {sent.by for sent in line.sent} == {"push"}
    assert len(line.sent) == 2


async def test_long_reply_goes_on_where_it_was_interrupted(line: FakeLine, channel: LineChannel) -> None:
    long = Reply(text="長い。" * 10_000)
    line.lose_connection(after_accepting=True)
    line.answer_with(500)

    outcomes = [await push(channel, long) for _ in range(3)]

    assert [type(outcome) for outcome in outcomes] == [RetryLater, RetryLater, Accepted]
    assert "".join(line.shown) == long.text


# Once.


async def test_same_key_is_heard_once_by_push_and_by_reply(line: FakeLine, channel: LineChannel, handle: str) -> None:
    outcomes = [await push(channel, key="1") for _ in range(2)]
    outcomes += [await channel.send(RESIDENT_HERE, HELLO, key="2", handle=handle) for _ in range(2)]
    outcomes += [await push(channel, key="3")]

    assert outcomes == [Accepted()] * 5
    assert [sent.by for sent in line.sent] == ["push", "reply", "push"]


@pytest.mark.parametrize("trouble", ["accept_and_stay_silent", "lose_after_accepting"])
async def test_push_that_was_taken_and_not_answered_is_heard_once(
    line: FakeLine, hasty: LineChannel, trouble: str
) -> None:
    lose_what_was_accepted(line, trouble)

    first, second = await push(hasty), await push(hasty)

    assert isinstance(first, RetryLater)
    assert second == Accepted()
    assert line.shown == ["こんにちは。"]


@pytest.mark.parametrize("trouble", ["accept_and_stay_silent", "lose_after_accepting"])
async def test_reply_that_was_taken_and_not_answered_is_heard_once(
    line: FakeLine, hasty: LineChannel, handle: str, trouble: str
) -> None:
    lose_what_was_accepted(line, trouble)

    first = await hasty.send(RESIDENT_HERE, HELLO, key="1", handle=handle)
    second = await hasty.send(RESIDENT_HERE, HELLO, key="1", handle=handle)
    third = await hasty.send(RESIDENT_HERE, HELLO, key="1", handle=handle)

    assert isinstance(first, RetryLater)
    assert [second, third] == [Accepted(), Accepted()]
    assert line.shown == ["こんにちは。"]


def lose_what_was_accepted(line: FakeLine, trouble: str) -> None:
    if trouble == "accept_and_stay_silent":
        line.accept_and_stay_silent()
    else:
        line.lose_connection(after_accepting=True)


async def test_reply_that_was_not_taken_and_not_answered_is_not_lost(
    line: FakeLine, hasty: LineChannel, handle: str
) -> None:
    line.hang()

    first = await hasty.send(RESIDENT_HERE, HELLO, key="1", handle=handle)
    second = await hasty.send(RESIDENT_HERE, HELLO, key="1", handle=handle)

    assert isinstance(first, RetryLater)
    assert second == Accepted()
    assert [sent.by for sent in line.sent] == ["reply"]


async def test_reply_of_unknown_outcome_is_pushed_when_its_token_is_too_old_to_tell(
    line: FakeLine, hasty: LineChannel, clock: FrozenClock, handle: str
) -> None:
    line.hang()

    await hasty.send(RESIDENT_HERE, HELLO, key="1", handle=handle)
    clock.turn(timedelta(minutes=2))
    second = await hasty.send(RESIDENT_HERE, HELLO, key="1", handle=handle)

    assert second == Accepted()
    assert [sent.by for sent in line.sent] == ["push"]


async def test_reply_that_line_failed_at_is_pushed_when_its_token_is_gone(
    line: FakeLine, channel: LineChannel, handle: str
) -> None:
    line.answer_with(500)

    first = await channel.send(RESIDENT_HERE, HELLO, key="1", handle=handle)
    line.expire_reply_tokens()
    second = await channel.send(RESIDENT_HERE, HELLO, key="1", handle=handle)

    assert isinstance(first, RetryLater)
    assert second == Accepted()
    assert line.shown == ["こんにちは。"]


async def test_reply_that_line_failed_at_after_a_silence_is_pushed_when_its_token_is_gone(
    line: FakeLine, hasty: LineChannel, handle: str
) -> None:
    line.hang()
    line.answer_with(500)

    outcomes = [await hasty.send(RESIDENT_HERE, HELLO, key="1", handle=handle) for _ in range(2)]
    line.expire_reply_tokens()
    outcomes.append(await hasty.send(RESIDENT_HERE, HELLO, key="1", handle=handle))

    assert [type(outcome) for outcome in outcomes] == [RetryLater, RetryLater, Accepted]
    assert line.shown == ["こんにちは。"]


# What LINE refuses.


async def test_rate_limit_and_too_many_to_one_wait_for_different_times(line: FakeLine, channel: LineChannel) -> None:
    line.limit_rate()
    line.limit_one_user()
    line.answer_with(429, "The API rate limit has been exceeded. Try again later.", Retry_After="77")

    outcomes = [await push(channel) for _ in range(4)]

    assert outcomes == [
        RetryLater(timedelta(seconds=10)),
        RetryLater(timedelta(minutes=2)),
        RetryLater(timedelta(seconds=77)),
        Accepted(),
    ]


async def test_exhausted_quota_is_for_a_person_and_a_reserved_one_passes(line: FakeLine, channel: LineChannel) -> None:
    line.limit_quota(200, used=199)
    line.reserve_quota()
    outcomes = [await push(channel) for _ in range(2)]
    outcomes.append(await push(channel, key="2"))

    assert outcomes[:2] == [RetryLater(timedelta(minutes=20)), Accepted()]
    assert isinstance(outcomes[2], Refused)
    assert "今月送れるメッセージ数の上限に達しました" in outcomes[2].reason


async def test_reply_by_token_needs_no_quota(line: FakeLine, channel: LineChannel, handle: str) -> None:
    line.limit_quota(200, used=200)

    assert await channel.send(RESIDENT_HERE, HELLO, key="1", handle=handle) == Accepted()


@pytest.mark.parametrize("by", ["reply", "push"])
@pytest.mark.parametrize("status", [500, 502, 503])
async def test_trouble_at_lines_end_is_retried(
    line: FakeLine, channel: LineChannel, handle: str, status: int, by: str
) -> None:
    line.answer_with(status)
    token = handle if by == "reply" else None

    first = await channel.send(RESIDENT_HERE, HELLO, key="1", handle=token)
    second = await channel.send(RESIDENT_HERE, HELLO, key="1", handle=token)

    assert isinstance(first, RetryLater)
    assert second == Accepted()
    assert line.shown == ["こんにちは。"]


@pytest.mark.parametrize(
    ("status", "said", "told"),
    [
        (400, "The property, to, in the request body is invalid", "受け付けませんでした"),
        (400, "Failed to send messages", "友だちでないか"),
        (401, "Authentication failed due to the following reason: x", "トークンが無効"),
        (403, "Access to this API is not available for your account", "権限がありません"),
        (404, "Not found", "送り先が見つかりません"),
        (413, "Payload too large", "長すぎて"),
        (418, "", "説明なし"),
    ],
)
async def test_refusal_tells_staff_in_japanese_what_to_do(
    line: FakeLine, channel: LineChannel, status: int, said: str, told: str
) -> None:
    line.answer_with(status, said)

    outcome = await push(channel)

    assert isinstance(outcome, Refused)
    assert told in outcome.reason
    assert said in outcome.reason
    assert line.shown == []


async def test_stranger_is_refused_and_a_friend_is_not(line: FakeLine, channel: LineChannel) -> None:
    line.strangers.add(RESIDENT)
    assert isinstance(await push(channel), Refused)

    line.strangers.clear()
    assert await push(channel) == Accepted()


@pytest.mark.parametrize("status", [200, 502])
@pytest.mark.parametrize(
    "body", [b"<html>", "メンテナンス中".encode("cp932"), b"{}", b"[]", b"", b"null", b'{"message": 5}']
)
async def test_answer_that_is_none_of_lines_is_retried(
    line: FakeLine, channel: LineChannel, status: int, body: bytes
) -> None:
    line.answer_garbage(body, status=status)

    outcomes = [await push(channel) for _ in range(2)]

    assert outcomes[1] == Accepted()
    if status == 502:
        assert isinstance(outcomes[0], RetryLater)
        assert line.shown == ["こんにちは。"]


async def test_platform_that_cannot_be_reached_has_not_taken_the_reply(clock: FrozenClock) -> None:
    """Whose token is gone when LINE is back must not take that for a sign that it was heard."""
    async with FakeLine() as gone:
        handle = handle_of(gone, clock)
    channel = a_channel(gone, clock)

    first = await channel.send(RESIDENT_HERE, HELLO, key="1", handle=handle)
    async with FakeLine(port=int(gone.url.rpartition(":")[2])) as back:
        second = await channel.send(RESIDENT_HERE, HELLO, key="1", handle=handle)
        await channel.close()

    assert isinstance(first, RetryLater)
    assert second == Accepted()
    assert back.shown == ["こんにちは。"]


async def test_empty_reply_and_unknown_account_are_refused(line: FakeLine, channel: LineChannel) -> None:
    elsewhere = Address("line", "U" + "b" * 32, RESIDENT)

    empty = await push(channel, Reply(text=" \n"))
    unknown = await channel.send(elsewhere, HELLO, key="1", handle=None)

    assert isinstance(empty, Refused)
    assert "空" in empty.reason
    assert isinstance(unknown, Refused)
    assert "設定" in unknown.reason
    assert line.calls == []


# What residents see and pick.


async def test_picking_by_button_arrives_as_the_choice(
    line: FakeLine, channel: LineChannel, clock: FrozenClock
) -> None:
    reply = Reply(text="どちらですか。", choices=(Choice("住民票の写し", "faq:1"), Choice("印鑑登録証明書", "faq:2")))
    await push(channel, reply)

    body, _ = line.webhook(line.taps("印鑑登録証明書", at=1))
    _, (event,) = parse(body)

    assert isinstance(event, Arrived)
    assert event.choice == "faq:2"
    assert "2. 印鑑登録証明書" in line.shown[0]


async def test_message_objects_arrive_as_they_were_built(line: FakeLine, channel: LineChannel) -> None:
    card = Card(title="粗大ごみ", section="ごみ減量課", phone="0000-20-1300", url="https://www.city.mirai.example/gomi")
    file = Attachment(id=uuid4(), name="申請書.pdf", content_type="application/pdf", size=20_000)
    reply = Reply(text="**先に**申し込みます。", card=card, attachments=(file,), choices=(Choice("料金", "faq:1"),))

    assert await push(channel, reply) == Accepted()

    bubble, rest = line.sent[0].messages
    assert bubble["type"] == "flex"
    assert json.dumps(bubble, ensure_ascii=False).count("先に申し込みます。") == 2
    assert "0000-20-1300" in bubble["altText"]
    assert link(file) in rest["text"]
    assert [action["data"] for action in line.buttons] == ["faq:1"]


# Several accounts, helpers, secrets, the end.


async def test_each_account_speaks_with_its_own_token(line: FakeLine, clock: FrozenClock) -> None:
    water = "U" + "c" * 32
    line.add_account(water, token="water-token", secret="water-secret")
    accounts = {ACCOUNT: LineAccount(access_token=TOKEN), water: LineAccount(access_token="water-token")}
    channel = LineChannel(accounts, clock=clock, file_link=link, host=line.url)

    await channel.send(Address("line", water, RESIDENT), HELLO, key="1", handle=None)
    await channel.send(RESIDENT_HERE, HELLO, key="1", handle=None)

    assert [sent.account for sent in line.sent] == [water, ACCOUNT]
    await channel.close()


async def test_resident_sees_that_we_are_at_it_and_that_we_have_read(
    line: FakeLine, channel: LineChannel, handle: str
) -> None:
    assert await channel.show_loading(RESIDENT_HERE, seconds=12)
    assert await channel.show_loading(RESIDENT_HERE, seconds=600)
    assert await channel.mark_as_read(RESIDENT_HERE, handle)

    assert line.loading == [(RESIDENT, 15), (RESIDENT, 60)]
    assert len(line.read) == 1
    assert not await channel.mark_as_read(RESIDENT_HERE, None)
    assert not await channel.mark_as_read(RESIDENT_HERE, json.dumps({"read": "of another account"}))


async def test_profile_is_asked_on_demand_alone_and_may_be_missing(line: FakeLine, channel: LineChannel) -> None:
    await push(channel)
    assert not any("profile" in path for _, path in line.calls)
    assert await channel.profile(RESIDENT_HERE) is None

    line.profiles[RESIDENT] = {"displayName": "みらい 太郎", "userId": RESIDENT, "language": "ja"}
    assert await channel.profile(RESIDENT_HERE) == Profile(display_name="みらい 太郎", language="ja")


async def test_no_token_is_in_a_repr_a_log_or_a_reason(line: FakeLine, clock: FrozenClock, handle: str) -> None:
    account = LineAccount(access_token=TOKEN, name="みらい市")
    channel = LineChannel({ACCOUNT: account}, clock=clock, file_link=link, host=line.url, timeout=AT_ONCE)
    line.answer_with(401, "Authentication failed")
    line.hang()
    line.lose_connection()

    with structlog.testing.capture_logs() as logs:
        outcomes = [await channel.send(RESIDENT_HERE, HELLO, key="1", handle=handle) for _ in range(4)]
        await channel.close()

    reply_token = json.loads(handle)["reply"]
    said = repr((account, channel, vars(channel), outcomes, logs, channel._tokens))
    assert logs
    assert TOKEN not in said
    assert reply_token not in repr((vars(channel), outcomes, logs, list(channel._tokens._uses.values())))


async def test_closing_waits_for_what_is_under_way_and_is_harmless_twice(line: FakeLine, channel: LineChannel) -> None:
    line.accept_and_stay_silent()
    sending = asyncio.ensure_future(push(channel))
    await line.waiting.wait()

    closing = asyncio.ensure_future(channel.close())
    await asyncio.sleep(0)
    line.recover()

    assert await sending == Accepted()
    await closing
    await channel.close()
    assert isinstance(await push(channel, key="2"), RetryLater)


async def test_closing_a_channel_that_never_spoke_is_harmless(line: FakeLine, clock: FrozenClock) -> None:
    channel = a_channel(line, clock)

    await channel.close()

    assert line.calls == []
