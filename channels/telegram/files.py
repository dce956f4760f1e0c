"""Files that residents send, fetched while Telegram keeps them."""

import aiohttp
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from channels.arriving import RemoteFile
from channels.telegram.network import UNREADABLE


class FileGone(Exception):
    """Telegram no longer gives the file, or never had it."""


class FileTooBig(Exception):
    """Bigger than we take, or than Telegram gives to bots (20 MB)."""


class FileNotNow(Exception):
    """A trouble of the network: another try may succeed."""


async def fetched(bot: Bot, file: RemoteFile, *, at_most: int, patience: float) -> bytes:
    """The file's bytes, counted while they arrive.

    Raises FileGone, FileTooBig, FileNotNow. The address that is asked holds the bot's token: it stands in no error,
    and nobody outside this function sees it.
    """
    address = await _address(bot, file)
    waiting = aiohttp.ClientTimeout(total=patience * 12, sock_connect=patience, sock_read=patience)
    try:
        async with (
            aiohttp.ClientSession(timeout=waiting, trust_env=True) as session,
            session.get(address, allow_redirects=False) as response,
        ):
            _require_given(response.status)
            return await _counted(response.content, at_most)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise FileNotNow(f"Telegram: a file was not read to its end: {type(error).__name__}") from None


async def _address(bot: Bot, file: RemoteFile) -> str:
    try:
        found = await bot.get_file(file.reference)
    except BadRequest as refused:
        if "too big" in refused.message.lower():
            raise FileTooBig("Telegram: bots are given files of up to 20 MB") from None
        raise FileGone("Telegram: getFile does not know the file") from None
    except (TelegramError, *UNREADABLE) as error:
        raise FileNotNow(f"Telegram: getFile failed: {type(error).__name__}") from None
    if not found.file_path or not found.file_path.startswith(("https://", "http://")):
        raise FileGone("Telegram: getFile gave no address for the file")
    return found.file_path


def _require_given(status: int) -> None:
    if status == 429 or status >= 500:
        raise FileNotNow(f"Telegram: the file was answered with {status}")
    if status != 200:
        raise FileGone(f"Telegram: the file was answered with {status}")


async def _counted(stream: aiohttp.StreamReader, at_most: int) -> bytes:
    content = bytearray()
    async for chunk in stream.iter_chunked(64 * 1024):
        content += chunk
        if len(content) > at_most:
            raise FileTooBig(f"Telegram: the file has more than {at_most} bytes")
    return bytes(content)
