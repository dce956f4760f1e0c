"""The speaking side of the channel contract: promises S1–S8, and V1–V4.

A channel's test subclasses ``SpeakingContract`` and supplies ``channel``, ``address``, ``heard`` and ``network``, and
what else its capabilities call for (``stage.py``). It overrides no test: how channels differ stands in ``Capabilities``
only, and the contract holds a channel to what it declares and to what it denies.
"""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.arriving import FileKind
from channels.channel import Accepted, Refused
from conversations.message import Choice
from conversations.reply import Card, Reply
from tests.contracts.forms import FormContract
from tests.contracts.living import LivingContract
from tests.contracts.network import SentFile
from tests.contracts.outcomes import OutcomeContract
from tests.contracts.stage import Attach, examples, stored
from tests.contracts.talking import Talk, needs, obeyed, words
from tests.contracts.texts import FORMATTING, HOSTILE, HOSTILE_LINKS, any_text, plain_text, squeezed

FILES = {
    FileKind.IMAGE: ("庭の写真.png", "image/png", b"\x89PNG\r\n\x1a\n"),
    FileKind.VIDEO: ("案内.mp4", "video/mp4", b"\0\0\0\x18ftypmp42"),
    FileKind.AUDIO: ("声.m4a", "audio/mp4", b"\0\0\0\x18ftypM4A "),
    FileKind.FILE: ("申請書（記入例）.pdf", "application/pdf", b"%PDF-1.7\n"),
}


class SpeakingContract(FormContract, OutcomeContract, LivingContract):
    # S1 · the resident hears the reply

    async def test_s1_resident_hears_the_reply(self, talk: Talk) -> None:
        (heard,) = await talk.hears(Reply(text="燃えるごみは火曜です。"))

        assert "燃えるごみは火曜です。" in heard.text, f"S1: heard instead: {heard.text!r}"

    @examples
    @given(text=plain_text())
    async def test_s1_words_are_heard_as_they_were_written(self, talk: Talk, text: str) -> None:
        heard = await talk.hears(Reply(text=text))

        assert text in "".join(each.text for each in heard), "S1: the words were changed"

    async def test_s1_card_is_heard_beside_the_answer(self, talk: Talk) -> None:
        card = Card(
            title="粗大ごみ", section="ごみ減量課", phone="0000-20-1300", url="https://www.city.mirai.example/g"
        )

        heard = words(await talk.hears(Reply(text="電話で申し込みます。", card=card)))

        for part in ("電話で申し込みます。", card.section, card.phone):
            assert part in heard, f"S1: {part} is not heard in {heard!r}"

    async def test_s1_replies_are_heard_in_order(self, talk: Talk) -> None:
        heard = [words(await talk.hears(Reply(text=f"その{n}。"))) for n in range(3)]

        assert ["その0。" in heard[0], "その1。" in heard[1], "その2。" in heard[2]] == [True] * 3, "S1: out of order"

    async def test_s1_reply_with_a_reply_handle_is_heard(
        self, talk: Talk, reply_handle: Callable[[], str | None]
    ) -> None:
        if (handle := reply_handle()) is None:
            pytest.skip("its network gives no reply handles")

        assert await talk.send(Reply(text="はい"), key=talk.key(), handle=handle) == Accepted()
        assert "はい" in words(talk.heard()), "S1: not heard by its reply handle"

    async def test_s1_pulled_channel_pushes_nothing(self, talk: Talk) -> None:
        needs(talk.channel.capabilities, "pulled", to_be=True)

        assert await talk.send(Reply(text="はい"), key=talk.key()) == Accepted()
        assert not talk.heard(), "S1: it is declared as pulled, but speaks"

    # S7 · words stay words

    @pytest.mark.parametrize("hostile", HOSTILE)
    async def test_s7_hostile_words_stay_words(self, talk: Talk, attach: Attach, hostile: str) -> None:
        usual = obeyed(await talk.hears(await self._everywhere("ふつうの言葉", attach)))

        heard = await talk.hears(await self._everywhere(hostile, attach))

        came = obeyed(heard) - usual - {"tag:br", "tag:p"}
        assert not came, f"S7: {hostile!r} was obeyed as {sorted(came)}"
        assert squeezed(hostile) in squeezed(words(heard)), f"S7: {hostile!r} is read as {words(heard)!r}"

    @examples
    @given(text=st.one_of(any_text(), st.sampled_from(HOSTILE_LINKS)))
    async def test_s7_no_text_becomes_more_than_formatting(self, talk: Talk, text: str) -> None:
        usual = obeyed(await talk.hears(Reply(text="ふつうの言葉", choices=(Choice("はい", "1"),))))
        before = len(talk.heard())

        outcome = await talk.say(Reply(text=text, choices=(Choice(text, "1"),), card=Card(title=text, section=text)))

        heard = talk.heard()[before:]
        came = obeyed(heard) - usual - FORMATTING
        assert not came, f"S7: {text!r} was obeyed as {sorted(came)}"
        assert isinstance(outcome, Accepted | Refused), f"S7: {outcome} for {text!r} would be tried for ever"

    async def _everywhere(self, text: str, attach: Attach) -> Reply:
        file = await stored(attach, text, "application/pdf", b"%PDF-1.7\n")
        card = Card(title=text, section=text, phone="0000-20-1300")
        return Reply(text=text, choices=(Choice(text, "1"),), card=card, attachments=(file,))

    # S8 · files arrive with name and type

    @pytest.mark.parametrize("kind", list(FileKind))
    async def test_s8_file_arrives_with_name_and_type(self, talk: Talk, attach: Attach, kind: FileKind) -> None:
        name, content_type, content = FILES[kind]
        file = await stored(attach, name, content_type, content)

        heard = await talk.hears(Reply(text="こちらです。", attachments=(file,)))

        sent = [each for message in heard for each in message.files]
        if kind not in talk.channel.capabilities.sends_files:
            assert not sent, f"S8: Capabilities.sends_files has no {kind}, but it was sent as such: {sent}"
            assert name in words(heard), f"S8: no word of {name} in {words(heard)!r}"
            return
        assert [each.content_type for each in sent] == [content_type], f"S8: {kind} was sent as {sent}"
        assert name in words(heard) or sent == [SentFile(name, content_type)], f"S8: the name {name} is lost"
