import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from server.proxies import believed, networks, resident_address

OURS = networks(["127.0.0.1", "10.0.0.0/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the left one is the resident's own invention
        ("127.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("127.0.0.1", "203.0.113.7:4711", "203.0.113.7"),
        ("198.51.100.9", "203.0.113.7", "198.51.100.9"),  # not our proxy: nothing it says is believed
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "10.9.9.9", "10.9.9.9"),  # someone inside
    ],
)
def test_the_address_is_the_nearest_that_is_not_ours(peer: str, forwarded: str, expected: str) -> None:
    assert resident_address(peer, forwarded, OURS) == expected


@given(forwarded=st.text(max_size=60))
def test_nothing_a_stranger_writes_breaks_it(forwarded: str) -> None:
    assert resident_address("127.0.0.1", forwarded, OURS)
    assert resident_address("198.51.100.9", forwarded, OURS) == "198.51.100.9"


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(ValueError, match=r"trusted_proxies: .*nginx"):
        networks(["nginx"])


async def test_the_limits_see_the_address_behind_the_proxy() -> None:
    async def whoami(request: web.Request) -> web.Response:
        return web.Response(text=request.remote)

    app = web.Application(middlewares=[believed(OURS)])
    app.router.add_get("/", whoami)
    async with TestServer(app) as server, ClientSession() as session:
        answer = await session.get(server.make_url("/"), headers={"X-Forwarded-For": "203.0.113.7"})
        assert await answer.text() == "203.0.113.7"
