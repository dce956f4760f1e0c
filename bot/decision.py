from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from conversations.conversation import DialogueState
from conversations.reply import Reply
from tickets.ticket import HandOverReason

Rule = Literal[
    "greeting",
    "a_person_owns_it",
    "cannot_wait",
    "came_by_the_form",
    "asks_for_a_person",
    "is_in_a_dialogue",
    "question_in_between",
    "picked_something",
    "sent_only_a_file",
    "asks_about_the_topic",
    "asks_for_what_was_said",
    "asks_about_the_office",
    "starts_a_dialogue",
    "faq_answer",
    "faq_offer",
    "makes_conversation",
    "waits_already",
    "is_not_understood",
]
"""the lines of ``decide``, in their order; the console has a name for each"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What staff are shown when they ask "why did it say that?"."""

    rule: Rule
    """the line of ``decide`` that spoke"""
    intent: str = ""
    intent_probability: float = 0.0
    matches: tuple[tuple[str, int, float], ...] = ()
    """(external id, version number, probability) of the articles considered, best first"""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An approved text answers the question; the version is on the reply's card."""

    reply: Reply
    article_id: UUID
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferChoices:
    """Several articles are near: the resident picks."""

    reply: Reply
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class AskBack:
    """Not understood (yet): say so, and ask."""

    reply: Reply
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Converse:
    """A turn of a dialogue, or small talk: the bot's own texts. ``state`` None ends the dialogue."""

    reply: Reply
    state: DialogueState | None = None
    language: str | None = None
    """set when the resident asked for another language"""
    understood: bool = True
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A ticket is opened (or added to) and a person will answer."""

    reason: HandOverReason
    subject: str
    section: str = ""
    before: tuple[Reply, ...] = ()
    """said before the receipt: emergency numbers, a dialogue's last words"""
    urgent: bool = False
    details: dict[str, str] = field(default_factory=dict)
    """what the dialogue has gathered"""
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class StaySilent:
    """Nothing is said, and the reason is recorded. ``alert`` makes the person who owns it look."""

    reason: str
    alert: bool = False
    why: Why


Decision = Answer | OfferChoices | AskBack | Converse | HandOver | StaySilent
