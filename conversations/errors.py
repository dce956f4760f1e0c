"""What can go wrong, by name.

The whole tree::

    CityError
    ├── NotFound              the thing named is not there
    ├── NotAllowed            this person may not do that
    ├── BadInput              what was given cannot be used: says the thing, the place and the remedy
    ├── StaleEpoch            somebody else owns the conversation by now
    ├── EditConflict          somebody else changed it since it was read
    ├── ConversationOwned     a colleague has the conversation
    ├── ColleagueAnswered     somebody answered since the page was shown
    ├── AlreadySent           it is on its way and cannot be taken back
    ├── TicketAlreadyClosed   a closed ticket changes only by reopening
    └── SettingsError         a setting is missing or wrong

No error knows HTTP: ``server/middlewares.py`` maps them.
"""

from datetime import datetime


class CityError(Exception):
    """Anything the engine itself refuses or cannot do."""


class NotFound(CityError):
    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"{kind} {key} not found")
        self.kind = kind
        self.key = key


class NotAllowed(CityError):
    """The person is known, and may not do this."""


class BadInput(CityError):
    """What was given cannot be used.

    ``key`` names a phrase of the catalogue (``bot/phrases``), so that the reader is told in their language.
    """

    def __init__(self, key: str, **details: object) -> None:
        super().__init__(f"{key} {details}" if details else key)
        self.key = key
        self.details = details


class StaleEpoch(CityError):
    def __init__(self, conversation_id: object, epoch: int) -> None:
        super().__init__(f"conversation {conversation_id} has left epoch {epoch}")
        self.epoch = epoch


class EditConflict(CityError):
    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"{kind} {key} was changed by somebody else")
        self.kind = kind
        self.key = key


class ConversationOwned(CityError):
    def __init__(self, operator_name: str) -> None:
        super().__init__(f"{operator_name} has the conversation")
        self.operator_name = operator_name


class ColleagueAnswered(CityError):
    """Somebody answered the resident, and whoever writes now has not seen it."""

    def __init__(self, name: str, words: str, at: datetime) -> None:
        super().__init__(f"{name} answered at {at}")
        self.name = name
        self.words = words
        self.at = at


class AlreadySent(CityError):
    """The reply is on its way, or was sent: nothing can be taken back."""


class TicketAlreadyClosed(CityError):
    def __init__(self, number: str) -> None:
        super().__init__(f"ticket {number} is already closed")
        self.number = number


class SettingsError(CityError):
    """A setting is missing or wrong; the text names it and says what to do."""
