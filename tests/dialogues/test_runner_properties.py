"""Any procedure and any buttons, those of older questions too; and the way back."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from conversations.conversation import DialogueState
from dialogues.definition import CONFIRM, Dialogue, load_dialogues
from dialogues.runner import Finished, Step, TicketWanted, advance, start
from tests.support.city import DEMO

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
ALL = load_dialogues(DEMO / "dialogues")
dialogues = st.sampled_from(sorted(ALL)).map(ALL.__getitem__)
languages = st.sampled_from(["ja", "ja-easy", "en", "zh"])
BUTTONS = sorted(
    {option.value for each in ALL.values() for ask in each.steps.values() for option in ask.choices}
    | {f"fix:{slot}" for each in ALL.values() for slot in each.slots}
    | {"yes", "cancel", "fix:", "fix:gone", "person", "article:1", ""}
)
turns = st.lists(
    st.tuples(st.sampled_from(["", "2", "たんす", "戻る"]), st.sampled_from([None, *BUTTONS])), max_size=15
)


def answered(dialogue: Dialogue, state: DialogueState) -> Step:
    """The question asked now, answered with the first of its choices, or with something that fits any other."""
    ask = dialogue.steps[state.step]
    choice = ask.choices[0].value if ask.choices else None
    return advance(dialogue, state, text="3", choice=choice, language="ja")


def answered_to_the_end(dialogue: Dialogue) -> list[DialogueState]:
    """Where one stands before each answer, and last before the end itself."""
    stood, step = [], start(dialogue, language="ja", at=NOW)
    while step.state is not None:
        stood.append(step.state)
        if step.state.step == CONFIRM:
            break
        step = answered(dialogue, step.state)
    return stood


@given(dialogue=dialogues, pressed=turns, language=languages, data=st.data())
def test_any_button_at_any_time_is_answered(
    dialogue: Dialogue, pressed: list[tuple[str, str | None]], language: str, data: st.DataObject
) -> None:
    state = data.draw(st.sampled_from(answered_to_the_end(dialogue)))
    for text, choice in pressed:
        step = advance(dialogue, state, text=text, choice=choice, language=language)

        assert step.reply.text.strip()
        if step.state is None:
            assert isinstance(step.outcome, Finished | TicketWanted)
            break
        if step.state.step == CONFIRM:
            assert step.state.answers[CONFIRM] in dialogue.endings
        else:
            assert step.state.step in dialogue.steps
        assert step.understood or step.state == state, "what is not understood changes nothing"
        for slot, ask in dialogue.slots.items():
            if ask.choices and slot in step.state.answers:
                assert step.state.answers[slot] in {option.value for option in ask.choices}
        state = step.state


@given(dialogue=dialogues, data=st.data())
def test_back_leads_to_the_question_before(dialogue: Dialogue, data: st.DataObject) -> None:
    stood = answered_to_the_end(dialogue)
    here = data.draw(st.integers(1, len(stood) - 1))

    back = advance(dialogue, stood[here], text="戻る", choice=None, language="ja")

    assert back.state == stood[here - 1]
    assert back.reply.text == dialogue.steps[stood[here - 1].step].text["ja"]


@given(dialogue=dialogues.filter(lambda each: each.confirm), data=st.data())
def test_back_after_a_correction_leads_to_it(dialogue: Dialogue, data: st.DataObject) -> None:
    slot = data.draw(st.sampled_from(sorted(dialogue.slots)))
    summary = answered_to_the_end(dialogue)[-1]
    question = advance(dialogue, summary, text="", choice=f"fix:{slot}", language="ja")
    assert question.state is not None

    corrected = answered(dialogue, question.state)
    assert corrected.state is not None
    back = advance(dialogue, corrected.state, text="戻る", choice=None, language="ja")

    assert back.state is not None
    assert dialogue.steps[back.state.step].slot == slot
