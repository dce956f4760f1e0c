"""The index of what is searched, made from what is stored: after a migration, after a restore."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, exists, func, insert, select, text, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from storage.searching import Searched, terms
from storage.tables.desk import TicketRow
from storage.tables.searching import SEARCH_INDEX, SearchedTextRow
from storage.tables.talk import EntryRow

AT_ONCE: Final = 1_000
_SEARCHED: Final = cast("Table", SearchedTextRow.__table__)


def fill(connection: Connection) -> int:
    """Let every text be found that is not yet; how many there were."""
    on_sqlite = connection.dialect.name == "sqlite"
    first = (connection.scalar(select(func.max(_SEARCHED.c.number))) or 0) + 1
    numbers = count(first)
    for batch in _texts_not_found(connection):
        rows = [_row(each, next(numbers), on_sqlite=on_sqlite) for each in batch]
        index = [{"rowid": row["number"], "grams": terms(row.pop("grams"))} for row in rows] if on_sqlite else []
        connection.execute(insert(_SEARCHED), rows)
        if index:
            connection.execute(insert(SEARCH_INDEX), index)
    if not on_sqlite:
        # Until PostgreSQL has looked at the table it takes every word for rare, and frequent ones take seconds.
        connection.execute(text("ANALYZE searched_texts"))
    return next(numbers) - first


def _row(text: Any, number: int, *, on_sqlite: bool) -> dict[str, Any]:
    searched = Searched.text(text.text)
    row = {
        "id": text.id,
        "conversation_id": text.conversation_id,
        "folded": searched.folded,
        "spoken": searched.spoken,
        "grams": sorted(searched.grams()),
    }
    # PostgreSQL counts for itself, so that its counter goes on behind these.
    return {**row, "number": number} if on_sqlite else row


def _texts_not_found(connection: Connection) -> Iterator[Sequence[Any]]:
    """Rows of id, conversation_id and text, in batches; a conversation's together, in their order."""
    entries = select(EntryRow.id, EntryRow.conversation_id, EntryRow.seq, EntryRow.text)
    place = tuple_(EntryRow.conversation_id, EntryRow.seq)
    query = entries.where(_is_missing(EntryRow.id)).order_by(EntryRow.conversation_id, EntryRow.seq).limit(AT_ONCE)
    batch = connection.execute(query).all()
    while batch:
        yield batch
        last = batch[-1]
        batch = connection.execute(query.where(place > tuple_(last.conversation_id, last.seq))).all()
    tickets = select(TicketRow.id, TicketRow.conversation_id, TicketRow.subject.label("text"))
    tickets = tickets.where(_is_missing(TicketRow.id)).order_by(TicketRow.id).limit(AT_ONCE)
    subjects = connection.execute(tickets).all()
    while subjects:
        yield subjects
        subjects = connection.execute(tickets.where(TicketRow.id > subjects[-1].id)).all()


def _is_missing(id_: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    return ~exists().where(_SEARCHED.c.id == id_)
