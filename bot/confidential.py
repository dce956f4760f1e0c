"""What may not be said on a channel that others carry (LINE, Telegram, mail): a link to the city's own page instead.

The guideline on the use of LINE by governments (2021) lets such a service be the entrance only: consultations go to a
system of the city's own. The resident's words stay where they were said; what is answered never goes there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bot.choices import ARTICLE, DIALOGUE, PERSON
from bot.decision import Answer, AskBack, Converse, HandOver, OfferChoices, Settled, SeveralAnswers, StaySilent
from bot.following_up import REPEAT
from bot.ports import Delivery, OneTimeCode, Records, Unguessable
from bot.turn import Turn
from bot.understanding.letter_gist import gist
from bot.understood import Mind
from conversations.conversation import Conversation, DialogueState
from conversations.errors import NotAllowed
from conversations.message import Address
from conversations.reply import Reply
from tickets.ticket import HandOverReason, Ticket

PRIVATE: Final = "private"
"""the purpose of the codes that open the page"""
LIFE: Final = timedelta(minutes=30)
MINUTES: Final = str(LIFE.seconds // 60)


class TalkedAboutElsewhere(NotAllowed):
    """This channel may not carry what the conversation is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What stands on the private page already, as the resident's own words."""

    text: str
    choice: str = ""
    language: str

    @classmethod
    def of(cls, data: Mapping[str, str]) -> "Asked":
        return cls(text=data["text"], choice=data["choice"], language=data["language"])


async def private_link(asked: Asked, address: Address, records: Records, codes: Unguessable, now: datetime) -> str:
    """An address that opens the page once, for a short while."""
    code, link = codes.to_open()
    data = {"text": asked.text, "choice": asked.choice, "language": asked.language}
    await records.keep_code(code, OneTimeCode(purpose=PRIVATE, address=address, data=data, expires_at=now + LIFE))
    return link


def asked_elsewhere(decision: Settled, turn: Turn) -> Asked | None:
    """What is asked on the private page because this decision may not be carried out here; None when it may.

    What cannot wait is said everywhere: whoever is in danger follows no link.
    """
    if decision.why.rule == "cannot_wait" or not _is_confidential(decision, turn):
        return None
    return Asked(text=_question(decision, turn), choice=_choice(decision, turn), language=turn.language)


def said_elsewhere(decision: Settled, asked: Asked, link: str, turn: Turn) -> Converse:
    """What the resident is told instead. The topic comes into focus: a short question after it is of it, too."""
    mind, state = turn.mind, turn.conversation.dialogue
    about = next((each for each in _articles(decision, mind) if _is_article_confidential(each, mind)), None)
    return Converse(
        reply=Reply(text=turn.say("bot.private.here", minutes=MINUTES, link=link), language=turn.language),
        state=None if state and _is_dialogue_confidential(state.dialogue, mind) else state,
        about=about,
        asked=asked.text,
        why=turn.why("is_talked_about_elsewhere", decision.why.rule),
    )


def without_confidential_choices(decision: Settled, mind: Mind) -> Settled:
    """What else could be picked is not even named."""
    if not isinstance(decision, Answer | OfferChoices | AskBack | Converse):
        return decision
    reply = decision.reply
    kept = tuple(each for each in reply.choices if not _is_choice_confidential(each.value, mind))
    if kept == reply.choices:
        return decision
    # An offer's own question may name what it asks between.
    text = mind.phrases.say("bot.offer", reply.language) if isinstance(decision, OfferChoices) else reply.text
    return replace(decision, reply=replace(reply, text=text, choices=kept))


def is_confidential_here(conversation: Conversation, ticket: Ticket | None, mind: Mind, delivery: Delivery) -> bool:
    """Whether a person may not write there now: by the ticket's section, or by what is in focus."""
    if conversation.address.channel not in delivery.in_the_open:
        return False
    of_ticket = ticket is not None and mind.city.section(ticket.section).confidential
    return of_ticket or _is_article_confidential(conversation.topic, mind)


# --- what a decision would say


def _is_confidential(decision: Settled, turn: Turn) -> bool:
    mind = turn.mind
    match decision:
        case StaySilent():
            return False
        case HandOver(silent=silent, section=section):
            if silent:
                return False
            if mind.city.section(section).confidential:
                return True
        case Converse(state=state, why=why):
            before = turn.conversation.dialogue if why.rule == "is_in_a_dialogue" else None
            if any(_is_dialogue_confidential(each.dialogue, mind) for each in (state, before) if each):
                return True
            if why.rule == "asks_for_what_was_said" and turn.wish == REPEAT:
                return _is_article_confidential(turn.conversation.topic, mind)
        case _:
            pass
    return any(_is_article_confidential(each, mind) for each in _articles(decision, mind))


def _articles(decision: Settled, mind: Mind) -> Iterator[UUID]:
    """What it speaks of. Of an offer that is what stands first: the rest is only left out."""
    match decision:
        case Answer(article_id=article):
            yield article
        case SeveralAnswers(answers=answers, offer=offer):
            yield from (each.article_id for each in answers)
            yield from _offered(offer.reply) if offer else ()
        case OfferChoices(reply=reply):
            yield from _offered(reply)[:1]
        case Converse(about=UUID() as about):
            yield about
        case HandOver(before=before):
            told = {each.card.version_id for each in before if each.card}
            yield from (each.article_id for each in mind.articles.values() if each.id in told)
        case _:
            return


def _offered(reply: Reply) -> list[UUID]:
    return [UUID(each.value.removeprefix(ARTICLE)) for each in reply.choices if each.value.startswith(ARTICLE)]


def _question(decision: Settled, turn: Turn) -> str:
    """So that it is understood without what was said before it."""
    if isinstance(decision, Answer | OfferChoices) and decision.asked:
        return decision.asked
    words = gist(turn.message.text) if turn.is_letter else turn.message.text
    asked, reading = turn.conversation.asked, turn.understood.reading
    if _is_article_confidential(turn.conversation.topic, turn.mind):
        if isinstance(decision, HandOver) and asked:
            return f"{asked}\n{words}"
        if isinstance(decision, Converse):
            return reading.together[0] if reading.together else asked or words
    return words


def _choice(decision: Settled, turn: Turn) -> str:
    """What was picked here is picked there; a wish for a person is one there."""
    picked = turn.message.choice or ""
    match decision:
        case HandOver(reason=HandOverReason.ASKED_FOR_PERSON):
            return PERSON
        case Converse(state=DialogueState(dialogue=name)) if not picked:
            return f"{DIALOGUE}{name}"
        case _:
            return picked if picked.startswith((ARTICLE, DIALOGUE)) else ""


def _is_article_confidential(article: UUID | None, mind: Mind) -> bool:
    version = mind.articles.get(article) if article else None
    return version is not None and mind.city.section(version.content.section).confidential


def _is_choice_confidential(value: str, mind: Mind) -> bool:
    if value.startswith(DIALOGUE):
        return _is_dialogue_confidential(value.removeprefix(DIALOGUE), mind)
    return value.startswith(ARTICLE) and _is_article_confidential(UUID(value.removeprefix(ARTICLE)), mind)


def _is_dialogue_confidential(name: str, mind: Mind) -> bool:
    """A procedure is confidential when it may end with a confidential section."""
    dialogue = mind.dialogues.get(name)
    endings = dialogue.endings.values() if dialogue else ()
    return any(each.ticket is not None and mind.city.section(each.ticket.section).confidential for each in endings)
