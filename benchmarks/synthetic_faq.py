"""An FAQ of any size, recombined from our own material: for measuring time and memory, never quality."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Final

from benchmarks.search_data import GOLDEN, versions_of
from evaluation.faq_files import version_of
from knowledge_base.article import ArticleContent, ArticleVersion

_HERE: Final = Path(__file__).parent
_PHRASINGS: Final = 5
"""as many as the demo city's entries have"""
_PLACES: Final = (
    *(
        "中央",
        "東",
        "西",
        "南",
        "北",
        "港",
        "緑",
        "青葉",
        "桜",
        "泉",
        "旭",
        "栄",
        "若葉",
        "松原",
        "城山",
        "浜",
        "川崎町",
    ),
    *("大和", "神明", "本町", "新町", "寺町", "山手", "野田", "吉田", "三条", "八幡", "日吉", "春日", "高松", "小泉"),
)
_OFFICES: Final = ("区役所", "支所", "出張所", "市民センター", "行政サービスコーナー", "連絡所", "窓口センター", "分室")
_YEARS: Final = tuple(f"令和{year}年度" for year in range(3, 10))


def synthetic_faq(size: int) -> list[ArticleVersion]:
    """The same entries for the same size, each under its own id; no two ask the same question."""
    contents = islice(_contents(_material()), size)
    return [version_of(f"S-{number:05}", content) for number, content in enumerate(contents)]


def _contents(material: Sequence[ArticleContent]) -> Iterator[ArticleContent]:
    """The material as it is; then again for one office and year after the other, with another entry's last sentence."""
    for time in count():
        for number, content in enumerate(material):
            yield _variant(content, material[(number * 31 + time * 7) % len(material)], time) if time else content


def _variant(content: ArticleContent, other: ArticleContent, time: int) -> ArticleContent:
    place, office = _PLACES[time % len(_PLACES)], _OFFICES[time * 3 % len(_OFFICES)]
    year = _YEARS[time % len(_YEARS)]
    return replace(
        content,
        question=f"{place}{office}では、{content.question}",
        phrasings=tuple(
            f"{text} {place}{office}" if n % 2 else f"{year} {text}" for n, text in enumerate(content.phrasings)
        ),
        answer=f"{content.answer}\n{year}の{place}{office}の扱いです。{_last_sentence(other.answer)}",
        keywords=(*content.keywords, f"{place}{office}"),
        questions={language: f"{text} ({place} {time})" for language, text in content.questions.items()},
    )


def _last_sentence(answer: str) -> str:
    return next((part.strip() for part in reversed(answer.split("。")) if part.strip()), "")


def _material() -> list[ArticleContent]:
    faq = versions_of(_HERE.parent / "demo" / "mirai" / "faq.csv", GOLDEN / "hazuki_faq.csv")
    trained = [_of_training(line) for path in sorted((_HERE / "training").glob("*.jsonl")) for line in path.open()]
    return [*(version.content for version in faq), *trained]


def _of_training(line: str) -> ArticleContent:
    row = json.loads(line)
    return ArticleContent(
        question=row["question"],
        answer=row["answer"],
        category=row["category"],
        phrasings=tuple(query["q"] for query in row["queries"][:_PHRASINGS]),
    )
