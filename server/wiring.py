"""The only place that knows every part."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.desk import Desk
from bot.engine import Engine
from bot.knowing import Knowing
from bot.ports import Clock
from channels.channel import Channel
from language.encoder import BundledE5, Encoder, HttpEncoder, NoEncoder
from server.city import CityFolder, read_folder
from server.clock import SystemClock
from server.librarian import Librarian
from server.notices import BusNotices
from server.settings import Settings
from server.web_service import ServerWebService
from storage.accounts import Accounts
from storage.articles import Articles
from storage.bus import Bus, MemoryBus, RedisBus
from storage.database import Database
from storage.migrate import upgrade
from storage.outbox import SqlOutbox
from storage.store import SqlStore
from storage.vectors import Vectors
from storage.views import Views
from storage.visits import Facts, Visits

PULLED = frozenset({"web", "form", "terminal"})
"""channels whose residents fetch the timeline themselves"""
ENDPOINT_DIMENSIONS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything a process is made of."""

    settings: Settings
    folder: CityFolder
    database: Database
    bus: Bus
    clock: Clock
    notices: BusNotices
    store: SqlStore
    outbox: SqlOutbox
    articles: Articles
    accounts: Accounts
    visits: Visits
    views: Views
    facts: Facts
    librarian: Librarian
    knowing: Knowing
    engine: Engine
    desk: Desk
    web: ServerWebService
    channels: Mapping[str, Channel]

    async def publish(self) -> None:
        """Take what staff published into use, here at once (found by its words), elsewhere by the bus."""
        self.knowing.swap(await self.librarian.known())
        await self.notices.published()


@asynccontextmanager
async def assembled(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Parts]:
    """All parts, the database in shape; closed at the end."""
    clock = clock or SystemClock()
    folder = read_folder(settings.city)
    database = Database(settings.database_url)
    bus: Bus = RedisBus(settings.redis) if settings.redis else MemoryBus()
    try:
        await upgrade(database)
        parts = await _put_together(settings, folder, database, bus, clock)
        try:
            yield parts
        finally:
            parts.knowing.close()
    finally:
        await bus.close()
        await database.close()


async def _put_together(settings: Settings, folder: CityFolder, database: Database, bus: Bus, clock: Clock) -> Parts:
    notices = BusNotices(bus)
    store, views, visits = SqlStore(database, clock), Views(database, clock), Visits(database, clock)
    articles = Articles(database, clock)
    librarian = Librarian(folder, articles, Vectors(database), encoder_of(settings))
    knowing = Knowing(await librarian.known(), clock)
    engine = Engine(store=store, understanding=knowing, clock=clock, pulled=PULLED, notices=notices)
    desk = Desk(store=store, understanding=knowing, clock=clock, pulled=PULLED, notices=notices)
    web = ServerWebService(
        engine=engine,
        desk=desk,
        store=store,
        knowing=knowing,
        views=views,
        visits=visits,
        bus=bus,
        clock=clock,
    )
    return Parts(
        settings=settings,
        folder=folder,
        database=database,
        bus=bus,
        clock=clock,
        notices=notices,
        store=store,
        outbox=SqlOutbox(database, clock),
        articles=articles,
        accounts=Accounts(database, clock),
        visits=visits,
        views=views,
        facts=Facts(database),
        librarian=librarian,
        knowing=knowing,
        engine=engine,
        desk=desk,
        web=web,
        channels={},
    )


def encoder_of(settings: Settings) -> Encoder:
    match settings.encoder:
        case "none":
            return NoEncoder()
        case "bundled":
            return BundledE5()
        case url:
            return HttpEncoder(url, model="embeddings", dimensions=ENDPOINT_DIMENSIONS, api_key=settings.encoder_key)
