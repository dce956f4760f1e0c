"""One turn of a procedure: where the resident stands and what they said, to what is said and where they stand then."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from conversations.conversation import DialogueState
from conversations.message import Choice
from conversations.reply import Reply
from dialogues.definition import CONFIRM, PLACEHOLDER, Ask, Dialogue, Ending, Texts

LEAVE: Final = ("やめる", "やめます", "中止", "キャンセル", "終了", "quit", "cancel", "stop", "やめたい")
BACK: Final = ("戻る", "もどる", "ひとつ戻る", "back")
YES: Final = ("はい", "yes", "ok", "この内容でよい", "1")
LONGEST_ANSWER: Final = 500


@dataclass(frozen=True, slots=True)
class Finished:
    """The procedure is over."""

    left: bool = False
    """the resident left it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketWanted:
    """The procedure is over and a person must act on what it gathered."""

    section: str
    subject: str
    details: Mapping[str, str]
    """the answers, by the words the resident was asked with"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    reply: Reply
    state: DialogueState | None
    outcome: Finished | TicketWanted | None = None
    understood: bool = True


def start(dialogue: Dialogue, *, language: str, at: datetime) -> Step:
    """The first question."""
    state = DialogueState(dialogue=dialogue.name, step=dialogue.first, answers={}, since=at)
    return _at(dialogue, state, language)


def advance(dialogue: Dialogue, state: DialogueState, *, text: str, choice: str | None, language: str) -> Step:
    """The next turn. Every turn says something; やめる always leaves; 戻る goes back one question."""
    said = _plain(choice or text)
    if said in LEAVE:
        return Step(reply=_reply(_LEFT, language), state=None, outcome=Finished(left=True))
    if said in BACK:
        return _at(dialogue, _one_back(dialogue, state), language)
    if state.step == CONFIRM and state.answers.get(CONFIRM) in dialogue.endings:
        return _confirmed(dialogue, state, said, language)
    ask = dialogue.steps.get(state.step)
    if ask is None:  # the file has changed since: begin anew rather than get lost
        return start(dialogue, language=language, at=state.since)
    answer = _answer(ask, text, choice)
    if answer is None:
        return _again(state, ask, language)
    then = next((option.then for option in ask.choices if option.value == answer and option.then), ask.then)
    return _at(dialogue, state.answered(ask.slot, answer, then=then), language)


def _at(dialogue: Dialogue, state: DialogueState, language: str) -> Step:
    """What is said on arriving at a step: a question, the confirmation, or the end."""
    if ask := dialogue.steps.get(state.step):
        return Step(reply=_question(ask, language), state=state)
    if dialogue.confirm and state.answers.get(CONFIRM) != state.step:
        asked = state.answered(CONFIRM, state.step, then=CONFIRM)
        return Step(reply=_summary(dialogue, asked, language), state=asked)
    return _end(dialogue, dialogue.endings[state.step], state, language)


def _confirmed(dialogue: Dialogue, state: DialogueState, said: str, language: str) -> Step:
    if said in YES:
        ending = dialogue.endings[state.answers[CONFIRM]]
        return _end(dialogue, ending, state, language)
    if said.startswith("fix:") and (step := _step_of(dialogue, said.removeprefix("fix:"))):
        return _at(dialogue, _without_confirmation(state, step), language)
    for ask in dialogue.steps.values():
        if said and said in _plain(_in(ask.text, language)):
            return _at(dialogue, _without_confirmation(state, _step_of(dialogue, ask.slot) or dialogue.first), language)
    return Step(reply=_summary(dialogue, state, language), state=state, understood=False)


def _end(dialogue: Dialogue, ending: Ending, state: DialogueState, language: str) -> Step:
    values = _readable(dialogue, state, language)
    reply = Reply(text=_filled(_in(ending.say, language), values), language=language)
    if ending.ticket is None:
        return Step(reply=reply, state=None, outcome=Finished())
    in_japanese = _readable(dialogue, state, "ja")
    wanted = TicketWanted(
        section=ending.ticket.section,
        subject=_filled(ending.ticket.subject, in_japanese),
        details={dialogue.slots[slot].text["ja"]: value for slot, value in in_japanese.items()},
    )
    return Step(reply=reply, state=None, outcome=wanted)


def _answer(ask: Ask, text: str, choice: str | None) -> str | None:
    """The answer as it is kept; None when it was not understood."""
    said = _plain(text)
    match ask.kind:
        case "choice":
            for number, option in enumerate(ask.choices, start=1):
                labels = {_plain(label) for label in option.label.values()}
                if choice == option.value or said == str(number) or said in labels:
                    return option.value
            return None
        case "number":
            digits = "".join(character for character in said if character.isdecimal())
            return str(int(digits)) if digits and len(digits) < 6 else None
        case "text":
            return text.strip()[:LONGEST_ANSWER] or None


def _again(state: DialogueState, ask: Ask, language: str) -> Step:
    question = _question(ask, language)
    hint = _in(ask.help, language) if ask.help else _in(_NOT_UNDERSTOOD, language)
    reply = Reply(text=f"{hint}\n\n{question.text}", choices=question.choices, language=language)
    return Step(reply=reply, state=state, understood=False)


def _question(ask: Ask, language: str) -> Reply:
    choices = tuple(Choice(_in(option.label, language), option.value) for option in ask.choices)
    return Reply(text=_in(ask.text, language), choices=choices, language=language)


def _summary(dialogue: Dialogue, state: DialogueState, language: str) -> Reply:
    values = _readable(dialogue, state, language)
    lines = "\n".join(f"- {_in(dialogue.slots[slot].text, language)} **{value}**" for slot, value in values.items())
    fixes = tuple(
        Choice(f"{_in(_FIX, language)}: {_in(dialogue.slots[slot].text, language)}"[:80], f"fix:{slot}")
        for slot in values
    )
    choices = (Choice(_in(_OK, language), "yes"), *fixes, Choice(_in(_LEAVE_LABEL, language), "cancel"))
    return Reply(text=f"{_in(_CONFIRM, language)}\n\n{lines}", choices=choices, language=language)


def _readable(dialogue: Dialogue, state: DialogueState, language: str) -> dict[str, str]:
    """The answers in words, in the order they were asked."""
    values = {}
    for slot, ask in dialogue.slots.items():
        if slot in state.answers:
            labels = {option.value: _in(option.label, language) for option in ask.choices}
            values[slot] = labels.get(state.answers[slot], state.answers[slot])
    return values


def _one_back(dialogue: Dialogue, state: DialogueState) -> DialogueState:
    answered = [slot for slot in state.answers if slot != CONFIRM]
    if not answered:
        return state
    last = answered[-1]
    kept = {slot: value for slot, value in state.answers.items() if slot not in {last, CONFIRM}}
    step = _step_of(dialogue, last) or dialogue.first
    return DialogueState(dialogue=state.dialogue, step=step, answers=kept, since=state.since)


def _without_confirmation(state: DialogueState, step: str) -> DialogueState:
    kept = {slot: value for slot, value in state.answers.items() if slot != CONFIRM}
    return DialogueState(dialogue=state.dialogue, step=step, answers=kept, since=state.since)


def _step_of(dialogue: Dialogue, slot: str) -> str | None:
    return next((name for name, ask in dialogue.steps.items() if ask.slot == slot), None)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


def _in(texts: Texts, language: str) -> str:
    return texts.get(language) or texts["ja"]


def _reply(texts: Texts, language: str) -> Reply:
    return Reply(text=_in(texts, language), language=language)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().rstrip("。.!！").casefold()


_LEFT = {
    "ja": "手続きの入力を中止しました。ほかにご用件があれば、お書きください。",
    "ja-easy": "やめました。ほかに 聞（き）きたいことが あれば、書（か）いてください。",
    "en": "Stopped. Nothing was sent. Is there anything else?",
}
_NOT_UNDERSTOOD = {
    "ja": "申し訳ありません。読み取れませんでした。やめるときは「やめる」、前に戻るときは「戻る」とお書きください。",
    "ja-easy": "すみません。わかりませんでした。やめるときは「やめる」と 書（か）いてください。",
    "en": "Sorry, I could not read that. Write “cancel” to stop or “back” to go back.",
}
_CONFIRM = {
    "ja": "次の内容でよろしいですか。",
    "ja-easy": "これで いいですか。",
    "en": "Is this right?",
}
_OK = {"ja": "この内容でよい", "ja-easy": "はい、いいです", "en": "Yes, that is right"}
_FIX = {"ja": "直す", "ja-easy": "なおす", "en": "Change"}
_LEAVE_LABEL = {"ja": "やめる", "ja-easy": "やめる", "en": "Cancel"}
