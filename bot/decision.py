from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from conversations.conversation import DialogueState
from conversations.reply import Reply
from tickets.ticket import HandOverReason

Rule = Literal[
    "greeting",
    "a_person_owns_it",
    "a_robot_wrote",
    "no_robot_may_answer",
    "cannot_wait",
    "came_by_the_form",
    "links_channels",
    "asks_for_a_person",
    "is_in_a_dialogue",
    "question_in_between",
    "picked_something",
    "sent_only_a_file",
    "corrects_itself",
    "comes_back",
    "asks_about_the_topic",
    "asks_for_what_was_said",
    "asks_about_the_office",
    "asks_several_things",
    "starts_a_dialogue",
    "faq_answer",
    "faq_offer",
    "makes_conversation",
    "waits_already",
    "is_not_understood",
    "is_talked_about_elsewhere",
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
    answer_at: float = 0.0
    """the bar of the best article's category when this was decided; 0 when there was no article"""
    offer_at: float = 0.0
    stopped: bool = False
    """that category only offered choices then"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An approved text answers the question; the version is on the reply's card."""

    reply: Reply
    article_id: UUID
    asked: str = ""
    """the question as it was understood, when it leant on another"""
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferChoices:
    """Several articles are near: the resident picks."""

    reply: Reply
    asked: str = ""
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralAnswers:
    """Two or three questions in one message, answered in their order; what is only offered stands last."""

    answers: tuple[Answer, ...]
    offer: OfferChoices | None = None
    why: Why

    @property
    def reply(self) -> Reply:
        """All of it in one, for where only one reply can be shown."""
        replies = [answer.reply for answer in self.answers]
        if self.offer is not None:
            replies.append(self.offer.reply)
        return replace(replies[-1], text="\n\n".join(reply.text for reply in replies), card=None)


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
    about: UUID | None = None
    """the article it speaks of, which stays or comes into focus"""
    asked: str = ""
    """the question that it puts off: what the next words may lean on"""
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
    silent: str = ""
    """why the resident is told nothing now, for staff"""
    details: dict[str, str] = field(default_factory=dict)
    """what the dialogue has gathered"""
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class StaySilent:
    """Nothing is said, and the reason is recorded. ``alert`` makes the person who owns it look."""

    reason: str
    alert: bool = False
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """The resident links two channels, or ends that. What comes of it the store knows: it becomes ``Settled``."""

    wish: Literal["code", "claim", "end"]
    code: str = ""
    """as it was typed, to be claimed"""
    why: Why


Settled = Answer | SeveralAnswers | OfferChoices | AskBack | Converse | HandOver | StaySilent
"""needs only to be carried out"""
Decision = Settled | Linking
