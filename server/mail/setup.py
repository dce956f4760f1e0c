"""The mail channel of this installation, over our storage: its mouth, its ear, its restraint."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.desk import Desk
from bot.knowing import Knowing
from bot.ports import Clock
from channels.arriving import RemoteFile
from channels.channel import Channel
from channels.mail.automatic import Ours
from channels.mail.channel import MailChannel
from channels.mail.letter_out import DkimKey, Letterhead
from channels.mail.relay import Relay
from channels.mail.tokens import Signer
from conversations.errors import SettingsError
from conversations.message import Address, Attachment
from server.intake import LARGEST_FILE, Ear, Fetched, FileIsGone, checked_file
from server.mail.about import Lookup
from server.mail.reading import Bounced, MailReader, Post
from server.settings import Settings
from storage.closed_channels import ClosedChannels
from storage.database import Database
from storage.letters import Letters
from storage.visits import Visits
from tickets.city import City

SEND_WITHIN: Final = timedelta(seconds=60)
DESK: Final = "desk"


class OurMessageIds:
    """Every Message-ID that we may have given."""

    def __init__(self, post_office: Callable[[str], object | None]) -> None:
        self._names = post_office

    def __contains__(self, message_id: object) -> bool:
        return isinstance(message_id, str) and self._names(message_id) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOffice:
    """Everything about mail that more than one place asks for."""

    settings: Settings
    signer: Signer
    letters: Letters
    closed: ClosedChannels
    mouth: MailChannel
    ear: Ear

    @classmethod
    def of(  # noqa: PLR0913 -- what the mouth, the ear and the reader ask for
        cls,
        settings: Settings,
        secret: bytes,
        *,
        database: Database,
        clock: Clock,
        desk: Desk,
        knowing: Knowing,
        bounced: Bounced,
    ) -> "PostOffice | None":
        """None when no mail address is set. Raises SettingsError when what is set up cannot serve."""
        if not settings.mail_address:
            return None
        signer = signer_of(settings, secret)
        letters, closed, visits = Letters(database), ClosedChannels(database, clock), Visits(database, clock)

        async def stored(attachment: Attachment) -> bytes | None:
            found = await visits.linked_file(attachment.id)
            return found[1] if found else None

        lookup = Lookup(letters=letters, closed=closed, city=lambda: knowing.mind().city)
        mouth = MailChannel(
            Relay.parse(settings.mail_relay),
            head=letterhead(settings, knowing.mind().city),
            signer=signer,
            about=lookup.about,
            open_file=stored,
            dkim_key=_dkim_key(settings),
            timeout=SEND_WITHIN,
        )
        reader = MailReader(post=post_of(settings, signer), letters=letters, closed=closed, desk=desk, bounced=bounced)
        ear = Ear(events=reader.events, fetch=_checked, keeps_raw=True)
        return cls(settings=settings, signer=signer, letters=letters, closed=closed, mouth=mouth, ear=ear)

    @property
    def addresses(self) -> frozenset[str]:
        return addresses_of(self.settings)

    def is_ours(self, address: str) -> bool:
        """Whether mail to this address is for us: one of ours, or one that we signed."""
        return address.casefold() in self.addresses or self.signer.read(address) is not None

    def joined(
        self, mouths: Mapping[str, Channel], ears: Mapping[str, Ear]
    ) -> tuple[Mapping[str, Channel], Mapping[str, Ear]]:
        """With ours among them."""
        return {**mouths, self.mouth.name: self.mouth}, {**ears, self.mouth.name: self.ear}


def addresses_of(settings: Settings) -> frozenset[str]:
    return frozenset(each.casefold() for each in (settings.mail_address, *settings.mail_aliases))


def post_of(settings: Settings, signer: Signer) -> Post:
    domain = settings.mail_address.rpartition("@")[2].casefold()
    nobody = Post(signer=signer, domain=domain, ours=Ours(), border=settings.mail_trusts)
    ours = Ours(addresses=addresses_of(settings), loop=settings.mail_address, sent=OurMessageIds(nobody.outbox_id))
    return Post(signer=signer, domain=domain, ours=ours, border=settings.mail_trusts)


def signer_of(settings: Settings, secret: bytes) -> Signer:
    """Makes and reads the addresses of replies and bounces. Raises SettingsError."""
    local, _, domain = settings.mail_address.rpartition("@")
    return Signer(secret, domain=domain.casefold(), desk=local.casefold() or DESK)


def letterhead(settings: Settings, city: City) -> Letterhead:
    names = {language: _of(city.name_in(language), office) for language, office in city.office.items()}
    return Letterhead(
        office=names.get("ja", city.name_in("ja")),
        names=names,
        address=settings.mail_address,
        phone=city.phone,
        url=settings.url,
    )


def _of(city: str, office: str) -> str:
    """The office's name with the city's, which many have in their own."""
    return office if city in office else f"{city} {office}"


def _dkim_key(settings: Settings) -> DkimKey | None:
    if not settings.mail_dkim_key:
        return None
    try:
        pem = Path(settings.mail_dkim_key).read_bytes()
    except OSError as trouble:
        raise SettingsError(f"mail_dkim_key: 鍵のファイルを読めません (cannot be read): {trouble}") from None
    domain = settings.mail_address.rpartition("@")[2]
    return DkimKey(selector=settings.mail_dkim_selector, domain=domain, private_key=pem)


async def _checked(_: Address, file: RemoteFile) -> Fetched:
    """A mail brings its files with it; they are checked like any upload."""
    content = file.content or b""
    if len(content) > LARGEST_FILE:
        raise FileIsGone("大きすぎます")
    return await asyncio.to_thread(checked_file, file.name, content)
