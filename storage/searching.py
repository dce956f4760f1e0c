"""Texts are found by any two neighbouring characters of them, in whatever way they or the words asked for are written.

Each text is kept folded (``language.folding``) and in hiragana, and indexed by its characters and pairs of characters:
SQLite's FTS5 and PostgreSQL's GIN are asked for those of a word, and what they find is looked at, so that no text is
found that does not hold the word. Written in the transaction that stores the text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Insert,
    Select,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from language.folding import folded, is_kana
from language.spoken import spoken
from storage.tables.searching import SEARCH_INDEX, SearchedTextRow

_CODE_POINT: Final = 21
"""bits"""
_GRAMS_ASKED: Final = 24
"""of one word: what has these and not the word is rare, and looked at"""


@dataclass(frozen=True, slots=True)
class Searched:
    """A text as it is found."""

    folded: str
    spoken: str

    @classmethod
    def text(cls, text: str) -> "Searched":
        return cls(folded(text), spoken(text))

    def grams(self) -> set[int]:
        return grams(self.folded) | grams(self.spoken)


def grams(text: str) -> set[int]:
    """Each character and each pair of neighbours as a number, exactly: two code points fit into one."""
    codes = list(map(ord, text))
    pairs = {(one << _CODE_POINT) | other for one, other in pairwise(codes) if one != 32 and other != 32}
    return pairs.union(codes) - {32}


def terms(numbers: Iterable[int]) -> str:
    """As FTS5 reads them."""
    return " ".join(f"{number:x}" for number in numbers)


async def add(session: AsyncSession, text_id: UUID, conversation_id: UUID, text: str) -> None:
    """From now on this text is found."""
    searched = Searched.text(text)
    on_sqlite = _is_sqlite(session)
    values: dict[str, Any] = {"folded": searched.folded, "spoken": searched.spoken}
    if not on_sqlite:
        values["grams"] = sorted(searched.grams())
    made = insert(SearchedTextRow).values(id=text_id, conversation_id=conversation_id, **values)
    number = (await session.execute(made.returning(SearchedTextRow.number))).scalar_one()
    if on_sqlite:
        await session.execute(indexed(), [{"rowid": number, "grams": terms(searched.grams())}])


async def change(session: AsyncSession, text_id: UUID, text: str) -> None:
    """It is found by its new words, and no more by those it had."""
    query = select(SearchedTextRow.number, SearchedTextRow.folded, SearchedTextRow.spoken).filter_by(id=text_id)
    before = (await session.execute(query.with_for_update())).one_or_none()
    if before is None:
        return
    searched = Searched.text(text)
    values: dict[str, Any] = {"folded": searched.folded, "spoken": searched.spoken}
    if _is_sqlite(session):
        # FTS5 without contents of its own forgets a row when told what it held.
        held = terms(Searched(before.folded, before.spoken).grams())
        forgotten = {"search_index": "delete", "rowid": before.number, "grams": held}
        await session.execute(insert(SEARCH_INDEX), [forgotten])
        await session.execute(indexed(), [{"rowid": before.number, "grams": terms(searched.grams())}])
    else:
        values["grams"] = sorted(searched.grams())
    await session.execute(update(SearchedTextRow).where(SearchedTextRow.number == before.number).values(**values))


def indexed() -> Insert:
    """For parameters ``rowid`` and ``grams``."""
    return insert(SEARCH_INDEX)


def conversations_with(words: Sequence[str], *, on_sqlite: bool) -> Select[UUID] | CompoundSelect[UUID]:
    """Those in which each of these folded words, one at least, stands or is said, in any text."""
    found = [_conversations_with(word, on_sqlite=on_sqlite) for word in words]
    # Intersected before anything is joined: no wrong guess of how frequent a word is can make that slow.
    return found[0].intersect(*found[1:]) if len(found) > 1 else found[0]


def _conversations_with(word: str, *, on_sqlite: bool) -> Select[UUID]:
    query = select(SearchedTextRow.conversation_id).where(_may_hold(word, on_sqlite=on_sqlite))
    # A pair that is in the index is in the text: there is nothing to look at.
    return query if len(word) <= 2 else query.where(holds(word, on_sqlite=on_sqlite))


def holds(word: str, *, on_sqlite: bool) -> ColumnElement[bool]:
    """Whether a text has this folded word, as it is written or as it is read."""
    place = func.instr if on_sqlite else func.strpos
    written = place(SearchedTextRow.folded, word) > 0
    return or_(written, place(SearchedTextRow.spoken, word) > 0) if is_kana(word) else written


def _may_hold(word: str, *, on_sqlite: bool) -> ColumnElement[bool]:
    asked = sorted(grams(word))
    if len(word) > 1:
        asked = [number for number in asked if number >> _CODE_POINT][:_GRAMS_ASKED]
    if on_sqlite:
        matching = select(SEARCH_INDEX.c.rowid).where(SEARCH_INDEX.c.search_index.op("MATCH")(terms(asked)))
        return SearchedTextRow.number.in_(matching)
    return type_coerce(SearchedTextRow.grams, ARRAY(BigInteger)).contains(asked)


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"
