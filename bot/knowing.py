"""What the bot knows right now, swapped as a whole when staff publish or vectors arrive."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from bot.context import BY_ITSELF, NOT_LOOKED_UP, Found, Matches, Reading, read
from bot.ports import Clock
from bot.understanding.bare_subject import names_only_a_subject
from bot.understanding.guards import notice
from bot.understanding.intents import IntentClassifier
from bot.understanding.letter_gist import gist
from bot.understanding.splitting import QUESTIONS_AT_MOST
from bot.understood import Mind, Understood
from conversations.conversation import NO_FOCUS, Focus
from conversations.message import IncomingMessage
from knowledge_base.bars import is_sure
from knowledge_base.search import FaqIndex
from language.identify import identify
from tickets.duty_calendar import JAPAN

MATCHES = 5
LETTERS: Final = frozenset({"mail", "form"})
"""channels that people write letters to, with greetings and all their questions at once"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One consistent state of knowledge: never half an old index and half a new one."""

    mind: Mind
    index: FaqIndex
    intents: IntentClassifier


class Knowing:
    """Understands messages with the newest published knowledge, off the event loop.

    One thread: on the small machines this runs on, a second would only take turns with the first.
    """

    def __init__(self, known: Known, clock: Clock) -> None:
        self._known = known
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="understanding")

    def mind(self) -> Mind:
        return self._known.mind

    def known(self) -> Known:
        return self._known

    def swap(self, known: Known) -> None:
        """From the next message on, this is what the bot knows."""
        self._known = known

    async def understand(self, message: IncomingMessage, focus: Focus = NO_FOCUS) -> Understood:
        think = partial(self.think, is_letter=message.sender.channel in LETTERS)
        return await asyncio.get_running_loop().run_in_executor(self._thread, think, message.text, focus)

    def think(self, text: str, focus: Focus = NO_FOCUS, *, is_letter: bool = False) -> Understood:
        """The same, on the caller's thread: for the command line and the benchmarks."""
        known = self._known
        text = gist(text) if is_letter else text
        language = identify(text, "")
        if not text.strip():
            return Understood(language=language)
        reading = read(text, focus, known.mind.articles, is_letter=is_letter)
        matches = self._search(known, text)
        return Understood(
            language=language,
            guard=notice(text, language),
            intent=known.intents.classify(text),
            matches=matches,
            reading=reading,
            found=self._looked_up(known, text, reading, matches),
        )

    def _looked_up(self, known: Known, text: str, reading: Reading, matches: Matches) -> Found:
        """The reading's own texts are looked up only where they may change the answer: each costs a search."""
        if reading == BY_ITSELF:
            return NOT_LOOKED_UP
        leans = reading.is_bare or reading.correction or reading.back
        stands_alone = is_sure(matches, known.mind.bars) and not (
            leans or names_only_a_subject(text, (version.content for version in known.mind.articles.values()))
        )
        return Found(
            together=() if stands_alone else tuple(self._search(known, text) for text in reading.together),
            parts=tuple(self._search(known, part) for part in reading.parts[:QUESTIONS_AT_MOST]),
        )

    def _search(self, known: Known, text: str) -> Matches:
        return known.index.search(text, at_most=MATCHES, today=self._today())

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _today(self) -> date:
        return self._clock.now().astimezone(JAPAN).date()
