import re
from string import ascii_lowercase, digits
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.tokens import Purpose, Signer, Token
from conversations.errors import SettingsError

KEY = b"k" * 32
SIGNER = Signer(KEY, domain="city.example")
IDS = st.from_regex(r"[a-z0-9]([a-z0-9_-]{0,30}[a-z0-9])?", fullmatch=True)


@given(IDS)
def test_signed_addresses_say_what_they_were_made_for(name: str) -> None:
    assert SIGNER.read(SIGNER.reply_address(name)) == Token(Purpose.REPLY, name)
    assert SIGNER.read(SIGNER.bounce_address(name)) == Token(Purpose.BOUNCE, name)


@given(IDS)
def test_local_parts_keep_to_rfc_5321(name: str) -> None:
    for address in (SIGNER.reply_address(name), SIGNER.bounce_address(name)):
        local, _, domain = address.partition("@")
        assert domain == "city.example"
        # A Dot-string of 4.1.2: atoms with single dots between, so that nobody has to quote it.
        assert re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", local)
        assert len(local.encode()) <= 64


def test_uuid_of_the_outbox_fits_an_address() -> None:
    number = UUID("6f9619ff-8b86-4d11-b42d-00c04fc964ff")

    assert SIGNER.read(SIGNER.bounce_address(str(number))) == Token(Purpose.BOUNCE, str(number))


def test_mail_systems_may_change_upper_and_lower_case() -> None:
    address = SIGNER.reply_address("MR-000123")

    assert SIGNER.read(address.upper()) == Token(Purpose.REPLY, "mr-000123")


@given(st.data())
def test_a_changed_letter_is_not_believed(data: st.DataObject) -> None:
    address = SIGNER.reply_address("mr-000123")
    place = data.draw(st.integers(0, address.index("@") - 1))
    other = data.draw(st.sampled_from([c for c in ascii_lowercase + digits + "+.-" if c != address[place]]))

    assert SIGNER.read(address[:place] + other + address[place + 1 :]) is None


def test_a_signature_serves_one_purpose() -> None:
    address = SIGNER.reply_address("7")

    assert SIGNER.read(address.replace("desk+", "bounce+")) is None


@given(st.text())
def test_any_text_is_an_address_of_ours_or_none(address: str) -> None:
    assert SIGNER.read(address) is None
    assert SIGNER.read(f"{address}@city.example") is None


def test_other_key_other_domain_are_strangers() -> None:
    address = SIGNER.reply_address("7")

    assert Signer(b"x" * 32, domain="city.example").read(address) is None
    assert Signer(KEY, domain="other.example").read(address) is None
    assert Signer(KEY, domain="city.example").read(address) == Token(Purpose.REPLY, "7")


def test_a_replaced_key_is_still_believed() -> None:
    old = SIGNER.reply_address("7")
    replaced = Signer(b"n" * 32, KEY, domain="city.example")

    assert replaced.read(old) == Token(Purpose.REPLY, "7")
    assert replaced.reply_address("7") != old


def test_key_is_in_no_repr_and_no_error() -> None:
    key = b"very-secret-key-of-the-city"
    signer = Signer(key, domain="city.example")

    assert "secret" not in repr(signer)
    assert "secret" not in str(signer)
    assert not hasattr(signer, "__dict__")
    with pytest.raises(SettingsError) as short:
        Signer(b"secret", domain="city.example")
    assert "secret" not in str(short.value)


@pytest.mark.parametrize(
    ("domain", "desk", "bounce"),
    [
        ("city example", "desk", "bounce"),
        ("City.example", "desk", "bounce"),
        ("", "desk", "bounce"),
        ("city.example", "desk", "desk"),
        ("city.example", "de+sk", "bounce"),
        ("city.example", "desk", "-"),
        ("city.example", "a" * 17, "bounce"),
    ],
)
def test_names_that_cannot_serve_stop_the_start(domain: str, desk: str, bounce: str) -> None:
    with pytest.raises(SettingsError):
        Signer(KEY, domain=domain, desk=desk, bounce=bounce)


@pytest.mark.parametrize("name", ["", "a b", "a@b", "a\r\nBcc: x", "a.b", "窓口", "-", "x" * 60])
def test_an_id_that_is_no_part_of_an_address_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="mail address"):
        SIGNER.reply_address(name)
