"""The rules that need what was said before: a correction, the way back, a short question, several questions at once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.answering import answer_with, card_of, choice_of, offer, title_of
from bot.decision import AskBack, Converse, Decision, Rule
from bot.following_up import FollowingUp
from bot.small_talk import SMALL_TALK
from bot.telling import Told, facts, sentences
from bot.turn import Turn
from bot.understanding.aspects import Aspect, of_intent
from bot.understanding.correcting import Correction, in_the_faqs_words
from bot.understanding.leaning import Lean, lean_of
from conversations.reply import Reply
from knowledge_base.article import ArticleContent, ArticleVersion, Match
from knowledge_base.search import worth_offering
from language.japanese import words

OFFERED_AT_MOST: Final = 4
BESIDE_A_FACT: Final = 2
LIKELY: Final = 0.4
"""from which chance on a more faithful reading of a correction goes before a surer one"""

Matches = tuple[Match, ...]


def corrects_itself(turn: Turn) -> Decision | None:
    """「いや、コンビニじゃなくて郵送で」: the last question, put right. What is not meant never wins."""
    reading = turn.understood.reading
    correction = reading.correction
    if correction is None or turn.wish in SMALL_TALK:
        return None
    is_one = reading.topic is not None or bool(turn.conversation.asked)
    if reading.topic and reading.lean and reading.lean.is_about(reading.topic.content) and not correction.unwanted:
        return _about_the_topic(turn, reading.topic, reading.lean, correction.wanted, "corrects_itself")
    searches = zip(reading.together, turn.understood.found.together, strict=False)
    found = [(text, _not_refused(turn, correction, matches)) for text, matches in searches]
    asked, meant = _most_faithful(found)
    why = turn.why("corrects_itself", f"{correction.unwanted} → {correction.wanted}", meant)
    if turn.is_sure(meant):
        answer = answer_with(meant[0].version, turn.mind, turn.language, why, others=meant[1:])
        intro = turn.say("bot.corrected", wanted=correction.wanted) if is_one else ""
        return replace(answer, reply=_introduced(intro, answer.reply), asked=asked)
    if meant:
        near = worth_offering(meant, at_most=OFFERED_AT_MOST)
        text = turn.say("bot.corrected.offer", wanted=correction.wanted) if is_one else ""
        return offer(near, turn.mind, turn.language, why, text=text, asked=asked)
    return turn.not_understood() if is_one else None


def comes_back(turn: Turn) -> Decision | None:
    """「さっきの住民票の話だけど」: that topic again, or what is asked about it."""
    reading = turn.understood.reading
    back, topic = reading.back, reading.topic
    if back is None:
        return None
    if topic is None:
        return _comes_back_to_nothing(turn, named=bool(back.about))
    if reading.lean and (decision := _about_the_topic(turn, topic, reading.lean, back.rest, "comes_back")):
        return decision
    answer = answer_with(topic, turn.mind, turn.language, turn.why("comes_back", topic.external_id, ()))
    intro = turn.say("bot.topic.back", title=title_of(topic, turn.language))
    others = tuple(choice_of(each, turn.language) for each in _other_topics(turn, topic))
    return replace(answer, reply=replace(_introduced(intro, answer.reply), choices=others))


def asks_about_the_topic(turn: Turn) -> Decision | None:
    """「いくらですか」 after an answer is about that answer, unless the words alone find something surer."""
    topic, lean = turn.understood.reading.topic, turn.understood.reading.lean
    if topic is None or lean is None:
        return _about_the_question(turn)
    return _about_the_topic(turn, topic, lean, turn.message.text, "asks_about_the_topic")


def asks_about_nothing_yet(turn: Turn) -> Decision | None:
    """「料金は？」 as the first words: of what, is asked back, and what it may be is offered."""
    reading = turn.understood.reading
    if reading.topic is not None or turn.faq_is_sure or not (reading.lean and reading.lean.says_only_what):
        return None
    text = turn.say("bot.topic.of_what", aspect=turn.say(f"aspect.{reading.lean.aspects[0].name}"))
    near = worth_offering(turn.understood.matches, at_most=OFFERED_AT_MOST)
    why = turn.why("asks_about_the_topic", "?")
    if near:
        return offer(near, turn.mind, turn.language, why, text=text)
    return AskBack(reply=Reply(text=text, language=turn.language), why=why)


# --- what several of these need


def _most_faithful(found: Sequence[tuple[str, Matches]]) -> tuple[str, Matches]:
    """The first text that likely found what is meant, else the first that found anything worth offering.

    When another text finds the same entry more surely, that one: a short question is often surer than a whole one.
    """
    for least in (LIKELY, 0.0):
        for _, matches in found:
            if worth_offering(matches, at_most=1) and matches[0].probability >= least:
                best = matches[0].version.id
                same = [each for each in found if each[1] and each[1][0].version.id == best]
                return max(same, key=lambda each: each[1][0].probability)
    return "", ()


def _not_refused(turn: Turn, correction: Correction, matches: Matches) -> Matches:
    """What may be meant: not what was just refused, by its name or as the answer; and it speaks of what is wanted."""
    wanted = in_the_faqs_words(correction.wanted)
    return tuple(
        match
        for match in matches
        if not correction.refuses(match.version.content)
        and match.version.article_id != turn.conversation.topic
        and _speaks_of(match.version.content, wanted)
    )


def _about_the_question(turn: Turn) -> Decision | None:
    """Before any answer, what was asked and these words may be two halves of one question."""
    asked = "".join(turn.understood.reading.together[:1])
    whole = lean_of(asked)
    found = tuple(
        match
        for match in turn.understood.found.best_together
        if whole is None or _speaks_of(match.version.content, whole.own_words)
    )
    if not found or turn.says_an_entrys_question:
        return None
    why = turn.why("asks_about_the_topic", asked, found)
    if turn.is_sure(found):
        answer = answer_with(found[0].version, turn.mind, turn.language, why, others=found[1:])
        return replace(answer, asked=asked)
    near = worth_offering(found, at_most=OFFERED_AT_MOST)
    return offer(near, turn.mind, turn.language, why, asked=asked) if near and not turn.faq_is_sure else None


def _about_the_topic(turn: Turn, topic: ArticleVersion, lean: Lean, text: str, rule: Rule) -> Decision | None:
    """The surest there is: what staff filled in, another entry about just this, what the answer itself says of it.

    When the entry says nothing of it, that is said, and who can be asked. None when the words speak of something else.
    """
    content, matches = topic.content, turn.understood.matches
    is_bare = lean.is_about(content)
    if rule == "asks_about_the_topic" and _stands_alone(turn, matches, lean, is_bare=is_bare):
        return None
    aspects = lean.aspects or of_intent(turn.wish)
    others = _others(turn, topic, lean)
    why = turn.why(rule, topic.external_id, others)
    near = worth_offering(others, at_most=BESIDE_A_FACT)
    if is_bare and (told := facts(content, aspects, text, turn.language)):
        return Converse(reply=_told(turn, topic, told, near), about=topic.article_id, why=why)
    asked = turn.understood.reading.together[0] if turn.understood.reading.together else text
    if turn.is_sure(others):
        answer = answer_with(others[0].version, turn.mind, turn.language, why, others=others[1:])
        return replace(answer, asked=asked)
    if is_bare and (told := sentences(content, aspects, text, turn.language)):
        return Converse(reply=_told(turn, topic, told, near), about=topic.article_id, why=why)
    if near := worth_offering(others, at_most=OFFERED_AT_MOST):
        return offer(near, turn.mind, turn.language, why, asked=asked) if is_bare else None
    return _not_said(turn, topic, aspects, rule) if is_bare and aspects else None


def _stands_alone(turn: Turn, matches: Matches, lean: Lean, *, is_bare: bool) -> bool:
    """Whether the words find something by themselves: 「じゃあ粗大ごみは？」. What 「料金は？」 finds says nothing."""
    return turn.is_sure(matches) and (bool(lean.own_words) or not is_bare)


def _others(turn: Turn, topic: ArticleVersion, lean: Lean) -> Matches:
    """Other entries of the topic's section that speak of what is asked."""
    return tuple(
        match
        for match in turn.understood.found.best_together
        if match.version.article_id != topic.article_id
        and match.version.content.section == topic.content.section
        and _speaks_of(match.version.content, lean.own_words)
        and _asks_for(match.version.content, lean.aspects)
    )


def _asks_for(content: ArticleContent, aspects: Sequence[Aspect]) -> bool:
    spoken = _surfaces(content)
    return not aspects or any(each.asked.search(spoken) or each.told.search(spoken) for each in aspects)


def _speaks_of(content: ArticleContent, own_words: frozenset[str]) -> bool:
    return not own_words or bool(in_the_faqs_words(" ".join(own_words)) & {*words(_surfaces(content))})


def _surfaces(content: ArticleContent) -> str:
    return "\n".join(
        (content.question, content.category, *content.phrasings, *content.keywords, *content.questions.values())
    ).lower()


def _told(turn: Turn, topic: ArticleVersion, told: Told, near: Sequence[Match]) -> Reply:
    lines = [turn.say("bot.topic.told", title=title_of(topic, turn.language)), told.text]
    if told.language != turn.language:
        lines.insert(0, turn.say("bot.fallback_language"))
    return Reply(
        text="\n\n".join(lines),
        choices=tuple(choice_of(match.version, turn.language) for match in near),
        card=card_of(topic, turn.mind, turn.language),
        language=told.language,
    )


def _not_said(turn: Turn, topic: ArticleVersion, aspects: Sequence[Aspect], rule: Rule) -> Decision:
    city = turn.mind.city
    section = city.section(topic.content.section)
    said = turn.say(
        "bot.topic.not_said",
        title=title_of(topic, turn.language),
        aspect=turn.say(f"aspect.{aspects[0].name}"),
        section=section.name_in(turn.language),
        phone=section.phone or city.phone,
    )
    office = None
    if any(aspect.field == "hours" for aspect in aspects):
        office = FollowingUp(turn.mind, turn.language, turn.now).office("opening_hours", "", topic)
    text = f"{said}\n\n{office.text}" if office else said
    return Converse(
        reply=Reply(text=text, choices=(turn.person_choice(),), language=turn.language),
        about=topic.article_id,
        why=turn.why(rule, f"{topic.external_id}: {aspects[0].name}?", ()),
    )


def _comes_back_to_nothing(turn: Turn, *, named: bool) -> Decision | None:
    """What was named may be new: then it is a question like any other."""
    found = turn.understood.found.best_together
    if not named:
        return Converse(reply=turn.reply("bot.nothing_to_repeat"), why=turn.why("comes_back"))
    why = turn.why("comes_back", matches=found)
    if turn.is_sure(found):
        return answer_with(found[0].version, turn.mind, turn.language, why, others=found[1:])
    near = worth_offering(found, at_most=OFFERED_AT_MOST)
    return offer(near, turn.mind, turn.language, why) if near else None


def _other_topics(turn: Turn, topic: ArticleVersion) -> list[ArticleVersion]:
    articles = turn.mind.articles
    kept = (articles.get(each) for each in turn.conversation.focus.topics)
    return [each for each in kept if each is not None and each.article_id != topic.article_id][:BESIDE_A_FACT]


def _introduced(intro: str, reply: Reply) -> Reply:
    return replace(reply, text=f"{intro}\n\n{reply.text}") if intro else reply
