# ruff: noqa: ARG002 - a spoilt step leaves out what it was given
"""Channels that break S1, S3, S4, S7 or S8: ``test_contract_itself.py`` sees the contract turn red for each.

Collected only when named.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from channels.channel import Accepted, DeliveryOutcome, RetryLater
from conversations.message import Address, Attachment, Choice
from conversations.reply import Reply
from tests.contracts.network import Button, SentFile
from tests.contracts.paper import AT_MOST, CAPABILITIES, Letter, PaperChannel
from tests.contracts.paper_stage import Breach, SpeaksOnPaper, under_contract


class Mute(PaperChannel):
    async def deliver(self, reply: Reply, key: str) -> DeliveryOutcome:
        return Accepted()


class Mumbling(PaperChannel):
    def words(self, reply: Reply) -> str:
        return super().words(reply).replace("\ufe0f", "")


class WithoutCards(PaperChannel):
    def words(self, reply: Reply) -> str:
        return super().words(replace(reply, card=None))


class OutOfOrder(PaperChannel):
    held: tuple[Reply, str] | None = None

    async def deliver(self, reply: Reply, key: str) -> DeliveryOutcome:
        now, self.held = self.held, (reply, key)
        return await super().deliver(*now) if now else Accepted()


class PushesThoughPulled(PaperChannel):
    capabilities = replace(CAPABILITIES, pulled=True)


class IsMuteByHandle(PaperChannel):
    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        return Accepted() if handle else await super().send(address, reply, key=key, handle=handle)


class DropsTheFourteenth(PaperChannel):
    def words(self, reply: Reply) -> str:
        return super().words(replace(reply, choices=reply.choices[:13]))


class CountsFromZero(PaperChannel):
    def listed(self, choices: Sequence[Choice]) -> list[str]:
        return [f"{number}. {choice.label}" for number, choice in enumerate(choices)]


class CutsWhatComesBack(PaperChannel):
    def button(self, choice: Choice) -> Button:
        return Button(choice.label, choice.value.encode()[:64].decode(errors="ignore"))


class CutsLabels(PaperChannel):
    def words(self, reply: Reply) -> str:
        return super().words(replace(reply, choices=tuple(replace(c, label=c.label[:20]) for c in reply.choices)))


class HasButtonsItDenies(PaperChannel):
    capabilities = replace(CAPABILITIES, buttons=False)


class LacksButtonsItDeclares(PaperChannel):
    def words(self, reply: Reply) -> str:
        return "\n".join([super().words(replace(reply, choices=())), *self.listed(reply.choices)])

    def letters(self, reply: Reply) -> Sequence[Letter]:
        return [replace(letter, buttons=()) for letter in super().letters(reply)]


class CountsCharacters(PaperChannel):
    def size(self, text: str) -> int:
        return len(text)


class CutsAnywhere(PaperChannel):
    def cut(self, text: str) -> list[str]:
        step = AT_MOST // 2
        return [text[at : at + step] for at in range(0, len(text), step)] if self.size(text) > AT_MOST else [text]


class LosesTheRest(PaperChannel):
    def cut(self, text: str) -> list[str]:
        return super().cut(text)[:5]


class LosesOneAtTheSeam(PaperChannel):
    def cut(self, text: str) -> list[str]:
        first, *rest = super().cut(text)
        return [first, *(piece[1:] for piece in rest)]


class CutsTooEarly(PaperChannel):
    def size(self, text: str) -> int:
        return super().size(text) + 9


class CutsThoughUnlimited(PaperChannel):
    capabilities = replace(CAPABILITIES, text_limit=None)


class WaitsForEndlessCharacters(PaperChannel):
    async def deliver(self, reply: Reply, key: str) -> DeliveryOutcome:
        if any(self.size(piece) > AT_MOST for piece in self.cut(reply.text)):
            return RetryLater(timedelta(minutes=1))
        return await super().deliver(reply, key)


class LetsMarkupThrough(PaperChannel):
    def escape(self, text: str) -> str:
        return text


class StripsWhatLooksLikeMarkup(PaperChannel):
    def escape(self, text: str) -> str:
        return re.sub(r"<[^>]*>", "", text)


class ObeysLinks(PaperChannel):
    def escape(self, text: str) -> str:
        return re.sub(r"\[(\w+)\]\((\S+)\)", r'<a href="\2">\1</a>', super().escape(text))


class SendsFilesItDenies(PaperChannel):
    def as_such(self, file: Attachment) -> bool:
        return True


class SendsNoFilesItDeclares(PaperChannel):
    def as_such(self, file: Attachment) -> bool:
        return False


class LosesNames(PaperChannel):
    def words(self, reply: Reply) -> str:
        return super().words(replace(reply, attachments=()))

    def file(self, file: Attachment) -> SentFile:
        return SentFile(f"{file.id}", file.content_type)


class LosesTypes(PaperChannel):
    def file(self, file: Attachment) -> SentFile:
        return SentFile(file.name, "application/octet-stream")


BREACHES = (
    Breach(Mute, "s1_resident_hears_the_reply", "values to unpack"),
    Breach(Mumbling, "s1_words_are_heard_as_they_were_written", "the words were changed"),
    Breach(WithoutCards, "s1_card_is_heard_beside_the_answer", "ごみ減量課 is not heard"),
    Breach(OutOfOrder, "s1_replies_are_heard_in_order", "out of order"),
    Breach(PushesThoughPulled, "s1_pulled_channel_pushes_nothing", "declared as pulled, but speaks"),
    Breach(IsMuteByHandle, "s1_reply_with_a_reply_handle_is_heard", "not heard by its reply handle"),
    Breach(DropsTheFourteenth, "s3_every_choice_can_be_picked", "neither button nor number"),
    Breach(CountsFromZero, "s3_every_choice_can_be_picked", "the list says"),
    Breach(CutsWhatComesBack, "s3_every_choice_can_be_picked", "came back as"),
    Breach(CutsLabels, "s3_long_label_is_readable_and_keeps_its_choice", "nowhere readable in full"),
    Breach(HasButtonsItDenies, "s3_every_choice_can_be_picked", "Capabilities.buttons = False"),
    Breach(LacksButtonsItDeclares, "s3_every_choice_can_be_picked", "Capabilities.buttons = True"),
    Breach(CountsCharacters, "s4_long_text_is_cut_without_loss", "UTF-16 code units in one message"),
    Breach(CutsAnywhere, "s4_long_text_is_cut_without_loss", "inside a grapheme"),
    Breach(LosesTheRest, "s4_text_of_many_messages_is_heard_whole", "lost, doubled or moved"),
    Breach(LosesOneAtTheSeam, "s4_long_text_is_cut_without_loss", "lost, doubled or moved"),
    Breach(CutsTooEarly, "s4_long_text_is_cut_without_loss", "needs no cutting"),
    Breach(CutsThoughUnlimited, "s4_text_without_limit_stays_in_one_piece", "values to unpack"),
    Breach(WaitsForEndlessCharacters, "s4_one_endless_character_ends_nothing", "for ever"),
    Breach(LetsMarkupThrough, "s7_hostile_words_stay_words", "was obeyed as"),
    Breach(StripsWhatLooksLikeMarkup, "s7_hostile_words_stay_words", "is read as"),
    Breach(ObeysLinks, "s7_no_text_becomes_more_than_formatting", "was obeyed as"),
    Breach(SendsFilesItDenies, "s8_file_arrives_with_name_and_type", "was sent as such"),
    Breach(SendsNoFilesItDeclares, "s8_file_arrives_with_name_and_type", "was sent as"),
    Breach(LosesNames, "s8_file_arrives_with_name_and_type", "is lost"),
    Breach(LosesTypes, "s8_file_arrives_with_name_and_type", "was sent as"),
)

globals().update(under_contract(BREACHES, SpeaksOnPaper))
