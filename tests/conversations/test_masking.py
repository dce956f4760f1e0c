from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.masking import JSON, REPLACEMENT, mask_numbers, mask_tree

# 123456789018 is the worked example; the others were computed by hand from the ministerial order.
VALID = "123456789018"
INVALID = "123456789012"
CORPORATE = "7000012050002"
VISA = "4242424242424242"
AMEX = "378282246310005"


def check_digit(first_eleven: str) -> int:
    """An independent oracle: the order's text, digit by digit, from P1 = the rightmost of the eleven."""
    total = 0
    for n in range(1, 12):
        p = int(first_eleven[11 - n])
        q = n + 1 if n <= 6 else n - 5
        total += p * q
    remainder = total % 11
    return 0 if remainder <= 1 else 11 - remainder


def luhn_check_digit(body: str) -> int:
    """The textbook's other way: find the digit that makes it divisible, with a table of doubled digits."""
    doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
    total = sum(doubled[int(d)] if n % 2 == 0 else int(d) for n, d in enumerate(body[::-1]))
    return -total % 10


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        "１２３４５６７８９０１８",
        "1234 5678 9018",
        "1234　5678　9018",
        "1234-5678-9018",
        "１２３４－５６７８－９０１８",
        "1234ー5678ー9018",
        "1234.5678.9018",
        "1234・5678・9018",
        "1234 - 5678 - 9018",
        "1234\n5678\n9018",
        "1234-5678-\r\n9018",
        "1234 5678-9018",
        "1234/5678/9018",
        "1234の5678の9018",
        "123 456 789 018",
        "123456-789018",
        "12 34 56 78 90 18",
        "1 2 3 4 5 6 7 8 9 0 1 8",
        "12345678 9018",
        "1234\u200b5678\u200b9018",
        "1\u200d2\ufeff3456789018",
        "1️⃣23456789018",
        "私のは123456789018です",
        "no123456789018",
        "1. 1234-5678-9018",
        "電話090-1234-5678 番号1234-5678-9018",
        "2026-11-24 1234 5678 9018",
    ],
)
def test_a_my_number_is_masked_however_it_is_written(text: str) -> None:
    masked = mask_numbers(text)

    assert masked.found
    assert REPLACEMENT in masked.text
    assert "9018" not in masked.text.translate(str.maketrans("０１８９", "0189"))


@pytest.mark.parametrize(
    "word",
    [
        "マイナンバー",
        "ﾏｲﾅﾝﾊﾞｰ",
        "個人番号",
        "個人　番号",
        "通知カード",
        "My Number",
        "mynumber",
        "MY NUMBER",
        "運転免許証",
    ],
)
def test_a_wrong_check_digit_is_masked_only_when_the_words_name_such_a_number(word: str) -> None:
    assert mask_numbers(f"{word}は {INVALID} です").found
    assert mask_numbers(f"{word}は 1234-5678-9012 です").found
    assert not mask_numbers(f"注文番号は {INVALID} です").found


def test_two_my_numbers_are_both_masked() -> None:
    masked = mask_numbers("1234-5678-9018\n1234-5678-9018、夫は123456789018")

    assert masked.text == f"{REPLACEMENT}\n{REPLACEMENT}、夫は{REPLACEMENT}"


def test_what_stands_alone_only_after_a_first_masking_is_masked_too() -> None:
    masked = mask_numbers("1234-5678-9018 12345 6789018")

    assert masked.text == f"{REPLACEMENT} {REPLACEMENT}"


@pytest.mark.parametrize(
    "text",
    [
        VISA,
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "４２４２　４２４２　４２４２　４２４２",
        AMEX,
        "3782 822463 10005",
    ],
)
def test_a_credit_card_number_is_masked_and_one_with_a_wrong_last_digit_is_not(text: str) -> None:
    last = text[-1]
    wrong = "３" if last == "２" else str((int(last) + 1) % 10)

    assert mask_numbers(f"カードは{text}です").text == f"カードは{REPLACEMENT}です"
    assert not mask_numbers(f"カードは{text[:-1]}{wrong}です").found


@pytest.mark.parametrize(
    "text",
    [
        "0000-20-1111",
        "090-1234-5678",
        "09012345678",
        "０９０－１２３４－５６７８",
        "03-1234-5678",
        "0120-279-338",
        "+81 90 1234 5678",
        "+819012345678",
        "+86 138 1234 56785",
        "03-1234-5678 2026-11-24",
        "03-1234-5678、090-1234-5678",
        "03-1234-5678\n090-1234-5678",
        CORPORATE,
        "7-0000-1205-0002",
        "法人番号７００００１２０５０００２",
        "2026-11-24 10:30",
        "2026年11月24日",
        "2026.11.24-2026.12.1",
        "令和8年11月24日",
        "〒100-0001",
        "1234567890",
        "1234-567890",
        "12345678901",
        "550e8400-e29b-41d4-a716-123456789018",
        "12,000円と3,000円",
        "2019 2020 2022",
        "",
    ],
)
def test_public_and_everyday_numbers_stay(text: str) -> None:
    masked = mask_numbers(text)

    assert masked.text == text
    assert not masked.found


def test_no_phone_date_or_postal_code_is_lost_beside_each_other() -> None:
    lost = [
        text
        for year in range(1990, 2030)
        for text in (f"03-1234-5678 {year}-11-24", f"0000-20-{year} {year}/01/31", f"〒100-{year} 090-{year}-5678")
        if mask_numbers(text).found
    ]

    assert lost == []


def test_a_tree_is_masked_in_every_string_but_the_ids_of_the_network() -> None:
    tree: JSON = {
        "message": {"id": VALID, "text": f"番号 {VALID}", "lines": ["1234 5678 9018", 5]},
        "replyToken": VALID,
        "n": 1.5,
        "none": None,
        VALID: True,
    }

    assert mask_tree(tree) == {
        "message": {"id": VALID, "text": f"番号 {REPLACEMENT}", "lines": [REPLACEMENT, 5]},
        "replyToken": VALID,
        "n": 1.5,
        "none": None,
        REPLACEMENT: True,
    }


def test_a_word_anywhere_in_a_tree_counts_for_all_of_it() -> None:
    assert mask_tree({"subject": "マイナンバーの件", "body": INVALID}) == {
        "subject": "マイナンバーの件",
        "body": REPLACEMENT,
    }
    assert mask_tree({"subject": "注文の件", "body": INVALID}) == {"subject": "注文の件", "body": INVALID}


eleven = st.text(alphabet="0123456789", min_size=11, max_size=11)
gaps = st.sampled_from(["", " ", "-", "　", "－", ".", "\n", "\u200b", " - "])
plain = st.text(alphabet="あいう市役所のですabc？", max_size=6)


@given(first=eleven, gap=gaps, before=plain, after=plain)
def test_any_valid_number_is_masked(first: str, gap: str, before: str, after: str) -> None:
    number = first + str(check_digit(first))
    groups = [number[:4], number[4:8], number[8:]]
    written = gap.join(groups)
    all_years = all(group[:2] in {"19", "20"} for group in groups)

    masked = mask_numbers(f"{before}、{written}。{after}")

    assert masked.found or (gap and all_years)


@given(first=eleven, wrong=st.integers(min_value=1, max_value=9))
def test_any_other_twelve_digits_stay(first: str, wrong: int) -> None:
    number = first + str((check_digit(first) + wrong) % 10)

    assert not mask_numbers(f"受付 {number} です").found


@given(body=st.text(alphabet="0123456789", min_size=13, max_size=18))
def test_any_long_luhn_number_is_masked(body: str) -> None:
    assert mask_numbers(f"{body}{luhn_check_digit(body)}").found


pieces = st.sampled_from(
    [
        "1234",
        "5678",
        "9018",
        "12",
        "1",
        "03",
        "090",
        "2026",
        "123456789018",
        "-",
        " ",
        "・",
        "\n",
        "の",
        "+",
        "マイナンバー",
        "a",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(pieces, max_size=24).map("".join)))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask_numbers(text)
    twice = mask_numbers(once.text)

    assert twice.text == once.text
    assert not twice.found
    assert once.found == (once.text != text)


def test_a_very_long_text_is_masked_in_time(benchmark_text: Callable[[int], str]) -> None:
    assert mask_numbers(benchmark_text(20_000)).text.count(REPLACEMENT) >= 1


@pytest.fixture
def benchmark_text() -> Callable[[int], str]:
    return lambda n: "1 " * n + "あ 1234-5678-9018 " + "5-" * n
