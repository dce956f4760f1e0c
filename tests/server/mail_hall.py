"""A city hall with a mail address: letters are kept as the door keeps them, and a real SMTP server takes ours."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from conversations.conversation import Conversation
from conversations.message import Address
from conversations.timeline import Entry
from server.seeding import demo_staff
from server.settings import Settings
from server.wiring import Parts
from tests.conftest import FrozenClock
from tests.fakes.smtp import FakeSmtp, Taken, an_smtp
from tests.support.city import DEMO
from tests.support.networked import NetworkedHall, networked
from tickets.operators import Operator, Role

DESK = "desk@mirai.example"
TARO = "taro@home.example"
CERTIFICATE = "住民票の写しを窓口で取るには、どうすればよいですか。"


@dataclass
class MailHall:
    city: NetworkedHall
    relay: FakeSmtp
    clock: FrozenClock
    written: int = 0

    @property
    def parts(self) -> Parts:
        return self.city.parts

    async def hears(self, letter: EmailMessage | bytes) -> None:
        """The letter is kept, and everything that follows from it is done."""
        raw = letter if isinstance(letter, bytes) else letter.as_bytes(policy=SMTP)
        await self.parts.deliveries.keep("mail", hashlib.sha256(raw).hexdigest(), raw)
        await self.city.works()

    def letter(self, text: str, *, sender: str = TARO, subject: str = "お問い合わせ", to: str = DESK) -> EmailMessage:
        """A letter as a mail program writes it."""
        self.written += 1
        made = EmailMessage(policy=SMTP)
        made["From"], made["To"], made["Subject"] = sender, to, subject
        made["Message-ID"] = f"<letter-{self.written}@home.example>"
        made["Date"] = "Wed, 25 Nov 2026 10:00:00 +0900"
        made.set_content(text)
        return made

    def answer(self, ours: Taken, text: str, *, sender: str = TARO) -> EmailMessage:
        """A reply to a letter of ours, with its quotation, to its Reply-To."""
        made = self.letter(text, sender=sender, subject=f"Re: {ours.message['Subject']}", to=ours.message["Reply-To"])
        made["In-Reply-To"] = ours.message["Message-ID"]
        made["References"] = ours.message["Message-ID"]
        made["Delivered-To"] = ours.message["Reply-To"]
        quoted = "\n".join(f"> {line}" for line in text_of(ours).splitlines())
        made.set_content(f"{text}\n\n2026年11月25日(水) 10:05 みらい市 <{DESK}>:\n\n{quoted}\n")
        return made

    async def conversations(self) -> list[Conversation]:
        lines = await self.parts.views.inbox("all", (await self.operator()).id, page=0, per_page=99)
        return [await self.parts.views.conversation(line.conversation_id) for line in reversed(lines)]

    async def only(self) -> Conversation:
        (found,) = await self.conversations()
        return found

    async def entries(self, address: Address | None = None) -> list[Entry]:
        return await self.city.entries(address or (await self.only()).address)

    async def operator(self) -> Operator:
        await demo_staff(self.parts)
        return next(each for each in await self.parts.accounts.operators() if Role.OPERATOR in each.roles)

    @property
    def letters(self) -> list[Taken]:
        return self.relay.letters


def text_of(letter: Taken) -> str:
    body = letter.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@asynccontextmanager
async def a_mail_hall(folder: Path, clock: FrozenClock) -> AsyncIterator[MailHall]:
    async with an_smtp() as relay:
        settings = Settings(
            data=folder,
            city=DEMO,
            encoder="none",
            mail_address=DESK,
            mail_relay=f"smtp://{relay.host}:{relay.port}",
            mail_trusts="mx.mirai.example",
        )
        async with networked(settings, clock) as city:
            yield MailHall(city, relay, clock)
