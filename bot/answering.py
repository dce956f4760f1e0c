"""Approved texts as replies: what an answer, and an offer of several, look like."""

from collections.abc import Sequence

from bot.choices import ARTICLE, none_of_these
from bot.decision import Answer, OfferChoices, Why
from bot.understood import Mind
from conversations.message import Choice
from conversations.reply import Card, Reply
from knowledge_base.article import ArticleVersion, Match
from knowledge_base.search import worth_offering

OTHERS_AT_MOST = 3
LABEL_AT_MOST = 80


def answer_with(version: ArticleVersion, mind: Mind, language: str, why: Why, others: Sequence[Match] = ()) -> Answer:
    """The published text, word for word; only a notice that it is in another language may stand before it."""
    content = version.content
    text, really_in = content.answer_in(language)
    if really_in != language:
        notice = mind.phrases.say("bot.fallback_language", language)
        text = f"{notice}\n\n{text}"
    section = mind.city.section(content.section)
    card = Card(
        title=content.questions.get(language, content.question),
        section=section.name_in(language),
        phone=section.phone,
        url=content.url,
        version_id=version.id,
    )
    choices = tuple(_choice(match, language) for match in worth_offering(others, at_most=OTHERS_AT_MOST))
    return Answer(
        reply=Reply(text=text, choices=choices, card=card, language=really_in),
        article_id=version.article_id,
        why=why,
    )


def offer(near: Sequence[Match], mind: Mind, language: str, why: Why) -> OfferChoices:
    """Several articles, the resident picks; "none of these" is always there."""
    reply = Reply(
        text=mind.phrases.say("bot.offer", language),
        choices=(*(_choice(match, language) for match in near), none_of_these(mind.phrases, language)),
        language=language,
    )
    return OfferChoices(reply=reply, why=why)


def _choice(match: Match, language: str) -> Choice:
    content = match.version.content
    label = content.questions.get(language, content.question)
    return Choice(label[:LABEL_AT_MOST], f"{ARTICLE}{match.version.article_id}")
