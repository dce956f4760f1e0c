"""A small city with an engine over real storage, for stories and races."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from uuid import UUID, uuid4

from bot.desk import Desk
from bot.engine import Engine
from bot.knowing import Knowing, Known
from bot.phrases.catalogue import Phrases
from bot.ports import Delivery
from bot.understanding.examples import Example, read_intents
from bot.understanding.intents import IntentClassifier
from bot.understood import Mind, Understood
from channels.channel import Accepted, Capabilities, DeliveryOutcome
from conversations.conversation import NO_FOCUS, Conversation, Focus
from conversations.message import Address, IncomingMessage
from conversations.reply import Reply
from conversations.timeline import Entry
from dialogues.definition import Dialogue, load_dialogues
from knowledge_base.article import ArticleContent, ArticleVersion
from knowledge_base.search import FaqIndex
from language.encoder import NoEncoder
from server.commands import TEMPLATE
from server.one_time import DrawnCodes
from storage.database import Database
from storage.outbox import SqlOutbox
from storage.store import SqlStore
from storage.views import Views
from tests.conftest import FrozenClock
from tickets.city import City, Section
from tickets.duty_calendar import DutyCalendar
from tickets.operators import Operator, Role

DEMO = TEMPLATE.parent / "mirai"
OFFICE_HOURS = DutyCalendar(weekdays=((time(8, 45), time(17, 15)),), closed=(((12, 29), (1, 3)),))
CITY = City(
    name={"ja": "試験市", "en": "Test City"},
    office={"ja": "試験市役所"},
    sections={
        "shimin": Section(id="shimin", name="市民課", phone="0000-00-0001", calendar=OFFICE_HOURS),
        "gomi": Section(id="gomi", name="ごみ減量課", phone="0000-00-0002", calendar=OFFICE_HOURS),
    },
    general_section="shimin",
)
CERTIFICATE = ArticleContent(
    question="住民票の写しの手数料はいくらですか",
    answer="1通**300円**です。",
    category="住民票",
    section="shimin",
    phrasings=("住民票 料金",),
    hours="平日の8時45分から17時15分",
    fee="1通300円",
)
BATTERIES = ArticleContent(
    question="乾電池はどうやって捨てますか",
    answer="透明の袋に入れて、資源の日に出してください。",
    category="ごみ",
    section="gomi",
)


def published(content: ArticleContent, number: int = 1) -> ArticleVersion:
    return ArticleVersion(
        id=uuid4(),
        article_id=uuid4(),
        external_id=f"T-{abs(hash(content.question)) % 1000}",
        number=number,
        content=content,
        author="test",
        published_at=datetime(2026, 4, 1, tzinfo=UTC),
    )


def mind_of(
    contents: Sequence[ArticleContent] = (CERTIFICATE, BATTERIES),
    dialogues: dict[str, Dialogue] | None = None,
    examples: Sequence[Example] | None = None,
) -> Known:
    versions = [published(content) for content in contents]
    return Known(
        mind=Mind(
            city=CITY,
            phrases=Phrases.load(),
            dialogues=load_dialogues(DEMO / "dialogues") if dialogues is None else dialogues,
            articles={version.article_id: version for version in versions},
        ),
        index=FaqIndex.build(versions, vectors={}, encoder=NoEncoder()),
        intents=IntentClassifier.build(read_intents(DEMO / "intents.yml") if examples is None else examples),
    )


KNOWN = mind_of()


@dataclass(slots=True)
class Silence:
    """Notices nobody hears."""

    async def changed(self, conversation_id: UUID) -> None:
        del conversation_id


@dataclass(slots=True)
class HeardChannel:
    """A network that takes everything; what it was given, in order."""

    name: str = "line"
    heard: list[tuple[str, str]] = field(default_factory=list)
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            pulled=False, retry_safe=True, buttons=True, text_limit=5000, may_carry_confidential=False
        )
    )

    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        del address, handle
        self.heard.append((key, reply.text))
        return Accepted()

    async def close(self) -> None:
        return


@dataclass(slots=True)
class Counter:
    """The counter of the small city: residents speak, operators act, everybody reads."""

    store: SqlStore
    outbox: SqlOutbox
    views: Views
    engine: Engine
    desk: Desk
    clock: FrozenClock
    operator: Operator = field(
        default_factory=lambda: Operator(
            id=uuid4(), login="sato", name="佐藤", roles=frozenset({Role.OPERATOR}), section="shimin"
        )
    )

    async def says(self, text: str, *, by: Address, choice: str | None = None, key: str | None = None) -> list[Entry]:
        """A resident says something and it is handled; the new lines they see."""
        before = await self.timeline(by)
        await self.engine.accept(self.message(text, by=by, choice=choice, key=key))
        found = await self.conversation(by)
        while await self.engine.handle_next(found.id):
            pass
        return [entry for entry in (await self.timeline(by))[len(before) :] if entry.kind != "said"]

    def message(self, text: str, *, by: Address, choice: str | None = None, key: str | None = None) -> IncomingMessage:
        return IncomingMessage(
            id=uuid4(),
            external_id=key or str(uuid4()),
            sender=by,
            text=text,
            choice=choice,
            sent_at=self.clock.now(),
            received_at=self.clock.now(),
        )

    async def conversation(self, by: Address) -> Conversation:
        found = await self.views.conversation_at(by)
        assert found is not None
        return found

    async def timeline(self, by: Address, *, with_notes: bool = False) -> list[Entry]:
        found = await self.views.conversation_at(by)
        if found is None:
            return []
        return list(await self.views.entries(found.id, after=0, at_most=500, with_notes=with_notes))


class Undisturbed:
    """Understanding as it is."""

    def __init__(self, known: Known, clock: FrozenClock) -> None:
        self._knowing = Knowing(known, clock)

    def mind(self) -> Mind:
        return self._knowing.mind()

    def swap(self, known: Known) -> None:
        self._knowing.swap(known)

    async def understand(self, message: IncomingMessage, focus: Focus = NO_FOCUS) -> Understood:
        return self._knowing.think(message.text, focus)


@asynccontextmanager
async def a_counter(
    database: Database, clock: FrozenClock, understanding: Undisturbed, pulled: frozenset[str] = frozenset({"web"})
) -> AsyncIterator[Counter]:
    store = SqlStore(database, clock)
    delivery = Delivery(pulled=pulled)
    engine = Engine(
        store=store,
        understanding=understanding,
        clock=clock,
        delivery=delivery,
        notices=Silence(),
        codes=DrawnCodes("https://chat.city.example"),
    )
    desk = Desk(store=store, understanding=understanding, clock=clock, delivery=delivery, notices=Silence())
    yield Counter(store, SqlOutbox(database, clock), Views(database, clock), engine, desk, clock)
