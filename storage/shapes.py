"""Between rows and the words of the domain."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from conversations.conversation import Conversation, DialogueState, Owner
from conversations.message import Address, Attachment, Choice
from conversations.reply import Card
from conversations.timeline import Author, Entry, Kind
from knowledge_base.article import Article, ArticleContent, ArticleVersion
from storage.tables import (
    ArticleRow,
    ArticleVersionRow,
    ConversationRow,
    EntryRow,
    OperatorRow,
    TicketEventRow,
    TicketRow,
)
from tickets.operators import Operator, Role
from tickets.ticket import HandOverReason, Ticket, TicketEvent, TicketStatus

T = TypeVar("T")


def plain(value: object) -> Any:
    """As JSON can hold it."""
    return msgspec.to_builtins(value, enc_hook=dict)


def back(value: object, kind: type[T]) -> T:
    """The opposite of ``plain``."""
    return msgspec.convert(value, kind)


class KeptFocus(msgspec.Struct):
    """What else is in focus besides the topic, which has a column of its own."""

    earlier: tuple[UUID, ...] = ()
    asked: str = ""
    heard_at: datetime | None = None


def focus_kept(conversation: Conversation) -> Any:
    kept = KeptFocus(earlier=conversation.earlier, asked=conversation.asked, heard_at=conversation.heard_at)
    return plain(kept)


def conversation_of(row: ConversationRow) -> Conversation:
    focus = back(row.focus or {}, KeptFocus)
    return Conversation(
        id=row.id,
        address=Address(row.channel, row.account, row.thread),
        owner=Owner(row.owner),
        operator_id=row.operator_id,
        epoch=row.epoch,
        closed=row.closed,
        dialogue=back(row.dialogue, DialogueState) if row.dialogue else None,
        language=row.language,
        misunderstood=row.misunderstood,
        topic=row.topic,
        earlier=focus.earlier,
        asked=focus.asked,
        heard_at=focus.heard_at,
        offered=tuple(back(row.offered, list[Choice])),
        ticket_id=row.ticket_id,
        opened_at=row.opened_at,
        last_message_at=row.last_message_at,
    )


def entry_row(entry: Entry) -> EntryRow:
    return EntryRow(
        id=entry.id,
        conversation_id=entry.conversation_id,
        seq=entry.seq,
        kind=entry.kind.value,
        author=entry.author.value,
        author_name=entry.author_name,
        text=entry.text,
        choices=plain(entry.choices),
        attachments=plain(entry.attachments),
        card=plain(entry.card) if entry.card else None,
        version_id=entry.card.version_id if entry.card else None,
        language=entry.language,
        external_id=entry.external_id,
        at=entry.at,
        epoch=entry.epoch,
        why=plain(dict(entry.why)),
        silence=entry.silence,
    )


def entry_of(row: EntryRow) -> Entry:
    return Entry(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        kind=Kind(row.kind),
        author=Author(row.author),
        author_name=row.author_name,
        text=row.text,
        choices=tuple(back(row.choices, list[Choice])),
        attachments=tuple(back(row.attachments, list[Attachment])),
        card=back(row.card, Card) if row.card else None,
        language=row.language,
        external_id=row.external_id,
        at=row.at,
        epoch=row.epoch,
        why=row.why,
        silence=row.silence,
    )


def ticket_of(row: TicketRow, events: list[TicketEventRow]) -> Ticket:
    return Ticket(
        id=row.id,
        number=row.number,
        conversation_id=row.conversation_id,
        subject=row.subject,
        section=row.section,
        reason=HandOverReason(row.reason),
        language=row.language,
        status=TicketStatus(row.status),
        assignee_id=row.assignee_id,
        opened_at=row.opened_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        events=[TicketEvent(at=e.at, who=e.who, what=e.what, before=e.before, after=e.after) for e in events],
    )


def version_of(row: ArticleVersionRow, external_id: str) -> ArticleVersion:
    return ArticleVersion(
        id=row.id,
        article_id=row.article_id,
        external_id=external_id,
        number=row.number,
        content=back(row.content, ArticleContent),
        author=row.author,
        reason=row.reason,
        published_at=row.published_at,
    )


def article_of(row: ArticleRow, published: ArticleVersionRow | None) -> Article:
    return Article(
        id=row.id,
        external_id=row.external_id,
        working=back(row.working, ArticleContent),
        published=version_of(published, row.external_id) if published else None,
        revision=row.revision,
        archived=row.archived,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )


def operator_of(row: OperatorRow) -> Operator:
    return Operator(
        id=row.id,
        login=row.login,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles),
        section=row.section,
        disabled=row.disabled,
        must_change_password=row.must_change_password,
    )
