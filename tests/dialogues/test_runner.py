"""Any procedure and any words: it always answers, never loses its way, and lets go."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.conversation import DialogueState
from dialogues.definition import CONFIRM, Ask, Dialogue, load_dialogues
from dialogues.runner import LEAVE, Finished, Step, TicketWanted, advance, start
from storage.shapes import back, plain
from tests.support.city import DEMO

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
ALL = load_dialogues(DEMO / "dialogues")
LANGUAGES = ("ja", "ja-easy", "en", "pt")
words = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["はい", "いいえ", "戻る", "1", "２", "3つ", "12月3日", "この内容でよい", "fix:item", "中央区", "yes", ""]
    ),
)
dialogues = st.sampled_from(sorted(ALL)).map(ALL.__getitem__)


def begun(dialogue: Dialogue, language: str = "ja") -> Step:
    return start(dialogue, language=language, at=NOW)


def stored(state: DialogueState) -> DialogueState:
    """As the database keeps it."""
    return back(json.loads(json.dumps(plain(state))), DialogueState)


@given(dialogue=dialogues, said=st.lists(words, max_size=12), language=st.sampled_from(LANGUAGES))
def test_every_turn_says_something_and_stands_somewhere_or_ends(
    dialogue: Dialogue, said: list[str], language: str
) -> None:
    step = begun(dialogue, language)
    for text in said:
        assert step.reply.text.strip()
        if step.state is None:
            assert isinstance(step.outcome, Finished | TicketWanted)
            return
        assert step.outcome is None
        assert step.state.step == CONFIRM or step.state.step in dialogue.steps
        step = advance(dialogue, stored(step.state), text=text, choice=None, language=language)


@given(dialogue=dialogues, said=st.lists(words, max_size=8), leaving=st.sampled_from(LEAVE))
def test_a_resident_can_always_leave(dialogue: Dialogue, said: list[str], leaving: str) -> None:
    step = begun(dialogue)
    for text in said:
        if step.state is None:
            return
        before = step
        step = advance(dialogue, step.state, text=text, choice=None, language="ja")
        if step.state is None:
            step = before
            break
    assert step.state is not None

    left = advance(dialogue, step.state, text=leaving, choice=None, language="ja")

    assert (left.state, left.outcome) == (None, Finished(left=True))


@pytest.mark.parametrize(
    ("dialogue", "ask"),
    [(dialogue, ask) for dialogue in ALL.values() for ask in dialogue.steps.values() if ask.choices],
    ids=lambda each: each.name if isinstance(each, Dialogue) else each.slot,
)
def test_number_label_and_button_are_the_same_choice(dialogue: Dialogue, ask: Ask) -> None:
    here = next(name for name, each in dialogue.steps.items() if each is ask)
    state = DialogueState(dialogue=dialogue.name, step=here, since=NOW)
    for number, option in enumerate(ask.choices, start=1):
        by_button = advance(dialogue, state, text="", choice=option.value, language="ja")
        assert by_button.understood
        for text in (str(number), *option.label.values()):
            assert advance(dialogue, state, text=text, choice=None, language="ja") == by_button


def test_what_was_gathered_can_be_seen_corrected_and_handed_over() -> None:
    dialogue = ALL["sodaigomi"]

    def says(step: Step, text: str, choice: str | None = None) -> Step:
        assert step.state is not None
        return advance(dialogue, step.state, text=text, choice=choice, language="ja")

    step = begun(dialogue)
    for text in ("タンス", "たくさん", "2つ", "みどり区", "来週の木曜", "0000-11-2222"):
        step = says(step, text)
    assert "タンス" in step.reply.text
    step = says(says(step, "", "fix:item"), "たな")
    for text in ("2", "みどり区", "来週の木曜", "0000-11-2222"):
        step = says(step, text)
    done = says(step, "はい")

    assert isinstance(done.outcome, TicketWanted)
    assert done.outcome.section == "gomi"
    assert "たな 2点" in done.outcome.subject


def test_a_procedure_whose_file_has_changed_begins_anew() -> None:
    dialogue = ALL["sodaigomi"]
    first = begun(dialogue)
    for lost in (
        DialogueState(dialogue="sodaigomi", step="gone", since=NOW),
        DialogueState(dialogue="sodaigomi", step=CONFIRM, answers={CONFIRM: "gone"}, since=NOW),
        DialogueState(dialogue="sodaigomi", step=CONFIRM, since=NOW),
    ):
        assert advance(dialogue, lost, text="はい", choice=None, language="ja") == first
