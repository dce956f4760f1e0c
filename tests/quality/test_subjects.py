"""Subjects of no particular city lead from residents' words to the FAQ's."""

from collections.abc import Sequence
from math import exp
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.gather_subjects import subjects_of
from knowledge_base.article import ArticleVersion
from knowledge_base.fusion import WITH_SUBJECTS, WITH_VECTORS
from knowledge_base.meaning import Meaning, texts_of
from knowledge_base.search import OFFER_AT, FaqIndex
from knowledge_base.signals import SUBJECT, LexicalSignals, Signals, add_subjects
from knowledge_base.speaking import spoken
from knowledge_base.subjects import NEAREST, WARMTH, Subjects, common_subjects
from knowledge_base.texts import whole_of, words_in
from language.encoder import BundledE5, EncoderError, Vectors, text_key
from tests.quality.conftest import TODAY

Rows = NDArray[np.float32]
TITLES = ("住民票の写しの請求", "粗大ごみの申し込み", "図書館の開館時間", "運転免許証の更新", "印鑑登録", "市税の納付")
DRIVING = 3


def unit(row: NDArray[np.floating]) -> Rows:
    return (row / np.linalg.norm(row)).astype(np.float32)


@pytest.fixture
def asked() -> list[Rows]:
    """Three questions about each subject, alike among themselves."""
    dice = np.random.default_rng(11)
    of_subject = [dice.normal(size=24) for _ in TITLES]
    return [np.array([unit(2 + own + 0.3 * dice.normal(size=24)) for _ in range(3)]) for own in of_subject]


@pytest.fixture
def subjects(asked: list[Rows]) -> Subjects:
    dice = np.random.default_rng(12)
    told = np.array([unit(2 + rows.mean(axis=0) + 0.3 * dice.normal(size=24)) for rows in asked])
    return subjects_of("any", TITLES, [number == DRIVING for number in range(len(TITLES))], asked, told)


def likenesses(subjects: Subjects, asked: Sequence[Rows], question: Rows) -> list[float]:
    """To the nearest question about each subject, and to its text; with fewer questions than groups, none is merged."""
    mean = np.mean([row for rows in asked for row in rows], axis=0)
    told_mean = np.mean(subjects.told, axis=0)
    return [
        max(float(unit(row - mean) @ unit(question - mean)) for row in rows)
        + float(unit(text - told_mean) @ unit(question - told_mean))
        for rows, text in zip(asked, subjects.told, strict=True)
    ]


def test_a_question_is_led_by_the_subjects_nearest_to_it(subjects: Subjects, asked: list[Rows]) -> None:
    question = unit(asked[4][0] + 0.05 * np.random.default_rng(13).normal(size=24))
    wanted = likenesses(subjects, asked, question)
    best = sorted(range(len(TITLES)), key=lambda number: -wanted[number])[:NEAREST]
    parts = [exp((wanted[number] - wanted[best[0]]) / WARMTH) for number in best]

    found = subjects.near(question)

    assert best[0] == 4
    assert found.numbers == tuple(best)
    np.testing.assert_allclose(found.shares, np.array(parts) / sum(parts), atol=1e-4)
    assert found.nearness == pytest.approx(wanted[4], abs=1e-4)
    assert found.margin == pytest.approx(wanted[4] - wanted[DRIVING], abs=1e-4)
    driving = [share for number, share in zip(found.numbers, found.shares, strict=True) if number == DRIVING]
    assert found.elsewhere == pytest.approx(sum(driving), abs=1e-6)


def test_a_question_about_others_business_is_told_so(subjects: Subjects, asked: list[Rows]) -> None:
    found = subjects.near(asked[DRIVING][1])

    assert found.elsewhere > 0.9
    assert found.margin < 0
    assert [(each.title, each.elsewhere) for each in subjects.led(asked[DRIVING][1])] == [("運転免許証の更新", True)]


def test_many_questions_about_one_subject_are_kept_in_a_few_groups(subjects: Subjects, asked: list[Rows]) -> None:
    dice = np.random.default_rng(14)
    far_apart = [unit(2 + dice.normal(size=24)) for _ in range(3)]
    many = np.array([unit(far + 0.02 * dice.normal(size=24)) for far in far_apart for _ in range(20)])
    ours = subjects_of("any", TITLES, subjects.elsewhere.tolist(), [many, *asked[1:]], subjects.told)

    assert len(ours.asked) == 5 + 3 * len(asked[1:])
    for far in far_apart:
        assert ours.near(far).numbers[0] == 0, "each of the three ways to ask still leads there"


def test_kept_in_a_file_they_lead_the_same_way(subjects: Subjects, asked: list[Rows], tmp_path: Path) -> None:
    subjects.save(tmp_path / "subjects.npz")

    found = Subjects.read(tmp_path / "subjects.npz")

    assert (found.made_for, found.titles) == ("any", TITLES)
    for rows in asked:
        before, after = subjects.near(rows[2]), found.near(rows[2])
        assert after.numbers[0] == before.numbers[0]
        assert (after.nearness, after.margin) == pytest.approx((before.nearness, before.margin), abs=0.02)


def test_the_signals_are_what_the_nearest_subjects_share_with_each_entry(
    subjects: Subjects, asked: list[Rows], versions: list[ArticleVersion]
) -> None:
    contents = [version.content for version in versions]
    dice = np.random.default_rng(15)
    rows = {whole_of(content): unit(2 + dice.normal(size=24)) for content in contents}
    stored = {text_key("any", text): row for text, row in rows.items()}
    lexical, meaning = LexicalSignals(contents), Meaning(contents, stored, "any", ["whole"])
    found: Signals = {}

    add_subjects(found, lexical, meaning, subjects, asked[1][0])

    led = subjects.near(asked[1][0])
    plain: list[Signals] = []
    for number in led.numbers:
        plain.append({})
        lexical.add_to(plain[-1], TITLES[number])
    words = sum(share * each["words"] for share, each in zip(led.shares, plain, strict=True))
    np.testing.assert_allclose(found["subject_words"], words, atol=1e-6)
    np.testing.assert_allclose(found["subject_words_lead"], words / max(0.2, words.max()), atol=1e-6)
    every = np.array([rows[whole_of(content)] for content in contents])
    mean = every.mean(axis=0)
    centred = np.array([unit(row - mean) for row in every])
    spread = np.std((centred @ centred.T)[~np.eye(len(contents), dtype=bool)])
    to_each = [centred @ unit(subjects.told[number] - mean) / spread for number in led.numbers]
    agree = sum(share * values for share, values in zip(led.shares, to_each, strict=True))
    np.testing.assert_allclose(found["subject_agree"], agree, atol=1e-4)
    assert set(found) == set(SUBJECT)
    assert (found["subject_near"][0], found["elsewhere"][0]) == pytest.approx((led.nearness, led.elsewhere))
    assert set(words_in(TITLES[1])) & set(words_in(contents[6].question)), "粗大ごみ"
    assert int(found["subject_words"].argmax()) == 6


# --- those that come with us


def test_the_subjects_that_come_with_us_belong_to_the_bundled_encoder() -> None:
    """After a new tuning: python -m benchmarks.gather_subjects."""
    ours = common_subjects(BundledE5.name)

    assert ours is not None
    assert len(ours.titles) == len(ours.told) == len(ours.starts) > 1000
    assert 0.02 < ours.elsewhere.mean() < 0.2


def test_an_encoder_of_the_citys_own_does_without_them() -> None:
    assert common_subjects("openai/text-embedding-3-small") is None
    assert not set(SUBJECT) & set(WITH_VECTORS.signals)
    assert set(SUBJECT) & set(WITH_SUBJECTS.signals)


def test_words_that_the_faq_does_not_have_lead_to_its_entry_by_a_subject(index: FaqIndex) -> None:
    best = index.search("大きな家具を捨てたい", today=TODAY)[0]

    assert best.version.external_id == "garbage_large"
    assert best.why["subject_words"] > 0
    assert "粗大ごみ" in index.led_by("大きな家具を捨てたい")[0].title


def test_the_subjects_count_in_the_score(index: FaqIndex) -> None:
    match = index.search("大きな家具を捨てたい", today=TODAY)[0]

    points = spoken(match.why)

    assert points["subjects"] > 0
    assert sum(points.values()) + WITH_SUBJECTS.signals[""] == pytest.approx(match.why["score"], abs=0.01)


@pytest.mark.parametrize("question", ["運転免許の更新はいつ", "エアコンの修理を頼みたい", "今日の天気は"])
def test_what_is_others_business_is_not_answered(index: FaqIndex, question: str) -> None:
    best = index.search(question, today=TODAY)[0]

    assert best.why["elsewhere"] > 0.9
    assert best.probability < OFFER_AT


def test_while_the_encoder_fails_no_subject_leads(versions: list[ArticleVersion]) -> None:
    texts = [text for version in versions for text in texts_of(version.content)]
    vectors = {text_key(BundledE5.name, text): np.ones(384, np.float32) for text in texts}
    assert FaqIndex.build(versions, vectors=vectors, encoder=Failing()).led_by("粗大ごみ") == ()


class Failing(BundledE5):
    def queries(self, texts: Sequence[str]) -> Vectors:
        raise EncoderError(f"{len(texts)} texts, and no answer")
