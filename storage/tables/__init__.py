"""All tables. Importing this package is what fills ``Base.metadata``."""

from storage.tables.arrivals import ClosedChannelRow, DeliveryRow
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
from storage.tables.letters import BudgetRow, CorrespondentRow, LetterRow
from storage.tables.talk import ConversationRow, EntryRow, FileRow, InboxRow, OutboxRow, RatingRow, VisitRow

__all__ = [
    "ArticleRow",
    "ArticleVersionRow",
    "AuditRow",
    "Base",
    "BudgetRow",
    "CategoryBarRow",
    "ClosedChannelRow",
    "ContactRow",
    "ConversationRow",
    "CorrespondentRow",
    "CounterRow",
    "DeliveryRow",
    "EntryRow",
    "FactRow",
    "FileRow",
    "InboxRow",
    "LetterRow",
    "OperatorRow",
    "OutboxRow",
    "RatingRow",
    "SessionRow",
    "TicketEventRow",
    "TicketRow",
    "VectorRow",
    "VisitRow",
]
