"""A mail that was kept becomes a message, a bounce, or something for staff to look at."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bot.desk import Desk
from channels.arriving import Arrived, Event, RemoteFile
from channels.channel import BadDelivery, Ignored
from channels.mail.automatic import Ours, Rule, automatic
from channels.mail.bounces import Bounce, Kind, Returned, bounce_of
from channels.mail.imap_session import TOO_LARGE
from channels.mail.letter import Letter, read_letter
from channels.mail.parse import NO_DATE, arrived, external_id_of, file_of
from channels.mail.proof import Proof, proof_of
from channels.mail.threading import (
    Fresh,
    Joined,
    Suggested,
    Thread,
    bare_id,
    number_in_subject,
    references_of,
    thread_of,
)
from channels.mail.tokens import Purpose, Signer
from conversations.message import Address
from server.mail.about import mailbox
from storage.closed_channels import ClosedChannels
from storage.deliveries import Delivery
from storage.letters import MAIL, KeptLetter, KeptThread, Letters
from tickets.numbers import parse_number
from tickets.ticket import HandOverReason

FILES_AT_MOST: Final = 20
LONGEST_ID: Final = 400
"""characters: what an index takes; who writes longer ones is answered without a thread"""
REFERENCES_KEPT: Final = 50
LONGEST_SUBJECT: Final = 300
ONLY_THE_HEAD: Final = "大きすぎるため、件名と差出人だけを受け取りました。全文は、もとのメールボックスにあります。"
NOT_OURS: Final = "配信できなかったという通知ですが、この窓口が送ったどのメールのことか確かめられません。"
MAY_BE_A_PERSON: Final = frozenset({Rule.ROBOT_ADDRESS, Rule.RESPONSE_SUPPRESSED, Rule.NOT_ADDRESSED_TO_US})
"""somebody may have written it, and no robot may answer"""
KINDS: Final = {
    Kind.FAILED: "{to} へのメールが届きませんでした。{why}",
    Kind.DELAYED: "{to} へのメールの配送が遅れています。相手のメールサーバーが再送を続けています。",
    Kind.FEEDBACK: "{to} から、迷惑メールだという通知がありました。メールを止めました。電話などでご確認ください。",
}


Bounced = Callable[[Address, UUID], Awaitable[None]]
"""told that nothing more is sent to this mailbox, and the key of the notice that says so; may be told twice"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What is known of our own mail."""

    signer: Signer
    domain: str
    """of our Message-IDs"""
    ours: Ours
    border: str = ""
    """authserv-id of our mail server"""

    def outbox_id(self, message_id: str) -> UUID | None:
        """The outbox row that a Message-ID of ours names."""
        name, _, domain = bare_id(message_id).rpartition("@")
        if domain.casefold() != self.domain or not re.fullmatch(r"[0-9a-fA-F-]{36}", name):
            return None
        return UUID(name)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a mail's bytes tell."""

    letter: Letter
    bounce: Bounce | None
    rule: Rule | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReader:
    post: Post
    letters: Letters
    closed: ClosedChannels
    desk: Desk
    bounced: Bounced

    async def events(self, delivery: Delivery) -> Sequence[Event]:
        """What arrived. Raises BadDelivery, in Japanese for staff, when they must look at it before anything is done.

        ``delivery.by_hand``: they did, and say that a person wrote it.
        """
        # Megabytes of any bytes may take seconds to read.
        understood = await asyncio.to_thread(self._understood, delivery.body)
        if understood.bounce is not None and not delivery.by_hand:
            return [await self._bounced(understood.bounce, delivery)]
        letter, rule = understood.letter, None if delivery.by_hand else understood.rule
        if rule is Rule.OUR_OWN:
            return [Ignored(rule.sentence)]
        threading, joined = await self._place(letter)
        robot = rule is not None and rule not in MAY_BE_A_PERSON
        if rule is not None and robot and joined is None:
            raise BadDelivery(rule.sentence)
        event = self._arrived(letter, joined)
        if letter.headers.get(TOO_LARGE):
            event = replace(event, for_a_person=ONLY_THE_HEAD)
        if rule is not None:
            event = replace(event, robot=rule.sentence) if robot else replace(event, for_a_person=rule.sentence)
        await self._keep(letter, event, threading, delivery)
        return [event]

    def _understood(self, raw: bytes) -> Understood:
        letter = read_letter(raw)
        # The bounce first: every bounce is automatic, too.
        bounce = bounce_of(letter, raw, signer=self.post.signer)
        return Understood(letter, bounce, automatic(letter, ours=self.post.ours))

    def _arrived(self, letter: Letter, joined: KeptThread | None) -> Arrived:
        """The letter as a message of its thread, its files with it. Raises BadDelivery when nobody sent it."""
        thread = joined.address.thread if joined else uuid5(NAMESPACE_URL, f"mail:{external_id_of(letter)}").hex
        event = arrived(letter, thread=thread, begins=joined is None)
        files = tuple(_with_content(file, letter) for file in event.files[:FILES_AT_MOST])
        return replace(event, sender=joined.address if joined else event.sender, files=files)

    async def _place(self, letter: Letter) -> tuple[Joined | Suggested | Fresh, KeptThread | None]:
        """Where it belongs: the decision, and the thread it joins."""
        tokens = (self.post.signer.read(address) for address in letter.delivered_to)
        named = next((token.id for token in tokens if token and token.purpose is Purpose.REPLY), "")
        by_token = await self.letters.thread(named) if named else None
        references = references_of(letter)
        ours = {each: outbox_id for each in references if (outbox_id := self.post.outbox_id(each))}
        by_reference = await self.letters.by_reference(references, ours)
        number = parse_number(number_in_subject(letter) or "")
        by_subject = await self.letters.of_ticket(number) if number else None
        known = [*([by_token] if by_token else []), *by_reference.values()]
        threading = thread_of(
            letter,
            by_token=_thread(by_token) if by_token else None,
            by_reference={name: _thread(each) for name, each in by_reference.items()},
            by_subject=Thread(str(by_subject), frozenset({_writer(letter)})) if by_subject else None,
            sender_failed_authentication=proof_of(letter, border=self.post.border) is Proof.FAIL,
        )
        joined = None
        if isinstance(threading, Joined):
            joined = next(each for each in known if str(each.conversation_id) == threading.ticket)
        return threading, joined

    async def _keep(
        self, letter: Letter, event: Arrived, threading: Joined | Suggested | Fresh, delivery: Delivery
    ) -> None:
        suggested = threading if isinstance(threading, Suggested) else None
        await self.letters.keep(
            KeptLetter(
                id=uuid5(NAMESPACE_URL, f"{event.sender.channel}:{event.external_id}"),
                delivery_id=delivery.id,
                address=event.sender,
                message_id=bare_id(letter.message_id)[:LONGEST_ID],
                references=letter.references[-REFERENCES_KEPT:],
                subject=letter.subject[:LONGEST_SUBJECT],
                sender=_writer(letter),
                sender_name=letter.sender.name if letter.sender else "",
                written_at=delivery.received_at if event.sent_at == NO_DATE else event.sent_at,
                proof=proof_of(letter, border=self.post.border).value,
                suggested=UUID(suggested.ticket) if suggested else None,
                doubt=suggested.doubt.sentence if suggested else "",
            )
        )

    async def _bounced(self, bounce: Bounce, delivery: Delivery) -> Event:
        """A letter of ours came back. Raises BadDelivery when it cannot be proven to be ours: anybody can write one."""
        sent = await self._sent(bounce)
        if sent is None:
            raise BadDelivery(NOT_OURS)
        conversation_id, address = sent
        told = bounce.recipients[0]
        proven = bounce.outbox_id is not None
        if not proven and told.recipient.casefold() != address.account.casefold():
            raise BadDelivery(NOT_OURS)
        if bounce.kind is not Kind.DELIVERED:
            await self._tell(bounce, told, conversation_id, address, delivery)
        return Ignored(f"bounce: {bounce.kind}, {told.reason}")

    async def _sent(self, bounce: Bounce) -> tuple[UUID, Address] | None:
        if bounce.outbox_id is not None:
            return await self.letters.sent(UUID(bounce.outbox_id))
        named = self.post.outbox_id(bounce.message_id)
        return await self.letters.sent(named) if named else None

    async def _tell(
        self, bounce: Bounce, told: Returned, conversation_id: UUID, address: Address, delivery: Delivery
    ) -> None:
        """The address is suspended when nothing else would help; staff are told in any case."""
        text = KINDS[bounce.kind].format(to=address.account, why=told.reason.sentence)
        if told.diagnostic:
            text = f"{text}\n{told.diagnostic}"
        if bounce.kind is Kind.FEEDBACK or (bounce.kind is Kind.FAILED and told.permanent):
            await self.closed.close(mailbox(address.account), text)
            await self.bounced(mailbox(address.account), delivery.id)
        calls = None if bounce.kind is Kind.DELAYED else HandOverReason.REFUSED_DELIVERY
        await self.desk.remark(conversation_id, text, key=delivery.id, calls=calls)


def _with_content(file: RemoteFile, letter: Letter) -> RemoteFile:
    return replace(file, content=file_of(letter, file.reference).content)


def _thread(kept: KeptThread) -> Thread:
    return Thread(str(kept.conversation_id), kept.correspondents)


def _writer(letter: Letter) -> str:
    return letter.sender.address.casefold() if letter.sender else ""


__all__ = ["MAIL", "MailReader", "Post"]
