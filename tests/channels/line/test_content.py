import io
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import structlog

from channels.line.content import Fetched, LineContent, Lost, Outcome, TooBig, TryAgain, Unsent
from tests.fakes.line import ACCOUNT, TOKEN, FakeLine

MEGABYTE = 1024 * 1024


@pytest.fixture
def pauses() -> list[float]:
    """How long was waited, without waiting."""
    return []


@pytest.fixture
async def content(line: FakeLine, pauses: list[float]) -> AsyncIterator[LineContent]:
    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    content = LineContent({ACCOUNT: TOKEN}, pause=pause, host=line.url, silence_at_most=1)
    yield content
    await content.close()


async def fetch(content: LineContent, reference: str = "line:1", *, at_most: int = MEGABYTE) -> tuple[Outcome, bytes]:
    into = io.BytesIO()
    outcome = await content.fetch(ACCOUNT, reference, into, at_most=at_most)
    return outcome, into.getvalue()


async def test_picture_is_fetched_with_its_type(line: FakeLine, content: LineContent, pauses: list[float]) -> None:
    line.keep_content("1", b"\xff\xd8picture", "image/jpeg")

    assert await fetch(content) == (Fetched(content_type="image/jpeg", size=9), b"\xff\xd8picture")
    assert pauses == []


async def test_large_file_is_streamed_into_a_file_on_the_disk(line: FakeLine, content: LineContent) -> None:
    data = bytes(range(256)) * 4096 * 5
    line.keep_content("1", data, "video/mp4")

    with tempfile.TemporaryFile() as into:
        outcome = await content.fetch(ACCOUNT, "line:1", into, at_most=10 * MEGABYTE)
        into.seek(0)
        assert into.read() == data
    assert outcome == Fetched(content_type="video/mp4", size=len(data))


async def test_file_as_big_as_allowed_is_taken_and_one_byte_more_is_not(line: FakeLine, content: LineContent) -> None:
    line.keep_content("1", b"x" * 100, "application/pdf")

    assert (await fetch(content, at_most=100))[0] == Fetched(content_type="application/pdf", size=100)
    assert (await fetch(content, at_most=99))[0] == TooBig()


async def test_file_that_hides_its_size_is_counted_while_it_comes(line: FakeLine, content: LineContent) -> None:
    line.keep_content("1", b"x" * MEGABYTE, "application/pdf")
    line.hide_sizes = True

    outcome, written = await fetch(content, at_most=100_000)

    assert outcome == TooBig()
    assert len(written) <= 100_000


async def test_video_is_waited_for_while_line_prepares_it(
    line: FakeLine, content: LineContent, pauses: list[float]
) -> None:
    line.keep_content("1", b"film", "video/mp4", preparing=4)

    assert await fetch(content) == (Fetched(content_type="video/mp4", size=4), b"film")
    assert pauses == [1, 2, 4]


async def test_video_that_takes_long_is_tried_again_later(
    line: FakeLine, content: LineContent, pauses: list[float]
) -> None:
    line.keep_content("1", b"film", "video/mp4", preparing=100)

    assert (await fetch(content))[0] == TryAgain(timedelta(seconds=30))
    assert sum(pauses) == 60


async def test_video_that_cannot_be_prepared_is_lost(line: FakeLine, content: LineContent) -> None:
    line.keep_content("1", b"film", "video/mp4", preparing=1)
    line.fail_to_prepare("1")

    outcome, _ = await fetch(content)

    assert isinstance(outcome, Lost)
    assert "準備に失敗" in outcome.reason


async def test_what_was_taken_back_and_what_is_unknown_are_told_apart(line: FakeLine, content: LineContent) -> None:
    line.keep_content("1", b"x", "image/png")
    line.unsend("1")

    assert (await fetch(content, "line:1"))[0] == Unsent()
    assert isinstance((await fetch(content, "line:2"))[0], Lost)


async def test_what_is_kept_elsewhere_or_of_no_account_of_ours_is_not_asked_for(
    line: FakeLine, content: LineContent
) -> None:
    elsewhere, _ = await fetch(content, "url:https://169.254.169.254/latest/meta-data")
    foreign = await content.fetch("U" + "f" * 32, "line:1", io.BytesIO(), at_most=1)

    assert isinstance(elsewhere, Lost)
    assert isinstance(foreign, Lost)
    assert line.calls == []


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_trouble_at_lines_end_is_tried_again(line: FakeLine, content: LineContent, status: int) -> None:
    line.keep_content("1", b"x", "image/png")
    line.fail_content_with(status)

    assert isinstance((await fetch(content))[0], TryAgain)
    assert isinstance((await fetch(content))[0], Fetched)


async def test_file_that_breaks_off_is_tried_again(line: FakeLine, content: LineContent) -> None:
    line.keep_content("1", b"x" * 100_000, "image/png")
    line.break_off_content()

    assert isinstance((await fetch(content))[0], TryAgain)
    assert (await fetch(content))[1] == b"x" * 100_000


async def test_platform_that_is_not_there_is_tried_again_and_the_token_is_never_told() -> None:
    async def pause(_: float) -> None:
        raise AssertionError

    content = LineContent({ACCOUNT: TOKEN}, pause=pause, host="http://127.0.0.1:1")
    with structlog.testing.capture_logs() as logs:
        outcome, _ = await fetch(content)
        await content.close()
        await content.close()

    assert isinstance(outcome, TryAgain)
    assert TOKEN not in repr((content, outcome, logs))


async def test_wrong_token_is_lost_with_its_status(line: FakeLine) -> None:
    content = LineContent({ACCOUNT: "wrong"}, pause=lambda _: fail(), host=line.url)

    outcome, _ = await fetch(content)

    assert isinstance(outcome, Lost)
    assert "401" in outcome.reason
    await content.close()


async def fail() -> None:
    raise AssertionError
