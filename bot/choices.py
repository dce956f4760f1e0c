"""What a choice means when it comes back: the values behind the labels that residents pick."""

from typing import Final

from bot.phrases.catalogue import Phrases
from conversations.message import Choice

PERSON: Final = "person"
NONE_OF_THESE: Final = "none"
ARTICLE: Final = "article:"
"""followed by an article's id"""
DIALOGUE: Final = "dialogue:"
"""followed by a procedure's name"""
LANGUAGE: Final = "language:"
"""followed by the language that the resident picked"""


def a_person(phrases: Phrases, language: str) -> Choice:
    return Choice(phrases.say("choice.person", language), PERSON)


def none_of_these(phrases: Phrases, language: str) -> Choice:
    return Choice(phrases.say("choice.none", language), NONE_OF_THESE)
