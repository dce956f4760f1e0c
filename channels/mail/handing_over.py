"""A letter handed to the relay by SMTP (RFC 5321), and what its answers mean for the reply.

Three kinds of trouble, told apart by whose it is:

* **Passing**: 4xx, no connection, no answer, TLS that fails. Later again. When the connection is lost behind DATA,
  nobody knows whether the relay has the letter; it goes again under the same Message-ID, by which receivers see that
  it is one.
* **Ours**: the relay refuses *us*, not the letter: a wrong password (535), a login it wants (530), no greeting (554).
  It is the same for every letter, and no resident and no section could help. So the letters wait, and the log warns:
  when the setting is right again, all of them leave. Refusing them would hand every answer of that hour to a person.
* **The letter's**: 5xx to its sender, its recipient or its content. It will never be taken: a person must look.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from channels.channel import Accepted, DeliveryOutcome, Refused, RetryLater
from channels.mail.letter_out import Posted
from channels.mail.letter_words import one_line
from channels.mail.refusals import reason_of
from channels.mail.relay import Relay

log = structlog.get_logger(__name__)

AFTER_NO_CONNECTION: Final = timedelta(minutes=1)
AFTER_NOT_NOW: Final = timedelta(minutes=5)

_CONNECT_WITHIN: Final = 15.0
"""seconds to connect, encrypt and log in: others wait meanwhile"""
_GOODBYE_WITHIN: Final = 2.0
_AUTHENTICATION_REQUIRED: Final = 530


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Ours, with which letters are handed to the relay; each in a session of its own."""

    relay: Relay
    hello: str
    """who we say we are (RFC 5321, 4.1.1.1)"""
    within: timedelta
    """from connecting to the answer"""

    async def over(self, posted: Posted, *, key: str) -> DeliveryOutcome:
        """Never raises for what the network does. The log names ``key`` and the recipient's domain, no person."""
        to = {"key": key, "domain": posted.recipient.rpartition("@")[2]}
        client = self._client()
        try:
            async with asyncio.timeout(self.within.total_seconds()):
                await self._tell(client, posted)
        except SMTPResponseException as said:
            return self._answered(said, to)
        except (SMTPException, OSError) as trouble:  # among them TimeoutError and all of TLS
            _abandon(client)
            why = one_line(f"{type(trouble).__name__}: {trouble}", 200)
            log.warning("mail relay not reached", why=why, relay=self.relay.host, **to)
            return RetryLater(AFTER_NO_CONNECTION)
        finally:
            await _take_leave(client)
        return Accepted()

    def _client(self) -> SMTP:
        relay = self.relay
        return SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.user or None,
            password=relay.password or None,
            local_hostname=self.hello,
            timeout=None,  # one for the whole, not one for each step
            use_tls=relay.tls == "implicit",
            start_tls={"none": False, "implicit": False, "starttls": relay.certified or None}[relay.tls],
            validate_certs=relay.certified,
        )

    async def _tell(self, client: SMTP, posted: Posted) -> None:
        async with asyncio.timeout(_CONNECT_WITHIN):
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        size = [f"SIZE={len(posted.content)}"] if client.supports_extension("size") else []
        await client.mail(posted.envelope_sender, options=size)
        await client.rcpt(posted.recipient)
        await client.data(posted.content)

    def _answered(self, said: SMTPResponseException, to: dict[str, str]) -> DeliveryOutcome:
        """The log keeps the code only: relays like to repeat the recipient's address in their words."""
        if not 500 <= said.code <= 599:
            log.warning("mail relay asks to wait", code=said.code, relay=self.relay.host, **to)
            return RetryLater(AFTER_NOT_NOW)
        if _is_our_trouble(said):
            log.warning("mail relay refuses us: check mail_relay", code=said.code, relay=self.relay.host, **to)
            return RetryLater(AFTER_NOT_NOW)
        return Refused(reason_of(said))


def _is_our_trouble(said: SMTPResponseException) -> bool:
    is_the_letters = isinstance(said, SMTPSenderRefused | SMTPRecipientRefused | SMTPDataError)
    return not is_the_letters or said.code == _AUTHENTICATION_REQUIRED


def _abandon(client: SMTP) -> None:
    """Cut the connection: what is still to be written must not arrive after we gave the letter up."""
    if isinstance(client.transport, asyncio.WriteTransport):
        client.transport.abort()


async def _take_leave(client: SMTP) -> None:
    if client.is_connected:
        with suppress(SMTPException, OSError):
            await client.quit(timeout=_GOODBYE_WITHIN)
    client.close()
