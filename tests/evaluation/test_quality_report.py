import json
from datetime import date
from pathlib import Path

import pytest

from benchmarks.quality import Indexing, left_out, main, parsed, write
from benchmarks.reporting.collections_asked import Collection, collections, questions_of
from benchmarks.reporting.intent_sets import IntentSet, LeftOut, clinc150
from benchmarks.reporting.measuring import MeasuredFaq, measured_faq, measured_intents
from benchmarks.reporting.page import Report, page
from benchmarks.reporting.tables import shown, worst
from benchmarks.search_data import split_of
from bot.understanding.examples import Example
from bot.understanding.intents import EXACT, IntentClassifier
from evaluation.query_files import read_queries
from language.encoder import NoEncoder

TODAY = date(2026, 11, 25)
FAQ: list[dict[str, object]] = [
    {"id": "A", "question": "住民票がほしい", "answer": "市民課です。", "category": "届出"},
    {"id": "B", "question": "住民票の手数料はいくら", "answer": "300円です。", "category": "届出"},
]
QUESTIONS: list[dict[str, object]] = [
    {"id": "q1", "query": "住民票がほしい", "style": "plain", "language": "ja", "relevant": {"A": 2}},
    {"id": "q2", "query": "住民票の手数料はいくら", "style": "kana", "language": "en", "relevant": {"A": 2}},
    {"id": "q3", "query": "？", "style": "chat", "language": "ja", "relevant": {}},
]
GREETINGS = ("こんにちは", "こんばんは", "やあ、こんにちは", "こんにちは、元気ですか", "こんにちは、はじめまして")
THANKS = ("ありがとう", "ありがとうございます", "どうもありがとう", "ありがとう、助かりました", "本当にありがとう")
EXAMPLES = tuple(
    Example(name, text, "") for name, texts in (("greet", GREETINGS), ("thanks", THANKS)) for text in texts
)


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    faq, questions = written(tmp_path / "faq.jsonl", FAQ), written(tmp_path / "q.jsonl", QUESTIONS)
    return Collection("tiny", "Tiny Town", "made up.", faq, (questions,))


@pytest.fixture
def tiny(collection: Collection, tmp_path: Path) -> MeasuredFaq:
    indexing = Indexing(NoEncoder(), tmp_path / "vectors.npz")
    return measured_faq(collection, indexing, today=TODAY, on_progress=lambda _: None)


def a_report(**parts: object) -> Report:
    return Report(**{"day": TODAY, "command": "make quality", "encoder": "none", **parts})  # type: ignore[arg-type]


def test_the_tables_have_what_the_questions_give(tiny: MeasuredFaq) -> None:
    # q1 finds A at once; q2 is B's very question though A is right: rank 2; q3 finds nothing, rightly.
    lines = page(a_report(faqs=(tiny,))).splitlines()
    # ranking: recall 1, nDCG (1 + 1/log2 3)/2, Hit@1 1/2, Hit@3 1, MRR (1 + 1/2)/2
    assert "| tiny | 2 | 1.000 | 0.815 | 0.500 | 1.000 | 0.750 |" in lines
    # both are answered with 0.98, one rightly: calibration error |0.98 - 1/2| · 2/3; 0.98 always beats nothing at all
    # by chance: two that are 0.98 are .02 · 2/3 out mostly, and .32 one time in 25, when one of them fails
    assert "| tiny | 2 | 50.0 % | 100.0 % | 100.0 % | 0.320 | 0.023 | 1.000 |" in lines
    assert "| plain | 1 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 100.0 % | 100.0 % |" in lines
    assert "| kana | 1 | 1.000 | 0.631 | 0.000 | 1.000 | 0.500 | 100.0 % | 0.0 % |" in lines
    assert "| en | 1 | 1.000 | 0.631 | 0.000 | 1.000 | 0.500 | 100.0 % | 0.0 % |" in lines
    assert "| chat | 1 | 100.0 % |" in lines
    assert "| another entry has this very question | 1 | 1 |" in lines


def test_the_worst_errors_say_what_was_said_and_what_was_right(tiny: MeasuredFaq) -> None:
    text = page(a_report(faqs=(tiny,)))
    assert "### The 1 worst errors" in text
    row = next(line for line in text.splitlines() if line.startswith("| 1 |"))
    right = tiny.wrong[0].right
    assert right is not None
    assert row == (
        "| 1 | 住民票の手数料はいくら <br>(q2, kana, en) | B 住民票の手数料はいくら <br>p 0.98, answered "
        f"| A 住民票がほしい <br>p {right.probability:.2f}, rank 2 | another entry has this very question |"
    )


def test_the_head_says_when_with_what_and_how_many(tiny: MeasuredFaq) -> None:
    text = page(a_report(faqs=(tiny,), encoder="e5-of-ours"))
    assert "Measured on 2026-11-25 by `make quality`, with the encoder `e5-of-ours`: 3 questions to 1 FAQs" in text
    assert "**Tiny Town**: made up. 2 entries, 3 questions, 1 of them without an answer." in text
    assert "Left out" not in text


def test_page_and_pictures_are_written_side_by_side(tiny: MeasuredFaq, tmp_path: Path) -> None:
    write(a_report(faqs=(tiny,)), tmp_path / "docs" / "quality.md")
    names = sorted(path.name for path in (tmp_path / "docs" / "pictures").iterdir())
    assert names == ["quality-tiny-reliability.svg", "quality-tiny-risk.svg"]
    text = (tmp_path / "docs" / "quality.md").read_text(encoding="utf-8")
    assert all(f"](pictures/{name})" in text for name in names)


def test_a_question_about_an_entry_that_is_not_there_stops_the_report(collection: Collection) -> None:
    with pytest.raises(SystemExit, match="'A' is not an entry"):
        questions_of(collection, {"B"})
    assert len(questions_of(collection, {"A", "B"})) == 3


def test_of_the_demo_city_only_the_test_split_is_asked() -> None:
    mirai = next(one for one in collections(Path("nowhere")) if one.name == "mirai")
    every = [query for path in mirai.queries for query in read_queries(path)[0]]
    asked = questions_of(mirai, {entry for query in every for entry in query.relevant})
    assert {query.id for query in asked} == {query.id for query in every if split_of(query) == "test"}
    assert 0 < len(asked) < len(every)


def test_missing_data_is_said_and_not_fatal(tmp_path: Path) -> None:
    to = tmp_path / "docs" / "quality.md"
    main(
        [
            "--skip",
            "mirai",
            "tsubaki",
            "hazuki",
            "intents",
            "speed",
            "--no-vectors",
            "--data",
            str(tmp_path),
            "--to",
            str(to),
        ]
    )
    text = to.read_text(encoding="utf-8")
    assert "- kosodate: there is no `kosodate_faq/dataset.csv` in the folder of third-party data" in text
    assert "- clinc150: there is no `clinc150/data_full.json`" in text
    assert "- banking77: there is no `banking77/train.csv`" in text
    assert "- mirai: left out by `--skip`." in text
    assert str(tmp_path) not in text


def test_quick_leaves_out_what_is_slow_and_nothing_else(tmp_path: Path) -> None:
    for name in ("kosodate_faq/dataset.csv", "clinc150/data_full.json", "banking77/train.csv"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    data = ["--data", str(tmp_path)]
    assert left_out(parsed(data)) == {}
    assert left_out(parsed(["--quick", *data])) == dict.fromkeys(
        ("clinc150", "banking77", "speed"), "left out by `--quick`."
    )


def test_own_messages_are_asked_of_a_classifier_that_has_not_learnt_them() -> None:
    learnt_all, left_out_each = IntentClassifier.build(EXAMPLES), LeftOut(EXAMPLES, NoEncoder())
    assert all(learnt_all.classify(one.text).probability == EXACT for one in EXAMPLES)
    assert all(left_out_each.classify(one.text).probability < EXACT for one in EXAMPLES)


def test_the_intents_have_a_line_and_what_others_published() -> None:
    own = IntentSet(
        "tiny", "made up", EXAMPLES, (Example("greet", "こんにちは", ""), Example("none", "？", "")), "BERT 99"
    )
    text = page(a_report(intents=(measured_intents(own, NoEncoder(), on_progress=lambda _: None),)))
    # both right: the greeting is known to the letter, and a message without a letter means nothing
    assert "| tiny | 2 | 100.0 % | 100.0 % | 1.000 | 100.0 % | 100.0 % |" in text
    assert "Published, BERT 99. Mixed up most: nothing." in text


def test_clinc150_is_read_with_its_strangers(tmp_path: Path) -> None:
    rows = {name: [[f"{name} text", "oos" if name.startswith("oos") else "greet"]] for name in
            ("train", "val", "test", "oos_train", "oos_val", "oos_test")}  # fmt: skip
    path = tmp_path / "data_full.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    found = clinc150(path)
    assert [(one.text, one.intent) for one in found.train] == [("train text", "greet"), ("oos_train text", "none")]
    assert [(one.text, one.intent) for one in found.test] == [("test text", "greet"), ("oos_test text", "none")]


def test_speed_stands_beside_its_target() -> None:
    text = page(
        a_report(
            speed={"2000": {"new text p50, ms": 9.876, "new text p50, ms of processor": 5, "other": 1.0}},
            targets={"2000": {"new text p50, ms": 12}},
        )
    )
    assert "One core, 2,000 entries" in text
    assert "| new text p50, ms | 9.88 | 12 |" in text.splitlines()
    assert "| new text p50, ms of processor | 5.00 | 12 |" in text.splitlines()
    assert "| other | 1.00 |  |" in text.splitlines()


def test_the_time_of_a_question_is_told_by_two_clocks(tiny: MeasuredFaq) -> None:
    wall, processor = tiny.figures["milliseconds"], tiny.figures["processor_milliseconds"]
    assert 0 < processor["p50"] <= processor["p99"]
    row = f"| tiny | 2 | {wall['p50']:.1f} | {wall['p95']:.1f} | {wall['p99']:.1f} | {processor['p50']:.1f} "
    assert row in page(a_report(faqs=(tiny,)))


def test_a_residents_text_cannot_break_a_table() -> None:
    assert shown("a|b\n<img src=x> `c`") == "a\\|b \\<img src=x\\> \\`c\\`"
    assert len(shown("長" * 200)) == 70


def test_entries_of_others_are_named_and_not_quoted(tiny: MeasuredFaq) -> None:
    [error] = tiny.wrong
    assert error.right is not None

    assert shown(error.right.question) in worst([error])
    assert shown(error.right.question) not in worst([error], quoted=False)
    assert f"{shown(error.right.id)} " in worst([error], quoted=False)
