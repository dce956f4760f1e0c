"""The channels that this installation's settings name: their mouths, and their ears."""

import asyncio
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, assert_never, cast

from bot.phrases.catalogue import Phrases
from bot.ports import Clock
from channels.arriving import Event, RemoteFile
from channels.channel import Channel
from channels.line.channel import LineAccount, LineChannel
from channels.line.content import HOST, LineContent, Lost, TooBig, TryAgain, Unsent
from channels.line.content import Fetched as OnFile
from channels.line.parse import parse
from channels.web.settings import MEGABYTE
from conversations.message import Address
from server.file_links import FileLinks
from server.intake import LARGEST_FILE, Ear, Fetched, FileIsGone, checked_file
from server.settings import Settings
from server.telegram import telegram_of
from storage.views import Views
from storage.visits import Visits


@dataclass(frozen=True, slots=True)
class Channels:
    mouths: Mapping[str, Channel]
    ears: Mapping[str, Ear]
    contents: Sequence[LineContent] = ()

    async def close(self) -> None:
        for mouth in self.mouths.values():
            await mouth.close()
        for content in self.contents:
            await content.close()


def channels_of(
    settings: Settings, clock: Clock, links: FileLinks, *, visits: Visits, views: Views, phrases: Phrases
) -> Channels:
    """Within a running loop: the networks' clients belong to it."""
    mouths: dict[str, Channel] = {}
    ears: dict[str, Ear] = {}
    contents: list[LineContent] = []
    if settings.line_accounts:
        tokens = dict(zip(settings.line_accounts, settings.line_tokens, strict=True))
        accounts = {user_id: LineAccount(access_token=token) for user_id, token in tokens.items()}
        mouths["line"] = LineChannel(accounts, clock=clock, file_link=links.of, host=settings.line_host or None)
        content = LineContent(tokens, pause=asyncio.sleep, host=settings.line_host or HOST)
        contents.append(content)
        ears["line"] = Ear(events=_line_events, fetch=partial(_line_file, content))
    if settings.telegram_token:
        mouths["telegram"], ears["telegram"] = telegram_of(settings, visits, views, phrases)
    return Channels(mouths, ears, contents)


def _line_events(body: bytes) -> Sequence[Event]:
    return parse(body)[1]


async def _line_file(content: LineContent, sender: Address, file: RemoteFile) -> Fetched:
    """Fetched, and checked like any upload. Raises FileIsGone; ConnectionError when it is to be tried again."""
    with SpooledTemporaryFile(max_size=MEGABYTE) as into:
        outcome = await content.fetch(sender.account, file.reference, cast("BinaryIO", into), at_most=LARGEST_FILE)
        into.seek(0)
        match outcome:
            case OnFile(content_type=content_type):
                return await asyncio.to_thread(checked_file, _named(file, content_type), into.read())
            case Lost(reason=reason):
                raise FileIsGone(reason)
            case Unsent():
                raise FileIsGone("相手の方が送信を取り消しました")
            case TooBig():
                raise FileIsGone(f"{LARGEST_FILE // MEGABYTE} MB を超えています")
            case TryAgain():
                raise ConnectionError("LINE does not give the file now")
            case _:
                assert_never(outcome)


def _named(file: RemoteFile, content_type: str) -> str:
    """A photo has no name of its own."""
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    ending = mimetypes.guess_extension(kind) or ""
    return file.name if "." in file.name else f"{file.name or file.kind.value}{ending}"
