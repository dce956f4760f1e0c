"""LINE's mouth: an answer goes by its reply token while that lives, else it is pushed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol, assert_never
from uuid import UUID, uuid5

from channels.channel import Accepted, Capabilities, DeliveryOutcome, Refused, RetryLater, TextUnit
from channels.line.messages import TEXT_LIMIT, FileLink, Message, in_requests, to_messages
from channels.line.parse import read_handle
from channels.line.reply_tokens import ReplyTokens
from channels.line.sending import LineApi, Profile, Rejected, Result, Taken, Unanswered, Unreached
from channels.under_way import UnderWay
from conversations.message import Address
from conversations.reply import Reply

TIMEOUT: Final = 5.0
"""seconds; LINE answers within one"""

AFTER_SILENCE: Final = timedelta(seconds=3)
AFTER_ERROR: Final = timedelta(seconds=20)
AFTER_RATE_LIMIT: Final = timedelta(seconds=10)
AFTER_TOO_MANY_TO_ONE: Final = timedelta(minutes=2)
AFTER_RESERVED_QUOTA: Final = timedelta(minutes=20)

_RETRY_KEYS: Final = UUID("0f3d2c6e-5a0b-5f0e-9d55-6b9b7f6f2f0a")


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAccount:
    """An official account of the city or of one of its sections."""

    access_token: str = field(repr=False)
    name: str = ""
    """how staff call it"""


class LineChannel:
    """The city's LINE accounts, by their own user id (a webhook's ``destination``), which is ``Address.account``.

    **Nothing is lost, and at most rarely is something heard twice.** A push carries ``X-Line-Retry-Key``, made from
    ``key``: however often it is tried within 24 hours, it is heard once. A reply has no such key, but its token works
    once, and that serves instead. When no answer comes to a reply, its outcome is unknown; RetryLater, and the same
    token is then tried again:

    * it works: the first try had not arrived;
    * it is refused while it should still live, and nobody else was given it: the first try had arrived, Accepted;
    * it is too old by now, LINE itself reported an error (5xx), or this process has not seen the first try: nobody can
      know. We push. In these rare cases the resident may hear an answer twice, which harms nobody; an answer that never
      comes does.

    Words that need several requests are pushed, each with its own key, as a token would serve the first only.
    """

    name = "line"
    capabilities = Capabilities(
        pulled=False,
        retry_safe=True,
        buttons=True,
        text_limit=TEXT_LIMIT,
        text_unit=TextUnit.UTF16,
        location=True,
        edits=True,
        typing=True,
        read_marks=True,
        may_carry_confidential=False,
    )

    def __init__(
        self,
        accounts: Mapping[str, LineAccount],
        *,
        clock: Clock,
        file_link: FileLink,
        host: str | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._apis = {
            user_id: LineApi(account.access_token, host=host, timeout=timeout) for user_id, account in accounts.items()
        }
        self._clock = clock
        self._file_link = file_link
        self._tokens = ReplyTokens()
        self._under_way = UnderWay()
        self._closed = False

    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        api = self._apis.get(address.account)
        if api is None:
            return Refused(
                f"LINEのアカウント {address.account} の設定がないため、送れませんでした。設定を確認してください。"
            )
        requests = in_requests(to_messages(reply, self._file_link))
        if not requests:
            return Refused("返信の中身が空のため、LINEで送るものがありませんでした。")
        if self._closed:
            return RetryLater(AFTER_SILENCE)
        with self._under_way.one_more():
            outcome = await self._by_token(api, requests[0], key=key, handle=handle) if len(requests) == 1 else None
            return outcome or await self._by_push(api, address.thread, requests, key=key)

    async def show_loading(self, address: Address, *, seconds: int = 20) -> bool:
        """The resident sees that we are at it, for 5 to 60 seconds or until the next message. False: LINE did not."""
        api = self._apis.get(address.account)
        in_fives = min(60, max(5, -(-seconds // 5) * 5))
        return api is not None and isinstance(await api.show_loading(address.thread, seconds=in_fives), Taken)

    async def mark_as_read(self, address: Address, handle: str | None) -> bool:
        """Marks the message that the handle came with, and all before it."""
        api, token = self._apis.get(address.account), read_handle(handle).read_token
        return api is not None and token is not None and isinstance(await api.mark_as_read(token), Taken)

    async def profile(self, address: Address) -> Profile | None:
        """Asked only when somebody needs it: nothing is fetched about a resident in advance."""
        api = self._apis.get(address.account)
        return await api.profile(address.thread) if api is not None else None

    async def close(self) -> None:
        """Wait for what is under way, and end; harmless a second time."""
        self._closed = True
        await self._under_way.ended()
        for api in self._apis.values():
            await api.close()

    async def _by_token(
        self, api: LineApi, messages: list[Message], *, key: str, handle: str | None
    ) -> DeliveryOutcome | None:
        """None: the token cannot be used, or nobody can know what became of it."""
        use = self._tokens.for_key(key, read_handle(handle), self._clock.now())
        if use is None:
            return None
        if use.accepted:
            return Accepted()
        result = await api.reply(use.token, messages)
        match result:
            case Taken():
                use.accepted = True
            case Unanswered():
                use.unanswered = True
            case Rejected() if _is_dead_token(result):
                if not use.unanswered:
                    self._tokens.spent(use)
                    return None
                use.accepted = True
                return Accepted()
            case Rejected(status=status) if status >= 500:
                use.unanswered = False
            case Rejected() | Unreached():
                pass
            case _:
                assert_never(result)
        return await self._outcome(api, result)

    async def _by_push(self, api: LineApi, to: str, requests: list[list[Message]], *, key: str) -> DeliveryOutcome:
        for number, messages in enumerate(requests):
            result = await api.push(to, messages, retry_key=uuid5(_RETRY_KEYS, f"{key}/{number}"))
            if not isinstance(result, Taken):
                return await self._outcome(api, result)
        return Accepted()

    async def _outcome(self, api: LineApi, result: Result) -> DeliveryOutcome:
        match result:
            case Taken():
                return Accepted()
            case Unanswered():
                return RetryLater(AFTER_SILENCE)
            case Unreached():
                return RetryLater(AFTER_ERROR)
            case Rejected(status=429) if "monthly limit" in result.message.lower():
                # The same words also come while a broadcast under way has reserved what is left.
                if await api.quota_left() == 0:
                    return Refused(_reason(result))
                return RetryLater(AFTER_RESERVED_QUOTA)
            case Rejected():
                return outcome_of(result)


def outcome_of(rejected: Rejected) -> DeliveryOutcome:
    """What an error answer means for the reply. A pause that LINE names is kept."""
    if rejected.status == 429:
        # Of the three causes of a 429 two have documented words; the third is too many messages to one person.
        rate = "rate limit" in rejected.message.lower()
        return RetryLater(rejected.after or (AFTER_RATE_LIMIT if rate else AFTER_TOO_MANY_TO_ONE))
    if rejected.status >= 500:
        return RetryLater(rejected.after or AFTER_ERROR)
    return Refused(_reason(rejected))


def _is_dead_token(rejected: Rejected) -> bool:
    return rejected.status == 400 and "reply token" in rejected.message.lower()


def _reason(rejected: Rejected) -> str:
    """For staff: what happened, and what to do."""
    match rejected.status:
        case 429:
            said = (
                "LINEで今月送れるメッセージ数の上限に達しました。"
                "プランを見直すか、電話など別の方法で住民の方にご連絡ください。"
            )
        case 401:
            said = "LINEのチャネルアクセストークンが無効か期限切れです。設定の担当者にご連絡ください。"
        case 403:
            said = "このLINEアカウントには、この送信をする権限がありません。プランと設定を確認してください。"
        case 400 if "failed to send" in rejected.message.lower():
            said = "LINEでこの相手に送れません。友だちでないか、別のアカウントの相手です。別の方法でご連絡ください。"
        case 404:
            said = "LINEに送り先が見つかりません。アカウントが削除された可能性があります。別の方法でご連絡ください。"
        case 413:
            said = "返信が長すぎて、LINEに送れませんでした。短く分けて送ってください。"
        case _:
            said = "LINEがこのメッセージを受け付けませんでした。内容を確認し、別の方法でご連絡ください。"
    return f"{said}（LINEの応答 {rejected.status}：{rejected.message or '説明なし'}）"
