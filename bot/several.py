"""Several questions in one message, each answered by an entry of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from bot.answering import answer_with, offer
from bot.decision import Answer, Decision, OfferChoices, SeveralAnswers
from bot.turn import Turn
from bot.understanding.splitting import QUESTIONS_AT_MOST
from conversations.reply import Reply
from knowledge_base.article import Match
from knowledge_base.search import worth_offering
from tickets.ticket import HandOverReason

OFFERED_AT_MOST: Final = 4
LIKELY: Final = 0.4
"""from which chance on the second of two questions is worth choices of its own"""

Matches = tuple[Match, ...]


def asks_several_things(turn: Turn) -> Decision | None:
    """Two or three questions, each with a sure entry of its own; not a story of which one entry is the answer."""
    reading, found = turn.understood.reading, turn.understood.found
    if turn.says_an_entrys_question:
        return None
    answers: dict[UUID, Answer] = {}
    unsure: list[tuple[str, Matches]] = []
    for part, matches in zip(reading.parts, found.parts, strict=False):
        if turn.is_sure(matches):
            why = turn.why("asks_several_things", part, matches)
            answer = answer_with(matches[0].version, turn.mind, turn.language, why)
            answers.setdefault(matches[0].version.article_id, replace(answer, asked=part))
        else:
            unsure.append((part, matches))
    many = len(reading.parts) > QUESTIONS_AT_MOST
    covers_all = turn.faq_is_sure and turn.understood.matches[0].version.article_id not in answers and not many
    if not answers or covers_all:
        return None
    offered = _offer_for_the_other(turn, unsure, answers)
    if turn.is_letter and (many or (unsure and offered is None)):
        return _with_a_person_for_the_rest(turn, answers)
    if len(answers) + (offered is not None) < 2:
        return None
    told = list(answers.values())
    if many:
        told[-1] = replace(told[-1], reply=_with_more(told[-1].reply, turn.say("bot.several.rest")))
    return SeveralAnswers(answers=tuple(told), offer=offered, why=turn.why("asks_several_things"))


def _offer_for_the_other(
    turn: Turn, unsure: Sequence[tuple[str, Matches]], answers: Mapping[UUID, Answer]
) -> OfferChoices | None:
    for part, matches in unsure:
        likely = tuple(match for match in matches if match.version.article_id not in answers)
        if likely and likely[0].probability >= LIKELY and likely[0] == matches[0]:
            near = worth_offering(likely, at_most=OFFERED_AT_MOST)
            why = turn.why("asks_several_things", part, matches)
            return offer(near, turn.mind, turn.language, why, text=turn.say("bot.several.offer"), asked=part)
    return None


def _with_a_person_for_the_rest(turn: Turn, answers: Mapping[UUID, Answer]) -> Decision:
    """Who wrote a letter is not asked to write the rest of it again."""
    before = tuple(answer.reply for answer in answers.values())
    return turn.hand_over(HandOverReason.NO_ANSWER, "asks_several_things", before=before)


def _with_more(reply: Reply, more: str) -> Reply:
    return replace(reply, text=f"{reply.text}\n\n{more}")
