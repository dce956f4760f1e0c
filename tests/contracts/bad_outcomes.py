# ruff: noqa: ARG002 - a spoilt step leaves out what it was given
"""Channels that break S2, S5, S6 or V1–V4; see ``bad_channels.py``."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from channels.channel import Accepted, DeliveryOutcome, Refused, RetryLater
from conversations.errors import SettingsError
from conversations.message import Address
from conversations.reply import Reply
from tests.contracts.paper import CAPABILITIES, Letter, PaperChannel, PaperSettings
from tests.contracts.paper_stage import Breach, SpeaksOnPaper, under_contract

log = structlog.get_logger(__name__)


class ForgetsKeys(PaperChannel):
    async def post(self, letter: Letter, key: str) -> DeliveryOutcome:
        return await super().post(letter, "")


class TakesSecondForFailure(PaperChannel):
    """As one that takes LINE's 409 for a refusal: only what is heard is right."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.keys: set[str] = set()

    async def deliver(self, reply: Reply, key: str) -> DeliveryOutcome:
        if key in self.keys:
            return Refused("その言葉はもう送りました。")
        self.keys.add(key)
        return await super().deliver(reply, key)


class DeniesThatItIsRetrySafe(PaperChannel):
    capabilities = replace(CAPABILITIES, retry_safe=False)


class ForgetsKeysByHandle(PaperChannel):
    sent = 0

    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        self.sent += 1
        return await super().send(address, reply, key=f"{key}-{self.sent}" if handle else key, handle=handle)


class TriesHandlesOnce(PaperChannel):
    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        outcome = await super().send(address, reply, key=key, handle=handle)
        return Refused("送れませんでした。") if handle and isinstance(outcome, RetryLater) else outcome


class TakesWordsForKeys(PaperChannel):
    async def deliver(self, reply: Reply, key: str) -> DeliveryOutcome:
        return await super().deliver(reply, reply.text)


class GivesUpAtOnce(PaperChannel):
    def outcome(self, status: int, after: timedelta | None) -> DeliveryOutcome:
        return Accepted() if status == 200 else Refused("届けられません。")


class Raises(PaperChannel):
    async def post(self, letter: Letter, key: str) -> DeliveryOutcome:
        return self.outcome(*(await self._network.take(letter, key=key)))


class NewKeyForEveryTry(PaperChannel):
    tries = 0

    async def deliver(self, reply: Reply, key: str) -> DeliveryOutcome:
        self.tries += 1
        return await super().deliver(reply, f"{key}/{self.tries}")


class TakesSilenceForYes(PaperChannel):
    async def post(self, letter: Letter, key: str) -> DeliveryOutcome:
        try:
            return self.outcome(*(await self._network.take(letter, key=key)))
        except (TimeoutError, ConnectionError):
            return Accepted()


class ComesAtOnce(PaperChannel):
    def outcome(self, status: int, after: timedelta | None) -> DeliveryOutcome:
        return super().outcome(status, None)


class NeverGivesUp(PaperChannel):
    def outcome(self, status: int, after: timedelta | None) -> DeliveryOutcome:
        return Accepted() if status == 200 else RetryLater(after or timedelta(seconds=5))


class SpeaksOfStatusCodes(PaperChannel):
    def outcome(self, status: int, after: timedelta | None) -> DeliveryOutcome:
        return super().outcome(status, after) if status != 400 else Refused('{"message": "届きません", "code": 400}')


class SpeaksEnglish(PaperChannel):
    def outcome(self, status: int, after: timedelta | None) -> DeliveryOutcome:
        return super().outcome(status, after) if status != 400 else Refused("Bad Request")


class StartsWithoutSettings(PaperChannel):
    @staticmethod
    def start(values: Mapping[str, str]) -> PaperSettings:
        return PaperSettings(token=values.get("PAPER_TOKEN", ""))


class NamesNoSetting(PaperChannel):
    @staticmethod
    def start(values: Mapping[str, str]) -> PaperSettings:
        try:
            return PaperChannel.start(values)
        except SettingsError:
            raise SettingsError("設定が足りません。") from None


class TellsItsToken(PaperChannel):
    def __repr__(self) -> str:
        return f"<PaperChannel {self._settings.token}>"


class LogsItsToken(PaperChannel):
    async def deliver(self, reply: Reply, key: str) -> DeliveryOutcome:
        log.info("posting", url=f"https://paper.example/{self._settings.token}/send")
        return await super().deliver(reply, key)


class BlamesItsToken(PaperChannel):
    def outcome(self, status: int, after: timedelta | None) -> DeliveryOutcome:
        refused = Refused(f"https://paper.example/{self._settings.token} に届きません。")
        return refused if status == 400 else super().outcome(status, after)


class ClosesOnce(PaperChannel):
    closed = False

    async def close(self) -> None:
        if self.closed:
            raise RuntimeError("closed already")
        self.closed = True


class CannotCloseAfterUse(PaperChannel):
    used = False

    async def deliver(self, reply: Reply, key: str) -> DeliveryOutcome:
        self.used = True
        return await super().deliver(reply, key)

    async def close(self) -> None:
        if self.used:
            raise RuntimeError("in use")


class ClosesAtOnce(PaperChannel):
    async def close(self) -> None:
        return


class CutsOff(PaperChannel):
    async def close(self) -> None:
        for sending in self._under_way:
            sending.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)


class Number(str):
    __slots__ = ()


class HasOddAddresses(PaperChannel):
    address = Address("paper", Number("1"))


class HasUnspeakableAddresses(PaperChannel):
    address = Address("paper", "R\ud800")


class GoesByAnotherName(PaperChannel):
    address = Address("letter", "R1")


BREACHES = (
    Breach(ForgetsKeys, "s2_same_key_is_heard_once", "heard 2 times"),
    Breach(TakesSecondForFailure, "s2_same_key_is_heard_once", "both are to be accepted"),
    Breach(DeniesThatItIsRetrySafe, "s2_same_key_is_heard_once", "not declared as retry_safe, but heard 1"),
    Breach(ForgetsKeysByHandle, "s2_same_key_with_its_reply_handle_is_heard_once", "heard 2 times"),
    Breach(TakesWordsForKeys, "s2_another_key_is_another_reply", "a new key is a new reply"),
    Breach(TriesHandlesOnce, "s5_passing_trouble_with_a_reply_handle_means_later", "not RetryLater"),
    Breach(GivesUpAtOnce, "s5_passing_trouble_means_later", "not RetryLater"),
    Breach(Raises, "s5_passing_trouble_means_later", "TimeoutError"),
    Breach(NewKeyForEveryTry, "s5_passing_trouble_means_later", "heard 2 times"),
    Breach(TakesSilenceForYes, "s5_passing_trouble_means_later", "not RetryLater"),
    Breach(ComesAtOnce, "s5_time_named_by_the_network_is_respected", "was named, not"),
    Breach(NeverGivesUp, "s6_lasting_trouble_is_refused_with_a_reason", "not Refused"),
    Breach(SpeaksOfStatusCodes, "s6_lasting_trouble_is_refused_with_a_reason", "for engineers"),
    Breach(SpeaksEnglish, "s6_lasting_trouble_is_refused_with_a_reason", "say it in Japanese"),
    Breach(StartsWithoutSettings, "v1_missing_setting_stops_the_start_and_is_named", "it starts without"),
    Breach(NamesNoSetting, "v1_missing_setting_stops_the_start_and_is_named", "the error says only"),
    Breach(TellsItsToken, "v2_secrets_are_in_no_log_error_or_repr", "a secret is told"),
    Breach(LogsItsToken, "v2_secrets_are_in_no_log_error_or_repr", "a secret is told"),
    Breach(BlamesItsToken, "v2_secrets_are_in_no_log_error_or_repr", "a secret is told"),
    Breach(ClosesOnce, "v3_closing_twice_is_harmless", "closed already"),
    Breach(CannotCloseAfterUse, "v3_closing_after_use_is_harmless", "in use"),
    Breach(ClosesAtOnce, "v3_closing_waits_for_what_is_under_way", "closing was over"),
    Breach(CutsOff, "v3_closing_waits_for_what_is_under_way", "closing cut off"),
    Breach(HasOddAddresses, "v4_address_survives_storage", "not made of plain strings"),
    Breach(HasUnspeakableAddresses, "v4_address_survives_storage", "surrogates"),
    Breach(GoesByAnotherName, "v4_address_names_its_channel", "is addressed as"),
)

globals().update(under_contract(BREACHES, SpeaksOnPaper))
