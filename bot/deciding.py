"""From words to a decision: pure, and in one fixed order (docs/architecture: the way of a message)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bot.answering import answer_with, offer
from bot.choices import ARTICLE, DIALOGUE, LANGUAGE, NONE_OF_THESE, PERSON
from bot.decision import Converse, Decision, HandOver, Rule, StaySilent
from bot.following_up import NOTHING, REPEAT, TICKET_STATUS, FollowingUp, Remembered
from bot.in_context import asks_about_nothing_yet, asks_about_the_topic, comes_back, corrects_itself
from bot.link_words import links_channels
from bot.several import asks_several_things
from bot.small_talk import LANGUAGE_WISHES, OFFERS_A_PERSON, SMALL_TALK
from bot.turn import Turn
from bot.understood import Mind, Understood
from conversations.conversation import Conversation, Owner
from conversations.message import IncomingMessage
from conversations.reply import Reply
from dialogues.runner import advance
from knowledge_base.search import worth_offering
from tickets.ticket import HandOverReason

FORM = "form"
OFFERED_AT_MOST = 4
LIKELY = 0.5
SURE_INTENT_OF_A_PROCEDURE = 0.6
CERTAIN_INTENT = 0.95
"""what a procedure needs to begin although the FAQ has a sure answer: 「郵送で取りたい」 is a question, not a wish"""


def decide(
    conversation: Conversation,
    message: IncomingMessage,
    understood: Understood,
    mind: Mind,
    now: datetime,
    remembered: Remembered = NOTHING,
) -> Decision:
    """What to do about one message. The first line that has something to say decides."""
    turn = Turn(conversation, message, understood, mind, now, remembered)
    return (
        a_person_owns_it(turn)
        or a_robot_wrote(turn)
        or no_robot_may_answer(turn)
        or cannot_wait(turn)
        or came_by_the_form(turn)
        or links_channels(turn)
        or asks_for_a_person(turn)
        or picked_a_language(turn)
        or is_in_a_dialogue(turn)
        or asks_for_a_language(turn)
        or picked_something(turn)
        or sent_only_a_file(turn)
        or corrects_itself(turn)
        or comes_back(turn)
        or asks_about_the_topic(turn)
        or asks_for_what_was_said(turn)
        or asks_about_the_office(turn)
        or asks_several_things(turn)
        or starts_a_dialogue(turn)
        or asks_about_nothing_yet(turn)
        or is_answered_by_the_faq(turn)
        or makes_conversation(turn)
        or waits_already(turn)
        or turn.not_understood()
    )


# Each rule is one line of the order: a decision, or None for "not mine".


def a_person_owns_it(turn: Turn) -> Decision | None:
    if turn.conversation.owner is not Owner.PERSON:
        return None
    guard = turn.understood.guard
    return StaySilent(
        reason="person_has_it", alert=guard is not None and guard.urgent, why=turn.why("a_person_owns_it")
    )


def a_robot_wrote(turn: Turn) -> Decision | None:
    if not turn.message.robot:
        return None
    return StaySilent(reason=turn.message.robot, why=turn.why("a_robot_wrote"))


def no_robot_may_answer(turn: Turn) -> Decision | None:
    return without_a_word(turn, turn.message.for_a_person) if turn.message.for_a_person else None


def without_a_word(turn: Turn, reason: str) -> HandOver:
    """To a person, because no robot may write there now."""
    given = turn.hand_over(HandOverReason.NO_ROBOT, "no_robot_may_answer", guard=turn.understood.guard)
    return replace(given, silent=reason)


def cannot_wait(turn: Turn) -> Decision | None:
    guard = turn.understood.guard
    if guard is None:
        return None
    reply = turn.reply(guard.phrase)
    if guard.urgent:
        return turn.hand_over(HandOverReason.EMERGENCY, "cannot_wait", before=(reply,), guard=guard)
    return Converse(reply=reply, state=turn.conversation.dialogue, why=turn.why("cannot_wait", guard.kind))


def came_by_the_form(turn: Turn) -> Decision | None:
    """The plain form is a letter: a person reads it."""
    if turn.message.sender.channel != FORM:
        return None
    return turn.hand_over(HandOverReason.CONTACT_FORM, "came_by_the_form")


def asks_for_a_person(turn: Turn) -> Decision | None:
    if turn.message.choice != PERSON and turn.wish != "talk_to_person":
        return None
    if turn.conversation.owner is Owner.WAITING:
        return Converse(reply=turn.reply("bot.person.already_waiting"), why=turn.why("asks_for_a_person"))
    return turn.hand_over(HandOverReason.ASKED_FOR_PERSON, "asks_for_a_person")


def picked_a_language(turn: Turn) -> Decision | None:
    """By a button that is always there: a procedure under way goes on in it."""
    choice = turn.message.choice or ""
    language = choice.removeprefix(LANGUAGE)
    if not choice.startswith(LANGUAGE) or language not in turn.mind.city.languages:
        return None
    return _speaking(language, turn, "picked_something")


def is_in_a_dialogue(turn: Turn) -> Decision | None:
    state = turn.conversation.dialogue
    if state is None or state.dialogue not in turn.mind.dialogues or _picks_a_procedure(turn):
        return None
    if _is_a_question_in_between(turn):
        return _answer_in_between(turn)
    step = advance(
        turn.mind.dialogues[state.dialogue],
        state,
        text=turn.message.text,
        choice=turn.message.choice,
        language=turn.language,
    )
    return turn.carry_on(step, "is_in_a_dialogue", state.dialogue)


def asks_for_a_language(turn: Turn) -> Decision | None:
    """「英語でお願いします」 goes before the FAQ, which has an entry about languages; a mere likeness does not."""
    intent = turn.understood.intent
    if intent is None or intent.probability < CERTAIN_INTENT or turn.message.choice is not None:
        return None
    return _in_another_language(turn)


def picked_something(turn: Turn) -> Decision | None:
    choice = turn.message.choice
    if choice is None:
        return None
    if choice.startswith(ARTICLE):
        return _answer_with_article(turn, choice.removeprefix(ARTICLE))
    if _picks_a_procedure(turn):
        return turn.begin(choice.removeprefix(DIALOGUE), "picked_something")
    return turn.not_understood() if choice == NONE_OF_THESE else None


def sent_only_a_file(turn: Turn) -> Decision | None:
    if turn.message.text.strip() or not (turn.message.attachments or turn.message.place):
        return None
    reply = turn.reply("bot.attachment_received", choices=(turn.person_choice(),))
    return Converse(reply=reply, why=turn.why("sent_only_a_file"))


def asks_for_what_was_said(turn: Turn) -> Decision | None:
    """「もう一度」「返事はまだですか」."""
    if turn.wish not in {REPEAT, TICKET_STATUS}:
        return None
    speaking = FollowingUp(turn.mind, turn.language, turn.now)
    reply = speaking.again(turn.remembered) if turn.wish == REPEAT else speaking.promise(turn.remembered)
    return Converse(reply=reply, why=turn.why("asks_for_what_was_said"))


def asks_about_the_office(turn: Turn) -> Decision | None:
    if turn.faq_is_sure:
        return None
    reply = FollowingUp(turn.mind, turn.language, turn.now).office(turn.wish, turn.message.text, turn.topic)
    return Converse(reply=reply, why=turn.why("asks_about_the_office")) if reply else None


def starts_a_dialogue(turn: Turn) -> Decision | None:
    intent = turn.understood.intent
    needed = CERTAIN_INTENT if turn.faq_is_sure else SURE_INTENT_OF_A_PROCEDURE
    if intent is None or intent.probability < needed:
        return None
    for dialogue in turn.mind.dialogues.values():
        if dialogue.starts_on(intent.name, turn.message.text):
            return turn.begin(dialogue.name, "starts_a_dialogue")
    return None


def is_answered_by_the_faq(turn: Turn) -> Decision | None:
    matches = turn.understood.matches
    if turn.faq_is_sure and not turn.names_only_a_subject:
        why = turn.why("faq_answer")
        return answer_with(matches[0].version, turn.mind, turn.language, why, others=matches[1:])
    near = worth_offering(matches, at_most=OFFERED_AT_MOST)
    # 「結婚したい」 sounds like talk, and is one: what the FAQ likely answers goes before.
    if not near or (turn.wish in SMALL_TALK and near[0].probability < LIKELY):
        return None
    return offer(near, turn.mind, turn.language, turn.why("faq_offer"))


def makes_conversation(turn: Turn) -> Decision | None:
    """Greetings, thanks, who are you: the bot's own words, which the catalogue knows by the intent's name."""
    if (decision := _in_another_language(turn)) is not None:
        return decision
    key = SMALL_TALK.get(turn.wish)
    if key is None:
        return None
    choices = (turn.person_choice(),) if turn.wish in OFFERS_A_PERSON else ()
    return Converse(reply=turn.reply(key, choices=choices), why=turn.why("makes_conversation"))


def waits_already(turn: Turn) -> Decision | None:
    """Handed over, nobody here yet: what was said goes to the ticket, and the resident is told so."""
    if turn.conversation.owner is not Owner.WAITING:
        return None
    return Converse(reply=turn.reply("bot.person.already_waiting"), why=turn.why("waits_already"))


def _in_another_language(turn: Turn) -> Decision | None:
    language = LANGUAGE_WISHES.get(turn.wish)
    return _speaking(language, turn, "makes_conversation") if language else None


def _speaking(language: str, turn: Turn, rule: Rule) -> Decision:
    say, state = turn.mind.phrases.say, turn.conversation.dialogue
    state = state if state and state.dialogue in turn.mind.dialogues else None
    said = [say("bot.language_changed", language), *([say("bot.dialogue.back_to", language)] if state else [])]
    reply = Reply(text="\n\n".join(said), language=language)
    return Converse(reply=reply, state=state, language=language, why=turn.why(rule))


def _picks_a_procedure(turn: Turn) -> bool:
    """A button of an offer or of a menu that is always there: it leaves the procedure under way."""
    choice = turn.message.choice or ""
    return choice.startswith(DIALOGUE) and choice.removeprefix(DIALOGUE) in turn.mind.dialogues


def _answer_with_article(turn: Turn, article_id: str) -> Decision | None:
    try:
        version = turn.mind.articles.get(UUID(article_id))
    except ValueError:
        return None
    if version is None:  # unpublished since it was offered
        return None
    return answer_with(version, turn.mind, turn.language, turn.why("picked_something", version.external_id))


def _is_a_question_in_between(turn: Turn) -> bool:
    asks = turn.message.text.rstrip().endswith(("?", "？", "か", "か。"))
    return turn.message.choice is None and asks and turn.faq_is_sure


def _answer_in_between(turn: Turn) -> Decision:
    """Answer, and say where the dialogue stands: the state stays as it is."""
    state = turn.conversation.dialogue
    assert state is not None
    best = turn.understood.matches[0]
    answered = answer_with(best.version, turn.mind, turn.language, turn.why("question_in_between")).reply
    back = turn.say("bot.dialogue.back_to")
    reply = Reply(text=f"{answered.text}\n\n{back}", card=answered.card, language=answered.language)
    return Converse(reply=reply, state=state, why=turn.why("question_in_between"))
