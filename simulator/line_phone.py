"""What residents do on their telephones, delivered to the city hall as LINE delivers it: signed, by its webhook."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, assert_never

import aiohttp

from simulator.line_platform import Happening, Json, LinePlatform, Loading, MarkedAsRead, Sent
from simulator.line_talk import Bubble, Side, Talk
from simulator.residents import Resident

PATIENCE: Final = aiohttp.ClientTimeout(total=10)
_MILLISECONDS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sticker:
    key: str
    package: str
    sticker: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    key: str
    title: str
    address: str
    latitude: float
    longitude: float


STICKERS: Final = (
    Sticker(key="thanks", package="11537", sticker="52002739", keywords=("ありがとう", "感謝")),
    Sticker(key="please", package="11537", sticker="52002740", keywords=("お願い", "頼む")),
    Sticker(key="puzzled", package="11538", sticker="51626504", keywords=("困った", "わからない")),
)
PLACES: Final = (
    Place(key="hall", title="みらい市役所", address="みらい市中央1丁目1-1", latitude=35.6895, longitude=139.6917),
    Place(key="park", title="中央公園", address="みらい市中央2丁目", latitude=35.6912, longitude=139.6951),
    Place(key="street", title="", address="みらい市東町3丁目の道路", latitude=35.6861, longitude=139.7003),
)


@dataclass(slots=True, kw_only=True)
class Phones:
    """The talks of all residents with one account."""

    platform: LinePlatform
    account: str
    door: str
    """the webhook's address"""
    session: aiohttp.ClientSession
    now: Callable[[], datetime]
    changed: Callable[[Resident], None]
    talks: Mapping[str, Talk]
    """by the resident's key"""
    _by_line: dict[str, Talk] = field(init=False)

    def __post_init__(self) -> None:
        self._by_line = {talk.resident.line: talk for talk in self.talks.values()}
        self.platform.seen = self._see
        for talk in self.talks.values():
            named = {"displayName": talk.resident.name, "userId": talk.resident.line}
            self.platform.profiles[talk.resident.line] = named

    async def say(self, talk: Talk, words: str) -> None:
        await self._message(talk, "text", text=words)

    async def send_sticker(self, talk: Talk, sticker: Sticker) -> None:
        shown = {"packageId": sticker.package, "stickerId": sticker.sticker, "stickerResourceType": "STATIC"}
        await self._message(talk, "sticker", **shown, keywords=list(sticker.keywords))

    async def send_place(self, talk: Talk, place: Place) -> None:
        where = {"address": place.address, "latitude": place.latitude, "longitude": place.longitude}
        await self._message(talk, "location", **where, **({"title": place.title} if place.title else {}))

    async def send_file(self, talk: Talk, name: str, content_type: str, data: bytes) -> None:
        """A picture, film or voice comes without a name, as LINE sends them; anything else is a file."""
        kind = content_type.partition("/")[0]
        told: Json = {"contentProvider": {"type": "line"}}
        if kind not in {"image", "video", "audio"}:
            kind, told = "file", {"fileName": name, "fileSize": len(data)}
        event = self._event_of(talk, kind, **told)
        self.platform.keep_content(event["message"]["id"], data, content_type)
        await self._deliver(talk, [event], self._shown(talk, event, content=content_type))

    async def act(self, talk: Talk, action: Json) -> None:
        """A tap on a button or a field of the menu. Links are opened by the telephone, and nobody is told."""
        match action:
            case {"type": "postback"}:
                await self._postback(talk, str(action.get("data", "")), said=str(action.get("displayText", "")))
            case {"type": "message"}:
                await self.say(talk, str(action.get("text", "")))
            case {"type": "richmenuswitch", "richMenuAliasId": str(alias)}:
                await self._switch_menu(talk, alias, str(action.get("data", "")))
            case _:
                talk.note("このボタンの動きは、この画面では再現できません。", at=self.now())
                self.changed(talk.resident)

    async def follow(self, talk: Talk) -> None:
        again = talk.resident.line in self.platform.blocking
        self.platform.blocking.discard(talk.resident.line)
        talk.friend = True
        event = self._event(talk, "follow", follow={"isUnblocked": again})
        note = "ブロックを解除しました" if again else "友だちに追加しました"
        await self._deliver(talk, [event], talk.note(note, at=self.now()))

    async def unfollow(self, talk: Talk) -> None:
        self.platform.blocking.add(talk.resident.line)
        talk.friend = False
        event = self._event(talk, "unfollow")
        event.pop("replyToken")
        await self._deliver(talk, [event], talk.note("アカウントをブロックしました", at=self.now()))

    async def unsend(self, talk: Talk, bubble: Bubble) -> None:
        """送信取消: the words are taken back, here and at the city hall."""
        message_id = str(bubble.message.get("id", ""))
        if bubble.side is not Side.MINE or bubble.unsent or not message_id:
            return
        bubble.unsent = True
        self.platform.unsend(message_id)
        event = self._event(talk, "unsend", unsend={"messageId": message_id})
        event.pop("replyToken")
        await self._deliver(talk, [event], bubble)

    async def deliver_again(self, talk: Talk) -> None:
        """The last delivery once more, as LINE redelivers what it believes was lost."""
        if not talk.last_delivery:
            return
        again = [{**event, "deliveryContext": {"isRedelivery": True}} for event in talk.last_delivery]
        await self._deliver(talk, again, talk.note("同じ内容をもう一度配達しました", at=self.now()))

    async def _message(self, talk: Talk, kind: str, **content: object) -> None:
        event = self._event_of(talk, kind, **content)
        await self._deliver(talk, [event], self._shown(talk, event))

    async def _postback(self, talk: Talk, data: str, *, said: str, **more: object) -> None:
        # LINE shows the button's words as the resident's own; they are no message, and cannot be taken back.
        bubble = talk.add(Side.MINE, {"type": "text", "text": said}, at=self.now()) if said else None
        event = self._event(talk, "postback", postback={"data": data, **more})
        await self._deliver(talk, [event], bubble)

    async def _switch_menu(self, talk: Talk, alias: str, data: str) -> None:
        menu = self.platform.menus.aliases.get(alias)
        if menu is not None:
            self.platform.menus.of_user[talk.resident.line] = menu
        status = "SUCCESS" if menu else "RICHMENU_ALIAS_ID_NOTFOUND"
        await self._postback(talk, data, said="", params={"newRichMenuAliasId": alias, "status": status})

    def _event(self, talk: Talk, kind: str, **fields: object) -> Json:
        return self.platform.event(kind, at=self._at(), user=talk.resident.line, **fields)

    def _event_of(self, talk: Talk, kind: str, **content: object) -> Json:
        return self.platform.message(kind, at=self._at(), user=talk.resident.line, **content)

    def _shown(self, talk: Talk, event: Json, *, content: str = "") -> Bubble:
        return talk.add(Side.MINE, event["message"], at=self.now(), content=content)

    def _at(self) -> int:
        return int(self.now().timestamp() * _MILLISECONDS)

    async def _deliver(self, talk: Talk, events: Sequence[Json], bubble: Bubble | None) -> None:
        talk.last_delivery = list(events)
        self.changed(talk.resident)
        body, headers = self.platform.webhook(*events, account=self.account)
        try:
            async with self.session.post(self.door, data=body, headers=headers, timeout=PATIENCE) as answer:
                trouble = "" if answer.status == 200 else f"市役所側の応答 {answer.status}"
        except (aiohttp.ClientError, TimeoutError) as error:
            trouble = f"市役所側につながりません（{type(error).__name__}）"
        if trouble:
            (bubble or talk.note("", at=self.now())).trouble = trouble
        self.changed(talk.resident)

    def _see(self, happening: Happening) -> None:
        match happening:
            case Sent(to=to) | Loading(to=to):
                if (talk := self._by_line.get(to)) is not None:
                    talk.receive(happening, at=self.now())
                    self.changed(talk.resident)
            case MarkedAsRead():
                for talk in self.talks.values():
                    if talk.mark_as_read(happening):
                        self.changed(talk.resident)
            case _:
                assert_never(happening)
