"""All tables. Importing this package is what fills ``Base.metadata``."""

from storage.tables.arrivals import ClosedChannelRow, DeliveryRow
from storage.tables.base import Base
from storage.tables.composing import CannedReplyRow, DraftRow, FaqFeedbackRow
from storage.tables.contacts import LoggedContactRow
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
from storage.tables.one_time import LinkRow, OneTimeCodeRow
from storage.tables.searching import SavedFilterRow, SearchedTextRow
from storage.tables.talk import ConversationRow, EntryRow, FileRow, InboxRow, OutboxRow, RatingRow, VisitRow

__all__ = [
    "ArticleRow",
    "ArticleVersionRow",
    "AuditRow",
    "Base",
    "BudgetRow",
    "CannedReplyRow",
    "CategoryBarRow",
    "ClosedChannelRow",
    "ContactRow",
    "ConversationRow",
    "CorrespondentRow",
    "CounterRow",
    "DeliveryRow",
    "DraftRow",
    "EntryRow",
    "FactRow",
    "FaqFeedbackRow",
    "FileRow",
    "InboxRow",
    "LetterRow",
    "LinkRow",
    "LoggedContactRow",
    "OneTimeCodeRow",
    "OperatorRow",
    "OutboxRow",
    "RatingRow",
    "SavedFilterRow",
    "SearchedTextRow",
    "SessionRow",
    "TicketEventRow",
    "TicketRow",
    "VectorRow",
    "VisitRow",
]
