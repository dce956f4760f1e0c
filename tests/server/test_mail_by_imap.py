"""The whole way by a mailbox: delivered to Dovecot, fetched by the running city hall, answered by SMTP."""

import os
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from server.running import working
from server.seeding import seed
from server.settings import Settings
from server.wiring import assembled
from tests.channels.mail.dovecot import PASSWORD, USER, Dovecot, dovecot, missing
from tests.channels.mail.mailboxes import until
from tests.fakes.smtp import FakeSmtp, an_smtp
from tests.server.mail_hall import text_of
from tests.support.city import DEMO
from tests.support.seeded import with_the_demo_city

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        missing and not os.getenv("CI"), reason="Dovecot is not installed: apt-get install dovecot-imapd dovecot-lmtpd"
    ),
]

DESK = f"{USER}@city.example"
SEEN = rb"\Seen"


def settings_for(folder: Path, mailbox: Dovecot, relay: FakeSmtp) -> Settings:
    return Settings(
        data=folder,
        city=DEMO,
        encoder="none",
        mail_address=DESK,
        mail_imap=f"imap://{USER}:{PASSWORD}@127.0.0.1:{mailbox.box.port}/INBOX",
        mail_relay=f"smtp://{relay.host}:{relay.port}",
    )


def question(subject: str) -> bytes:
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"], letter["Subject"] = "taro@home.example", DESK, subject
    letter["Message-ID"] = f"<{subject}@home.example>"
    letter.set_content("住民票の写しを窓口で取るには、どうすればよいですか。")
    return letter.as_bytes()


async def test_a_letter_in_the_mailbox_is_answered_and_marked_and_a_restart_answers_no_old_one(tmp_path: Path) -> None:
    async with dovecot() as mailbox, an_smtp() as relay:
        settings = settings_for(tmp_path, mailbox, relay)
        await with_the_demo_city(settings)
        async with assembled(settings) as parts:
            await seed(parts)
            async with working(parts):
                await mailbox.deliver(question("first"), to=DESK)
                await until(lambda: len(relay.letters) == 1)
        assert relay.letters[0].recipients == ("taro@home.example",)
        assert "住民票の写し" in text_of(relay.letters[0])
        assert all(SEEN in flags for flags in (await mailbox.flags()).values())

        await mailbox.deliver(question("second"), to=DESK)
        async with assembled(settings) as parts, working(parts):
            await until(lambda: len(relay.letters) == 2)
            assert await parts.deliveries.counts() == {("mail", "read"): 2}
        assert [letter.message["In-Reply-To"] for letter in relay.letters] == [
            "<first@home.example>",
            "<second@home.example>",
        ]
