"""What a message leans on, read from its words and from what was spoken of before: pure, and before any search."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bot.understanding.correcting import Correction, correction_of
from bot.understanding.going_back import WayBack, topic_meant, way_back
from bot.understanding.leaning import Lean, lean_of, without_opener
from bot.understanding.splitting import parts_of
from conversations.conversation import Focus
from knowledge_base.article import ArticleVersion, Match

Matches = tuple[Match, ...]
SUBJECT_AT_MOST: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the words lean on the conversation; everything empty when they stand on their own."""

    topic: ArticleVersion | None = None
    """what they lean on: the topic in focus, or an earlier one that they go back to"""
    lean: Lean | None = None
    back: WayBack | None = None
    correction: Correction | None = None
    together: tuple[str, ...] = ()
    """the question with the topic's name put to it, in the ways worth looking up"""
    parts: tuple[str, ...] = ()
    """the questions of the message, when there are several"""

    @property
    def is_bare(self) -> bool:
        """Whether only the topic tells what the words are about."""
        return self.topic is not None and self.lean is not None and self.lean.is_about(self.topic.content)


BY_ITSELF: Final = Reading()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What looking up a reading's texts found: for each text its matches, best first."""

    together: tuple[Matches, ...] = ()
    parts: tuple[Matches, ...] = ()

    @property
    def best_together(self) -> Matches:
        """Every entry once, with the best chance that one of the texts gave it."""
        best: dict[UUID, Match] = {}
        for match in sorted((each for found in self.together for each in found), key=lambda each: -each.probability):
            best.setdefault(match.version.id, match)
        return tuple(best.values())


NOT_LOOKED_UP: Final = Found()


def read(text: str, focus: Focus, articles: Mapping[UUID, ArticleVersion], *, is_letter: bool = False) -> Reading:
    """How the message leans on what is in focus. ``articles`` are those in force: a topic unpublished since is none."""
    topics = [articles[each] for each in focus.topics if each in articles]
    in_focus = focus.topic is not None and focus.topic in articles
    topic = topics[0] if in_focus else None
    if correction := correction_of(text):
        return _corrected(correction, topic, focus.asked)
    if back := way_back(text):
        return _gone_back(back, topic_meant(back, topics, in_focus=in_focus))
    lean = lean_of(text)
    together = _put_together(text, lean, topic, focus.asked)
    parts = parts_of(text, is_letter=is_letter)
    return Reading(topic=topic, lean=lean, together=together, parts=parts)


def _put_together(text: str, lean: Lean | None, topic: ArticleVersion | None, asked: str) -> tuple[str, ...]:
    if topic is None:
        return _with_the_question(text, lean, asked)
    return _with_the_topic(text, topic, lean) if lean else ()


def _corrected(correction: Correction, topic: ArticleVersion | None, asked: str) -> Reading:
    """The question with the right word in it, the topic's name with that word, the word alone: the faithful first."""
    wanted, lean = correction.wanted, lean_of(correction.wanted)
    if topic is None and not asked:
        return Reading(correction=correction, together=(wanted,))
    subject = _subjects(topic)[0] if topic else ""
    texts = [correction.applied_to(asked, subject)]
    if subject and not correction.is_against(subject):
        texts.append(f"{subject} {wanted}")
    if lean and lean.says_only_what and topic:
        texts += _with_the_topic(wanted, topic, lean)
    else:
        texts.append(wanted)
    return Reading(topic=topic, lean=lean, correction=correction, together=_each_once(*texts))


def _gone_back(back: WayBack, topic: ArticleVersion | None) -> Reading:
    if topic is None:
        rest = " ".join(filter(None, (back.about, back.rest)))
        return Reading(back=back, together=_each_once(rest))
    if not back.rest:
        return Reading(topic=topic, back=back)
    lean = lean_of(back.rest) or Lean((), frozenset())
    return Reading(topic=topic, back=back, lean=lean, together=_with_the_topic(back.rest, topic, lean))


def _with_the_question(text: str, lean: Lean | None, asked: str) -> tuple[str, ...]:
    """「住民票」, then 「代理でもいい？」, or the other way round: two halves of one question, not answered yet."""
    if lean and lean.says_only_what:
        return (f"{asked} {without_opener(text)}",) if asked else ()
    before = lean_of(asked) if asked and len(text) <= SUBJECT_AT_MOST else None
    is_the_other_half = before is not None and before.says_only_what and not (lean and lean.aspects)
    return (f"{without_opener(text)} {without_opener(asked)}",) if is_the_other_half else ()


def _with_the_topic(text: str, topic: ArticleVersion, lean: Lean) -> tuple[str, ...]:
    """The topic's whole question would only find the topic again: its name is what the new words need."""
    subjects, plain = _subjects(topic), without_opener(text)
    official = " ".join(aspect.word for aspect in lean.aspects) if not lean.own_words else ""
    return _each_once(
        *(f"{subject} {plain}" for subject in subjects), *([f"{subjects[0]} {official}"] if official else [])
    )


def _subjects(topic: ArticleVersion) -> tuple[str, ...]:
    """What an entry is about, in a word: staff put it first among the keywords; else the category."""
    return tuple(
        dict.fromkeys(each[:SUBJECT_AT_MOST] for each in (*topic.content.keywords[:1], topic.content.category))
    )


def _each_once(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text.strip()))
