"""The telephone of the rehearsal: what it delivers, and what it shows."""

import io
import json
from datetime import timedelta

import aiohttp
import pytest
from PIL import Image

from channels.line.menu_definition import MenuButton, RichMenu
from channels.line.rich_menu import RichMenus
from simulator.running import networks
from tests.conftest import FrozenClock
from tests.simulator.hall import Json, ListeningHall

ASKED = {"type": "text", "text": "どちらですか。"}
OFFERED = {
    **ASKED,
    "quickReply": {
        "items": [
            {
                "type": "action",
                "action": {"type": "postback", "label": "窓口", "data": "v1:窓口", "displayText": "窓口で"},
            }
        ]
    },
}


def card(*buttons: Json, text: str = "本庁舎1階です。") -> Json:
    body = {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": text, "color": "#555555"}]}
    footer = {"type": "box", "layout": "vertical", "contents": [{"type": "button", "action": each} for each in buttons]}
    return {
        "type": "flex",
        "altText": "読み上げの文",
        "contents": {"type": "bubble", "body": body, **({"footer": footer} if buttons else {})},
    }


async def test_words_arrive_signed_and_stand_in_their_own_talk_alone(hall: ListeningHall) -> None:
    user = await hall.follows()

    await hall.post("/line/yamada/say", {"words": "住民票がほしい\r\n二行目"})

    said = hall.events[-1]
    assert (said["message"]["text"], said["source"]["userId"], hall.forged) == ("住民票がほしい\n二行目", user, 0)
    assert "住民票がほしい" in (await hall.get("/talk?resident=yamada"))[1]
    assert "住民票がほしい" not in (await hall.get("/talk?resident=sato"))[1]


async def test_who_is_no_friend_is_told_to_become_one_first(hall: ListeningHall) -> None:
    refused = await hall.post("/line/yamada/say", {"words": "もしもし"})
    await hall.follows()

    assert (refused, await hall.post("/line/yamada/say", {"words": "もしもし"})) == (409, 204)
    assert [event["type"] for event in hall.events] == ["follow", "message"]


async def test_what_the_hall_did_not_take_is_told_beside_the_words(hall: ListeningHall) -> None:
    await hall.follows()
    hall.answer = 500

    await hall.post("/line/yamada/say", {"words": "届くでしょうか"})

    assert "市役所側の応答 500" in (await hall.get("/talk"))[1]


async def test_a_delivery_comes_again_as_the_same_event(hall: ListeningHall) -> None:
    await hall.follows()
    await hall.post("/line/yamada/say", {"words": "一度だけ"})

    await hall.post("/line/yamada/again")

    first, second = hall.events[-2:]
    assert first["webhookEventId"] == second["webhookEventId"]
    assert [each["deliveryContext"]["isRedelivery"] for each in (first, second)] == [False, True]


async def test_platforms_of_two_rehearsals_give_no_event_the_same_id() -> None:
    ids = set()
    for _ in range(2):
        async with networks() as around:
            event = around.line.event("follow", at=0, user="U" + "1" * 32)
            ids.add(event["webhookEventId"])

    assert [len(each) for each in ids] == [26, 26]


async def test_a_quick_reply_is_the_choice_it_stands_for_and_goes_with_the_next_words(hall: ListeningHall) -> None:
    user = await hall.follows()
    await hall.pushes(user, OFFERED)
    page = (await hall.get("/talk"))[1]
    assert "quick-reply" in page

    await hall.post("/line/yamada/act", {"action": json.dumps(OFFERED["quickReply"]["items"][0]["action"])})  # type: ignore[index]

    page = (await hall.get("/talk"))[1]
    assert hall.events[-1]["postback"] == {"data": "v1:窓口"}
    assert "窓口で" in page
    assert "quick-reply" not in page


async def test_an_answer_card_shows_text_buttons_and_alt_text_and_nothing_of_it_acts(hall: ListeningHall) -> None:
    user = await hall.follows()
    good = {"type": "uri", "label": "詳しく見る", "uri": "https://www.city.example/a?b=1&c=2"}
    bad = {"type": "uri", "label": "<b>押すな</b>", "uri": "line://nowhere"}

    assert await hall.pushes(user, card(good, bad, text="<script>alert(1)</script>")) == 200

    page = (await hall.get("/talk"))[1]
    assert 'href="https://www.city.example/a?b=1&amp;c=2"' in page
    assert "読み上げの文" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>" not in page
    assert "line://nowhere" not in page.replace(page[page.index("<pre") :], "")


async def test_a_picture_is_there_for_the_hall_until_it_is_taken_back(hall: ListeningHall) -> None:
    user = await hall.follows()
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", b"\x89PNG picture", filename="道路.png", content_type="image/png")

    await hall.post("/line/yamada/file", form)

    message = hall.events[-1]["message"]
    content = f"/v2/bot/message/{message['id']}/content"
    assert (message["type"], message["contentProvider"]) == ("image", {"type": "line"})
    assert await hall.calls_line(content) == 200
    assert (await hall.get(f"/line/yamada/content/{message['id']}"))[0] == 200

    await hall.post("/line/yamada/unsend", {"number": "2"})

    assert hall.events[-1]["unsend"] == {"messageId": message["id"]}
    assert "replyToken" not in hall.events[-1]
    assert await hall.calls_line(content) == 410
    assert (await hall.get(f"/line/yamada/content/{message['id']}"))[0] == 404
    assert await hall.pushes(user, ASKED) == 200


async def test_another_file_comes_with_its_name(hall: ListeningHall) -> None:
    await hall.follows()
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", b"%PDF-1.7", filename="申請書.pdf", content_type="application/pdf")

    await hall.post("/line/yamada/file", form)

    message = hall.events[-1]["message"]
    assert (message["type"], message["fileName"], message["fileSize"]) == ("file", "申請書.pdf", 8)


@pytest.mark.parametrize(
    ("verb", "key", "kind", "shown"),
    [("sticker", "thanks", "sticker", "［スタンプ］ ありがとう"), ("place", "hall", "location", "みらい市役所")],
)
async def test_a_sticker_and_a_place_are_shown_by_name(
    hall: ListeningHall, verb: str, key: str, kind: str, shown: str
) -> None:
    await hall.follows()

    await hall.post(f"/line/yamada/{verb}", {"key": key})

    assert hall.events[-1]["message"]["type"] == kind
    assert shown in (await hall.get("/talk"))[1]


async def test_who_blocks_the_account_gets_nothing_until_they_come_back(hall: ListeningHall) -> None:
    user = await hall.follows()
    await hall.post("/line/yamada/unfollow")
    assert (hall.events[-1]["type"], "replyToken" in hall.events[-1]) == ("unfollow", False)
    assert await hall.pushes(user, {"type": "text", "text": "聞こえない言葉"}) == 200

    await hall.follows()
    await hall.pushes(user, {"type": "text", "text": "聞こえる言葉"})

    page = (await hall.get("/talk"))[1]
    assert hall.events[-1]["follow"] == {"isUnblocked": True}
    assert ("聞こえる言葉" in page, "聞こえない言葉" in page) == (True, False)


async def test_loading_is_shown_until_the_next_message_or_its_end(hall: ListeningHall, clock: FrozenClock) -> None:
    user = await hall.follows()
    start = "/v2/bot/chat/loading/start", {"chatId": user, "loadingSeconds": 5}

    await hall.calls_line(*start)
    assert "loading" in (await hall.get("/talk"))[1]
    await hall.pushes(user, ASKED)
    assert "loading" not in (await hall.get("/talk"))[1]

    await hall.calls_line(*start)
    clock.turn(timedelta(minutes=1))
    assert "loading" not in (await hall.get("/talk"))[1]


async def test_words_that_were_read_say_so(hall: ListeningHall) -> None:
    await hall.follows()
    await hall.post("/line/yamada/say", {"words": "読みましたか"})
    assert "既読" not in (await hall.get("/talk"))[1]

    token = hall.events[-1]["message"]["markAsReadToken"]
    await hall.calls_line("/v2/bot/chat/markAsRead", {"markAsReadToken": token})

    assert "既読" in (await hall.get("/talk"))[1]


async def test_the_rich_menu_is_tapped_and_switched(hall: ListeningHall) -> None:
    await hall.follows()
    menus = RichMenus(hall.around.line_token, host=hall.around.line.url)
    ja = MenuButton(label="ごみの分別", value="v1:gomi"), MenuButton(label="English", language="en")
    await menus.set_up([menu("ja", *ja), menu("en", MenuButton(label="Garbage", value="v1:gomi"))])
    await menus.close()
    assert "ごみの分別" in (await hall.get("/talk"))[1]

    switch = {"type": "richmenuswitch", "label": "English", "richMenuAliasId": "madoguchi-en", "data": "language:en"}
    await hall.post("/line/yamada/act", {"action": json.dumps(switch)})

    assert hall.events[-1]["postback"]["data"] == "language:en"
    assert "Garbage" in (await hall.get("/talk?resident=yamada"))[1]
    assert "ごみの分別" in (await hall.get("/talk?resident=sato"))[1]


def menu(language: str, *buttons: MenuButton) -> RichMenu:
    drawn = io.BytesIO()
    Image.new("RGB", (800, 400)).save(drawn, "PNG")
    return RichMenu(language=language, bar="メニュー", rows=(buttons,), picture=drawn.getvalue(), width=800, height=400)
