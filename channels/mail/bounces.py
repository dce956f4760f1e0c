"""Mails of ours that came back: whose address, why, for ever or not, and which mail it was.

First what machines read (RFC 3464, and RFC 5965 for complaints), then our own envelope address (VERP), then the
detectors of ``flufl.bounce``, then the words, Japanese ones too.
"""

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from flufl.bounce import all_failures

from channels.mail.bounce_notice import Notice, delivery_fields, header_of, parse, take_apart
from channels.mail.bounce_reasons import Reason, carrier_verdict, reason_for
from channels.mail.bounce_signs import is_absence_note, is_delay, is_notice
from channels.mail.bounce_words import address_in, addressed_as, failed_recipients, words_about
from channels.mail.letter import Letter
from channels.mail.tokens import Purpose, Signer

__all__ = ["Bounce", "Kind", "Reason", "Returned", "bounce_of"]

_DIAGNOSTIC_LIMIT: Final = 500
_RECIPIENTS_LIMIT: Final = 50
_DETECTED_BYTES: Final = 32_000

log = logging.getLogger(__name__)


class Kind(StrEnum):
    FAILED = "failed"
    DELAYED = "delayed"
    """no failure: the mail system goes on trying"""
    DELIVERED = "delivered"
    """a confirmation nobody asked for (delivered, relayed, expanded)"""
    FEEDBACK = "feedback"
    """RFC 5965: the recipient called our mail spam, or its signature did not hold; ``diagnostic`` tells"""


_ACTIONS: Final = {
    "failed": Kind.FAILED,
    "delayed": Kind.DELAYED,
    **dict.fromkeys(("delivered", "relayed", "expanded"), Kind.DELIVERED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One recipient of a mail that came back."""

    recipient: str
    """as we wrote to it, where the notice tells; empty when only the mail is known"""
    final: str = ""
    """where the mail went in the end, when that is another address"""
    reason: Reason = Reason.OTHER
    permanent: bool = False
    """the same mail would come back again"""
    status: str = ""
    """RFC 3463: ``5.1.1``, or empty"""
    diagnostic: str = field(default="", repr=False)
    """what the mail system said; for staff, not for logs"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a notice says. Anybody can write one: an address is suspended only when the mail named is one of ours.

    That is, when ``outbox_id`` is not None, or ``message_id`` is known and that mail went to the recipient named.
    """

    kind: Kind
    recipients: tuple[Returned, ...]
    """never empty"""
    message_id: str = ""
    """of the mail that came back, without ``<>``; empty when the notice does not tell"""
    outbox_id: str | None = None
    """of the mail that came back, proven by our envelope address (VERP)"""


def bounce_of(letter: Letter, raw: bytes, *, signer: Signer | None = None) -> Bounce | None:
    """What came back, or None when this is no notice of a mail system. Never raises, whatever ``raw`` is.

    A notice that names nobody is a bounce all the same, of the recipient ``""``: ``outbox_id`` or ``message_id`` tell
    whom it is about. A note that somebody is away is none, even when it answers to our envelope address.
    """
    notice = take_apart(parse(raw))
    outbox_id = _outbox_id(letter, signer)
    kind, recipients = (
        _feedback(letter, notice) or _report(letter, notice, raw, named=outbox_id is not None) or (None, ())
    )
    if kind is None:
        return None
    return Bounce(
        kind=kind,
        recipients=tuple(recipients) or (Returned(recipient=""),),
        message_id=_message_id(notice),
        outbox_id=outbox_id,
    )


def _outbox_id(letter: Letter, signer: Signer | None) -> str | None:
    tokens = (signer.read(address) for address in letter.delivered_to) if signer else ()
    return next((token.id for token in tokens if token and token.purpose is Purpose.BOUNCE), None)


_Finding = tuple[Kind, Sequence[Returned]]


def _report(letter: Letter, notice: Notice, raw: bytes, *, named: bool) -> _Finding | None:
    """``named``: it came to the envelope address of one of our mails, where only mail systems write."""
    if not (is_notice(letter, notice) or (named and letter.return_path in {"", "<>"})):
        return None
    fields = delivery_fields(notice.status) or delivery_fields(f"{notice.words}\n\n{notice.returned}")
    if fields:
        return _from_fields(fields, notice, _own(letter))
    if is_absence_note(letter, notice):
        return None
    recipients = _named(raw, notice, _own(letter))
    kind = Kind.DELAYED if is_delay(letter, notice) else Kind.FAILED
    return kind, [_from_words(recipient, recipients, notice) for recipient in recipients[:_RECIPIENTS_LIMIT] or ("",)]


def _from_fields(fields: Sequence[Mapping[str, str]], notice: Notice, own: Sequence[str]) -> _Finding:
    """RFC 3464: of several recipients only those whom the kind of the whole notice is about."""
    kinds = [_kind(group) for group in fields]
    kind = next(each for each in (Kind.FAILED, Kind.DELAYED, Kind.DELIVERED) if each in kinds)
    concerned = [group for group, its in zip(fields, kinds, strict=True) if its is kind][:_RECIPIENTS_LIMIT]
    addresses = [_addresses(group, notice, own, alone=len(concerned) == 1) for group in concerned]
    everybody = [address for pair in addresses for address in pair]
    return kind, [_returned(group, pair, notice, everybody) for group, pair in zip(concerned, addresses, strict=True)]


def _kind(group: Mapping[str, str]) -> Kind:
    action = re.match(r"[a-z]*", group.get("action", "").lower())
    said = _ACTIONS.get(action[0]) if action else None
    return said or (Kind.DELIVERED if group.get("status", "").startswith("2.") else Kind.FAILED)


def _addresses(group: Mapping[str, str], notice: Notice, own: Sequence[str], *, alone: bool) -> tuple[str, str]:
    """As we wrote to it, and where it went in the end."""
    final = address_in(group.get("final-recipient", ""))
    original = address_in(group.get("original-recipient", ""))
    if alone and not original:
        original = addressed_as(notice.words, final)
    if alone and not original:
        original = next(iter(failed_recipients(notice, sender=own)), "")
    return original or final, final


def _returned(group: Mapping[str, str], addresses: tuple[str, str], notice: Notice, everybody: list[str]) -> Returned:
    recipient, final = addresses
    said_to_people = words_about(final or recipient, notice, everybody)
    diagnostic = re.sub(r"^\s*[\w-]+\s*;\s*", "", group.get("diagnostic-code", "")) or said_to_people
    status = group.get("status", "")
    by_carrier = carrier_verdict(diagnostic, f"{notice.words}\n{notice.status}", status=status)
    verdict = by_carrier or reason_for(diagnostic, status=status)
    if verdict.reason is Reason.OTHER:
        # "554 Service unavailable" in the fields; the words for people often say more.
        verdict = reason_for(said_to_people, status=status)
    return Returned(
        recipient=recipient,
        final=final if final != recipient else "",
        reason=verdict.reason,
        permanent=verdict.permanent,
        status=verdict.status,
        diagnostic=_short(diagnostic),
    )


def _from_words(recipient: str, everybody: Sequence[str], notice: Notice) -> Returned:
    words = words_about(recipient, notice, everybody) if recipient else notice.words
    verdict = carrier_verdict(words, notice.words) or reason_for(words)
    if verdict.reason is Reason.OTHER and len(everybody) <= 1:
        # Some say why before they say who.
        verdict, words = reason_for(notice.words), notice.words
    return Returned(
        recipient=recipient,
        reason=verdict.reason,
        permanent=verdict.permanent,
        status=verdict.status,
        diagnostic=_short(words),
    )


def _named(raw: bytes, notice: Notice, own: Sequence[str]) -> tuple[str, ...]:
    found = _detected(raw, notice) or failed_recipients(notice, sender=own)
    # "taro@elsewhere (generated from taro@here)": two names of one recipient, and we know the second.
    expanded = [address for address in found if addressed_as(notice.words, address) != address]
    if len(expanded) == 1 or (expanded and len(found) == 2):
        return (addressed_as(notice.words, expanded[0]),)
    return found


def _detected(raw: bytes, notice: Notice) -> tuple[str, ...]:
    """What ``flufl.bounce`` finds and the notice itself says; its detectors also read what was returned."""
    # They compare every line with every pattern, and take addresses and ASCII for granted (else they log a traceback).
    plain = re.sub(rb"[\x80-\xff]+", b"?", re.sub(rb"(?:\r?\n){4,}", b"\n\n\n", raw)[:_DETECTED_BYTES])
    message = parse(plain)
    if "@" not in message.get("from", ""):
        del message["from"]
        message["from"] = "unknown@localhost"
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - written for mails of this world, and this one may be of any bytes
        log.info("bounce detectors gave up")
        return ()
    found = {address.decode("utf-8", "replace") for address in (*temporary, *permanent)}
    said = notice.words + notice.headers.get("x-failed-recipients", "")
    return tuple(sorted((each for each in found if each == address_in(each) and each in said), key=said.find))


def _feedback(letter: Letter, notice: Notice) -> _Finding | None:
    """RFC 5965, and what Hotmail and Amazon send in its place."""
    if notice.feedback:
        named = ("original-rcpt-to", "removal-recipient")
        about = next((value for name in named if (value := address_in(header_of(notice.feedback, name)))), "")
    elif re.match(r"complaint about message from ", notice.headers.get("subject", ""), re.IGNORECASE):
        about = address_in(header_of(notice.returned, "x-hmxmroriginalrecipient"))
    else:
        return _from_json(letter, notice)
    about = about or address_in(header_of(notice.returned, "to"))
    return Kind.FEEDBACK, [Returned(recipient=about, diagnostic=_short(notice.feedback or notice.words))]


def _from_json(letter: Letter, notice: Notice) -> _Finding | None:
    """Amazon SES tells by JSON in a mail (notification contents, "bounce" and "complaint")."""
    text = notice.words.lstrip()
    from_amazon = letter.sender is not None and letter.sender.address.lower().endswith("@sns.amazonaws.com")
    if not from_amazon or not text.startswith('{"'):
        return None
    try:
        told, _ = json.JSONDecoder(strict=False).raw_decode(text)
        match told:
            case {"notificationType": "Complaint", "complaint": {"complainedRecipients": list(people)}}:
                told_of = [Returned(recipient=address_in(str(each["emailAddress"]))) for each in people]
                return Kind.FEEDBACK, told_of[:_RECIPIENTS_LIMIT]
            case {"notificationType": "Bounce", "bounce": {"bouncedRecipients": list(people)}}:
                return Kind.FAILED, [_from_ses(each) for each in people[:_RECIPIENTS_LIMIT]]
            case _:
                return None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _from_ses(person: Mapping[str, object]) -> Returned:
    words = str(person.get("diagnosticCode", ""))
    verdict = reason_for(words, status=str(person.get("status", "")))
    return Returned(
        recipient=address_in(str(person["emailAddress"])),
        reason=verdict.reason,
        permanent=verdict.permanent,
        status=verdict.status,
        diagnostic=_short(words),
    )


def _message_id(notice: Notice) -> str:
    """From what was returned, else from where Google and others put it."""
    for text in (notice.returned, notice.status):
        for name in ("message-id", "original-message-id", "x-original-message-id"):
            if found := header_of(text, name):
                return _bare(found)
    references = notice.headers.get("in-reply-to") or notice.headers.get("references") or ""
    return _bare(references.split()[-1]) if references.split() else ""


def _bare(message_id: str) -> str:
    found = re.search(r"<([^<>\s]+)>|(\S+)", message_id)
    return (found[1] or found[2]) if found else ""


def _own(letter: Letter) -> list[str]:
    return [mailbox.address for mailbox in letter.to]


def _short(words: str) -> str:
    return " ".join(words.split())[:_DIAGNOSTIC_LIMIT]
