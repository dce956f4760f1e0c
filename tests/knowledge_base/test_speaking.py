"""The signals of a match, told in kinds: nothing is left out, nothing counted twice."""

from datetime import date
from typing import Any, get_args

import pytest

from knowledge_base.fusion import WITH_VECTORS, WITHOUT_VECTORS
from knowledge_base.search import FaqIndex
from knowledge_base.signals import LEXICAL
from knowledge_base.speaking import Kind, kind_of, spoken
from language.encoder import NoEncoder
from tests.support.city import BATTERIES, CERTIFICATE, published

TODAY = date(2026, 11, 25)


def matches(question: str) -> Any:
    versions = [published(CERTIFICATE), published(BATTERIES)]
    return FaqIndex.build(versions, vectors={}, encoder=NoEncoder()).search(question, today=TODAY)


def test_the_kinds_add_up_to_the_score() -> None:
    for match in matches("住民票を取るときの料金"):
        points = spoken(match.why)
        assert sum(points.values()) + WITHOUT_VECTORS.signals[""] == pytest.approx(match.why["score"], abs=0.01)
        assert list(points.values()) == sorted(points.values(), reverse=True)
        assert set(points) < set(get_args(Kind))


def test_the_words_speak_for_the_entry_that_has_them() -> None:
    best, other = matches("住民票の料金")

    assert spoken(best.why)["words"] > spoken(other.why)["words"]


def test_the_very_question_needs_no_other_reason() -> None:
    assert spoken(matches(CERTIFICATE.question)[0].why) == {"exact": 1.0}


def test_meaning_counts_where_the_entry_has_vectors() -> None:
    why = {"words": 0.5, "whole": 2.0, "top": 1.0}
    signals = WITH_VECTORS.signals

    assert spoken(why) == {
        "meaning": pytest.approx(2 * signals["whole"] + signals["top"]),
        "words": pytest.approx(0.5 * signals["words"]),
    }


def test_every_weighed_signal_has_its_kind() -> None:
    lexical = {*LEXICAL, *(f"{name}_lead" for name in LEXICAL)}
    of_the_question = {"known_words", "known_sounds", "long", "short", "foreign", "kana"}
    weighed = {*WITH_VECTORS.signals, *WITHOUT_VECTORS.signals} - {""}

    assert {name for name in weighed if kind_of(name) == "form"} == of_the_question
    assert {name for name in weighed if kind_of(name) == "meaning"} == weighed - lexical - of_the_question
