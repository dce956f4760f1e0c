"""The channels that this installation's settings name: their mouths, and their ears."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.ports import Clock
from channels.channel import Channel
from server.city import CityFolder
from server.file_links import FileLinks
from server.intake import Ear
from server.line import line_of
from server.settings import Settings
from server.telegram import telegram_of
from storage.database import Database
from storage.views import Views
from storage.visits import Visits


@dataclass(frozen=True, slots=True)
class Channels:
    mouths: Mapping[str, Channel]
    ears: Mapping[str, Ear]

    async def close(self) -> None:
        for mouth in self.mouths.values():
            await mouth.close()


def channels_of(
    settings: Settings, clock: Clock, links: FileLinks, *, database: Database, folder: CityFolder
) -> Channels:
    """Within a running loop: the networks' clients belong to it."""
    mouths: dict[str, Channel] = {}
    ears: dict[str, Ear] = {}
    if settings.line_accounts:
        mouths["line"], ears["line"] = line_of(settings, clock, links, database=database, folder=folder)
    if settings.telegram_token:
        mouths["telegram"], ears["telegram"] = telegram_of(
            settings, Visits(database, clock), Views(database, clock), folder.phrases
        )
    return Channels(mouths, ears)
