"""What is said to words that ask for nothing: by the intent's name."""

from collections.abc import Mapping
from typing import Final

LANGUAGE_WISHES: Final[Mapping[str, str]] = {
    "ask_language_english": "en",
    "ask_easy_japanese": "ja-easy",
    "ask_japanese": "ja",
}
SMALL_TALK: Final[Mapping[str, str]] = {
    "greet": "bot.greeting",
    "thanks": "bot.thanks",
    "affirm": "bot.thanks",
    "goodbye": "bot.goodbye",
    "bot_challenge": "bot.who",
    "who_are_you": "bot.who",
    "what_can_you_do": "bot.can_do",
    "small_talk": "bot.small_talk",
    "complaint": "bot.complaint",
    "praise": "bot.thanks",
    "out_of_scope": "bot.small_talk",
}
OFFERS_A_PERSON: Final = frozenset({"complaint", "out_of_scope"})
