from datetime import UTC, datetime
from uuid import uuid4

import pytest

from bot.routing import subject_of
from knowledge_base.article import ArticleContent, ArticleVersion, Match


def match(section: str, question: str, probability: float) -> Match:
    content = ArticleContent(question=question, answer="答え", category="分類", section=section)
    version = ArticleVersion(
        id=uuid4(), article_id=uuid4(), external_id=question, number=1, content=content, author="sato",
        published_at=datetime(2026, 11, 24, tzinfo=UTC),
    )  # fmt: skip
    return Match(version=version, probability=probability)


@pytest.mark.parametrize(
    ("matches", "expected"),
    [
        ([("gomi", "申込", 0.4), ("gomi", "運び出し", 0.22)], "申込"),  # one section, though not one entry
        ([("bosai", "詐欺", 0.16), ("shimin", "手話", 0.05)], None),  # 「職員と話したい」 is about neither
        ([("kokuho", "国保", 0.4), ("shimin", "住民票", 0.3), ("kokuho", "年金", 0.2)], "国保"),
        ([], None),
    ],
)
def test_a_section_is_named_only_when_it_is_likelier_right_than_wrong(
    matches: list[tuple[str, str, float]], expected: str | None
) -> None:
    subject = subject_of([match(*each) for each in matches])
    assert (subject.question if subject else None) == expected
