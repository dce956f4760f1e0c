"""What a resident's next words may lean on."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from conversations.conversation import ASKED_AT_MOST, NO_FOCUS, OUT_OF_FOCUS, TOPICS_KEPT, Conversation, DialogueState
from conversations.message import Address

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
FIRST, SECOND, THIRD = (UUID(int=number) for number in (1, 2, 3))


@pytest.fixture
def conversation() -> Conversation:
    made = Conversation(id=uuid4(), address=Address("web", "v"), opened_at=NOW, last_message_at=NOW)
    made.heard(NOW, "ja")
    return made


def test_topics_are_kept_newest_first_each_once(conversation: Conversation) -> None:
    for topic in (FIRST, SECOND, FIRST, THIRD, THIRD):
        conversation.speaks_of(topic)

    assert conversation.focus.topics == (THIRD, FIRST, SECOND)


def test_only_a_few_topics_and_so_much_of_a_question_are_kept(conversation: Conversation) -> None:
    for _ in range(50):
        conversation.speaks_of(uuid4())
    conversation.was_asked("あ" * 1000)

    assert len(conversation.earlier) == TOPICS_KEPT
    assert len(conversation.asked) == ASKED_AT_MOST


def test_after_a_long_silence_the_topic_is_an_earlier_one(conversation: Conversation) -> None:
    conversation.speaks_of(FIRST)
    conversation.was_asked("料金")

    conversation.heard(NOW + OUT_OF_FOCUS, None)
    still = conversation.focus
    conversation.heard(NOW + 2 * OUT_OF_FOCUS + timedelta(seconds=1), None)

    assert (still.topic, still.asked) == (FIRST, "料金")
    assert (conversation.focus.topic, conversation.focus.earlier, conversation.focus.asked) == (None, (FIRST,), "")


def test_a_message_that_waited_does_not_bring_the_topic_back(conversation: Conversation) -> None:
    """The time of the last message is already that of the waiting one."""
    conversation.speaks_of(FIRST)
    conversation.last_message_at = NOW + timedelta(days=2)

    conversation.heard(NOW + timedelta(days=2), None)

    assert conversation.focus.topic is None


def test_nothing_is_in_focus_while_a_procedure_asks_or_a_person_answers(conversation: Conversation) -> None:
    conversation.speaks_of(FIRST)
    conversation.dialogue = DialogueState(dialogue="d", step="s", since=NOW)
    asking = conversation.focus
    conversation.dialogue = None
    conversation.take_over(uuid4())
    answering = conversation.focus
    conversation.hand_back()

    assert (asking, answering) == (NO_FOCUS, NO_FOCUS)
    assert conversation.focus.topic == FIRST


def test_a_closed_conversation_leaves_nothing_in_focus(conversation: Conversation) -> None:
    conversation.speaks_of(FIRST)
    conversation.speaks_of(SECOND)
    conversation.was_asked("料金")

    conversation.close()

    assert conversation.focus == NO_FOCUS
