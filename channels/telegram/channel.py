"""Telegram's mouth: ``Bot`` of python-telegram-bot for the calls, everything else ours."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from channels.arriving import FileKind, RemoteFile
from channels.channel import Accepted, Capabilities, DeliveryOutcome, Refused, RetryLater, TextUnit
from channels.cutting import shortened
from channels.telegram.files import fetched
from channels.telegram.messages import NOTICE_LIMIT, TEXT_LIMIT, Button, Document, Part, Words, parts_of
from channels.telegram.network import UNREADABLE, BotRequest, Flood, silence_libraries, without_secrets
from channels.telegram.parse import ALLOWED_UPDATES, CHANNEL
from channels.under_way import UnderWay
from conversations.message import Address, Attachment
from conversations.reply import Reply

log = structlog.get_logger(__name__)

OpenFile = Callable[[Attachment], Awaitable[bytes | None]]
"""The stored bytes; None when they are no longer there."""

_AGAIN: Final = timedelta(seconds=30)
_REMEMBERED: Final = 1000
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


class TelegramChannel:
    """Says replies in private talks with one bot.

    Telegram knows no key for "the same message again" (Bot API, ``sendMessage``). What it refuses or asks to put off is
    surely not heard; after a time-out or a lost answer nobody knows. Then we say it again: twice heard is a small
    nuisance, an answer never heard is not. So ``retry_safe`` is False. Of a reply in several messages only those are
    said again that were not taken, as long as this process lives.
    """

    name = CHANNEL
    capabilities = Capabilities(
        pulled=False,
        retry_safe=False,
        buttons=True,
        text_limit=TEXT_LIMIT,
        text_unit=TextUnit.UTF16,
        sends_files=frozenset(FileKind),
        location=True,
        edits=True,
        typing=True,
        may_carry_confidential=False,
    )

    def __init__(
        self,
        token: str,
        *,
        open_file: OpenFile,
        api_url: str = "https://api.telegram.org",
        patience: float = 10,
    ) -> None:
        """``patience`` is how many seconds Telegram may be silent. Needs no network."""
        silence_libraries()
        self._token = token
        self._open_file = open_file
        self._patience = patience
        self._request = BotRequest(read_timeout=patience, write_timeout=patience, connect_timeout=patience)
        self._bot = Bot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        self._taken: dict[str, int] = {}
        """of replies that were begun: how many of their messages Telegram took"""
        self._under_way = UnderWay()

    @property
    def account(self) -> str:
        """Our bot's id, which begins its token and is no secret: the ``account`` of ``parse`` and of every address."""
        return self._token.partition(":")[0]

    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        """Say it, in as many messages as it needs."""
        del handle  # a tap is answered by answer_tap, long before there is a reply
        if address.account != self.account or not address.thread.isdecimal():
            return Refused("この宛先は、設定されているボットとの個人の会話ではありません。")
        parts = parts_of(reply, key=key)
        if not parts:
            return Refused("送る言葉もファイルもありません。")
        for number in range(self._taken.pop(key, 0), len(parts)):
            outcome = await self._say(int(address.thread), parts[number])
            if isinstance(outcome, RetryLater):
                self._remember(key, number)
            if not isinstance(outcome, Accepted):
                return outcome
        return Accepted()

    async def answer_tap(self, handle: str | None, *, text: str = "") -> None:
        """End the tapped button's waiting, with a word in a window if there is ``text``: why a stale tap does nothing.

        To be called for every tap, soon: Telegram takes it for some seconds only. So it is tried once, and what comes
        of it harms nothing.
        """
        if handle is not None:
            notice = shortened(text, at_most=NOTICE_LIMIT, unit=TextUnit.UTF16)
            await self._outcome(self._bot.answer_callback_query(handle, text=notice or None, show_alert=bool(notice)))

    async def show_typing(self, address: Address) -> None:
        """For five seconds, or until we speak; tried once."""
        if address.thread.isdecimal():
            await self._outcome(self._bot.send_chat_action(int(address.thread), ChatAction.TYPING))

    async def fetch(self, file: RemoteFile, *, at_most: int) -> bytes:
        """What the resident sent. Raises FileGone, FileTooBig, FileNotNow."""
        with self._under_way.one_more():
            return await fetched(self._bot, file, at_most=at_most, patience=self._patience)

    async def set_webhook(self, url: str, *, secret: str) -> DeliveryOutcome:
        """Have updates sent to ``url``, each with ``secret`` (1 to 256 of ``A-Za-z0-9_-``) in its header."""
        return await self._outcome(
            self._bot.set_webhook(url, secret_token=secret, allowed_updates=list(ALLOWED_UPDATES))
        )

    async def close(self) -> None:
        await self._under_way.ended()
        await self._request.shutdown()

    async def _say(self, chat_id: int, part: Part) -> DeliveryOutcome:
        match part:
            case Words(text=text, buttons=buttons):
                keyboard = _keyboard(buttons)
                # Without a preview: making one, Telegram's servers would open the resident's personal links.
                return await self._outcome(
                    self._bot.send_message(chat_id, text, reply_markup=keyboard, link_preview_options=_NO_PREVIEW)
                )
            case Document(attachment=attachment, name=name):
                content = await self._open_file(attachment)
                if content is None:
                    return Refused(f"添付ファイル「{attachment.name}」が見つかりません。")
                return await self._outcome(
                    self._bot.send_document(chat_id, content, filename=name, disable_content_type_detection=True)
                )

    async def _outcome(self, call: Awaitable[object]) -> DeliveryOutcome:
        with self._under_way.one_more():
            try:
                await call
            except Flood as flood:
                return RetryLater(flood.after)
            except Forbidden as refused:
                return self._refused("相手がこのボットをブロックしたか、Telegramを退会しました。", refused)
            except InvalidToken as refused:
                return self._refused("ボットのトークンが認められません。トークンの設定をご確認ください。", refused)
            except BadRequest as refused:  # before NetworkError: it is one, and would be tried for ever
                return self._refused("Telegramがこの返信を受け付けません。", refused)
            except (TelegramError, *UNREADABLE) as error:
                log.warning("telegram did not answer", error=type(error).__name__)
                return RetryLater(_AGAIN)
        return Accepted()

    def _refused(self, reason: str, error: TelegramError) -> Refused:
        return Refused(f"{reason}（Telegram: {without_secrets(error.message, self._token)}）")

    def _remember(self, key: str, taken: int) -> None:
        self._taken[key] = taken
        if len(self._taken) > _REMEMBERED:  # replies that were withdrawn while they waited
            del self._taken[next(iter(self._taken))]


def _keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """One below the other: labels are whole questions."""
    rows = [[InlineKeyboardButton(button.label, callback_data=button.data)] for button in buttons]
    return InlineKeyboardMarkup(rows) if rows else None
