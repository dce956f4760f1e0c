import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.arriving import Arrived
from channels.channel import BadDelivery
from channels.rasa.wire import Message, bad_request, messages, parse, payload_of
from conversations.message import Address, Attachment, Choice
from conversations.reply import Card, Reply

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


def read(**fields: Any) -> Arrived:
    return parse(json.dumps(fields).encode(), external_id="made-1", at=AT)


def shown(*replies: Reply) -> list[Message]:
    return messages(replies, recipient="s1", link_to=lambda attachment: f"https://chat.example/files/{attachment.name}")


def test_message_of_a_rasa_front_end_arrives_unchanged() -> None:
    text = "  𠮷野家の👨‍👩‍👧 が\nか\u3099 <b> "

    assert read(sender="s1", message=text, metadata={"language": "ja-easy"}, input_channel="rest") == Arrived(
        external_id="made-1", sender=Address("rasa", "s1"), text=text, language="ja-easy", sent_at=AT
    )
    assert read(sender=17, message="はい").sender == Address("rasa", "17")


@pytest.mark.parametrize(
    "metadata", [None, [], "ja", {}, {"language": 1}, {"language": "日本語"}, {"language": "x" * 99}]
)
def test_a_language_is_only_what_is_a_language(metadata: object) -> None:
    assert read(sender="s1", message="はい", metadata=metadata).language is None


@pytest.mark.parametrize("nobody", [{}, {"sender": None}, {"sender": ""}, {"sender": "\0 "}])
def test_strangers_without_a_name_do_not_share_a_conversation(nobody: dict[str, Any]) -> None:
    body = json.dumps({**nobody, "message": "はい"}).encode()

    first, second = (parse(body, external_id=made, at=AT).sender for made in ("made-1", "made-2"))

    assert (first.account, second.account) == ("made-1", "made-2")


def test_pressed_button_is_the_choice_that_was_offered_and_reads_as_its_label() -> None:
    (message,) = shown(Reply(text="どれですか。", choices=(Choice("料金", "article:1"), Choice("電話", "person"))))
    pressed = read(sender="s1", message=message["buttons"][0]["payload"])

    assert (pressed.text, pressed.choice) == ("料金", "article:1")


@given(st.builds(Choice, st.text(), st.text()))
@example(Choice("", ""))
@example(Choice("}", '{"value":"x"}'))
def test_any_choice_comes_back(choice: Choice) -> None:
    storable = choice.value.replace("\0", "")

    assert read(sender="s1", message=payload_of(choice)).choice == storable


@pytest.mark.parametrize(
    ("message", "choice"),
    [
        ("/greet", "greet"),
        ("/faq/ask_hours ", "faq/ask_hours"),
        ('/garbage_sorting{"item":"おまかせ"}', "garbage_sorting"),
        ('/inform{"value":"person"}', "inform"),
        ("/choice", "choice"),
        ('/choice{"value":5}', "choice"),
        ("/choice{not json}", "choice"),
        ("/choice[1]", None),
        ("/住民票", None),
        ("/1", None),
        ("/", None),
        ("// greet", None),
        ("住民票 /greet", None),
    ],
)
def test_a_payload_of_anybody_is_its_intents_name_and_fills_in_nothing(message: str, choice: str | None) -> None:
    arrived = read(sender="s1", message=message)

    assert (arrived.text, arrived.choice) == (message, choice)


def test_reply_is_shown_as_rasa_shows_it() -> None:
    picture = Attachment(id=UUID(int=1), name="calendar.png", content_type="image/png", size=9)
    form = Attachment(id=UUID(int=2), name="form.pdf", content_type="application/pdf", size=9)
    card = Card(title="粗大ごみ", section="ごみ減量課", phone="0000-20-1300", url="https://www.city.mirai.example/gomi")
    answer = Reply(text="**先に**申し込みます。\n\n- [料金](https://a.example)", card=card, attachments=(picture, form))
    question = Reply(text="どれですか。", choices=(Choice("料金", "article:1"),))

    assert shown(answer, question) == [
        {
            "recipient_id": "s1",
            "text": (
                "先に申し込みます。\n\n・料金 (https://a.example)\n"
                "  — ごみ減量課 0000-20-1300\n  — https://www.city.mirai.example/gomi"
            ),
        },
        {"recipient_id": "s1", "image": "https://chat.example/files/calendar.png"},
        {"recipient_id": "s1", "text": "form.pdf\nhttps://chat.example/files/form.pdf"},
        {
            "recipient_id": "s1",
            "text": "どれですか。",
            "buttons": [{"title": "料金", "payload": payload_of(Choice("料金", "article:1"))}],
        },
    ]
    assert shown() == []
    assert shown(Reply(text="")) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"sender":"s1"}',
        b'{"message":null}',
        b'{"message":{"a":1}}',
        b'{"message":" "}',
        b'{"message":"\\u0000"}',
        b'{"message":"\xff"}',
        b'{"message":"x","sender":[]}',
        b'{"message":"x","sender":true}',
        b'{"message":"x","sender":"' + b"s" * 256 + b'"}',
        b'{"message":"' + b"x" * 10_001 + b'"}',
        b'{"message":' + b"[" * 90_000,
    ],
)
def test_what_has_no_message_is_told_what_is_wrong(body: bytes) -> None:
    with pytest.raises(BadDelivery) as bad:
        parse(body, external_id="made-1", at=AT)

    told = bad_request(bad.value)
    assert (told["description"], told["status"]) == ("Bad Request", 400)
    assert str(told["message"]).startswith("Rasa: ")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
MESSAGES = ANYTHING | ANYTHING.map(lambda entities: f"/choice{json.dumps(entities)}")
BODIES = st.fixed_dictionaries({}, optional={"sender": ANYTHING, "message": MESSAGES, "metadata": ANYTHING})


@given(st.binary() | BODIES.map(lambda body: json.dumps(body).encode()))
@example(b'{"message":"/choice{\\"value\\":' + b"1" * 5000 + b'}"}')
def test_any_bytes_are_a_message_or_a_bad_delivery(body: bytes) -> None:
    try:
        arrived = parse(body, external_id="made-1", at=AT)
    except BadDelivery:
        return

    assert arrived.external_id == "made-1"
    assert arrived.sender.account
    assert "\0" not in arrived.text + (arrived.choice or "")
    (arrived.text + (arrived.choice or "") + arrived.sender.account).encode()
