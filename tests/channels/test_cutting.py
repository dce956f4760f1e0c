import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.channel import TextUnit
from channels.cutting import cut, shortened

CLUSTERS = (
    *("a", "。", "、", " ", "　", "\n", "\n\n", "\r\n", "市役所", "。」", "! ", "$", "\t"),
    *(
        "👨‍👩‍👧",
        "𠮷",
        "か\u3099",
        "葛\U000e0100",
        "🇯🇵",
        "e\u0301\u0323",
        "👍🏽",
        "❤️",
        "한",
        "\u1112\u1161\u11ab",
        "ท้",
        "ñ",
    ),
)
"""Each is whole in itself and beside every other: our ruler where clusters may be parted."""

UNITS = st.sampled_from(TextUnit)


def units(text: str, unit: TextUnit) -> int:
    """Counted otherwise than the code counts: by encoding."""
    match unit:
        case TextUnit.UTF16:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        case TextUnit.CHARACTERS:
            return len(text.encode("utf-32-le", "surrogatepass")) // 4
        case TextUnit.GRAPHEMES:
            raise AssertionError("counted by construction")


@given(st.text() | st.text(alphabet="か\u3099𠮷。\n a👩\u200d"), st.integers(2, 40), UNITS)
def test_pieces_are_the_whole_text_and_fit(text: str, at_most: int, unit: TextUnit) -> None:
    pieces = cut(text, at_most=at_most, unit=unit)

    assert "".join(pieces) == text
    assert all(pieces)
    if unit is not TextUnit.GRAPHEMES:
        assert all(units(piece, unit) <= at_most for piece in pieces)


@given(st.lists(st.sampled_from(CLUSTERS), max_size=60), st.integers(20, 60), UNITS)
def test_no_grapheme_cluster_is_parted(clusters: list[str], at_most: int, unit: TextUnit) -> None:
    pieces = cut("".join(clusters), at_most=at_most, unit=unit)

    parts = [part for cluster in clusters for part in (cluster if cluster in SEVERAL else (cluster,))]
    for piece in pieces:
        count = 0
        while piece:
            assert piece.startswith(parts[0])
            piece = piece.removeprefix(parts.pop(0))  # noqa: PLW2901 - eaten from the front
            count += 1
        assert count <= at_most
    assert parts == []


SEVERAL = frozenset({"市役所", "。」", "! ", "\n\n"})
"""of CLUSTERS: plain characters, each a cluster of its own"""


def test_astral_kanji_counts_two_on_line_and_one_elsewhere() -> None:
    assert cut("𠮷𠮷𠮷", at_most=4, unit=TextUnit.UTF16) == ["𠮷𠮷", "𠮷"]
    assert cut("𠮷𠮷𠮷", at_most=4, unit=TextUnit.CHARACTERS) == ["𠮷𠮷𠮷"]


def test_grapheme_that_counts_many_goes_whole_into_the_next_piece() -> None:
    family = "👨‍👩‍👧"  # eight UTF-16 units, one grapheme

    assert cut(f"ab{family}", at_most=9, unit=TextUnit.UTF16) == ["ab", family]
    assert cut(f"ab{family}", at_most=3, unit=TextUnit.GRAPHEMES) == [f"ab{family}"]


def test_cluster_longer_than_a_piece_is_still_cut_to_fit() -> None:
    towering = "か" + "\u3099" * 25

    pieces = cut(towering, at_most=10, unit=TextUnit.UTF16)

    assert [len(piece) for piece in pieces] == [10, 10, 6]
    assert "".join(pieces) == towering


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("一つ目です。\n\n二つ目。三つ目の文です。", ["一つ目です。\n\n", "二つ目。三つ目の文です。"]),
        ("一つ目です。二つ目です。三つ目です。", ["一つ目です。二つ目です。", "三つ目です。"]),
        ("「終わりました。」と言いました、係の人が。", ["「終わりました。」", "と言いました、係の人が。"]),
        ("ごみは朝八時に\n出してください、必ず。", ["ごみは朝八時に\n", "出してください、必ず。"]),
        ("Come to us. We are open.", ["Come to us. ", "We are open."]),
        ("Bring the certificate now", ["Bring the ", "certificate ", "now"]),
        ("あいうえおかきくけこさしすせそ", ["あいうえおかきくけこさし", "すせそ"]),
        ("短。ここから先は長い文が続きます", ["短。ここから先は長い文が", "続きます"]),
    ],
)
def test_pieces_end_where_a_reader_pauses(text: str, pieces: list[str]) -> None:
    assert cut(text, at_most=12, unit=TextUnit.UTF16) == pieces


def test_nothing_is_cut_into_no_piece_and_no_room_is_an_error() -> None:
    assert cut("", at_most=2, unit=TextUnit.UTF16) == []
    with pytest.raises(ValueError, match="no character fits into 1 UTF-16 code units"):
        cut("a", at_most=1, unit=TextUnit.UTF16)


@given(st.text(max_size=60), st.integers(3, 40))
def test_shortened_text_fits_and_begins_like_the_text(text: str, at_most: int) -> None:
    short = shortened(text, at_most=at_most, unit=TextUnit.UTF16)

    assert units(short, TextUnit.UTF16) <= at_most
    assert short == text or (short[-1] == "…" and text.startswith(short[:-1]))
    assert (short == text) or units(text, TextUnit.UTF16) > at_most


def test_shortened_text_keeps_graphemes_whole() -> None:
    assert shortened("か\u3099か\u3099か\u3099", at_most=2, unit=TextUnit.GRAPHEMES) == "か\u3099…"
    assert shortened("か\u3099か\u3099", at_most=2, unit=TextUnit.GRAPHEMES) == "か\u3099か\u3099"
