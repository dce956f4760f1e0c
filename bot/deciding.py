"""From words to a decision: pure, and in one fixed order (docs/architecture: the way of a message)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.answering import answer_with, offer
from bot.choices import ARTICLE, DIALOGUE, NONE_OF_THESE, PERSON, a_person
from bot.decision import AskBack, Converse, Decision, HandOver, Rule, StaySilent, Why
from bot.following_up import NOTHING, REPEAT, TICKET_STATUS, FollowingUp, Remembered, fact
from bot.routing import subject_of
from bot.small_talk import LANGUAGE_WISHES, OFFERS_A_PERSON, SMALL_TALK
from bot.understanding.guards import Guard
from bot.understood import Mind, Understood
from conversations.conversation import Conversation, Owner
from conversations.message import Choice, IncomingMessage
from conversations.reply import Reply
from dialogues.runner import Finished, Step, TicketWanted, advance, start
from knowledge_base.article import ArticleVersion
from knowledge_base.search import is_sure, worth_offering
from tickets.ticket import HandOverReason

FORM = "form"
MISUNDERSTANDINGS_BEFORE_A_PERSON = 2
OFFERED_AT_MOST = 4
LIKELY = 0.5
SURE_INTENT = 0.6
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
        turn.a_person_owns_it()
        or turn.cannot_wait()
        or turn.came_by_the_form()
        or turn.asks_for_a_person()
        or turn.is_in_a_dialogue()
        or turn.picked_something()
        or turn.sent_only_a_file()
        or turn.asks_about_the_topic()
        or turn.asks_for_what_was_said()
        or turn.asks_about_the_office()
        or turn.starts_a_dialogue()
        or turn.is_answered_by_the_faq()
        or turn.makes_conversation()
        or turn.waits_already()
        or turn.is_not_understood()
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """One message in its place. Each method is one line of the order: a decision, or None for "not mine"."""

    conversation: Conversation
    message: IncomingMessage
    understood: Understood
    mind: Mind
    now: datetime
    remembered: Remembered = NOTHING

    @property
    def language(self) -> str:
        return self.understood.language

    def a_person_owns_it(self) -> Decision | None:
        if self.conversation.owner is not Owner.PERSON:
            return None
        guard = self.understood.guard
        return StaySilent(
            reason="person_has_it", alert=guard is not None and guard.urgent, why=self.why("a_person_owns_it")
        )

    def cannot_wait(self) -> Decision | None:
        guard = self.understood.guard
        if guard is None:
            return None
        reply = self.reply(guard.phrase)
        if guard.urgent:
            return self.hand_over(HandOverReason.EMERGENCY, "cannot_wait", before=(reply,), guard=guard)
        return Converse(reply=reply, state=self.conversation.dialogue, why=self.why("cannot_wait", guard.kind))

    def came_by_the_form(self) -> Decision | None:
        """The plain form is a letter: a person reads it."""
        if self.message.sender.channel != FORM:
            return None
        return self.hand_over(HandOverReason.CONTACT_FORM, "came_by_the_form")

    def asks_for_a_person(self) -> Decision | None:
        if self.message.choice != PERSON and not self.means("talk_to_person"):
            return None
        if self.conversation.owner is Owner.WAITING:
            return Converse(reply=self.reply("bot.person.already_waiting"), why=self.why("asks_for_a_person"))
        return self.hand_over(HandOverReason.ASKED_FOR_PERSON, "asks_for_a_person")

    def is_in_a_dialogue(self) -> Decision | None:
        state = self.conversation.dialogue
        if state is None or state.dialogue not in self.mind.dialogues:
            return None
        if self._is_a_question_in_between():
            return self._answer_in_between()
        step = advance(
            self.mind.dialogues[state.dialogue],
            state,
            text=self.message.text,
            choice=self.message.choice,
            language=self.language,
        )
        return self.carry_on(step, "is_in_a_dialogue", state.dialogue)

    def picked_something(self) -> Decision | None:
        choice = self.message.choice
        if choice is None:
            return None
        if choice.startswith(ARTICLE):
            return self._answer_with_article(choice.removeprefix(ARTICLE))
        if choice.startswith(DIALOGUE) and choice.removeprefix(DIALOGUE) in self.mind.dialogues:
            return self.begin(choice.removeprefix(DIALOGUE), "picked_something")
        if choice == NONE_OF_THESE:
            return self.is_not_understood()
        return None

    def sent_only_a_file(self) -> Decision | None:
        if self.message.text.strip() or not (self.message.attachments or self.message.place):
            return None
        reply = self.reply("bot.attachment_received", choices=(self.person_choice(),))
        return Converse(reply=reply, why=self.why("sent_only_a_file"))

    def asks_about_the_topic(self) -> Decision | None:
        """「いくらですか」 after an answer is about that answer, unless the words alone find something surer."""
        topic = self._topic()
        if topic is None or self._faq_is_sure() or (reply := fact(topic.content, self.wish)) is None:
            return None
        return Converse(reply=reply, why=self.why("asks_about_the_topic", topic.external_id))

    def asks_for_what_was_said(self) -> Decision | None:
        """「もう一度」「返事はまだですか」."""
        if self.wish not in {REPEAT, TICKET_STATUS}:
            return None
        speaking = FollowingUp(self.mind, self.language, self.now)
        reply = speaking.again(self.remembered) if self.wish == REPEAT else speaking.promise(self.remembered)
        return Converse(reply=reply, why=self.why("asks_for_what_was_said"))

    def asks_about_the_office(self) -> Decision | None:
        if self._faq_is_sure():
            return None
        reply = FollowingUp(self.mind, self.language, self.now).office(self.wish, self.message.text, self._topic())
        return Converse(reply=reply, why=self.why("asks_about_the_office")) if reply else None

    def starts_a_dialogue(self) -> Decision | None:
        intent = self.understood.intent
        needed = CERTAIN_INTENT if self._faq_is_sure() else SURE_INTENT
        if intent is None or intent.probability < needed:
            return None
        for dialogue in self.mind.dialogues.values():
            if dialogue.starts_on(intent.name, self.message.text):
                return self.begin(dialogue.name, "starts_a_dialogue")
        return None

    def is_answered_by_the_faq(self) -> Decision | None:
        matches = self.understood.matches
        if is_sure(matches):
            why = self.why("faq_answer")
            return answer_with(matches[0].version, self.mind, self.language, why, others=matches[1:])
        near = worth_offering(matches, at_most=OFFERED_AT_MOST)
        # 「結婚したい」 sounds like talk, and is one: what the FAQ likely answers goes before.
        if not near or (self.wish in SMALL_TALK and near[0].probability < LIKELY):
            return None
        return offer(near, self.mind, self.language, self.why("faq_offer"))

    def makes_conversation(self) -> Decision | None:
        """Greetings, thanks, who are you: the bot's own words, which the catalogue knows by the intent's name."""
        if (language := LANGUAGE_WISHES.get(self.wish)) is not None:
            reply = Reply(text=self.mind.phrases.say("bot.language_changed", language), language=language)
            return Converse(reply=reply, language=language, why=self.why("makes_conversation"))
        key = SMALL_TALK.get(self.wish)
        if key is None:
            return None
        choices = (self.person_choice(),) if self.wish in OFFERS_A_PERSON else ()
        return Converse(reply=self.reply(key, choices=choices), why=self.why("makes_conversation"))

    def waits_already(self) -> Decision | None:
        """Handed over, nobody here yet: what was said goes to the ticket, and the resident is told so."""
        if self.conversation.owner is not Owner.WAITING:
            return None
        reply = self.reply("bot.person.already_waiting")
        return Converse(reply=reply, why=self.why("waits_already"))

    def is_not_understood(self) -> Decision:
        if self.conversation.misunderstood + 1 >= MISUNDERSTANDINGS_BEFORE_A_PERSON:
            return self.hand_over(HandOverReason.NOT_UNDERSTOOD, "is_not_understood")
        reply = self.reply("bot.unknown", choices=(self.person_choice(),))
        return AskBack(reply=reply, why=self.why("is_not_understood"))

    # --- what several lines need

    def means(self, name: str) -> bool:
        return self.wish == name

    def reply(self, key: str, *, choices: tuple[Choice, ...] = ()) -> Reply:
        text = self.mind.phrases.say(key, self.language, city=self.mind.city.name_in(self.language))
        return Reply(text=text, choices=choices, language=self.language)

    def person_choice(self) -> Choice:
        return a_person(self.mind.phrases, self.language)

    def why(self, rule: Rule, detail: str = "") -> Why:
        intent = self.understood.intent
        return Why(
            rule=rule,
            intent=intent.name if intent else "",
            intent_probability=intent.probability if intent else 0.0,
            matches=tuple((m.version.external_id, m.version.number, m.probability) for m in self.understood.matches),
            detail=detail,
        )

    def begin(self, name: str, rule: Rule) -> Decision:
        return self.carry_on(start(self.mind.dialogues[name], language=self.language, at=self.now), rule, name)

    def carry_on(self, step: Step, rule: Rule, name: str) -> Decision:
        match step.outcome:
            case TicketWanted(section=section, subject=subject, details=details):
                return HandOver(
                    reason=HandOverReason.DIALOGUE,
                    subject=subject,
                    section=section,
                    before=(step.reply,),
                    details=dict(details),
                    why=self.why(rule, name),
                )
            case Finished() | None:
                return Converse(
                    reply=step.reply, state=step.state, understood=step.understood, why=self.why(rule, name)
                )

    def hand_over(
        self, reason: HandOverReason, rule: Rule, *, before: tuple[Reply, ...] = (), guard: Guard | None = None
    ) -> HandOver:
        near = subject_of(self.understood.matches)
        topic = self._topic()
        content = near or (topic.content if topic else None)
        return HandOver(
            reason=reason,
            subject=content.category if content else "",
            section=content.section if content else "",
            before=before,
            urgent=guard is not None and guard.urgent,
            why=self.why(rule, guard.kind if guard else ""),
        )

    def _answer_with_article(self, article_id: str) -> Decision | None:
        try:
            version = self.mind.articles.get(UUID(article_id))
        except ValueError:
            return None
        if version is None:  # unpublished since it was offered
            return None
        return answer_with(version, self.mind, self.language, self.why("picked_something", version.external_id))

    def _is_a_question_in_between(self) -> bool:
        matches = self.understood.matches
        asks = self.message.text.rstrip().endswith(("?", "？", "か", "か。"))
        return self.message.choice is None and asks and is_sure(matches)

    def _answer_in_between(self) -> Decision:
        """Answer, and say where the dialogue stands: the state stays as it is."""
        state = self.conversation.dialogue
        assert state is not None
        best = self.understood.matches[0]
        answered = answer_with(best.version, self.mind, self.language, self.why("question_in_between"))
        back = self.mind.phrases.say("bot.dialogue.back_to", self.language)
        reply = Reply(
            text=f"{answered.reply.text}\n\n{back}", card=answered.reply.card, language=answered.reply.language
        )
        return Converse(reply=reply, state=state, why=answered.why)

    @property
    def wish(self) -> str:
        """The intent's name, if it is sure enough to act on; else an empty string."""
        intent = self.understood.intent
        return intent.name if intent and intent.probability >= SURE_INTENT else ""

    def _topic(self) -> ArticleVersion | None:
        return self.mind.articles.get(self.conversation.topic) if self.conversation.topic else None

    def _faq_is_sure(self) -> bool:
        return is_sure(self.understood.matches)
