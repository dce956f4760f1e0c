import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.arriving import Arrived, Blocked, FileKind, Followed, Forged, RemoteFile
from channels.channel import BadDelivery, Ignored
from channels.telegram.parse import NO_TIME, parse, verified
from conversations.message import Address
from tests.fakes.telegram import BOT_ID, DATE, RESIDENT, a_chat, a_message, a_person

BOT = str(BOT_ID)
HERE = Address("telegram", BOT, str(RESIDENT))
AT = datetime.fromtimestamp(DATE, UTC)


def body(**payload: Any) -> bytes:
    return json.dumps({"update_id": 7, **payload}).encode()


def only(read: bytes) -> Any:
    (event,) = parse(read, account=BOT)
    return event


def arrived(**fields: Any) -> Arrived:
    event = only(body(message=a_message(**fields)))
    assert isinstance(event, Arrived)
    return event


def test_only_who_knows_the_secret_is_telegram() -> None:
    verified("s3cret_-", "s3cret_-")

    for header, secret in [
        ("s3cret_", "s3cret_-"),
        (None, "s3cret_-"),
        ("", ""),
        (None, ""),
        ("秘密\udc80", "s3cret_-"),
    ]:
        with pytest.raises(Forged) as forged:
            verified(header, secret)
        assert "s3cret" not in str(forged.value)


def test_words_arrive_unchanged_with_all_that_is_known_of_them() -> None:
    text = "  𠮷野家の👨‍👩‍👧 が\nか\u3099 <b>&amp;</b> "

    assert only(body(message=a_message(text=text, reply_to_message=a_message(text="前")))) == Arrived(
        external_id=f"{BOT}:7",
        sender=HERE,
        text=text,
        in_reply_to="41",
        message_id="41",
        sent_at=AT,
    )


def test_the_language_of_the_app_is_not_the_language_of_the_person() -> None:
    assert a_person(1)["language_code"] == "en"
    assert arrived(text="住民票をください").language is None


def test_one_update_of_two_bots_is_two_deliveries_and_one_bots_is_one() -> None:
    read = body(message=a_message(text="はい"))
    ids = [parse(read, account=account)[0].external_id for account in ("1", "1", "2")]  # type: ignore[union-attr]

    assert ids[0] == ids[1] != ids[2]


def test_what_no_database_takes_is_left_out_and_the_words_around_it_stay() -> None:
    read = body(message=a_message(text="前X後")).replace(b"X", b"\\u0000\\ud800\xff")

    assert only(read).text == "前\ufffd\ufffd後"


def test_one_absurd_number_does_not_cost_the_words() -> None:
    read = body(message=a_message(text="住民票", edit_date="ABSURD"))

    for absurd in (b"9" * 5000, b"1e999", b"NaN"):
        assert only(read.replace(b'"ABSURD"', absurd)).text == "住民票"


PHOTO = [
    {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 1200},
    {"file_id": "large", "file_unique_id": "l", "width": 1280, "height": 853, "file_size": 140_000},
    {"file_id": "middle", "file_unique_id": "m", "width": 320, "height": 213},
]


@pytest.mark.parametrize(
    ("fields", "file"),
    [
        ({"photo": PHOTO}, RemoteFile(reference="large", kind=FileKind.IMAGE, size=140_000)),
        (
            {"document": {"file_id": "d", "file_name": "申請書.pdf", "mime_type": "application/pdf", "file_size": 5}},
            RemoteFile(reference="d", kind=FileKind.FILE, name="申請書.pdf", content_type="application/pdf", size=5),
        ),
        (
            {"document": {"file_id": "d", "file_name": "写真.png", "mime_type": "image/png"}},
            RemoteFile(reference="d", kind=FileKind.IMAGE, name="写真.png", content_type="image/png"),
        ),
        (
            {"voice": {"file_id": "v", "mime_type": "audio/ogg", "duration": 3}},
            RemoteFile(reference="v", kind=FileKind.AUDIO, content_type="audio/ogg"),
        ),
        ({"video": {"file_id": "v", "file_size": -1}}, RemoteFile(reference="v", kind=FileKind.VIDEO)),
        (
            {"animation": {"file_id": "a"}, "document": {"file_id": "same"}},
            RemoteFile(reference="a", kind=FileKind.VIDEO),
        ),
    ],
)
def test_a_file_arrives_by_its_reference_with_its_caption(fields: dict[str, Any], file: RemoteFile) -> None:
    event = arrived(caption="ここが壊れています", **fields)

    assert (event.text, event.files) == ("ここが壊れています", (file,))


def test_a_file_that_cannot_be_fetched_costs_no_words() -> None:
    assert arrived(document={"file_name": "x"}, caption="見てください").files == ()
    assert only(body(message=a_message(document={"file_name": "x"}))) == Ignored(
        "Telegram: a message with nothing in it to read or to fetch: document"
    )


@pytest.mark.parametrize(
    ("fields", "text", "place"),
    [
        ({"location": {"latitude": 35.01, "longitude": 135.76}}, "", (35.01, 135.76)),
        ({"location": {"latitude": 91, "longitude": 0}, "caption": "ここ"}, "ここ", None),
        ({"location": {"latitude": float("nan"), "longitude": 0}, "caption": "ここ"}, "ここ", None),
        (
            {"venue": {"title": "市役所", "address": "本町1", "location": {"latitude": 35, "longitude": 135}}},
            "市役所\n本町1",
            (35.0, 135.0),
        ),
        ({"sticker": {"file_id": "s", "emoji": "👍"}}, "[スタンプ: 👍]", None),
        ({"sticker": {"file_id": "s"}}, "[スタンプ]", None),
        ({"contact": {"first_name": "花子", "phone_number": "0000-12-3456"}}, "[連絡先: 花子 0000-12-3456]", None),
        ({"dice": {"emoji": "🎲", "value": 3}}, "🎲", None),
        (
            {
                "rich_message": {
                    "blocks": [
                        {"type": "heading", "text": ["粗大", {"type": "bold", "text": "ごみ"}]},
                        {"type": "list", "items": [{"label": "1. ", "blocks": [{"text": "いす"}]}]},
                    ]
                }
            },
            "粗大ごみ\n1. \nいす",
            None,
        ),
    ],
)
def test_what_is_no_text_arrives_as_a_place_or_a_stand_in(
    fields: dict[str, Any], text: str, place: tuple[float, float] | None
) -> None:
    event = arrived(**fields)

    assert (event.text, event.place) == (text, place)


def test_a_changed_message_says_which_one_it_replaces() -> None:
    event = only(body(edited_message=a_message(text="火曜ではなく水曜", edit_date=DATE + 60)))

    assert (event.edits, event.message_id, event.text) == (True, "41", "火曜ではなく水曜")
    assert event.sent_at == datetime.fromtimestamp(DATE + 60, UTC)
    assert not arrived(text="火曜").edits


def test_a_live_location_that_moves_is_not_said_again() -> None:
    place = {"latitude": 35.0, "longitude": 135.0, "live_period": 900}

    assert arrived(location=place).place == (35.0, 135.0)
    assert only(body(edited_message=a_message(location=place))) == Ignored("Telegram: a shared live location moved")


def test_a_tap_tells_the_button_its_message_and_how_to_answer_it() -> None:
    keyboard = {
        "inline_keyboard": [[{"text": "料金", "callback_data": "k.a"}], [{"text": "場所", "callback_data": "k.b"}]]
    }
    message = a_message(text="どちらですか。", reply_markup=keyboard) | {"from": {"id": BOT_ID, "is_bot": True}}
    query = {"id": "tap-1", "from": a_person(RESIDENT), "message": message, "data": "k.b"}

    assert only(body(callback_query=query)) == Arrived(
        external_id=f"{BOT}:7",
        sender=HERE,
        text="場所",
        choice="k.b",
        in_reply_to="41",
        sent_at=NO_TIME,
        reply_handle="tap-1",
    )


def test_a_tap_under_a_message_too_old_to_be_shown_still_arrives() -> None:
    query = {"id": "t", "from": a_person(RESIDENT), "message": {"chat": a_chat(RESIDENT), "message_id": 3, "date": 0}}

    event = only(body(callback_query=query | {"data": "k.b"}))

    assert (event.text, event.choice, event.in_reply_to) == ("", "k.b", "3")
    assert isinstance(only(body(callback_query=query | {"game_short_name": "g"})), Ignored)


def test_who_blocks_the_bot_and_comes_back_is_told() -> None:
    change = {"chat": a_chat(RESIDENT), "from": a_person(RESIDENT), "date": DATE}

    def became(status: str) -> Any:
        return only(body(my_chat_member={**change, "new_chat_member": {"status": status}}))

    assert became("kicked") == Blocked(external_id=f"{BOT}:7", sender=HERE)
    assert became("member") == Followed(external_id=f"{BOT}:7", sender=HERE, again=True, sent_at=AT)
    assert became("restricted") == Ignored("Telegram: neither blocked nor unblocked")


def test_opening_the_talk_is_no_message_but_what_a_link_says_to_us_is() -> None:
    assert only(body(message=a_message(text="/start"))) == Followed(
        external_id=f"{BOT}:7", sender=HERE, again=False, sent_at=AT
    )
    assert arrived(text="/start K7Q2").text == "/start K7Q2"


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel", "secret", None])
def test_with_groups_and_channels_we_do_not_talk(kind: str | None) -> None:
    there = {"chat": {"id": -100_123, "type": kind}}
    tap = {"id": "t", "data": "x", "message": a_message(text="?") | there}
    member = {**there, "new_chat_member": {"status": "kicked"}}

    assert isinstance(only(body(message=a_message(text="はい") | there)), Ignored)
    assert isinstance(only(body(callback_query=tap)), Ignored)
    assert isinstance(only(body(my_chat_member=member)), Ignored)


def test_our_own_bots_words_and_other_bots_are_no_residents() -> None:
    robot = {"from": {"id": BOT_ID, "is_bot": True, "first_name": "窓口"}}

    assert only(body(message=a_message(text="はい") | robot)) == Ignored("Telegram: a bot's message")


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"channel_post": {}}, "channel_post"),
        ({"kind_of_2031": {"x": 1}}, "(no kind)"),
        ({"message_reaction": []}, "message_reaction"),
        ({"message": "text"}, "message"),
        ({}, "(no kind)"),
    ],
)
def test_other_kinds_of_updates_are_counted_by_their_name(payload: dict[str, Any], reason: str) -> None:
    assert only(body(**payload)) == Ignored(f"Telegram: an update of a kind we do not ask for: {reason}")


@pytest.mark.parametrize("date", [None, "now", -1, 10**15, 1e300, True])
def test_a_message_without_a_time_is_still_a_message(date: object) -> None:
    assert arrived(text="はい", date=date).sent_at == NO_TIME


@pytest.mark.parametrize(
    "read",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"update_id":"7"}',
        b'{"update_id":true}',
        b'{"update_id":1.5}',
        b"[" * 90_000,
    ],
)
def test_what_is_no_update_is_a_bad_delivery(read: bytes) -> None:
    with pytest.raises(BadDelivery):
        parse(read, account=BOT)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_CHATS = st.just(a_chat(RESIDENT)) | ANYTHING
_NAMES = (
    "text caption photo document voice video animation location venue contact sticker rich_message dice date edit_date"
    " message_id reply_to_message from reply_markup"
)
MESSAGES = st.fixed_dictionaries({"chat": _CHATS}, optional=dict.fromkeys(_NAMES.split(), ANYTHING)) | ANYTHING
QUERIES = st.fixed_dictionaries({"message": MESSAGES}, optional={"id": ANYTHING, "data": ANYTHING, "from": ANYTHING})
CHANGES = st.fixed_dictionaries({"chat": _CHATS}, optional={"new_chat_member": ANYTHING, "date": ANYTHING})
UPDATES = st.fixed_dictionaries(
    {"update_id": st.integers(0, 2**52)},
    optional={"message": MESSAGES, "edited_message": MESSAGES, "callback_query": QUERIES, "my_chat_member": CHANGES},
)


@given(UPDATES)
@example(
    {"update_id": 1, "message": {"chat": a_chat(1), "photo": [{"width": float("nan"), "height": 1, "file_id": "x"}]}}
)
def test_any_update_is_one_event(update: dict[str, Any]) -> None:
    (event,) = parse(json.dumps(update).encode("utf-8", "replace"), account=BOT)

    assert isinstance(event, Arrived | Followed | Blocked | Ignored)
    assert not isinstance(event, Ignored) or event.reason.startswith("Telegram: ")


@given(st.binary() | UPDATES.map(lambda update: json.dumps(update).encode()[:-1]))
def test_any_bytes_are_events_or_a_bad_delivery(read: bytes) -> None:
    with suppress(BadDelivery):
        assert len(parse(read, account=BOT)) == 1


@pytest.mark.parametrize("depth", [100, 200, 300, 450, 900])
def test_words_nested_deeper_than_anybody_writes_break_nothing(depth: int) -> None:
    nested = b'{"text":' * depth + b'"x"' + b"}" * depth
    read = body(message=a_message(rich_message={"blocks": [{"text": "DEEP"}]})).replace(b'"DEEP"', nested)

    with suppress(BadDelivery):
        assert len(parse(read, account=BOT)) == 1
