"""One message in its place: what every rule of ``decide`` looks at, and how a rule says what it decided."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.choices import a_person
from bot.decision import AskBack, Converse, Decision, HandOver, Rule, Why
from bot.following_up import NOTHING, Remembered
from bot.routing import subject_of
from bot.understanding.bare_subject import names_only_a_subject
from bot.understanding.guards import Guard
from bot.understood import Mind, Understood
from conversations.conversation import Conversation
from conversations.message import Choice, IncomingMessage
from conversations.reply import Reply
from dialogues.runner import Finished, Step, TicketWanted, start
from knowledge_base.article import ArticleVersion, Match
from knowledge_base.bars import is_sure
from knowledge_base.search import OFFER_AT
from tickets.ticket import HandOverReason

MISUNDERSTANDINGS_BEFORE_A_PERSON = 2
SURE_INTENT = 0.6


MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Turn:
    conversation: Conversation
    message: IncomingMessage
    understood: Understood
    mind: Mind
    now: datetime
    remembered: Remembered = field(default=NOTHING)

    @property
    def language(self) -> str:
        return self.understood.language

    @property
    def wish(self) -> str:
        """The intent's name, if it is sure enough to act on; else an empty string."""
        intent = self.understood.intent
        return intent.name if intent and intent.probability >= SURE_INTENT else ""

    @property
    def topic(self) -> ArticleVersion | None:
        return self.mind.articles.get(self.conversation.topic) if self.conversation.topic else None

    @property
    def is_letter(self) -> bool:
        return self.message.sender.channel == MAIL

    @property
    def says_an_entrys_question(self) -> bool:
        """Words that staff wrote down as a question are that question, however short, however many sentences."""
        return any("exact" in match.why for match in self.understood.matches[:1])

    @property
    def faq_is_sure(self) -> bool:
        return self.is_sure(self.understood.matches)

    @property
    def names_only_a_subject(self) -> bool:
        return not self.says_an_entrys_question and names_only_a_subject(
            self.message.text, (version.content for version in self.mind.articles.values())
        )

    def is_sure(self, matches: tuple[Match, ...]) -> bool:
        return is_sure(matches, self.mind.bars)

    def say(self, key: str, **values: str) -> str:
        return self.mind.phrases.say(key, self.language, **values)

    def reply(self, key: str, *, choices: tuple[Choice, ...] = ()) -> Reply:
        text = self.say(key, city=self.mind.city.name_in(self.language))
        return Reply(text=text, choices=choices, language=self.language)

    def person_choice(self) -> Choice:
        return a_person(self.mind.phrases, self.language)

    def why(self, rule: Rule, detail: str = "", matches: tuple[Match, ...] | None = None) -> Why:
        """``matches`` are those that were considered, when they are not those of the words alone."""
        intent, matches = self.understood.intent, self.understood.matches if matches is None else matches
        bar = self.mind.bars.of(matches[0].version.content.category) if matches else None
        return Why(
            rule=rule,
            intent=intent.name if intent else "",
            intent_probability=intent.probability if intent else 0.0,
            matches=tuple((m.version.external_id, m.version.number, m.probability) for m in matches),
            detail=detail,
            answer_at=bar.answer_at if bar else 0.0,
            offer_at=OFFER_AT if bar else 0.0,
            stopped=bar is not None and bar.stopped,
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
        topic = self.topic
        content = near or (topic.content if topic else None)
        return HandOver(
            reason=reason,
            subject=content.category if content else "",
            section=content.section if content else "",
            before=before,
            urgent=guard is not None and guard.urgent,
            why=self.why(rule, guard.kind if guard else ""),
        )

    def not_understood(self) -> Decision:
        if self.conversation.misunderstood + 1 >= MISUNDERSTANDINGS_BEFORE_A_PERSON:
            return self.hand_over(HandOverReason.NOT_UNDERSTOOD, "is_not_understood")
        reply = self.reply("bot.unknown", choices=(self.person_choice(),))
        return AskBack(reply=reply, why=self.why("is_not_understood"))
