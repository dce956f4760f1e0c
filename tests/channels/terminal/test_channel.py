import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.channel import Accepted, Refused
from channels.plain_text import as_plain_text
from channels.terminal.channel import TerminalChannel
from conversations.message import Address, Choice
from conversations.reply import Card, Reply

HERE = Address("terminal", "1")


async def test_reply_is_read_as_plain_words_with_numbered_choices() -> None:
    out = io.StringIO()
    card = Card(title="粗大ごみ", section="ごみ減量課", phone="0000-20-1300", url="https://www.city.mirai.example/gomi")
    choices = (Choice("料金", "faq:1"), Choice("この中にはない", "none"))
    text = "# 出し方\n**先に**申し込みます。\n- [料金表](https://a.example/b)\n- <https://c.example>"

    outcome = await TerminalChannel(out).send(HERE, Reply(text=text, card=card, choices=choices), key="1", handle=None)

    assert outcome == Accepted()
    assert out.getvalue().strip().splitlines() == [
        "出し方",
        "先に申し込みます。",
        "・料金表 (https://a.example/b)",
        "・https://c.example",
        "  — ごみ減量課 0000-20-1300",
        "  — https://www.city.mirai.example/gomi",
        "  1. 料金",
        "  2. この中にはない",
    ]


async def test_same_key_is_heard_once() -> None:
    out = io.StringIO()
    channel = TerminalChannel(out)

    outcomes = [await channel.send(HERE, Reply(text="はい"), key=key, handle=None) for key in ("1", "1", "2")]

    assert outcomes == [Accepted()] * 3
    assert out.getvalue().count("はい") == 2


async def test_terminal_that_is_gone_refuses_and_the_same_words_can_be_sent_elsewhere() -> None:
    out = io.StringIO()
    channel = TerminalChannel(out)
    out.close()

    assert isinstance(await channel.send(HERE, Reply(text="はい"), key="1", handle=None), Refused)
    assert isinstance(await channel.send(HERE, Reply(text="はい"), key="1", handle=None), Refused)
    await channel.close()
    await channel.close()


@pytest.mark.parametrize("text", ["\x1b[2J消す", "\x1b]0;題\x07", "\x9b31m", "a\rb", "a\x08b"])
def test_no_word_commands_the_terminal(text: str) -> None:
    written = as_plain_text(Reply(text=text, choices=(Choice(text, "x"),), card=Card(title="", section=text)))

    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in written if c not in "\n\t")


@given(
    st.text(
        alphabet=st.characters(
            blacklist_categories=("Cc", "Cs", "Zs", "Zl", "Zp"), blacklist_characters="*_[]()#<>\\-+`!"
        )
    )
)
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert as_plain_text(Reply(text=text)) == text
