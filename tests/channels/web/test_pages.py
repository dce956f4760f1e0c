import json
import re
from dataclasses import replace

import pytest

from channels.web.markdown import to_html
from channels.web.settings import WebSettings, contrast_with_white, origin_of
from conversations.errors import SettingsError
from tests.channels.web.browser import Browser, Client

PAGES = ("/", "/chat", "/chat/embed", "/contact")


@pytest.mark.parametrize("path", PAGES)
async def test_pages_carry_no_script_and_no_style_of_their_own(client: Client, path: str) -> None:
    page = await (await client.get(path)).text()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert all("src=" in head and not body for head, body in scripts if "application/json" not in head)


@pytest.mark.parametrize("path", [*PAGES, "/widget.js", "/chat/api/events", "/assets/x/nothing.js"])
async def test_everything_carries_the_security_headers(client: Client, path: str) -> None:
    headers = (await client.get(path)).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "microphone=()" in headers["Permissions-Policy"]
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")


async def test_only_the_citys_sites_may_frame_the_chat(client: Client) -> None:
    embedded = (await client.get("/chat/embed")).headers["Content-Security-Policy"]
    others = [(await client.get(path)).headers["Content-Security-Policy"] for path in ("/", "/chat", "/contact")]

    sites = "https://www.city.mirai.example https://www.library.mirai.example"
    assert embedded.endswith(f"frame-ancestors 'self' {sites}")
    assert all(policy.endswith("frame-ancestors 'none'") for policy in others)


async def test_assets_are_a_fixed_list_kept_for_ever_by_their_version(client: Client) -> None:
    page = await (await client.get("/chat")).text()
    addresses = set(re.findall(r'/assets/[^"]+', page))
    assert len(addresses) >= 6

    for address in addresses:
        answer = await client.get(address)
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
    other_version = await client.get("/assets/0/chat.js")
    assert (other_version.status, other_version.headers["Cache-Control"]) == (200, "no-store")
    for path in ("/assets/0/..%2Froutes.py", "/assets/0/package.json", "/assets/0/templates"):
        assert (await client.get(path)).status == 404


async def test_every_module_a_script_imports_is_served(client: Client) -> None:
    waiting, seen = ["chat.js"], set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        answer = await client.get(f"/assets/0/{name}")
        assert answer.status == 200, name
        waiting += set(re.findall(r'from "\./([a-z]+\.js)"', await answer.text())) - seen

    assert {"timeline.js", "feed.js", "outbox.js"} <= seen


@pytest.mark.parametrize(
    ("language", "tag", "title"),
    [
        ("ja", "ja", "みらい市 お問い合わせチャット"),
        ("ja-easy", "ja", "みらい市（みらいし）"),
        ("en", "en", "Mirai City chat"),
    ],
)
async def test_pages_speak_three_languages(client: Client, language: str, tag: str, title: str) -> None:
    page = await (await client.get(f"/chat?language={language}")).text()

    assert f'<html lang="{tag}"' in page
    assert title in page


async def test_chat_page_holds_every_phrase_its_scripts_say(client: Client) -> None:
    page = await (await client.get("/chat")).text()
    found = re.search(r'id="chat-settings">(.*?)</script>', page, re.DOTALL)
    assert found
    phrases = json.loads(found[1])["phrases"]
    said = set(re.findall(r'data-say(?:-\w+)?="([^"]+)"', page))
    for name in ("chat", "timeline", "composer", "building", "api", "words"):
        said |= set(
            re.findall(r'"((?:widget|error|choice)\.[\w.]+)"', await (await client.get(f"/assets/0/{name}.js")).text())
        )

    assert len(said) > 30
    assert {language: said - set(phrases[language]) for language in phrases} == {
        "ja": set(),
        "ja-easy": set(),
        "en": set(),
    }


async def test_widget_can_be_loaded_by_the_citys_pages(client: Client) -> None:
    answer = await client.get("/widget.js")

    assert answer.content_type == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    script = await answer.text()
    assert "チャットで質問する" in script or "\\u30c1" in script
    assert 'postMessage({ madoguchi: 1, ...message }, "*")' not in script


async def test_front_page_leads_to_the_form_without_javascript(client: Client) -> None:
    page = await (await client.get("/")).text()

    assert re.search(r"<noscript>.*/contact.*</noscript>", page, re.DOTALL)


async def test_token_is_told_once_and_never_kept_by_caches(client: Client) -> None:
    answer = await Browser(client).post("visits", language="ja")

    assert answer.status == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**大切**", "<p><strong>大切</strong></p>"),
        ("一\n二", "<p>一<br>\n二</p>"),
        ("# 題", "<h3>題</h3>"),
        ("<script>alert(1)</script>", ""),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        (
            "![x](https://evil.example/p.png)",
            '<p>!<a href="https://evil.example/p.png" target="_blank" rel="noopener noreferrer">x</a></p>',
        ),
        (
            "[市](https://a.example/)",
            '<p><a href="https://a.example/" target="_blank" rel="noopener noreferrer">市</a></p>',
        ),
    ],
)
def test_markdown_becomes_safe_html(written: str, shown: str) -> None:
    html = to_html(written)

    assert "<script" not in html
    if shown:
        assert html == shown


@pytest.mark.parametrize(
    "written",
    [
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "[a](data:text/html,<script>alert(1)</script>)",
        "[a](https://a.example 'x\" onclick=alert(1)')",
        "<a href='javascript:alert(1)'>a</a>",
        "`<b>`",
        "|<b>|\n|-|\n|<i>|",
        '<https://a.example/"onmouseover=alert(1)>',
    ],
)
def test_markup_in_markdown_stays_text(written: str) -> None:
    tags = re.findall(r"<(/?\w+)([^>]*)>", to_html(written))

    assert {tag.strip("/") for tag, _ in tags} <= {"p", "a", "code", "table", "thead", "tbody", "tr", "th", "td"}
    assert all(re.fullmatch(r"( (href|target|rel)=\"[^\"]*\")*", attributes) for _, attributes in tags)


def test_colour_that_white_words_cannot_be_read_on_is_refused(settings: WebSettings) -> None:
    assert round(contrast_with_white("#767676"), 2) == 4.54

    replace(settings, primary="#767676")
    with pytest.raises(SettingsError, match=r"colours\.primary"):
        replace(settings, primary="#777777")
    with pytest.raises(SettingsError, match=r"colours\.primary"):
        replace(settings, primary="red; }")


@pytest.mark.parametrize(
    "address", ["", "ftp://a.example", "https://", "a.example", "https://a.example;x", "https://u@a.example"]
)
def test_address_that_is_none_is_refused(settings: WebSettings, address: str) -> None:
    assert origin_of("https://A.example:8443/path") == "https://a.example:8443"
    assert origin_of(address) is None
    with pytest.raises(SettingsError):
        replace(settings, allowed_frame_origins=(address,))
