"""The bars that staff set, categories that stop once, and how right the answers were: on both databases."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bot.ports import Records
from conversations.message import Address, IncomingMessage
from conversations.reply import Card
from conversations.timeline import Author, Entry, Kind
from knowledge_base.article import ArticleVersion
from knowledge_base.bars import Bar, Measured
from storage.accounts import Accounts
from storage.articles import Articles
from storage.bars import LOOK_BACK, CategoryBar, CategoryBars
from storage.database import Database
from storage.store import SqlStore
from storage.visits import Visits
from tests.conftest import FrozenClock
from tests.support.city import CERTIFICATE

HALF = Measured(10, 20)


@pytest.fixture
def bars(database: Database, clock: FrozenClock) -> CategoryBars:
    return CategoryBars(database, clock)


async def nobody(_: Records) -> None:
    """Tells nobody."""


async def audited(database: Database, clock: FrozenClock) -> list[tuple[str, str, str, str]]:
    """Oldest first."""
    lines = await Accounts(database, clock).audit_lines(page=0, per_page=99)
    return [(line.who, line.what, line.object, line.details) for line in reversed(lines)]


async def test_a_bar_that_was_set_is_in_force_and_audited(
    bars: CategoryBars, database: Database, clock: FrozenClock
) -> None:
    assert await bars.of("ごみ") == CategoryBar(category="ごみ", answer_at=80, precision=95)

    await bars.set("ごみ", answer_at=85, precision=90, by="sato", reason="誤りが多い")
    await bars.set("ごみ", answer_at=80, precision=90, by="mori", reason="慎重すぎた")

    assert (await bars.in_force()).of("ごみ") == Bar(answer_at=0.8)
    assert (await bars.of("ごみ")).precision == 90
    assert await audited(database, clock) == [
        ("sato", "bar_set", "ごみ", "80% 95% → 85% 90%: 誤りが多い"),
        ("mori", "bar_set", "ごみ", "85% 90% → 80% 90%: 慎重すぎた"),
    ]


async def test_a_category_stops_once_and_a_person_lets_it_go_on(
    bars: CategoryBars, database: Database, clock: FrozenClock
) -> None:
    told: list[str] = []

    async def tell(records: Records) -> None:
        told.append("told")
        await records.audit(who="bot", what="told", on="ごみ")

    stopped = await asyncio.gather(*(bars.stop("ごみ", HALF, tell) for _ in range(3)))

    assert sorted(stopped) == [False, False, True]
    assert told == ["told"]
    assert (await bars.in_force()).of("ごみ").stopped
    assert (await bars.of("ごみ")).stopped_by == HALF

    assert await bars.lift("ごみ", by="sato", reason="直した")
    assert not await bars.lift("ごみ", by="mori", reason="もう一度")
    assert not (await bars.in_force()).of("ごみ").stopped
    assert [line[:2] for line in await audited(database, clock)] == [
        ("bot", "bar_stopped"),
        ("bot", "told"),
        ("sato", "bar_lifted"),
    ]


async def test_it_does_not_stop_when_nobody_could_be_told(bars: CategoryBars) -> None:
    async def tell(_: Records) -> None:
        raise OSError("nobody is there")

    with pytest.raises(OSError, match="nobody"):
        await bars.stop("ごみ", HALF, tell)

    assert not (await bars.in_force()).of("ごみ").stopped


async def test_stopping_keeps_what_staff_set(bars: CategoryBars) -> None:
    await bars.set("ごみ", answer_at=85, precision=90, by="sato", reason="誤りが多い")

    await bars.stop("ごみ", HALF, nobody)

    assert (await bars.in_force()).of("ごみ") == Bar(answer_at=0.85, stopped=True)


class Counter:
    """Residents who are answered directly from one published entry."""

    def __init__(self, database: Database, clock: FrozenClock, version: ArticleVersion) -> None:
        self._store = SqlStore(database, clock)
        self._visits = Visits(database, clock)
        self._clock = clock
        self._version = version

    async def answers(self, *, helpful: bool | None = None, then: str = "", rule: str = "faq_answer") -> UUID:
        """A new resident asks and is answered; rates it; and says something that ``then`` is the rule for."""
        account = str(uuid4())
        conversation_id = await self._says(account)
        entry_id = await self._replies(conversation_id, rule, self._version)
        if then:
            await self._says(account, choice="none" if then == "none" else None)
            await self._replies(conversation_id, "is_not_understood" if then == "none" else then, None)
        if helpful is not None:
            assert await self._visits.rate(account, entry_id, helpful=helpful)
        return entry_id

    async def _says(self, account: str, choice: str | None = None) -> UUID:
        now, made = self._clock.now(), uuid4()
        message = IncomingMessage(
            id=made,
            external_id=str(made),
            sender=Address("web", account),
            text="ことば",
            choice=choice,
            sent_at=now,
            received_at=now,
        )
        async with self._store.transaction() as records:
            conversation = await records.conversation_with(message.sender, now)
            await records.remember(message, conversation.id, None)
            await records.add_entry(self._entry(conversation.id, Kind.SAID, Author.RESIDENT, id=made))
        return conversation.id

    async def _replies(self, conversation_id: UUID, rule: str, version: ArticleVersion | None) -> UUID:
        card = Card(title="", version_id=version.id) if version else None
        entry = self._entry(conversation_id, Kind.REPLY, Author.BOT, card=card, why={"rule": rule, "intent": "thanks"})
        async with self._store.transaction() as records:
            await records.conversation(conversation_id)
            await records.add_entry(entry)
        return entry.id

    def _entry(self, conversation_id: UUID, kind: Kind, author: Author, **values: object) -> Entry:
        made = {"id": uuid4(), "text": "ことば", "at": self._clock.now(), **values}
        return Entry(conversation_id=conversation_id, kind=kind, author=author, **made)  # type: ignore[arg-type]


@pytest.fixture
async def counter(database: Database, clock: FrozenClock) -> Counter:
    articles = Articles(database, clock)
    article_id = await articles.create("T-1", CERTIFICATE, by="sato")
    return Counter(database, clock, await articles.publish(article_id, by="sato", reason=""))


async def test_what_was_recorded_tells_how_right_a_category_was(bars: CategoryBars, counter: Counter) -> None:
    await counter.answers()
    assert await bars.measured() == {}, "nobody judged it"

    await counter.answers(helpful=True)
    await counter.answers(then="makes_conversation")
    assert await bars.measured() == {"住民票": Measured(2, 2)}

    await counter.answers(helpful=False)
    await counter.answers(then="asks_for_a_person")
    await counter.answers(then="none")
    await counter.answers(rule="picked_something", helpful=False)
    assert await bars.measured() == {"住民票": Measured(2, 5)}


async def test_what_is_long_past_or_before_the_lift_counts_no_more(
    bars: CategoryBars, counter: Counter, clock: FrozenClock
) -> None:
    await counter.answers(helpful=False)
    clock.turn(LOOK_BACK - timedelta(days=1))
    assert await bars.measured() == {"住民票": Measured(0, 1)}
    await counter.answers(helpful=False)
    clock.turn(timedelta(days=2))
    assert await bars.measured() == {"住民票": Measured(0, 1)}

    await bars.stop("住民票", HALF, nobody)
    await bars.lift("住民票", by="sato", reason="直した")
    assert await bars.measured() == {}
    clock.turn(timedelta(minutes=1))
    await counter.answers(helpful=True)
    assert await bars.measured() == {"住民票": Measured(1, 1)}
