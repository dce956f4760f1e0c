"""Staff accounts, their sessions, and the log of what they did: on both databases."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from conversations.errors import EditConflict
from storage.accounts import Accounts, Session
from storage.database import Database
from tests.conftest import FrozenClock
from tickets.operators import Operator, Role

IDLE, LIFE = timedelta(hours=2), timedelta(hours=12)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def accounts(database: Database, clock: FrozenClock) -> Accounts:
    return Accounts(database, clock)


@pytest.fixture
async def sato(accounts: Accounts) -> Operator:
    return await an_operator(accounts, "sato")


async def an_operator(accounts: Accounts, login: str, name: str = "市民課 佐藤") -> Operator:
    roles = frozenset({Role.OPERATOR, Role.EDITOR})
    return await accounts.create(
        login=login, name=name, roles=roles, section="shimin", password_hash=f"hash of {login}"
    )


async def sign_in(accounts: Accounts, who: Operator, token: str, clock: FrozenClock) -> None:
    await accounts.begin_session(
        who.id, token_hash=token, csrf=f"csrf of {token}", at=clock.now(), address="192.0.2.7", user_agent="Firefox"
    )


async def session(accounts: Accounts, token: str, clock: FrozenClock) -> Session | None:
    return await accounts.session(token, at=clock.now(), idle=IDLE, life=LIFE)


async def last_seen(accounts: Accounts, who: Operator) -> list[str]:
    return [f"{each.last_seen_at:%H:%M:%S}" for each in await accounts.sessions_of(who.id)]


async def test_a_session_tells_who_signed_in(accounts: Accounts, sato: Operator, clock: FrozenClock) -> None:
    await an_operator(accounts, "suzuki")

    await sign_in(accounts, sato, "t1", clock)

    assert await session(accounts, "t2", clock) is None
    assert await session(accounts, "t1", clock) == Session(
        id="t1",
        operator=sato,
        csrf="csrf of t1",
        created_at=clock.now(),
        last_seen_at=clock.now(),
        address="192.0.2.7",
        user_agent="Firefox",
    )


async def test_an_idle_session_ends_and_used_ones_go_on(accounts: Accounts, sato: Operator, clock: FrozenClock) -> None:
    await sign_in(accounts, sato, "used", clock)
    await sign_in(accounts, sato, "left alone", clock)

    clock.turn(IDLE)
    at_the_limit = await session(accounts, "used", clock)
    clock.turn(SECOND)

    assert at_the_limit is not None
    assert await session(accounts, "used", clock) is not None
    assert await session(accounts, "left alone", clock) is None


async def test_no_session_outlives_its_life(accounts: Accounts, sato: Operator, clock: FrozenClock) -> None:
    await sign_in(accounts, sato, "t1", clock)
    for _ in range(12):
        clock.turn(timedelta(hours=1))
        assert await session(accounts, "t1", clock) is not None

    clock.turn(SECOND)

    assert await session(accounts, "t1", clock) is None


async def test_being_seen_is_written_once_a_minute(accounts: Accounts, sato: Operator, clock: FrozenClock) -> None:
    await sign_in(accounts, sato, "t1", clock)

    seen = []
    for step in (MINUTE, SECOND, MINUTE, SECOND):
        clock.turn(step)
        await session(accounts, "t1", clock)
        seen += await last_seen(accounts, sato)

    assert seen == ["01:00:00", "01:01:01", "01:01:01", "01:02:02"]


async def test_a_page_alone_keeps_nobody_signed_in(accounts: Accounts, sato: Operator, clock: FrozenClock) -> None:
    await sign_in(accounts, sato, "t1", clock)

    clock.turn(IDLE)
    by_itself = await accounts.session("t1", at=clock.now(), idle=IDLE, life=LIFE, by_itself=True)
    clock.turn(SECOND)

    assert by_itself is not None
    assert await session(accounts, "t1", clock) is None


async def test_an_ended_session_opens_nothing(accounts: Accounts, sato: Operator, clock: FrozenClock) -> None:
    for token in ("t1", "t2"):
        await sign_in(accounts, sato, token, clock)

    await accounts.end_session("t1", at=clock.now())

    assert await session(accounts, "t1", clock) is None
    assert await session(accounts, "t2", clock) is not None
    assert [each.id for each in await accounts.sessions_of(sato.id)] == ["t2"]


async def test_all_sessions_end_but_the_present(accounts: Accounts, sato: Operator, clock: FrozenClock) -> None:
    suzuki = await an_operator(accounts, "suzuki")
    for token, who in {"t1": sato, "t2": sato, "t3": sato, "other": suzuki}.items():
        await sign_in(accounts, who, token, clock)

    await accounts.end_sessions_of(sato.id, at=clock.now(), but="t2")

    alive = [token for token in ("t1", "t2", "t3", "other") if await session(accounts, token, clock)]
    assert alive == ["t2", "other"]


async def test_a_disabled_operator_is_out_for_good(accounts: Accounts, sato: Operator, clock: FrozenClock) -> None:
    await sign_in(accounts, sato, "t1", clock)
    assert await accounts.password_of("sato") == (sato, "hash of sato")

    await accounts.set_disabled(sato.id, disabled=True)
    await sign_in(accounts, sato, "a moment too late", clock)
    opened = [await session(accounts, token, clock) for token in ("t1", "a moment too late")]
    password = await accounts.password_of("sato")
    await accounts.set_disabled(sato.id, disabled=False)

    assert (opened, password) == ([None, None], None)
    assert await accounts.password_of("sato") == (sato, "hash of sato")
    assert await session(accounts, "t1", clock) is None, "who was shut out signs in anew"


async def test_a_password_is_changed_for_one(accounts: Accounts, sato: Operator) -> None:
    await an_operator(accounts, "suzuki")
    assert sato.must_change_password

    await accounts.set_password(sato.id, "new hash", must_change=False)

    found = {each.login: await accounts.password_of(each.login) for each in await accounts.operators()}
    assert list(found) == ["sato", "suzuki"]
    assert [(each[0].must_change_password, each[1]) for each in found.values() if each] == [
        (False, "new hash"),
        (True, "hash of suzuki"),
    ]


async def test_one_login_is_one_account(accounts: Accounts, sato: Operator) -> None:
    with pytest.raises(EditConflict, match="sato"):
        await an_operator(accounts, "sato", name="ごみ減量課 鈴木")
    suzuki = await an_operator(accounts, "suzuki", name="ごみ減量課 鈴木")

    assert list(await accounts.operators()) == [sato, suzuki]


async def test_of_many_at_once_one_account_is_made(accounts: Accounts) -> None:
    made = await asyncio.gather(*(an_operator(accounts, "sato", str(n)) for n in range(8)), return_exceptions=True)

    refused = [each for each in made if not isinstance(each, Operator)]
    assert [type(each) for each in refused] == [EditConflict] * 7
    assert list(await accounts.operators()) == [each for each in made if isinstance(each, Operator)]


async def test_audit_lines_come_newest_first(accounts: Accounts, clock: FrozenClock) -> None:
    for number in range(5):
        await accounts.audit(who="sato", what="signed_in", on=f"sato {number}", details="192.0.2.7")
        clock.turn(-MINUTE)  # a clock that is set back changes no order

    pages = [await accounts.audit_lines(page=page, per_page=2) for page in range(4)]

    assert [[line.object for line in page] for page in pages] == [
        ["sato 4", "sato 3"],
        ["sato 2", "sato 1"],
        ["sato 0"],
        [],
    ]
    first = pages[2][0]
    assert (first.who, first.what, first.details, first.at) == (
        "sato",
        "signed_in",
        "192.0.2.7",
        clock.now() + 5 * MINUTE,
    )


@pytest.mark.parametrize("change", ["UPDATE audit_log SET who = 'nobody'", "DELETE FROM audit_log"])
async def test_nobody_changes_what_was_logged(accounts: Accounts, database: Database, change: str) -> None:
    await accounts.audit(who="sato", what="signed_in", on="sato")

    with pytest.raises(DBAPIError, match="audit_log is never changed"):
        async with database.write() as writing:
            await writing.execute(text(change))
    await accounts.audit(who="sato", what="signed_out", on="sato")

    assert [line.what for line in await accounts.audit_lines(page=0, per_page=9)] == ["signed_out", "signed_in"]
