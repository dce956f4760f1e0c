"""What the engine understands of mails and LINE webhooks: ``inspect-mail`` and ``inspect-line``. Changes nothing."""

import argparse
import mailbox
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from channels.line.inspecting import inspect_line
from channels.mail.automatic import automatic
from channels.mail.bounces import Bounce, bounce_of
from channels.mail.folding import Folded, folded
from channels.mail.letter import Letter, read_letter
from language.identify import identify
from server.settings import Settings

_MBOX_BEGIN = b"From "


@dataclass(frozen=True, slots=True)
class Mail:
    place: str
    """the file, and in a mailbox the number of the mail"""
    raw: bytes


async def mail(_: Settings, given: argparse.Namespace) -> int:
    """Each mail of the files, folders and mailboxes. Broken mails are findings; only a missing file is a failure."""
    missing = [path for path in given.paths if not path.exists()]
    found = [understood(each) for path in given.paths if path.exists() for each in _mails(path)]
    if given.json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        print("\n\n".join(_page(each) for each in found))
    return _told_missing(missing)


async def line(_: Settings, given: argparse.Namespace) -> int:
    """Each event of a webhook body."""
    if not given.file.exists():
        return _told_missing([given.file])
    events = inspect_line(given.file.read_bytes())
    if given.json:
        print(msgspec.json.format(msgspec.json.encode(events)).decode())
    else:
        print("\n\n".join(_page(each) for each in events) or "no events")
    return 0


def understood(given: Mail) -> dict[str, Any]:
    """Everything that was understood of one mail, as JSON can hold it. Never raises."""
    letter = read_letter(given.raw)
    parts = folded(letter.text)
    bounce = bounce_of(letter, given.raw)
    return {
        "file": given.place,
        "kind": _kind(letter, bounce),
        "envelope": {"return_path": letter.return_path, "delivered_to": letter.delivered_to},
        "message_id": letter.message_id,
        "in_reply_to": letter.in_reply_to,
        "references": letter.references,
        "sender": {"address": letter.sender.address, "name": letter.sender.name} if letter.sender else None,
        "to": [each.address for each in letter.to],
        "subject": letter.subject,
        "date": letter.date.isoformat() if letter.date else None,
        "language": identify(parts.said or letter.text, ""),
        "said": parts.said,
        "text": letter.text,
        "folded": _folded(parts),
        "html_only": letter.html_only,
        "attachments": [
            {"name": each.name, "content_type": each.content_type, "size": len(each.content), "inline": each.inline}
            for each in letter.attachments
        ],
        "rule": _rule(letter),
        "bounce": _bounce(bounce),
        "defects": [{"code": each.code, "detail": each.detail, "told": each.sentence} for each in letter.defects],
    }


def _kind(letter: Letter, bounce: Bounce | None) -> str:
    if bounce is not None:
        return "bounce"
    rule = automatic(letter)
    if rule is None:
        return "resident"
    return "list mail" if rule.value in {"mailing_list", "bulk_sender", "precedence"} else "auto-reply"


def _rule(letter: Letter) -> dict[str, str] | None:
    rule = automatic(letter)
    return {"name": rule.value, "told": rule.sentence} if rule else None


def _folded(parts: Folded) -> list[dict[str, str]]:
    return [{"kind": part.kind.value, "text": part.text} for part in parts.parts if part.kind.value != "said"]


def _bounce(bounce: Bounce | None) -> dict[str, Any] | None:
    if bounce is None:
        return None
    return {
        "kind": bounce.kind.value,
        "message_id": bounce.message_id,
        "recipients": [
            {
                "recipient": each.recipient,
                "class": each.reason.value,
                "permanent": each.permanent,
                "status": each.status,
                "diagnostic": each.diagnostic,
            }
            for each in bounce.recipients
        ],
    }


def _mails(path: Path) -> Iterator[Mail]:
    if path.is_dir():
        for inside in sorted(each for each in path.rglob("*") if each.is_file()):
            yield from _mails(inside)
        return
    raw = path.read_bytes()
    if not raw.startswith(_MBOX_BEGIN):
        yield Mail(str(path), raw)
        return
    box = mailbox.mbox(path, create=False)
    for number, key in enumerate(box.iterkeys(), start=1):
        yield Mail(f"{path} {number}", box.get_bytes(key))
    box.close()


def _page(found: dict[str, Any]) -> str:
    lines = []
    for name, value in found.items():
        if value in (None, "", [], (), False):
            continue
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        lines.append(f"{name:<12}{text}".replace("\n", f"\n{'':<12}"))
    return "\n".join(lines)


def _told_missing(paths: list[Path]) -> int:
    for path in paths:
        print(f"{path}: ファイルがありません (no such file)", file=sys.stderr)
    return 1 if paths else 0
