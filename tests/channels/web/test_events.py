import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.web.open_streams import OpenStreams
from channels.web.routes import add_routes
from channels.web.service import Status
from channels.web.settings import WebSettings
from conversations.timeline import Author, Entry, Kind
from tests.channels.web.browser import Browser, Client
from tests.fakes.web_service import FakeWebService

AiohttpClient = Callable[[web.Application], Awaitable[Client]]


async def test_poll_waits_for_news_and_is_woken(resident: Browser, service: FakeWebService, account: str) -> None:
    known = (await (await resident.get("events?wait=0")).json())["status"]["key"]
    waiting = asyncio.ensure_future(resident.get(f"events?after=1&wait=20&known={known}"))
    await service.listeners_are(account, 1)

    service.says(account, "お待たせしました")

    news = await (await waiting).json()
    assert [(entry["seq"], entry["text"]) for entry in news["entries"]] == [(2, "お待たせしました")]
    await service.listeners_are(account, 0)


async def test_poll_without_news_ends_with_the_status(resident: Browser, settings: WebSettings) -> None:
    news = await (await resident.get("events?after=1&wait=1")).json()

    assert news["entries"] == []
    assert news["status"]["owner"] == "bot"


async def test_poll_tells_a_status_that_changed_between_two_polls(
    resident: Browser, service: FakeWebService, account: str
) -> None:
    known = (await (await resident.get("events?after=1&wait=0")).json())["status"]["key"]
    service.changes_status(account, Status(owner="person", person="鈴木"))

    async with asyncio.timeout(5):
        news = await (await resident.get(f"events?after=1&wait=20&known={known}")).json()

    assert news["status"]["person"] == "鈴木"


async def test_stream_gives_old_and_new_entries_once_in_order(
    resident: Browser, service: FakeWebService, account: str
) -> None:
    async with resident.stream() as stream:
        before = await stream.messages(1)
        for n in range(5):
            service.says(account, f"{n}")
        after = await stream.messages(5)

    assert [event.id for event in before + after] == [1, 2, 3, 4, 5, 6]
    assert [event.data["text"] for event in after] == ["0", "1", "2", "3", "4"]


async def test_stream_resumes_where_it_was_broken_off(resident: Browser, service: FakeWebService, account: str) -> None:
    async with resident.stream() as stream:
        (last,) = await stream.messages(1)
    missed = [service.says(account, text).text for text in ("一", "二")]

    async with resident.stream(after=last.id or 0) as stream:
        by_address = await stream.messages(2)
    async with resident.stream(0, **{"Last-Event-ID": str(last.id)}) as stream:
        by_header = await stream.messages(2)

    assert [event.data["text"] for event in by_address] == missed
    assert by_header == by_address


async def test_what_is_stored_while_the_first_look_is_taken_is_not_missed(
    resident: Browser, service: FakeWebService, account: str
) -> None:
    original = service.status

    async def status(account: str) -> Status:
        # After the entries were read, before anybody waits: the moment in which a careless reader goes deaf.
        service.status = original  # type: ignore[method-assign]
        service.says(account, "その間に")
        return await original(account)

    service.status = status  # type: ignore[method-assign]
    async with resident.stream() as stream:
        events = await stream.messages(2)

    assert [event.id for event in events] == [1, 2]


async def test_many_entries_come_completely(resident: Browser, service: FakeWebService, account: str) -> None:
    for n in range(250):
        service.says(account, str(n))

    heard = await resident.heard()

    assert [entry["seq"] for entry in heard] == list(range(1, 252))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(steps=st.lists(st.sampled_from(["bot says", "note", "break off", "resident says"]), max_size=12))
async def test_broken_streams_lose_and_double_nothing(
    client: Client, service: FakeWebService, steps: list[str]
) -> None:
    resident = await Browser(client).arrive()
    account = service.account(resident.token)
    heard: list[int] = []
    for step in steps:
        match step:
            case "bot says":
                service.says(account, "はい")
            case "note":
                service.says(account, "職員のみ", author=Author.OPERATOR, kind=Kind.NOTE)
            case "resident says":
                await resident.say("こんにちは")
            case _:
                visible = [e.seq for e in service.timeline(account).entries if e.kind is not Kind.NOTE]
                async with resident.stream(after=heard[-1] if heard else 0) as stream:
                    heard += [event.id or 0 for event in await stream.messages(len(visible) - len(heard))]
    heard += [entry["seq"] for entry in await resident.heard(after=heard[-1] if heard else 0)]

    assert heard == [e.seq for e in service.timeline(account).entries if e.kind is not Kind.NOTE]


async def test_staff_notes_and_reasons_never_leave(resident: Browser, service: FakeWebService, account: str) -> None:
    service.says(account, "この方は前にも", author=Author.OPERATOR, kind=Kind.NOTE)
    service.says(account, "はい")

    heard = await resident.heard()

    assert [entry["text"] for entry in heard[1:]] == ["はい"]
    assert not {"why", "epoch", "silence", "conversation_id", "external_id"} & set(heard[0])


async def test_notes_are_held_back_even_when_the_service_lets_them_out(
    resident: Browser, service: FakeWebService, account: str
) -> None:
    async def everything(account: str, seq: int, *, at_most: int) -> list[Entry]:
        return [entry for entry in service.timeline(account).entries if entry.seq > seq][:at_most]

    service.entries_after = everything  # type: ignore[method-assign]
    service.says(account, "この方は前にも", author=Author.OPERATOR, kind=Kind.NOTE)

    assert [entry["seq"] for entry in await resident.heard()] == [1]


async def test_two_tabs_hear_the_same(resident: Browser, service: FakeWebService, account: str) -> None:
    async with resident.stream() as one, resident.stream() as other:
        await resident.say("ふたつの窓から")
        service.says(account, "同じ答え")

        assert await one.messages(3) == await other.messages(3)


async def test_status_and_typing_pass_and_are_never_replayed(
    resident: Browser, service: FakeWebService, account: str
) -> None:
    async with resident.stream(after=1) as stream:
        first = await stream.events(1)
        service.types(account, "鈴木")
        service.changes_status(account, Status(owner="waiting", ticket="MR-1"))
        passing = await stream.events(2)
    async with resident.stream(after=1) as stream:
        replayed = await stream.events(1)

    assert [(e.name, e.id) for e in first + passing] == [("status", None), ("typing", None), ("status", None)]
    assert passing[0].data == {"name": "鈴木"}
    assert [event.data.get("ticket") for event in replayed] == ["MR-1"]


async def test_silent_stream_says_that_it_is_alive(
    aiohttp_client: AiohttpClient, service: FakeWebService, settings: WebSettings
) -> None:
    client = await _client(aiohttp_client, service, replace(settings, heartbeat=0.01))
    resident = await Browser(client).arrive()

    async with resident.stream(after=1) as stream:
        blocks = [await stream.block() for _ in range(4)]

    assert blocks[0] == "retry: 2000\n"
    assert blocks[2:] == [": still here\n", ": still here\n"]


async def test_nobody_is_left_listening_when_the_browser_goes(
    aiohttp_client: AiohttpClient, service: FakeWebService, settings: WebSettings
) -> None:
    client = await _client(aiohttp_client, service, replace(settings, heartbeat=0.01))
    resident = await Browser(client).arrive()
    account = service.account(resident.token)

    async with resident.stream() as stream:
        await stream.messages(1)
        await service.listeners_are(account, 1)
        stream.response.close()

    async with asyncio.timeout(5):
        await service.listeners_are(account, 0)
    assert not service.timeline(account).listeners


def test_a_stream_that_breaks_gives_its_place_back() -> None:
    streams = OpenStreams(per_visit=1)

    with pytest.raises(ConnectionResetError), streams.one_more("a"):  # noqa: PT012 -- what raises is the end of the block
        assert not streams.has_room("a")
        assert streams.has_room("b")
        raise ConnectionResetError

    assert streams.has_room("a")
    assert len(streams) == 0


async def test_shutting_down_ends_streams_and_polls_at_once(
    client: Client, resident: Browser, service: FakeWebService, account: str
) -> None:
    async with asyncio.timeout(5), resident.stream() as stream:
        await stream.events(2)
        poll = asyncio.ensure_future(resident.get("events?after=1&wait=20"))
        await service.listeners_are(account, 2)

        await client.app.shutdown()

        with pytest.raises(EOFError):
            await stream.events(1)
        assert (await poll).status == 200
    await service.listeners_are(account, 0)


async def test_stream_ends_after_its_time_so_that_the_token_is_looked_at_anew(
    aiohttp_client: AiohttpClient, service: FakeWebService, settings: WebSettings
) -> None:
    client = await _client(aiohttp_client, service, replace(settings, longest_stream=0.01))
    resident = await Browser(client).arrive()

    async with resident.stream() as stream:
        await stream.messages(1)
        with pytest.raises(EOFError):
            await stream.events(10)


async def test_a_visit_has_so_many_streams_and_no_more(
    aiohttp_client: AiohttpClient, service: FakeWebService, settings: WebSettings
) -> None:
    client = await _client(aiohttp_client, service, replace(settings, streams_per_visit=1))
    resident = await Browser(client).arrive()
    other = await Browser(client).arrive()

    async with resident.stream() as first:
        await first.messages(1)
        assert (await resident.get("events/stream")).status == 429
        async with other.stream() as theirs:
            assert theirs.response.status == 200


async def test_stream_is_told_to_proxies_as_one(resident: Browser) -> None:
    async with resident.stream() as stream:
        headers = stream.response.headers

    assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Accel-Buffering"] == "no"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=１", "wait=1e3", "after=" + "9" * 40])
async def test_odd_numbers_are_refused(resident: Browser, query: str) -> None:
    assert (await resident.get(f"events?{query}")).status == 400
    assert (await resident.get("events?after=0&wait=0")).status == 200


async def _client(aiohttp_client: AiohttpClient, service: FakeWebService, settings: WebSettings) -> Client:
    app = web.Application()
    add_routes(app, service, settings)
    return await aiohttp_client(app)
