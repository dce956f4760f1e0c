# ruff: noqa: ARG002 - a spoilt step leaves out what it was given
"""Ears that break one promise each; see ``bad_channels.py``."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from channels.arriving import Arrived, Event, Forged, RemoteFile
from channels.channel import BadDelivery, Ignored
from tests.contracts.paper import CAPABILITIES, PaperEar, PaperSigner
from tests.contracts.paper_stage import Breach, HearsOnPaper, under_contract


class BelievesAnyone(PaperEar):
    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        return


class BelievesWhoBringsNoSeal(PaperEar):
    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        if headers:
            super().verify(body, headers)


class BelievesAnySeal(PaperEar):
    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        if not headers:
            raise Forged


class BelievesNobody(PaperEar):
    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        raise Forged


class MindsCase(PaperEar):
    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        if headers.get("X-Seal") != PaperSigner().seal(body):
            raise Forged


class ChokesOnOddSeals(PaperEar):
    """``compare_digest`` takes no text beyond ASCII."""

    def matches(self, right: str, given: str) -> bool:
        return hmac.compare_digest(right, given)


class SealsWithoutTheBody(PaperEar):
    """Takes a seal that it has seen once for any body."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        given = {name.lower(): value for name, value in headers.items()}.get("x-seal", "")
        if given not in self.seen:
            super().verify(body, headers)
            self.seen.add(given)


class DropsTheUnknown(PaperEar):
    def parse(self, body: bytes) -> Sequence[Event]:
        return [event for event in super().parse(body) if not isinstance(event, Ignored)]


class GivesNoReason(PaperEar):
    def event(self, event: Any) -> Event:
        heard = super().event(event)
        return Ignored("") if isinstance(heard, Ignored) else heard


class TakesOnlyTheFirst(PaperEar):
    def parse(self, body: bytes) -> Sequence[Event]:
        return super().parse(body)[:1]


class MakesNewIds(PaperEar):
    numbers = count()

    def external_id(self, event: Mapping[str, Any]) -> str:
        return str(next(self.numbers))


class TakesWordsForIds(PaperEar):
    def external_id(self, event: Mapping[str, Any]) -> str:
        return repr(event.get("text"))


class HasEmptyIds(PaperEar):
    def external_id(self, event: Mapping[str, Any]) -> str:
        return ""


class LastFirst(PaperEar):
    def parse(self, body: bytes) -> Sequence[Event]:
        return super().parse(body)[::-1]


class IsSilentOnStickers(PaperEar):
    def stand_in(self, kind: str) -> str:
        return ""


class SeesNoPictures(PaperEar):
    def event(self, event: Any) -> Event:
        heard = super().event(event)
        return Ignored("a picture") if isinstance(heard, Arrived) and heard.files else heard


class LosesFiles(PaperEar):
    def files(self, kind: str) -> tuple[RemoteFile, ...]:
        return ()

    def stand_in(self, kind: str) -> str:
        return "（ファイル）"


class HearsPlacesItDenies(PaperEar):
    capabilities = replace(CAPABILITIES, location=False)


class HearsNoPlacesItDeclares(PaperEar):
    def arrived(self, event: Mapping[str, Any], who: str, text: str) -> Event:
        heard = super().arrived(event, who, text)
        return replace(heard, place=None) if isinstance(heard, Arrived) else heard


class IsNowhereOnEarth(PaperEar):
    def arrived(self, event: Mapping[str, Any], who: str, text: str) -> Event:
        heard = super().arrived(event, who, text)
        return replace(heard, place=(139.7, 35.6)) if isinstance(heard, Arrived) and heard.place else heard


class AnswersAutoReplies(PaperEar):
    def event(self, event: Any) -> Event:
        if isinstance(event, dict) and event.get("kind") == "auto-reply":
            return self.arrived(event, "R1", "ただいま不在にしております。")
        return super().event(event)


class SwallowsAutoReplies(PaperEar):
    def parse(self, body: bytes) -> Sequence[Event]:
        return [event for event in super().parse(body) if event != Ignored("an auto-reply")]


class TrustsJson(PaperEar):
    def parse(self, body: bytes) -> Sequence[Event]:
        return [self.event(each) for each in json.loads(body)]


class TrustsItsNetwork(PaperEar):
    def event(self, event: Any) -> Event:
        return self.arrived(event, event["from"], event["text"]) if event["kind"] == "words" else super().event(event)


class TellsNoZone(PaperEar):
    def arrived(self, event: Mapping[str, Any], who: str, text: str) -> Event:
        heard = super().arrived(event, who, text)
        return replace(heard, sent_at=datetime(2026, 11, 25)) if isinstance(heard, Arrived) else heard  # noqa: DTZ001


class BadForTheUnknown(PaperEar):
    def event(self, event: Any) -> Event:
        heard = super().event(event)
        if isinstance(heard, Ignored):
            raise BadDelivery(heard.reason)
        return heard


class Strips(PaperEar):
    def text(self, text: str) -> str:
        return text.strip()


class Composes(PaperEar):
    def text(self, text: str) -> str:
        return text.replace("か\u3099", "が")


class TakesEditsForWords(PaperEar):
    def arrived(self, event: Mapping[str, Any], who: str, text: str) -> Event:
        heard = super().arrived(event, who, text)
        return replace(heard, edits=False) if isinstance(heard, Arrived) else heard


class TellsEditsItDenies(PaperEar):
    capabilities = replace(CAPABILITIES, edits=False)


class TakesAllForEdits(PaperEar):
    def arrived(self, event: Mapping[str, Any], who: str, text: str) -> Event:
        heard = super().arrived(event, who, text)
        return replace(heard, edits=True) if isinstance(heard, Arrived) else heard


BREACHES = (
    Breach(BelievesAnyone, "l1_true_delivery_is_taken_and_a_forged_one_refused", "taken as true: no header"),
    Breach(BelievesWhoBringsNoSeal, "l1_true_delivery_is_taken_and_a_forged_one_refused", "taken as true: no header"),
    Breach(
        BelievesAnySeal,
        "l1_true_delivery_is_taken_and_a_forged_one_refused",
        "taken as true: the seal of another secret",
    ),
    Breach(BelievesNobody, "l1_true_delivery_is_taken_and_a_forged_one_refused", "Forged"),
    Breach(MindsCase, "l1_true_delivery_is_taken_and_a_forged_one_refused", "Forged"),
    Breach(ChokesOnOddSeals, "l1_true_delivery_is_taken_and_a_forged_one_refused", "TypeError"),
    Breach(SealsWithoutTheBody, "l1_no_guess_opens", "taken as true: a body that was added to"),
    Breach(DropsTheUnknown, "l2_every_recorded_payload_becomes_what_stands_beside_it", "1 expected, heard []"),
    Breach(GivesNoReason, "l2_every_recorded_payload_becomes_what_stands_beside_it", "ignored without reason"),
    Breach(TakesOnlyTheFirst, "l2_every_recorded_payload_becomes_what_stands_beside_it", "2 expected"),
    Breach(BadForTheUnknown, "l2_every_recorded_payload_becomes_what_stands_beside_it", "BadDelivery"),
    Breach(MakesNewIds, "l3_same_delivery_has_the_same_id_and_no_other_has", "got another id"),
    Breach(TakesWordsForIds, "l3_same_delivery_has_the_same_id_and_no_other_has", "share an id"),
    Breach(HasEmptyIds, "l3_same_delivery_has_the_same_id_and_no_other_has", "is empty"),
    Breach(LastFirst, "l4_messages_of_one_delivery_keep_their_order", "out of order"),
    Breach(IsSilentOnStickers, "l5_what_is_no_text_arrives_too", "nothing to answer"),
    Breach(SeesNoPictures, "l5_what_is_no_text_arrives_too", "became Ignored"),
    Breach(LosesFiles, "l5_what_is_no_text_arrives_too", "without its file"),
    Breach(HearsPlacesItDenies, "l5_place_arrives_if_declared", "Capabilities.location = False"),
    Breach(HearsNoPlacesItDeclares, "l5_place_arrives_if_declared", "Capabilities.location = True"),
    Breach(IsNowhereOnEarth, "l5_place_arrives_if_declared", "nowhere on earth"),
    Breach(AnswersAutoReplies, "l6_what_no_resident_said_is_counted_and_no_message", "became [Arrived"),
    Breach(SwallowsAutoReplies, "l6_what_no_resident_said_is_counted_and_no_message", "vanished uncounted"),
    Breach(TrustsJson, "l7_any_bytes_are_parsed_or_bad", "Error"),
    Breach(TrustsItsNetwork, "l7_spoilt_payloads_are_parsed_or_bad", "Error"),
    Breach(TellsNoZone, "l7_spoilt_payloads_are_parsed_or_bad", "a time without a zone"),
    Breach(Strips, "l8_text_arrives_unchanged", "arrived as"),
    Breach(Composes, "l8_text_arrives_unchanged", "arrived as"),
    Breach(TakesEditsForWords, "l9_edits_and_withdrawals_are_told_if_declared", "not told as such"),
    Breach(TellsEditsItDenies, "l9_edits_and_withdrawals_are_told_if_declared", "is denied"),
    Breach(TakesAllForEdits, "l9_edits_and_withdrawals_are_told_if_declared", "told without one"),
)

globals().update(under_contract(BREACHES, HearsOnPaper))
