import json
from uuid import uuid4

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.web.front import language_of
from conversations.message import Choice
from conversations.reply import Card
from tests.channels.web.browser import Browser, Client
from tests.fakes.web_service import FakeWebService


async def test_message_sent_twice_is_said_once(resident: Browser, service: FakeWebService) -> None:
    client_id = str(uuid4())

    first = await resident.say("ごみの日はいつ？", client_id=client_id)
    again = await resident.say("ごみの日はいつ？", client_id=client_id)
    other = await resident.say("ごみの日はいつ？")

    assert (first.status, again.status, other.status) == (201, 200, 201)
    assert await first.json() == await again.json()
    assert (await first.json())["client_id"] == client_id
    said = [entry["client_id"] for entry in await resident.heard() if entry["author"] == "resident"]
    assert said == [client_id, (await other.json())["client_id"]]
    assert len(service.accepted) == 2


async def test_one_visitors_client_id_never_fetches_anothers_words(client: Client, resident: Browser) -> None:
    stranger = await Browser(client).arrive()
    client_id = str(uuid4())
    await resident.say("秘密の相談です", client_id=client_id)

    answer = await stranger.say("こんにちは", client_id=client_id)

    assert answer.status == 201
    assert (await answer.json())["text"] == "こんにちは"


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "a" * 5000, "é"])
async def test_forged_token_opens_nothing(client: Client, resident: Browser, token: str) -> None:
    forged = Browser(client, token=token)

    answers = [await forged.say("こんにちは"), await forged.get("events"), await forged.get("events/stream")]
    answers += [await forged.get(f"files/{uuid4()}"), await forged.upload("a.png", b"x"), await forged.post("end")]

    assert {answer.status for answer in answers} == {401}
    assert (await answers[0].json())["code"] == "session_expired"
    assert (await resident.say("こんにちは")).status == 201


async def test_token_in_an_address_is_worth_nothing(client: Client, resident: Browser) -> None:
    answer = await client.get(f"/chat/api/events?token={resident.token}&access_token={resident.token}")

    assert answer.status == 401


async def test_my_number_never_reaches_the_service(resident: Browser, service: FakeWebService) -> None:
    answer = await resident.say("番号は 123456789018 です")

    assert (await answer.json())["text"] == "番号は ［番号を伏せました］ です"
    (accepted,) = service.accepted
    assert accepted.masked
    assert "123456789018" not in repr(service.accepted)
    await resident.say("番号は 0000-20-1111 です")
    assert not service.accepted[1].masked


async def test_staff_learn_that_but_not_what_a_resident_is_typing(
    resident: Browser, service: FakeWebService, account: str
) -> None:
    assert (await resident.post("typing", text="まだ送らない")).status == 204

    assert service.timeline(account).times_typing == 1
    assert "まだ送らない" not in repr(service.timeline(account))


async def test_text_has_a_limit_and_the_resident_is_told(resident: Browser) -> None:
    fits = await resident.say("あ" * 2_000)
    too_long = await resident.say("あ" * 2_001)

    assert fits.status == 201
    assert too_long.status == 422
    assert (await too_long.json())["message"] == "長すぎます。2,000文字以内でお書きください。"


async def test_errors_speak_the_residents_language(client: Client) -> None:
    english = await Browser(client, language="en").arrive()

    answer = await english.say("   ")

    assert (answer.status, await answer.json()) == (422, {"code": "text_empty", "message": "Please write something."})


async def test_easy_japanese_is_a_language_of_its_own(client: Client) -> None:
    easy = make_mocked_request("GET", "/", headers={"Accept-Language": "ja-easy, en"})
    regional = make_mocked_request("GET", "/", headers={"Accept-Language": "vi, en-GB;q=0.9"})
    unknown = make_mocked_request("GET", "/", headers={"Accept-Language": "vi"})

    assert [language_of(each) for each in (easy, regional, unknown)] == ["ja-easy", "en", "ja"]


async def test_markup_of_a_resident_stays_text(resident: Browser) -> None:
    text = "<img src=x onerror=alert(1)> **太字** <script>alert(2)</script>"

    entry = await (await resident.say(text)).json()

    assert entry["text"] == text
    assert entry["html"] is None


async def test_text_arrives_unchanged_but_for_what_no_database_takes(resident: Browser) -> None:
    text = " 𠮷野家\u0301 👨‍👩‍👧\tか\u3099\n二行目"

    entry = await (await resident.say(text.replace("\n", "\r\n") + "\x00\x07")).json()

    assert entry["text"] == text


async def test_choice_comes_back_unchanged(resident: Browser, service: FakeWebService, account: str) -> None:
    service.says(account, "どれですか", choices=(Choice("はい", "dialogue:yes|１"),))

    shown = (await resident.heard())[-1]["choices"][0]
    await resident.say(shown["label"], choice=shown["value"])

    assert service.accepted[-1].choice == "dialogue:yes|１"
    assert (await resident.say("はい", choice="x" * 501)).status == 422


async def test_chosen_language_travels_with_the_message(resident: Browser, service: FakeWebService) -> None:
    await resident.say("hello", language="en")
    await resident.say("hello")

    assert [message.language for message in service.accepted] == ["en", None]
    assert (await resident.say("hello", language="xx")).status == 422


async def test_language_is_switched_for_the_conversation(
    resident: Browser, service: FakeWebService, account: str
) -> None:
    assert (await resident.post("language", language="ja-easy")).status == 204
    assert (await resident.post("language", language="tlh")).status == 422

    assert service.languages == {account: "ja-easy"}


async def test_ending_is_told_to_the_service(resident: Browser) -> None:
    assert (await resident.post("end")).status == 204

    news = await (await resident.get("events?wait=0")).json()
    assert news["status"]["closed"] is True


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(body=st.binary(max_size=300) | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps))
async def test_any_bytes_at_all_are_answered_with_a_reason(resident: Browser, body: bytes | str) -> None:
    answer = await resident.client.post("/chat/api/messages", data=body, headers=resident.headers)

    # 429 comes after forty of them: that is an answer, too.
    assert answer.status in {400, 422, 429}
    assert set(await answer.json()) == {"code", "message"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(
    body=st.fixed_dictionaries(
        {"client_id": st.uuids().map(str) | st.text(max_size=5), "text": st.text()},
        optional={"choice": st.text() | st.none(), "attachments": st.lists(st.uuids().map(str)), "language": st.text()},
    )
)
async def test_any_words_at_all_are_taken_or_refused(client: Client, body: dict[str, object]) -> None:
    resident = await Browser(client).arrive()

    answer = await resident.post("messages", **body)

    assert answer.status in {201, 400, 422, 429}, await answer.text()


async def test_body_has_a_limit(resident: Browser) -> None:
    answer = await resident.say("あ" * 30_000)

    assert answer.status == 413


async def test_too_many_messages_are_refused_with_when_to_come_again(
    resident: Browser, service: FakeWebService
) -> None:
    service.full = True
    refused = await resident.say("こんにちは")
    service.full = False
    taken = await resident.say("こんにちは")

    assert (refused.status, taken.status) == (429, 201)
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://chat.city.mirai.example", 201),
        ("https://evil.example", 403),
        ("https://chat.city.mirai.example.evil.example", 403),
        ("https://www.city.mirai.example", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
async def test_foreign_pages_cannot_post(client: Client, origin: str, status: int) -> None:
    answer = await client.post("/chat/api/visits", json={}, headers={"Origin": origin})

    assert answer.status == status


async def test_rating_is_kept_and_changeable_but_only_on_an_answer_here(
    client: Client, resident: Browser, service: FakeWebService, account: str
) -> None:
    answer = service.says(account, "8時までに出してください", card=Card(title="ごみ", version_id=uuid4()))
    stranger = await Browser(client).arrive()

    kept = [await resident.post("ratings", entry_id=str(answer.id), helpful=each) for each in (True, False)]
    refused = [
        await stranger.post("ratings", entry_id=str(answer.id), helpful=True),
        await resident.post("ratings", entry_id=str(uuid4()), helpful=True),
    ]

    assert [each.status for each in (*kept, *refused)] == [204, 204, 404, 404]
    assert service.timeline(account).ratings == {answer.id: False}
