"""What is said on the bus, by name: one place, so that who tells and who hears mean the same."""

from typing import Final
from uuid import UUID

WORK: Final = "work"
"""there is something to handle or to send"""
ARRIVALS: Final = "arrivals"
"""a network delivered something that is not read yet"""
KNOWLEDGE: Final = "knowledge"
"""staff published, or the index must be built anew"""
DESK: Final = "desk"
"""some conversation changed: every list of staff may look different now"""


def conversation(conversation_id: UUID) -> str:
    """Something was committed in this conversation."""
    return f"conversation:{conversation_id}"


def presence(conversation_id: UUID) -> str:
    """Staff came, went or began to write. Also the place where whoever looks at the conversation is."""
    return f"presence:{conversation_id}"


def writing(conversation_id: UUID) -> str:
    """The place where staff are who write in it."""
    return f"writing:{conversation_id}"


def typing_to(conversation_id: UUID) -> str:
    """A member of staff is typing; the payload is their name."""
    return f"typing-to:{conversation_id}"


def typing_from(conversation_id: UUID) -> str:
    """The resident is typing. Also the key under which what is typed is held for some seconds."""
    return f"typing-from:{conversation_id}"
