"""The common subjects that led a question are told beside the bot's message."""

from typing import Any

import pytest

from console.pages import Pages
from knowledge_base.subjects import Led


@pytest.mark.parametrize(("language", "said"), [("ja", "よくある用件"), ("en", "Common subjects")])
def test_the_subjects_that_led_the_question_are_told(language: str, said: str) -> None:
    subjects = (Led("粗大ごみの申し込み", elsewhere=False, share=0.62), Led("<運転免許>", elsewhere=True, share=0.2))
    found: dict[str, Any] = {
        "question": "たんす",
        "read_as": "たんす",
        "cut": (),
        "reading": "",
        "hints": (),
        "subjects": subjects,
        "matches": (),
        "bar": None,
        "offer_at": 0.2,
        "answers": False,
        "voices": [],
    }

    page = Pages(lambda _: "みらい市").answer("reason_again.html", language=language, **found).text or ""

    assert f"<dt>{said}</dt>" in page
    assert "粗大ごみの申し込み 62%" in page
    assert "&lt;運転免許&gt;（" in page
    assert page.count("（") == 1, "only others' business is marked"
