"""Approved texts as replies: what an answer, and an offer of several, look like."""

from collections.abc import Sequence

from bot.asking_back import separating
from bot.choices import ARTICLE, none_of_these
from bot.decision import Answer, OfferChoices, Why
from bot.understood import Mind
from conversations.message import Choice
from conversations.reply import Card, Reply
from knowledge_base.article import ArticleContent, ArticleVersion, Match
from knowledge_base.search import worth_offering
from language.identify import EASY_JAPANESE

OTHERS_AT_MOST = 3
LABEL_AT_MOST = 80


def answer_with(version: ArticleVersion, mind: Mind, language: str, why: Why, others: Sequence[Match] = ()) -> Answer:
    """The published text, word for word; only a notice that it is in another language may stand before it."""
    text, really_in = answer_in(version.content, language)
    if really_in != language:
        notice = mind.phrases.say("bot.fallback_language", language)
        text = f"{notice}\n\n{text}"
    choices = tuple(choice_of(match.version, language) for match in worth_offering(others, at_most=OTHERS_AT_MOST))
    return Answer(
        reply=Reply(text=text, choices=choices, card=card_of(version, mind, language), language=really_in),
        article_id=version.article_id,
        why=why,
    )


def answer_in(content: ArticleContent, language: str) -> tuple[str, str]:
    """The approved translation, and the language it is in; else what a learner of Japanese understands best."""
    text, really_in = content.answer_in(language)
    if really_in not in {language, EASY_JAPANESE} and EASY_JAPANESE in content.answers:
        return content.answers[EASY_JAPANESE], EASY_JAPANESE
    return text, really_in


def offer(
    near: Sequence[Match], mind: Mind, language: str, why: Why, *, text: str = "", asked: str = ""
) -> OfferChoices:
    """Several articles, the resident picks; "none of these" is always there.

    It is asked by what separates them best, unless there is another ``text`` to ask with.
    """
    reply = Reply(
        text=text or _question_between(near, mind, language),
        choices=(*(choice_of(match.version, language) for match in near), none_of_these(mind.phrases, language)),
        language=language,
    )
    return OfferChoices(reply=reply, asked=asked, why=why)


def card_of(version: ArticleVersion, mind: Mind, language: str) -> Card:
    section = mind.city.section(version.content.section)
    return Card(
        title=title_of(version, language),
        section=section.name_in(language),
        phone=section.phone,
        url=version.content.url,
        version_id=version.id,
    )


def title_of(version: ArticleVersion, language: str) -> str:
    return version.content.questions.get(language, version.content.question)


def choice_of(version: ArticleVersion, language: str) -> Choice:
    return Choice(title_of(version, language)[:LABEL_AT_MOST], f"{ARTICLE}{version.article_id}")


def _question_between(near: Sequence[Match], mind: Mind, language: str) -> str:
    match separating(near, mind.phrases, language):
        case ():
            return mind.phrases.say("bot.offer", language)
        case (first, second):
            return mind.phrases.say("bot.offer.either", language, first=first, second=second)
        case names:
            listed = "".join(f"「{name}」" for name in names) if language != "en" else ", ".join(names)
            return mind.phrases.say("bot.offer.which", language, names=listed)
