"""What is recorded about the direct answers: ratings, and what was said and done after them."""

from datetime import datetime
from itertools import groupby

from sqlalchemy import select

from bot.judging import Line, Verdict, verdicts
from conversations.timeline import Author, Kind
from storage.database import Database
from storage.tables import ArticleVersionRow, EntryRow, InboxRow, RatingRow


async def verdicts_since(database: Database, since: datetime) -> list[Verdict]:
    """The verdicts on the direct answers that were given since then."""
    with_answers = select(EntryRow.conversation_id).where(EntryRow.at >= since, EntryRow.version_id.is_not(None))
    query = (
        select(
            EntryRow.conversation_id,
            EntryRow.kind,
            EntryRow.author,
            EntryRow.at,
            EntryRow.why["rule"].as_string(),
            EntryRow.why["intent"].as_string(),
            ArticleVersionRow.content["category"].as_string(),
            RatingRow.helpful,
            InboxRow.message["choice"].as_string(),
        )
        .outerjoin(ArticleVersionRow, ArticleVersionRow.id == EntryRow.version_id)
        .outerjoin(RatingRow, RatingRow.entry_id == EntryRow.id)
        .outerjoin(InboxRow, InboxRow.id == EntryRow.id)
        .where(EntryRow.at >= since, EntryRow.kind.in_([Kind.SAID.value, Kind.REPLY.value]))
        .where(EntryRow.conversation_id.in_(with_answers))
        .order_by(EntryRow.conversation_id, EntryRow.seq)
    )
    async with database.read() as session:
        rows = (await session.execute(query)).all()
    lines = [
        Line(
            conversation_id=conversation_id,
            kind=Kind(kind),
            author=Author(author),
            at=at,
            rule=rule or "",
            intent=intent or "",
            category=category or "",
            rated=rated,
            choice=choice or "",
        )
        for conversation_id, kind, author, at, rule, intent, category, rated, choice in rows
    ]
    return [
        verdict
        for _, of_one in groupby(lines, key=lambda line: line.conversation_id)
        for verdict in verdicts(tuple(of_one))
    ]
