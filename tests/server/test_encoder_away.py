"""The embeddings endpoint does not answer: the bot goes on by words, and says so to staff and to whoever watches."""

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from language.breaker import FAILURES, PAUSE
from language.encoder import EncoderError
from tests.conftest import FrozenClock
from tests.fakes.embeddings import an_endpoint, with_body
from tests.support.served import Served, served
from tickets.operators import Role

KEY = "sk-secret-1234"


async def asked(hall: Served, *, times: int = 1) -> None:
    for _ in range(times):
        await asyncio.to_thread(hall.parts.librarian.encoder.queries, ["ごみの出し方"])


async def test_staff_see_since_when_search_goes_by_words_alone(tmp_path: Path, clock: FrozenClock) -> None:
    clock.turn(timedelta(hours=2))
    async with an_endpoint(1024) as endpoint:
        endpoint.always = with_body(KEY, 401)
        with capture_logs() as logs:
            async with served(tmp_path, clock=clock, encoder=endpoint.url, encoder_key=KEY) as hall:
                await hall.make_staff("sato", Role.SUPERVISOR)
                await hall.sign_in("sato")
                for _ in range(FAILURES + 3):
                    with pytest.raises(EncoderError):
                        await asked(hall)
                pages = {path: (await hall.get(path))[1] for path in ("/readyz", "/metrics", "/console/overview")}
                understood = hall.parts.knowing.think("粗大ごみの収集手数料は、品物ごとにいくらかかりますか。")

                endpoint.always = None
                clock.turn(PAUSE)
                await asked(hall)
                recovered = {path: (await hall.get(path))[1] for path in pages}

    meaning = msgspec.json.decode(pages["/readyz"])["meaning"]
    assert meaning["since"] == "2026-11-25T03:00:00+00:00"
    assert "言葉だけで探しています" in meaning["told"]
    assert endpoint.url not in pages["/readyz"], "not behind a sign-in: no inner addresses"
    assert "madoguchi_encoder_away 1.0" in pages["/metrics"]
    assert "11/25（水）12:00 から、言葉だけで探しています。" in pages["/console/overview"]
    assert "encoder_key" in pages["/console/overview"], "and what may be wrong"
    assert understood.matches[0].version.external_id == "D-002", "words still find the answer"
    assert "meaning" not in msgspec.json.decode(recovered["/readyz"])
    assert "madoguchi_encoder_away 0.0" in recovered["/metrics"]
    assert "意味による検索" not in recovered["/console/overview"]
    told = [line["event"] for line in logs if line["event"].startswith("the encoder")]
    assert told == [
        "the encoder does not answer: search goes by words alone",
        "the encoder answers again",
    ], "once for each change, never for a message"
    assert all(KEY not in text for text in (str(logs), *pages.values()))
