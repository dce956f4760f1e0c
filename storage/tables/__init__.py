"""All tables. Importing this package is what fills ``Base.metadata``."""

from storage.tables.arrivals import DeliveryRow
from storage.tables.base import Base
from storage.tables.desk import (
    AuditRow,
    ContactRow,
    CounterRow,
    FactRow,
    OperatorRow,
    SessionRow,
    TicketEventRow,
    TicketRow,
)
from storage.tables.knowledge import ArticleRow, ArticleVersionRow, CategoryBarRow, VectorRow
from storage.tables.talk import ConversationRow, EntryRow, FileRow, InboxRow, OutboxRow, RatingRow, VisitRow

__all__ = [
    "ArticleRow",
    "ArticleVersionRow",
    "AuditRow",
    "Base",
    "CategoryBarRow",
    "ContactRow",
    "ConversationRow",
    "CounterRow",
    "DeliveryRow",
    "EntryRow",
    "FactRow",
    "FileRow",
    "InboxRow",
    "OperatorRow",
    "OutboxRow",
    "RatingRow",
    "SessionRow",
    "TicketEventRow",
    "TicketRow",
    "VectorRow",
    "VisitRow",
]
