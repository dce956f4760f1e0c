"""What a decision changes: conversation, ticket, timeline, outbox. Written through one open transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from uuid import uuid4

from bot.choices import DIALOGUE, a_person
from bot.decision import Answer, AskBack, Converse, HandOver, OfferChoices, Settled, SeveralAnswers, StaySilent, Why
from bot.ports import Delivery, QueuedReply, Records
from bot.understood import Mind
from conversations.conversation import Conversation
from conversations.message import Choice, IncomingMessage
from conversations.reply import Reply, in_one
from conversations.timeline import Author, Entry, Kind
from tickets.deadlines import due_at, expectation
from tickets.numbers import ticket_number
from tickets.ticket import Ticket, TicketStatus

SUBJECT_AT_MOST = 60


class Consequences:
    def __init__(
        self, records: Records, conversation: Conversation, mind: Mind, now: datetime, *, delivery: Delivery
    ) -> None:
        self._records = records
        self._conversation = conversation
        self._mind = mind
        self._now = now
        self._delivery = delivery
        self._letter: list[QueuedReply] = []
        self._handle: str | None = None
        self._about: str = ""

    async def of(self, decision: Settled, message: IncomingMessage) -> None:
        """Carry the decision out and end the message: it is answered, handed over, or silent with a reason."""
        self._handle = message.reply_handle
        self._about = str(message.id)
        if message.masked:
            await self.notice("bot.masked")
        silence = ""
        match decision:
            case Answer():
                await self._answer(decision, message)
            case SeveralAnswers():
                await self._answer_several(decision, message)
            case OfferChoices():
                await self._offer(decision, message)
            case AskBack(reply=reply, why=why):
                self._conversation.misunderstood += 1
                self._was_asked(message, "")
                await self.say([reply], why)
            case Converse():
                await self._converse(decision)
            case HandOver():
                await self._hand_over(decision, message)
            case StaySilent(reason=reason, alert=alert):
                silence = reason
                if alert:
                    await self._note("alert.urgent_words")
        await self.post()
        await self._records.message_handled(message.id, silence=silence)

    async def _answer(self, decision: Answer, message: IncomingMessage) -> None:
        self._conversation.speaks_of(decision.article_id)
        self._conversation.misunderstood = 0
        self._was_asked(message, decision.asked)
        await self.say([decision.reply], decision.why)

    async def _answer_several(self, decision: SeveralAnswers, message: IncomingMessage) -> None:
        for answer in decision.answers:
            await self._answer(answer, message)
        if decision.offer is not None:
            await self._offer(decision.offer, message)

    async def _offer(self, decision: OfferChoices, message: IncomingMessage) -> None:
        self._conversation.misunderstood = 0
        if decision.why.rule == "corrects_itself":
            self._conversation.leave_the_topic()  # it was refused
        self._was_asked(message, decision.asked)
        await self.say([decision.reply], decision.why)

    async def _converse(self, decision: Converse) -> None:
        conversation = self._conversation
        conversation.dialogue = decision.state
        conversation.misunderstood = 0
        conversation.language = decision.language or conversation.language
        conversation.speaks_of(decision.about or conversation.topic)
        if decision.asked:
            conversation.was_asked(decision.asked)
        await self.say([decision.reply], decision.why)

    def _was_asked(self, message: IncomingMessage, asked: str) -> None:
        """What a correction puts right; what was picked by button or number is no question to be put right."""
        if message.choice is None:
            self._conversation.was_asked(asked or message.text)

    async def say(self, replies: Sequence[Reply], why: Why) -> None:
        """The bot speaks, in the conversation's present epoch."""
        for reply in replies:
            self._conversation.offered = reply.choices
            await self._tell(reply, kind=Kind.REPLY, author=Author.BOT, why=why)

    async def greet(self, reply_handle: str | None) -> None:
        """The first words, with the questions most people have."""
        self._handle = reply_handle
        phrases, language = self._mind.phrases, self._conversation.language
        choices = [
            Choice(_in(each.title, language), f"{DIALOGUE}{name}") for name, each in self._mind.dialogues.items()
        ]
        choices.append(a_person(phrases, language))
        text = phrases.say("bot.greeting", language, city=self._mind.city.name_in(language))
        await self.say([Reply(text=text, choices=tuple(choices), language=language)], Why(rule="greeting"))

    async def notice(self, key: str, **values: str) -> None:
        """The resident is told what happened."""
        language = self._conversation.language
        text = self._mind.phrases.say(key, language, **values)
        await self._tell(Reply(text=text, language=language), kind=Kind.NOTICE, author=Author.SYSTEM)

    async def _tell(self, reply: Reply, *, kind: Kind, author: Author, why: Why | None = None) -> None:
        conversation = self._conversation
        entry = Entry(
            id=uuid4(),
            conversation_id=conversation.id,
            kind=kind,
            author=author,
            text=reply.text,
            choices=reply.choices,
            attachments=reply.attachments,
            card=reply.card,
            language=reply.language,
            at=self._now,
            epoch=conversation.epoch,
            why={**asdict(why), "message": self._about} if why else {},
        )
        await self._records.add_entry(entry)
        if conversation.address.channel in self._delivery.pulled:
            return
        queued = QueuedReply(
            id=entry.id,
            conversation_id=conversation.id,
            address=conversation.address,
            reply=reply,
            reply_handle=self._handle,
            epoch=conversation.epoch if author is Author.BOT else None,
        )
        if conversation.address.channel in self._delivery.letters:
            self._letter.append(queued)
        else:
            await self._records.queue(queued)

    async def post(self) -> None:
        """All that was said to one letter goes in one letter; until then none goes, so "a person joined" is no mail."""
        if self._letter:
            whole = in_one([each.reply for each in self._letter])
            await self._records.queue(replace(self._letter[-1], reply=whole))
            self._letter = []

    async def _note(self, key: str, **values: str) -> None:
        text = self._mind.phrases.say(key, "ja", **values)
        await self._records.add_entry(
            Entry(
                id=uuid4(),
                conversation_id=self._conversation.id,
                kind=Kind.NOTE,
                author=Author.SYSTEM,
                text=text,
                at=self._now,
                epoch=self._conversation.epoch,
            )
        )

    async def _hand_over(self, decision: HandOver, message: IncomingMessage) -> None:
        """Open a ticket (or reopen the conversation's own), wait for a person, and say number and expectation.

        The owner changes first: what the bot says here belongs to the new epoch, so only a person withdraws it.
        """
        conversation = self._conversation
        ticket = await self._open_ticket(decision, message)
        conversation.wait_for_person(ticket.id)
        if decision.silent:
            await self._note("note.not_answered_by_a_robot", why=decision.silent)
        else:
            await self.say([*decision.before, self._receipt(ticket)], decision.why)
        if decision.urgent:
            await self._note("alert.urgent_words")

    def _receipt(self, ticket: Ticket) -> Reply:
        language = self._conversation.language
        section = self._mind.city.section(ticket.section)
        return Reply(
            text=self._mind.phrases.say(
                "bot.person.receipt",
                language,
                number=ticket.number,
                section=section.name_in(language),
                expectation=expectation(self._now, section, self._mind.city, language),
            ),
            language=language,
        )

    async def _open_ticket(self, decision: HandOver, message: IncomingMessage) -> Ticket:
        conversation = self._conversation
        if conversation.ticket_id is not None:
            ticket = await self._records.ticket(conversation.ticket_id)
            if ticket.status is TicketStatus.CLOSED:
                ticket.reopen(by="bot", at=self._now)
            if ticket.status is not TicketStatus.CLOSED:
                ticket.note(what=str(decision.reason), by="bot", at=self._now)
                await self._records.save_ticket(ticket)
                return ticket
        city = self._mind.city
        section = city.section(decision.section)
        ticket = Ticket(
            id=uuid4(),
            number=ticket_number(self._now, await self._records.next_ticket_count()),
            conversation_id=conversation.id,
            subject=decision.subject or message.text.strip()[:SUBJECT_AT_MOST],
            section=section.id,
            reason=decision.reason,
            language=conversation.language,
            opened_at=self._now,
            due_at=due_at(self._now, section.calendar, city.answer_within_working_days),
        )
        await self._records.add_ticket(ticket)
        if decision.details:
            lines = "\n".join(f"{name}: {value}" for name, value in decision.details.items())
            await self._records.add_entry(
                Entry(
                    id=uuid4(),
                    conversation_id=conversation.id,
                    kind=Kind.NOTE,
                    author=Author.BOT,
                    text=lines,
                    at=self._now,
                    epoch=conversation.epoch,
                )
            )
        return ticket


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts["ja"]
