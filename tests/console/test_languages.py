"""The console in English: every text has one, no Japanese of ours is left on a page, and the language can be chosen."""

import ast
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from bot.phrases.catalogue import placeholders
from bot.phrases.staff import StaffTexts
from console.differences import _PIECES
from console.gate import FLASHES, MENU
from console.pages import WEEKDAYS, Pages
from console.words import CHANNELS
from conversations.errors import SettingsError
from tests.support.served import Served, served
from tickets.operators import Role

CONSOLE = Path(__file__).parents[2] / "console"
JAPANESE = re.compile("[ぁ-んァ-ヴ㐀-鿿々]")
NEVER_SAID = {WEEKDAYS, _PIECES.pattern}
"""Japanese letters in the code that are no text of a page"""
PAGES_OF_STAFF = (
    "", "?show=all", "/tickets", "/tickets?late=1&words=x",
    "/tickets?scope=all", "/faq", "/faq/new", "/faq/import", "/overview", "/intents",
    "/operators", "/audit", "/me", "/password", "/canned",
)  # fmt: skip


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as made:
        await made.make_staff("sato", *Role)
        yield made


async def english(hall: Served) -> Served:
    """Signed in, and reading English."""
    await hall.sign_in("sato")
    hall.cookie += "; language=en"
    return hall


def said_in_templates() -> Iterator[tuple[str, frozenset[str]]]:
    """Every Japanese text given to ``t`` or to a macro of the same template, with the values given along."""
    for tree in templates().values():
        for call in calls(tree):
            for argument in call.args:
                for constant in [argument, *argument.find_all(nodes.Const)]:
                    if isinstance(constant, nodes.Const) and JAPANESE.search(str(constant.value)):
                        yield constant.value, frozenset(pair.key for pair in call.kwargs)


def templates() -> dict[str, nodes.Template]:
    parser = jinja2.Environment(autoescape=True)
    paths = sorted((CONSOLE / "templates").glob("*.html"))
    return {path.name: parser.parse(path.read_text(encoding="utf-8")) for path in paths}


def calls(tree: nodes.Template) -> Iterator[nodes.Call]:
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in {"t", *macros}:
            yield call


def said_in_code() -> Iterator[tuple[str, frozenset[str]]]:
    """Every Japanese string of the console's modules, with the values it is given where it is ``translated``."""
    for path in sorted(CONSOLE.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        remarks = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        values = {
            id(argument): frozenset(str(keyword.arg) for keyword in call.keywords)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"translated", "t"}
            for argument in call.args
        }
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if JAPANESE.search(text) and text not in NEVER_SAID and id(node) not in remarks:
                yield text, values.get(id(node), frozenset())


def every_text() -> set[str]:
    return {text for text, _ in [*said_in_templates(), *said_in_code()]}


def test_every_text_of_the_console_has_an_english_one() -> None:
    said = every_text()

    assert {"記録", "操作の記録", CHANNELS["web"], FLASHES["saved"], MENU[0][1]} <= said, "the search has gone blind"
    assert sorted(said - StaffTexts.load().english.keys()) == []


def test_no_english_text_is_left_that_nobody_uses() -> None:
    assert sorted(StaffTexts.load().english.keys() - every_text()) == []


def test_every_placeholder_is_given_its_value() -> None:
    told = [*said_in_templates(), *said_in_code()]

    assert [(text, given) for text, given in told if placeholders(text) != given] == []
    assert any(given for _, given in told), "the search has gone blind"


def test_no_japanese_stands_in_a_template_outside_of_t() -> None:
    bare = []
    for name, tree in templates().items():
        said = {id(constant) for call in calls(tree) for constant in call.find_all(nodes.Const)}
        bare += [
            (name, constant.value)
            for constant in tree.find_all(nodes.Const)
            if JAPANESE.search(str(constant.value)) and id(constant) not in said
        ]
        texts = [re.sub(r"<kbd>.*?</kbd>", "", text.data) for text in tree.find_all(nodes.TemplateData)]
        bare += [(name, text) for text in texts if JAPANESE.search(text)]

    assert bare == []


def test_english_is_english() -> None:
    assert [text for text in StaffTexts.load().english.values() if JAPANESE.search(text)] == []


class Visible(HTMLParser):
    """What a person reads or hears of a page, piece by piece; words marked as Japanese are meant to be Japanese."""

    VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})
    HEARD = frozenset({"aria-label", "title", "alt", "placeholder"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self._open: list[bool] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self._open.append(tag in {"script", "style"} or dict(attrs).get("lang") == "ja")
        self.texts |= {text.strip() for name, text in attrs if name in self.HEARD and text}

    def handle_endtag(self, _: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._open):
            self.texts.add(data.strip())


def japanese(page: str) -> set[str]:
    return {text for text in Visible(page).texts if JAPANESE.search(text)}


async def ours(hall: Served, page: str) -> set[str]:
    """The Japanese of a page, without what the city's staff wrote and what they are called: that stays as it is."""
    contents = [article.content for article in hall.parts.knowing.mind().articles.values()]
    theirs = {text for each in contents for text in (each.question, each.category)}
    return japanese(page) - theirs - {operator.name for operator in await hall.parts.accounts.operators()}


async def test_who_reads_english_finds_no_japanese_of_ours(hall: Served) -> None:
    await english(hall)

    for path in PAGES_OF_STAFF:
        status, page = await hall.get(f"/console{path}")
        assert status == 200, path
        assert '<html lang="en">' in page, path
        assert "Mirai City" in page, path
        assert await ours(hall, page) == set(), path
    assert await ours(hall, (await hall.get("/console/nothing"))[1]) == set()
    assert "Residents&#39; Registration" in (await hall.get("/console/faq"))[1], "sections have English names"


async def test_what_a_form_is_answered_is_english_too(hall: Served) -> None:
    await english(hall)

    status, page = await hall.post("/console/faq/new", {"valid_from": "x", "url": "x"})
    assert (status, await ours(hall, page)) == (422, set())
    assert "Please enter the question." in page
    status, page = await hall.post("/console/operators", {"login": "mori", "name": "Mori", "role": "operator"})
    assert (status, await ours(hall, page)) == (200, set())
    assert re.search(r"First password of mori: [a-z0-9-]{19} \(shown only once\)", page)
    status, page = await hall.post("/console/password", {"old": "x", "new": "x"})
    assert (status, await ours(hall, page)) == (403, set())


async def test_japanese_stays_for_who_chose_nothing_or_nonsense(hall: Served) -> None:
    await hall.sign_in("sato")
    plain = hall.cookie

    for chosen in ("", "; language=ja", "; language=fr", "; language=ja-easy"):
        hall.cookie = plain + chosen
        page = (await hall.get("/console/me"))[1]
        assert '<html lang="ja">' in page
        assert "サインイン中の端末" in page


async def test_the_language_is_chosen_before_the_sign_in_and_the_page_comes_again(hall: Served) -> None:
    path = "/console/sign-in?next=/console/faq"
    assert 'name="back" value="/console/sign-in?next=/console/faq"' in (await hall.get(path))[1]

    status, location, cookie = await choose(hall, language="en", back=path)

    assert (status, location) == (303, path)
    chosen = cookie["language"]
    assert (chosen.value, chosen["path"], chosen["samesite"]) == ("en", "/console", "Lax")
    assert chosen["secure"]
    assert chosen["httponly"]
    page = await (await hall.session.get(hall.url + path, headers={"Cookie": "language=en"})).text()
    assert '<html lang="en">' in page
    assert japanese(page) == set()


async def test_choosing_a_language_leads_to_no_other_site(hall: Served) -> None:
    for back in ("https://evil.example/console", "//evil.example/console", "/\\evil.example", "//[", "/", ""):
        assert (await choose(hall, language="en", back=back))[:2] == (303, "/console"), back


async def test_only_our_languages_and_our_own_pages_choose(hall: Served) -> None:
    for language, origin, refusal in (("fr", hall.url, 400), ("", hall.url, 400), ("en", "https://evil.example", 403)):
        status, _, cookie = await choose(hall, language=language, back="/console", origin=origin)
        assert status == refusal
        assert "language" not in cookie


async def test_after_a_refused_form_one_comes_back_to_the_page_that_had_it(hall: Served) -> None:
    await hall.sign_in("sato")
    form = {"login": "sato", "password": "wrong", "next": ""}
    headers = {"Origin": hall.url, "Referer": f"{hall.url}/console/sign-in?next=/console/faq"}
    async with hall.session.post(f"{hall.url}/console/sign-in", data=form, headers=headers) as response:
        assert 'name="back" value="/console/sign-in?next=/console/faq"' in await response.text()


async def choose(hall: Served, *, language: str, back: str, origin: str = "") -> tuple[int, str, SimpleCookie]:
    """Send the form of the page's head: status, where it leads, and the cookies set."""
    form, headers = {"language": language, "back": back}, {"Origin": origin or hall.url}
    async with hall.session.post(
        f"{hall.url}/console/language", data=form, headers=headers, allow_redirects=False
    ) as response:
        return response.status, response.headers.get("Location", ""), response.cookies


@pytest.mark.parametrize(
    ("minutes", "japanese_said", "english_said"),
    [(0, "0分", "0 min"), (59, "59分", "59 min"), (185, "3時間5分", "3 h 5 min"), (2880, "2日", "2 d")],
)
def test_a_waiting_time_has_the_units_of_the_language(minutes: int, japanese_said: str, english_said: str) -> None:
    now = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    values = {"now": now, "since": now - timedelta(minutes=minutes)}

    assert rendered("{{ since | ago(now) }}", "ja", **values) == japanese_said
    assert rendered("{{ since | ago(now) }}", "en", **values) == english_said


def test_a_date_is_written_as_the_language_writes_it() -> None:
    moment = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)

    assert rendered("{{ at | japan }}", "ja", at=moment) == "11/25（水）10:00"
    assert rendered("{{ at | japan }}", "en", at=moment) == "Nov 25 (Wed) 10:00"


def rendered(template: str, language: str, **values: datetime) -> str:
    pages = Pages(lambda language: language)

    def t(text: str, /, **inserted: object) -> str:
        return pages.say(text, language, **inserted)

    return pages._templates.from_string(template).render(language=language, t=t, **values)


def test_what_the_table_lacks_is_said_in_japanese_and_what_is_no_text_stays_as_it_is() -> None:
    texts = StaffTexts({"保存しました。": "Saved.", "{name}さん": "Mx. {name}"})

    assert texts.say("保存しました。", "en") == "Saved."
    assert texts.say("保存しました。", "ja") == "保存しました。"
    assert texts.say("{name}さん", "en", name="{0}") == "Mx. {0}"
    assert texts.say("{number}番", "en", number=3) == "3番"
    assert texts.say("{odd} code}", "en") == "{odd} code}"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('# a\n"{name}さん": Hello\n', r"en.yml:2: \{name\}さん must have .* \{name\}"),
        ('あ: "{tip}"\n', r"en.yml:1: あ must have .* \{tip\}"),
        ('"あ{": a\n', r"en.yml:1: あ\{: "),
        ("あ: a\nあ: b\n", "en.yml:2: あ stands here a second time"),
    ],
)
def test_a_mistake_in_the_table_stops_the_start_by_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "en.yml").write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=complaint):
        StaffTexts.load(tmp_path / "en.yml")
