import re
from pathlib import Path

import pytest

from bot.phrases.catalogue import LANGUAGES, Phrases, placeholders
from conversations.errors import SettingsError

ROOT = Path(__file__).parents[2]
KEY = re.compile(r"""["']((?:bot|choice|widget|contact|page|error|alert)\.[a-z_]+(?:\.[a-z_]+)*)["']""")
KANJI_WITHOUT_READING = re.compile(r"[一-鿿々]+(?![一-鿿々（])")
READING = re.compile(r"（[ぁ-ゖー]+）")


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return Phrases.load(None)


def every(phrases: Phrases, language: str) -> dict[str, str]:
    return dict(phrases.under("", language))


def test_every_phrase_is_there_in_every_language_and_fills_in(phrases: Phrases) -> None:
    for language in LANGUAGES:
        texts = every(phrases, language)
        assert texts.keys() == phrases.keys
        for key, template in texts.items():
            values = {name: f"<{name}>" for name in placeholders(template)}
            said = phrases.say(key, language, **values)
            assert all(value in said for value in values.values())
            assert "{" not in said


def test_every_key_named_in_the_code_exists(phrases: Phrases) -> None:
    named = {
        key
        for folder in ("bot", "channels", "server", "console", "dialogues", "tickets", "knowledge_base")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in {".py", ".html", ".js"}
        for key in KEY.findall(path.read_text(encoding="utf-8"))
        if not key.endswith((".html", ".js", ".css", ".yml"))
    }

    assert "bot.person.receipt" in named
    assert named - phrases.keys == set()


def test_a_value_too_many_is_ignored_and_one_too_few_is_an_error(phrases: Phrases) -> None:
    assert phrases.say("bot.thanks", "ja", city="みらい市") == phrases.say("bot.thanks", "ja")
    with pytest.raises(KeyError, match=r"bot\.person\.joined.*name"):
        phrases.say("bot.person.joined", "ja")
    with pytest.raises(KeyError):
        phrases.say("bot.no_such_phrase", "ja")


def test_a_value_with_braces_is_shown_as_it_is(phrases: Phrases) -> None:
    assert "{name}{0}" in phrases.say("bot.person.joined", "ja", name="{name}{0}")


def test_an_unknown_language_is_answered_in_japanese(phrases: Phrases) -> None:
    assert phrases.say("choice.yes", "fr") == "はい"
    assert phrases.under("widget.", "fr") == phrases.under("widget.", "ja")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("key", "numbers"),
    [
        ("bot.emergency.fire", ["119"]),
        ("bot.emergency.ambulance", ["119", "#7119", "#8000"]),
        ("bot.emergency.crime", ["110", "#9110"]),
        ("bot.emergency.suicide", ["0120-279-338", "0120-061-338", "119"]),
        ("bot.emergency.child", ["189", "110"]),
        ("bot.emergency.dv", ["#8008", "0120-279-889", "110"]),
        ("bot.emergency.gas", ["119"]),
        ("bot.emergency.help", ["119", "110"]),
        ("bot.emergency.poison", ["119", "072-727-2499"]),
    ],
)
def test_emergencies_name_the_right_numbers_at_once(
    phrases: Phrases, language: str, key: str, numbers: list[str]
) -> None:
    said = phrases.say(key, language)

    assert all(number in said for number in numbers)
    assert len(READING.sub("", said)) <= (330 if language == "en" else 200)


@pytest.mark.parametrize("language", LANGUAGES)
def test_choices_fit_a_button_of_line(phrases: Phrases, language: str) -> None:
    assert {key: text for key, text in phrases.under("choice.", language).items() if len(text) > 20} == {}


def test_easy_japanese_gives_a_reading_for_every_kanji(phrases: Phrases) -> None:
    shown = {key: text for key, text in every(phrases, "ja-easy").items() if not key.startswith("language.")}

    bare = {key: found for key, text in shown.items() if (found := KANJI_WITHOUT_READING.findall(text))}

    assert bare == {}


def test_easy_japanese_is_said_in_short_sentences(phrases: Phrases) -> None:
    sentences = [
        (key, sentence)
        for key, text in every(phrases, "ja-easy").items()
        for sentence in re.split(r"[。\n]", READING.sub("", text))
    ]

    assert [(key, s) for key, s in sentences if len(s.replace(" ", "")) > 45] == []


def test_a_citys_own_wording_stands_over_ours(tmp_path: Path) -> None:
    (tmp_path / "ja.yml").write_text("bot.thanks: まいど。\n", encoding="utf-8")

    phrases = Phrases.load(tmp_path)

    assert phrases.say("bot.thanks", "ja") == "まいど。"
    assert phrases.say("bot.thanks", "en") == Phrases.load(None).say("bot.thanks", "en")


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("ja.yml", "# a\nbot.thansk: あ\n", "ja.yml:2: there is no phrase bot.thansk"),
        ("ja.yml", "bot.person.joined: 職員です\n", r"ja.yml:1: bot.person.joined must .* \{name\}"),
        ("ja.yml", "bot.thanks: '{tip}'\n", r"ja.yml:1: bot.thanks must .* \{tip\}"),
        ("ja.yml", "bot.thanks: 'あ{'\n", "ja.yml:1: bot.thanks: "),
        ("ja.yml", "bot.thanks: '{0.x}'\n", "ja.yml:1: bot.thanks: "),
        ("ja.yml", "bot.thanks: あ\nbot.thanks: い\n", "ja.yml:2: bot.thanks stands here a second time"),
        ("ja.yml", "bot.thanks:\n  deeper: あ\n", "ja.yml:1: bot.thanks needs a text"),
        ("ja.yml", "- あ\n", "ja.yml:1: expected lines"),
        ("ja.yml", "a: [\n", "ja.yml: cannot be read"),
        ("fr.yml", "bot.thanks: merci\n", "no language 'fr'"),
    ],
)
def test_a_mistake_in_a_citys_wording_stops_the_start_by_its_place(
    tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=complaint):
        Phrases.load(tmp_path)


def test_a_catalogue_with_holes_is_refused() -> None:
    with pytest.raises(SettingsError, match="phrase b is missing in en"):
        Phrases({"ja": {"a": "あ", "b": "い"}, "ja-easy": {"a": "あ", "b": "い"}, "en": {"a": "a"}})
    with pytest.raises(SettingsError, match=r"phrase a in en differs from ja in \{x\}"):
        Phrases({"ja": {"a": "あ{x}"}, "ja-easy": {"a": "あ{x}"}, "en": {"a": "a"}})
    with pytest.raises(SettingsError, match="no phrases in en"):
        Phrases({"ja": {"a": "あ"}, "ja-easy": {"a": "あ"}})


def test_the_demo_city_loads() -> None:
    assert "みらいさん" in Phrases.load(ROOT / "demo/mirai/phrases").say("bot.greeting", "ja", city="みらい市")
