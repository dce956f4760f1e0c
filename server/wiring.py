"""The only place that knows every part."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.by_phone import CHANNELS as BY_PHONE
from bot.desk import Desk
from bot.engine import Engine
from bot.knowing import Knowing
from bot.ports import Clock, Delivery
from bot.reaching import Reaching
from bot.stopped_category import STAFF
from bot.understanding.taught import Lessons
from channels.channel import Channel
from channels.line.channel import LineChannel
from channels.mail.budget import Limits
from channels.mail.channel import MailChannel
from channels.telegram.channel import TelegramChannel
from conversations.errors import SettingsError
from language.breaker import Away
from language.encoder import BundledE5, Encoder, EncoderError, NoEncoder
from language.endpoint import HttpEncoder, Timing
from server.blocking import Blocking
from server.channels import channels_of
from server.city import INTENTS, CityFolder, read_folder
from server.clock import SystemClock
from server.elsewhere import Elsewhere, PrivateTalks
from server.file_links import FileLinks, secret_of
from server.intake import Intake
from server.mail.budget import MailBudget
from server.mail.setup import PostOffice
from server.notices import BusNotices
from server.one_time import DrawnCodes
from server.settings import Settings
from server.teaching import TeachingLibrarian, lessons_of, with_lesson
from server.web_service import ServerWebService
from storage.accounts import Accounts
from storage.articles import Articles
from storage.bars import CategoryBars
from storage.bus import Bus, MemoryBus, RedisBus
from storage.closed_channels import ClosedChannels
from storage.contact_log import ContactLog
from storage.database import Database
from storage.deliveries import Deliveries
from storage.links import Links
from storage.migrate import upgrade
from storage.one_time_codes import OneTimeCodes
from storage.outbox import SqlOutbox
from storage.store import SqlStore
from storage.vectors import Vectors
from storage.views import Views
from storage.visits import Facts, Visits
from storage.withdrawals import Withdrawals

NETWORKS = (LineChannel, TelegramChannel, MailChannel)
DELIVERY = Delivery(
    pulled=frozenset({"web", "form", "terminal", "rasa", STAFF, *BY_PHONE}),
    letters=frozenset({"mail"}),
    in_the_open=frozenset(each.name for each in NETWORKS if not each.capabilities.may_carry_confidential),
)

log = structlog.get_logger(__name__)


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
    bars: CategoryBars
    accounts: Accounts
    visits: Visits
    views: Views
    facts: Facts
    librarian: TeachingLibrarian
    lessons: Lessons
    knowing: Knowing
    engine: Engine
    desk: Desk
    reaching: Reaching
    links: Links
    contact_log: ContactLog
    private: PrivateTalks
    web: ServerWebService
    channels: Mapping[str, Channel]
    close_channels: Callable[[], Awaitable[None]]
    deliveries: Deliveries
    intake: Intake
    file_links: FileLinks
    mail: PostOffice | None
    """None when no mail address is set"""
    encoder_away: Callable[[], Away | None]
    """since when this process searches by words alone because its encoder does not answer"""

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
            await parts.close_channels()
            if isinstance(parts.librarian.encoder, HttpEncoder):
                parts.librarian.encoder.close()
            parts.knowing.close()
    finally:
        await bus.close()
        await database.close()


async def _put_together(settings: Settings, folder: CityFolder, database: Database, bus: Bus, clock: Clock) -> Parts:
    notices = BusNotices(bus)
    store, views, visits = SqlStore(database, clock), Views(database, clock), Visits(database, clock)
    articles = Articles(database, clock)
    bars = CategoryBars(database, clock)
    encoder = encoder_of(settings, clock)
    facts = Facts(database)
    librarian = TeachingLibrarian(
        await with_lesson(folder, facts), articles, bars, Vectors(database), encoder, facts=facts, clock=clock
    )
    knowing = Knowing(await librarian.known(), clock)
    restraints = {"mail": MailBudget(Limits())}
    codes = DrawnCodes(settings.url)
    engine = Engine(
        store=store,
        understanding=knowing,
        clock=clock,
        delivery=DELIVERY,
        notices=notices,
        codes=codes,
        restraints=restraints,
    )
    desk = Desk(
        store=store, understanding=knowing, clock=clock, delivery=DELIVERY, notices=notices, restraints=restraints
    )
    reaching = Reaching(desk, delivery=DELIVERY, codes=codes)
    elsewhere = Elsewhere(links=Links(database), views=views, reaching=reaching)
    secret = await secret_of(facts, secrets.token_bytes(32))
    links = FileLinks(settings.url, clock, secret)
    channels = channels_of(settings, clock, links, database=database, folder=folder)
    mail = PostOffice.of(
        settings, secret, database=database, clock=clock, desk=desk, knowing=knowing, bounced=elsewhere.mail_failed
    )
    mouths, ears = mail.joined(channels.mouths, channels.ears) if mail else (channels.mouths, channels.ears)
    deliveries = Deliveries(database, clock)
    intake = Intake(
        deliveries=deliveries,
        engine=engine,
        withdrawals=Withdrawals(database),
        visits=visits,
        ears=ears,
        blocking=Blocking(closed=ClosedChannels(database, clock), desk=desk, views=views, phrases=folder.phrases),
    )
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
        bars=bars,
        accounts=Accounts(database, clock),
        visits=visits,
        views=views,
        facts=facts,
        librarian=librarian,
        lessons=lessons_of(librarian, knowing, folder.path / INTENTS, notices.published),
        knowing=knowing,
        engine=engine,
        desk=desk,
        reaching=reaching,
        links=elsewhere.links,
        contact_log=ContactLog(database, clock),
        private=PrivateTalks(store=store, codes=OneTimeCodes(database, clock), web=web, views=views, desk=desk),
        web=web,
        channels=mouths,
        mail=mail,
        close_channels=channels.close,
        deliveries=deliveries,
        intake=intake,
        file_links=links,
        encoder_away=lambda: encoder.away if isinstance(encoder, HttpEncoder) else None,
    )


def encoder_of(settings: Settings, clock: Clock | None = None) -> Encoder:
    """The encoder the settings name. Raises SettingsError."""
    match settings.encoder:
        case "none":
            return NoEncoder()
        case "bundled":
            return BundledE5()
        case url:
            try:
                return HttpEncoder(
                    url,
                    model=settings.encoder_model,
                    dimensions=settings.encoder_dimensions,
                    api_key=settings.encoder_key,
                    changed=_log_change,
                    timing=Timing(now=(clock or SystemClock()).now),
                )
            except EncoderError as trouble:
                raise SettingsError(f"encoder: bundled, none, または埋め込みAPIのアドレスです: {trouble}") from None


def _log_change(away: Away | None) -> None:
    if away is None:
        log.info("the encoder answers again")
    else:
        log.warning("the encoder does not answer: search goes by words alone", why=away.why)
