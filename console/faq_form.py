"""The form of one entry: from what was typed to content, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from knowledge_base.article import ArticleContent

LINES = ("phrasings",)
LISTS = ("keywords",)
PLAIN = ("question", "answer", "category", "section", "short_answer", "documents", "fee", "hours", "url")
DAYS = ("valid_from", "valid_until", "review_by")
LANGUAGES = {"en": "英語", "ja-easy": "やさしい日本語"}
REQUIRED = {
    "question": "質問を入力してください。",
    "answer": "回答を入力してください。",
    "category": "カテゴリを入力してください。",
}


@dataclass(slots=True)
class Typed:
    """What stands in the form. ``wrong`` says by field, in Japanese, what must be mended."""

    values: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


def typed_from(content: ArticleContent) -> Typed:
    """The form of an entry as it is."""
    values = {name: getattr(content, name) for name in PLAIN}
    values["phrasings"] = "\n".join(content.phrasings)
    values["keywords"] = "、".join(content.keywords)
    for name in DAYS:
        day: date | None = getattr(content, name)
        values[name] = day.isoformat() if day else ""
    for language in LANGUAGES:
        values[f"question-{language}"] = content.questions.get(language, "")
        values[f"answer-{language}"] = content.answers.get(language, "")
    return Typed(values)


def content_from(given: Mapping[str, object], before: ArticleContent | None) -> tuple[ArticleContent | None, Typed]:
    """The content that was typed, or None when something must be mended first; columns we do not show are kept."""
    typed = Typed({name: str(value).replace("\r\n", "\n").strip() for name, value in given.items()})
    values = typed.values
    for name, request in REQUIRED.items():
        if not values.get(name):
            typed.wrong[name] = request
    days = {name: _day(values.get(name, ""), name, typed) for name in DAYS}
    first, last = days["valid_from"], days["valid_until"]
    if first and last and last < first:
        typed.wrong["valid_until"] = "有効終了は有効開始より後の日付にしてください。"
    if values.get("url") and not values["url"].startswith(("https://", "http://")):
        typed.wrong["url"] = "リンクは https:// から始めてください。"
    if typed.wrong:
        return None, typed
    base = before or ArticleContent(question="", answer="", category="")
    content = replace(
        base,
        question=values["question"],
        answer=values["answer"],
        category=values["category"],
        section=values.get("section", ""),
        short_answer=values.get("short_answer", ""),
        documents=values.get("documents", ""),
        fee=values.get("fee", ""),
        hours=values.get("hours", ""),
        url=values.get("url", ""),
        phrasings=tuple(line.strip() for line in values.get("phrasings", "").splitlines() if line.strip()),
        keywords=tuple(
            word.strip() for word in values.get("keywords", "").replace(",", "、").split("、") if word.strip()
        ),
        questions=_translations("question", values),
        answers=_translations("answer", values),
        valid_from=first,
        valid_until=last,
        review_by=days["review_by"],
    )
    return content, typed


def _day(text: str, name: str, typed: Typed) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        typed.wrong[name] = "日付は 2026-11-24 の形で入力してください。"
        return None


def _translations(kind: str, values: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language in LANGUAGES if (text := values.get(f"{kind}-{language}", ""))}
