import logging

import pytest

from channels.arriving import FileKind, RemoteFile
from channels.telegram.channel import TelegramChannel
from channels.telegram.files import FileGone, FileNotNow, FileTooBig
from tests.fakes.telegram import (
    TOKEN,
    Answer,
    FakeTelegram,
    breaks_off,
    echoes,
    fails,
    floods,
    hangs,
    hangs_up,
    moves,
    says,
)

CONTENT = bytes(range(256)) * 1024


def a_file(reference: str = "documents/申請 書.pdf") -> RemoteFile:
    return RemoteFile(reference=reference, kind=FileKind.FILE, name="申請書.pdf")


async def test_file_is_fetched_whole_and_no_further_than_the_limit(
    channel: TelegramChannel, network: FakeTelegram
) -> None:
    network.files[a_file().reference] = CONTENT

    assert await channel.fetch(a_file(), at_most=len(CONTENT)) == CONTENT
    with pytest.raises(FileTooBig):
        await channel.fetch(a_file(), at_most=len(CONTENT) - 1)


async def test_what_telegram_does_not_give_to_bots_is_too_big(channel: TelegramChannel) -> None:
    with pytest.raises(FileTooBig):
        await channel.fetch(a_file("huge"), at_most=100)


@pytest.mark.parametrize("trouble", [says(404, "Not Found"), moves, echoes])
async def test_a_file_that_is_not_given_any_more_is_gone(
    channel: TelegramChannel, network: FakeTelegram, trouble: Answer
) -> None:
    network.files |= {"there": CONTENT, "elsewhere": CONTENT}
    network.file_answers["there"] = trouble

    with pytest.raises(FileGone):
        await channel.fetch(a_file("there"), at_most=len(CONTENT))
    with pytest.raises(FileGone):
        await channel.fetch(a_file("never-seen"), at_most=len(CONTENT))


@pytest.mark.parametrize("trouble", [fails(), floods(), hangs_up, breaks_off])
async def test_a_trouble_on_the_way_may_pass(channel: TelegramChannel, network: FakeTelegram, trouble: Answer) -> None:
    network.files["there"] = CONTENT
    network.file_answers["there"] = trouble

    with pytest.raises(FileNotNow):
        await channel.fetch(a_file("there"), at_most=len(CONTENT))


async def test_a_server_that_does_not_answer_may_answer_later(
    impatient: TelegramChannel, channel: TelegramChannel, network: FakeTelegram
) -> None:
    network.files["there"] = CONTENT
    network.file_answers["there"] = hangs
    with pytest.raises(FileNotNow):
        await impatient.fetch(a_file("there"), at_most=len(CONTENT))

    del network.file_answers["there"]
    network.then(hangs)
    with pytest.raises(FileNotNow):
        await impatient.fetch(a_file("there"), at_most=len(CONTENT))

    assert await channel.fetch(a_file("there"), at_most=len(CONTENT)) == CONTENT


@pytest.mark.parametrize("trouble", [fails(), floods(), says(401, "Unauthorized"), hangs_up])
async def test_a_trouble_when_asking_for_the_address_may_pass(
    channel: TelegramChannel, network: FakeTelegram, trouble: Answer
) -> None:
    network.files["there"] = CONTENT
    network.then(trouble)

    with pytest.raises(FileNotNow):
        await channel.fetch(a_file("there"), at_most=len(CONTENT))
    assert await channel.fetch(a_file("there"), at_most=len(CONTENT)) == CONTENT


@pytest.mark.parametrize("trouble", [fails(), echoes, hangs_up, breaks_off])
async def test_the_address_of_a_file_holds_the_token_and_is_told_to_nobody(
    channel: TelegramChannel, network: FakeTelegram, caplog: pytest.LogCaptureFixture, trouble: Answer
) -> None:
    caplog.set_level(logging.DEBUG)
    network.files["there"] = CONTENT
    network.file_answers["there"] = trouble

    with pytest.raises((FileGone, FileNotNow)) as failed:
        await channel.fetch(a_file("there"), at_most=len(CONTENT))

    assert failed.value.__suppress_context__ or failed.value.__context__ is None
    assert TOKEN.partition(":")[2] not in f"{failed.value!r} {failed.getrepr(style='short')} {caplog.text}"
