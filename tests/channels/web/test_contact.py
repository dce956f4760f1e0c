import re
from html import unescape

from aiohttp import ClientResponse
from hypothesis import given
from hypothesis import strategies as st

from channels.web.contact import Form
from tests.channels.web.browser import Browser, Client
from tests.fakes.web_service import FakeWebService

WORDS = {"name": "山田 太郎", "email": "taro@mail.example", "phone": "", "body": "街灯がつきません。"}


async def key_of_a_fresh_form(client: Client, language: str = "ja") -> str:
    page = await (await client.get(f"/contact?language={language}")).text()
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]


async def send(client: Client, fields: dict[str, str], *, language: str = "ja") -> ClientResponse:
    return await client.post(f"/contact?language={language}", data=fields, headers=Browser(client).headers)


async def test_form_opens_a_ticket_and_says_number_and_date(client: Client, service: FakeWebService) -> None:
    answer = await send(client, {"key": await key_of_a_fresh_form(client), **WORDS})

    page = await answer.text()
    assert answer.status == 200
    assert "MR-000001" in page
    assert "11月27日（金）までにお返事します。" in page
    (contact, _), *_ = service.contacts.values()
    assert (contact.name, contact.email, contact.body) == (WORDS["name"], WORDS["email"], WORDS["body"])


async def test_same_form_sent_twice_is_one_ticket(client: Client, service: FakeWebService) -> None:
    key = await key_of_a_fresh_form(client)

    pages = [await (await send(client, {"key": key, **WORDS})).text() for _ in range(2)]

    assert all("MR-000001" in page for page in pages)
    assert len(service.contacts) == 1


async def test_other_words_in_the_same_form_are_not_lost(client: Client, service: FakeWebService) -> None:
    key = await key_of_a_fresh_form(client)
    await send(client, {"key": key, **WORDS})

    await send(client, {"key": key, **WORDS, "body": "水道から水が漏れています。"})

    assert [contact.body for contact, _ in service.contacts.values()] == [
        WORDS["body"],
        "水道から水が漏れています。",
    ]


async def test_each_mistake_stands_at_its_field_and_nothing_typed_is_lost(
    client: Client, service: FakeWebService
) -> None:
    key = await key_of_a_fresh_form(client)
    fields = {"key": key, "name": "", "email": "taro@", "phone": "電話なし", "body": "  <b>穴</b>\n道路"}

    answer = await send(client, fields)

    page = unescape(await answer.text())
    assert answer.status == 422
    for name in ("name", "email", "phone"):
        assert re.search(rf'id="{name}"[^>]*aria-describedby="[^"]*{name}-mistake"[^>]*aria-invalid="true"', page)
        assert f'href="#{name}"' in page
    assert not re.search(r'id="body"[^>]*aria-invalid', page)
    assert 'value="taro@"' in page
    assert "<b>穴</b>\n道路</textarea>" in page
    assert "<b>穴</b>" not in await answer.text()
    assert key in page
    assert not service.contacts


async def test_form_speaks_three_languages(client: Client) -> None:
    pages = {language: await (await send(client, {}, language=language)).text() for language in ("ja", "ja-easy", "en")}

    assert "お名前を入力してください。" in pages["ja"]
    assert "Please enter your name." in pages["en"]
    assert len(set(pages.values())) == 3


async def test_field_that_people_do_not_see_stops_programs(client: Client, service: FakeWebService) -> None:
    key = await key_of_a_fresh_form(client)

    trapped = await send(client, {"key": key, **WORDS, "website": "https://spam.example"})
    person = await send(client, {"key": key, **WORDS, "website": ""})

    assert (trapped.status, person.status) == (422, 200)
    assert len(service.contacts) == 1


async def test_form_without_its_key_is_shown_again_with_a_new_one(client: Client, service: FakeWebService) -> None:
    answer = await send(client, {"key": "x", **WORDS})

    page = await answer.text()
    assert answer.status == 422
    assert re.search(r'name="key" value="[0-9a-f-]{36}"', page)
    assert WORDS["body"] in page
    assert not service.contacts


async def test_my_number_in_the_form_is_masked(client: Client, service: FakeWebService) -> None:
    fields = {"key": await key_of_a_fresh_form(client), **WORDS, "body": "番号は123456789018です"}

    await send(client, fields)

    assert "123456789018" not in repr(service.contacts)


async def test_foreign_pages_cannot_send_the_form(client: Client, service: FakeWebService) -> None:
    fields = {"key": await key_of_a_fresh_form(client), **WORDS}

    answer = await client.post("/contact", data=fields, headers={"Origin": "https://evil.example"})

    assert answer.status == 403
    assert not service.contacts


async def test_too_many_forms_are_refused_and_nothing_typed_is_lost(client: Client, service: FakeWebService) -> None:
    fields = {"key": await key_of_a_fresh_form(client), **WORDS}
    service.full = True

    answer = await send(client, fields)

    assert answer.status == 429
    assert WORDS["body"] in await answer.text()


async def test_form_can_be_used_without_javascript(client: Client) -> None:
    page = await (await client.get("/contact")).text()

    assert "<script" not in page
    assert 'method="post"' in page


@given(st.dictionaries(st.sampled_from(["key", "name", "email", "phone", "body", "website"]), st.text(max_size=50)))
def test_any_form_has_mistakes_or_can_be_sent(fields: dict[str, str]) -> None:
    form = Form.sent(fields)

    if not form.mistakes():
        contact = form.contact("ja")
        assert contact.body.strip()
        assert contact.email or contact.phone
