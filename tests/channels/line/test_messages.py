import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.line.bubbles import bubble
from channels.line.messages import in_requests, to_messages
from channels.line.wording import WORDING
from conversations.message import Attachment, Choice
from conversations.reply import Card, Reply
from tests.fakes.line_description import DESCRIPTION, Description
from tests.fakes.line_limits import errors_in, graphemes, utf16

CARD = Card(
    title="粗大ごみの出し方", section="ごみ減量課", phone="0000-20-1300", url="https://www.city.mirai.example/gomi"
)
FILE = Attachment(id=UUID(int=1), name="申請書.pdf", content_type="application/pdf", size=1_500_000)


def link(attachment: Attachment) -> str:
    return f"https://chat.city.example/f/{attachment.id.int}"


def messages_of(text: str = "こんにちは。", **fields: Any) -> list[dict[str, Any]]:
    return to_messages(Reply(text=text, **fields), link)


def buttons_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [item["action"] for item in message["quickReply"]["items"]]


def texts_in(thing: Any) -> list[str]:
    """Every text that a bubble shows, in order."""
    if isinstance(thing, list):
        return [text for each in thing for text in texts_in(each)]
    if not isinstance(thing, dict):
        return []
    if thing.get("type") == "text":
        return [thing["text"]]
    return [text for each in thing.values() for text in texts_in(each)]


def uris_in(bubble: dict[str, Any]) -> list[tuple[str, str]]:
    footer = bubble.get("footer", {"contents": []})
    return [(button["action"]["label"], button["action"]["uri"]) for button in footer["contents"]]


# Words.


def test_plain_words_are_one_text_message() -> None:
    assert messages_of("**住民票**は1階です。") == [{"type": "text", "text": "住民票は1階です。"}]


def test_text_of_just_the_limit_is_one_message_and_one_unit_more_is_two() -> None:
    fits = "𠮷" * 2500

    assert messages_of(fits) == [{"type": "text", "text": fits}]
    assert [utf16(each["text"]) for each in messages_of(fits + "a")] == [5000, 1]


def test_nothing_to_say_is_no_message() -> None:
    assert messages_of("  \n") == []


def test_many_messages_go_in_as_few_requests_as_line_takes() -> None:
    messages = messages_of("あ" * 28_000)

    requests = in_requests(messages)

    assert [len(request) for request in requests] == [5, 1]
    assert [message for request in requests for message in request] == messages
    assert in_requests([]) == []


def test_files_are_links_because_line_has_no_message_for_them() -> None:
    (message,) = messages_of("こちらです。", attachments=(FILE,))

    assert message["text"] == "こちらです。\n\n添付ファイル：申請書.pdf（1.4 MB）\nhttps://chat.city.example/f/1"


# Choices.


def test_choices_are_buttons_and_a_numbered_list() -> None:
    (message,) = messages_of("どれですか。", choices=(Choice("住民票", "faq:1"), Choice("印鑑証明", "faq:2")))

    assert message["text"] == "どれですか。\n\n番号を送って選ぶこともできます。\n1. 住民票\n2. 印鑑証明"
    assert buttons_of(message) == [
        {"type": "postback", "label": "住民票", "data": "faq:1", "displayText": "住民票"},
        {"type": "postback", "label": "印鑑証明", "data": "faq:2", "displayText": "印鑑証明"},
    ]


def test_long_labels_are_shortened_and_numbered_and_said_whole() -> None:
    long = "マイナンバーカードを持っていない人が住民票の写しをとる方法"
    (message,) = messages_of("どれですか。", choices=(Choice(long, "faq:1"), Choice("その他", "none")))

    first, second = buttons_of(message)
    assert first["label"] == "1. マイナンバーカードを持っていない…"
    assert first["displayText"] == long
    assert second["label"] == "2. その他"
    assert f"1. {long}" in message["text"]


def test_label_of_twenty_graphemes_is_whole_however_many_units_it_has() -> None:
    label = "👨‍👩‍👧" * 20
    (message,) = messages_of("?", choices=(Choice(label, "x"),))

    assert buttons_of(message)[0]["label"] == label


def test_more_choices_than_buttons_are_all_in_the_list() -> None:
    (message,) = messages_of("?", choices=tuple(Choice(f"項目{n}", f"v{n}") for n in range(1, 21)))

    assert [button["data"] for button in buttons_of(message)] == [f"v{n}" for n in range(1, 14)]
    assert "20. 項目20" in message["text"]


def test_value_too_long_for_a_button_is_picked_by_number_alone() -> None:
    fits, too_long = Choice("入る", "x" * 300), Choice("入らない", "𠮷" * 151)
    (message,) = messages_of("?", choices=(too_long, fits))

    assert [button["data"] for button in buttons_of(message)] == ["x" * 300]
    assert "1. 入らない\n2. 入る" in message["text"]


def test_buttons_stand_under_the_last_message_alone() -> None:
    messages = messages_of("あ" * 12_000, choices=(Choice("はい", "yes"),))

    assert ["quickReply" in message for message in messages] == [False, False, True]


# Answers with a card.


def test_answer_is_a_bubble_with_its_section_phone_and_page() -> None:
    (message,) = messages_of("**先に**申し込みます。", card=CARD)

    bubble = message["contents"]
    assert message["type"] == "flex"
    assert texts_in(bubble) == [
        "粗大ごみの出し方",
        "先に申し込みます。",
        "担当：ごみ減量課",
        "電話：0000-20-1300",
    ]
    assert uris_in(bubble) == [
        ("詳しく見る", "https://www.city.mirai.example/gomi"),
        ("電話をかける（0000-20-1300）", "tel:0000-20-1300"),
    ]


def test_who_hears_only_the_alt_text_misses_nothing() -> None:
    (message,) = messages_of("先に[申し込み](https://a.example/x)ます。", card=CARD)

    assert message["altText"] == (
        "粗大ごみの出し方\n先に申し込み( https://a.example/x )ます。\n\n"
        "担当：ごみ減量課\n電話：0000-20-1300\n詳しくはこちら：https://www.city.mirai.example/gomi"
    )


def test_answer_too_long_to_be_read_aloud_is_text() -> None:
    fits = 1500 - utf16(messages_of("", card=CARD)[0]["altText"]) - 2

    assert messages_of("あ" * fits, card=CARD)[0]["type"] == "flex"
    (message,) = messages_of("あ" * (fits + 1), card=CARD)
    assert message["type"] == "text"
    assert "電話：0000-20-1300" in message["text"]


def test_bubble_that_would_be_over_thirty_kilobytes_is_none() -> None:
    fits, too_big = (Reply(text="あ" * times, card=CARD) for times in (4_500, 5_000))

    assert len(json.dumps(bubble(fits, WORDING["ja"]))) <= 30_000
    assert bubble(too_big, WORDING["ja"]) is None


def test_links_within_the_answer_get_buttons_because_a_bubble_text_cannot_be_tapped() -> None:
    text = "[一](https://a.example/1)[二](https://a.example/2)[三](https://a.example/3)[四](https://a.example/4)"
    (message,) = messages_of(f"{text}<https://www.city.mirai.example/gomi>", card=CARD)

    assert [label for label, _ in uris_in(message["contents"])] == [
        "詳しく見る",
        "一",
        "二",
        "三",
        "電話をかける（0000-20-1300）",
    ]


@pytest.mark.parametrize(
    ("url", "phone", "opened"),
    [
        ("javascript:alert(1)", "0000-20-1300（代表）", []),
        ("https://a.example/" + "x" * 1000, "内線123", []),
        ("https://a.example/ごみ", "", ["https://a.example/%E3%81%94%E3%81%BF"]),
        ("https://a.example/%E3%81%94?a=b&c=d#e", "", ["https://a.example/%E3%81%94?a=b&c=d#e"]),
        ("", "(0000) 20-1300", ["tel:000020-1300"]),
        ("", "", []),
    ],
)
def test_only_what_a_telephone_can_open_is_a_button(url: str, phone: str, opened: list[str]) -> None:
    (message,) = messages_of("答え", card=Card(title="題", phone=phone, url=url))

    assert [uri for _, uri in uris_in(message["contents"])] == opened
    assert phone in message["altText"]
    assert errors_in([message]) == []


def test_choices_and_files_follow_the_bubble_as_text() -> None:
    bubble, rest = messages_of("答え", card=CARD, choices=(Choice("料金", "faq:2"),), attachments=(FILE,))

    assert "quickReply" not in bubble
    assert rest["text"].startswith("添付ファイル：申請書.pdf")
    assert rest["text"].endswith("1. 料金")
    assert buttons_of(rest)[0]["data"] == "faq:2"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Section: "), ("ja-easy", "係（かかり）："), ("vi", "Section: ")],
)
def test_words_beside_the_answer_are_in_its_language(language: str, said: str) -> None:
    (message,) = messages_of("x", card=CARD, language=language)

    assert f"{said}ごみ減量課" in message["altText"]


# Whatever it is.


wild = st.text(max_size=60) | st.text(alphabet="あ。𠮷👨\u200d👩\u3099*[](#\n\t\x00- ", max_size=60)
long = st.builds(lambda text, times: text * times, wild, st.integers(1, 400))
labels = st.builds(lambda text, times: text * times, wild, st.integers(1, 20))
choices = st.lists(st.builds(Choice, labels, labels), max_size=16).map(tuple)
files = st.lists(
    st.builds(Attachment, id=st.uuids(), name=wild, content_type=st.just("image/png"), size=st.integers(0, 10**8)),
    max_size=2,
).map(tuple)
urls = st.sampled_from(["", "https://a.example/b", "tel:1", "https://あ.example/ い"]) | wild
phones = st.sampled_from(["", "0000-20-1300", "+81 0000 20 1300"]) | wild
cards = st.none() | st.builds(Card, title=wild, section=wild, phone=phones, url=urls)
replies = st.builds(
    Reply,
    text=long,
    choices=choices,
    attachments=files,
    card=cards,
    language=st.sampled_from(["ja", "ja-easy", "en", "zh"]),
)


@given(replies)
def test_any_reply_is_within_lines_limits_and_says_all_choices(reply: Reply) -> None:
    messages = to_messages(reply, link)

    for request in in_requests(messages):
        assert errors_in(request) == []
    heard = "".join(message.get("text") or message["altText"] for message in messages)
    for number in range(1, len(reply.choices) + 1):
        assert f"{number}. " in heard
    for attachment in reply.attachments:
        assert link(attachment) in heard


@given(st.lists(st.builds(Choice, wild, wild), max_size=20).map(tuple))
def test_every_button_gives_back_a_choice_unchanged(choices: tuple[Choice, ...]) -> None:
    messages = messages_of("?", choices=choices)

    values = [choice.value for choice in choices]
    for button in buttons_of(messages[-1]) if "quickReply" in messages[-1] else []:
        assert button["data"] in values
        assert 1 <= graphemes(button["label"]) <= 20


@given(replies)
def test_every_message_fits_the_official_description(description: Description, reply: Reply) -> None:
    for message in to_messages(reply, link):
        assert list(description.wrongs(message, "Message")) == []


@pytest.fixture(scope="module")
def description() -> Description:
    if not DESCRIPTION.exists():
        pytest.skip("the official description of the Messaging API is not at hand (shared/data/line)")
    return Description()


def test_description_finds_what_is_wrong(description: Description) -> None:
    wrong = {"type": "flex", "contents": {"type": "bubble", "size": "huge", "colour": "red"}}

    assert list(description.wrongs(wrong, "Message")) == [
        "Message.altText: missing",
        "Message.contents.size: 'huge'",
        "Message.contents.colour: unknown",
    ]
