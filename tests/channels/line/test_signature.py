import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.arriving import Forged
from channels.line.signature import verified

SECRET = "1f0e9d8c7b6a59483726150413029180"
BODY = '{"destination":"U0","events":[],"言葉":"窓口"}'.encode()
# printf '%s' BODY | openssl dgst -sha256 -hmac SECRET -binary | base64
SIGNED_BY_OPENSSL = "o5i+yu5Q+guuymBsKHiljGoFeEJ6q114aIrnxtCNUi8="


def test_what_line_signed_is_verified_and_one_changed_byte_is_not() -> None:
    verified(BODY, SIGNED_BY_OPENSSL, SECRET)

    with pytest.raises(Forged):
        verified(BODY.replace(b"U0", b"U1"), SIGNED_BY_OPENSSL, SECRET)


def test_signature_of_another_account_is_forged() -> None:
    with pytest.raises(Forged):
        verified(BODY, SIGNED_BY_OPENSSL, SECRET[::-1])


@pytest.mark.parametrize(
    "rubbish",
    [
        None,
        "",
        "=",
        "窓口",
        "\udcff\ud800",
        "a" * 100_000,
        SIGNED_BY_OPENSSL.rstrip("="),
        SIGNED_BY_OPENSSL + "\n",
        SIGNED_BY_OPENSSL.lower(),
        SIGNED_BY_OPENSSL[:-2],
    ],
)
def test_missing_or_rubbish_signature_is_forged(rubbish: str | None) -> None:
    with pytest.raises(Forged):
        verified(BODY, rubbish, SECRET)


@given(st.binary(), st.none() | st.text(st.characters()))
def test_no_header_at_all_raises_anything_else(body: bytes, header: str | None) -> None:
    with pytest.raises(Forged):
        verified(body, header, SECRET)


def test_without_a_secret_nothing_is_trusted() -> None:
    # HMAC with an empty key, which anybody can compute.
    with pytest.raises(Forged, match="no channel secret"):
        verified(BODY, "8MVzWs5LuMB64Vs6DxExRUAHUTby78GuONf8oFvamdg=", "")


def test_refusal_tells_neither_secret_nor_signature() -> None:
    with pytest.raises(Forged) as refusal:
        verified(BODY + b" ", SIGNED_BY_OPENSSL, SECRET)

    assert SECRET not in repr(refusal.value)
    assert SIGNED_BY_OPENSSL not in repr(refusal.value)
