from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.desk import Desk
from bot.knowing import Knowing
from bot.ports import Clock
from bot.reaching import Reaching
from bot.understanding.taught import Lessons
from language.breaker import Away
from storage.accounts import Accounts
from storage.articles import Articles
from storage.bars import CategoryBars
from storage.bus import Bus
from storage.canned import CannedReplies
from storage.contact_log import ContactLog
from storage.deliveries import Deliveries
from storage.drafts import Drafts
from storage.faq_feedback import FaqFeedback
from storage.links import Links
from storage.outbox import SqlOutbox
from storage.store import SqlStore
from storage.views import Views
from storage.visits import Visits
from tickets.city import City

if TYPE_CHECKING:
    from console.letters import MailDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSettings:
    idle: timedelta = timedelta(minutes=60)
    life: timedelta = timedelta(hours=12)
    origin: str
    """of the public URL, e.g. https://chat.city.example"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What every page of the console works with."""

    accounts: Accounts
    articles: Articles
    bars: CategoryBars
    views: Views
    visits: Visits
    store: SqlStore
    bus: Bus
    desk: Desk
    reaching: Reaching
    links: Links
    contact_log: ContactLog
    drafts: Drafts
    feedback: FaqFeedback
    canned: CannedReplies
    outbox: SqlOutbox
    city: Callable[[], City]
    knowing: Knowing
    lessons: Lessons
    deliveries: Deliveries
    mail: "MailDesk | None"
    """None when this installation has no mail"""
    arrived: Callable[[], Awaitable[None]]
    """to be called when a delivery is to be read again"""
    clock: Clock
    published: Callable[[], Awaitable[None]]
    """to be called after the FAQ changed: the index is built anew"""
    vectors: Callable[[], tuple[int, int]]
    """how many of the texts this process is preparing for search by meaning are done, and how many there are"""
    encoder_away: Callable[[], Away | None]
    """since when search by meaning is away, and why; None while it works or is not wanted"""
    plain: Callable[[str], str]
    """safe Markdown as a person would type it"""
    settings: ConsoleSettings
