import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.relay import Relay, Tls
from conversations.errors import SettingsError


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://relay.city.example", Relay(host="relay.city.example", port=25, tls="starttls")),
        ("smtp://relay.city.example:587/", Relay(host="relay.city.example", port=587, tls="starttls")),
        ("  smtp://10.1.2.3:25\n", Relay(host="10.1.2.3", port=25, tls="starttls")),
        ("smtp://mail_relay:25", Relay(host="mail_relay", port=25, tls="starttls")),
        ("smtp://localhost:2525", Relay(host="localhost", port=2525, tls="none")),
        ("smtp://127.0.0.1:2525", Relay(host="127.0.0.1", port=2525, tls="none")),
        ("smtp://[::1]:2525", Relay(host="::1", port=2525, tls="none")),
        ("smtp://[2001:db8::25]", Relay(host="2001:db8::25", port=25, tls="starttls")),
        ("smtps://relay.city.example", Relay(host="relay.city.example", port=465, tls="implicit")),
        ("SMTPS://localhost", Relay(host="localhost", port=465, tls="implicit")),
        (
            "smtps://desk%40city.example:p%2Fw%3A%E7%AA%93%25@relay.city.example:465",
            Relay(host="relay.city.example", port=465, user="desk@city.example", password="p/w:窓%", tls="implicit"),
        ),
    ],
)
def test_setting_says_where_and_how(url: str, relay: Relay) -> None:
    assert Relay.parse(url) == relay


@pytest.mark.parametrize(
    ("relay", "certified"),
    [
        (Relay(host="relay.city.example", port=25, tls="starttls"), False),
        (Relay(host="relay.city.example", port=25, tls="starttls", user="desk", password="x"), True),
        (Relay(host="relay.city.example", port=465, tls="implicit"), True),
        (Relay(host="localhost", port=25, tls="none", user="desk", password="x"), False),
    ],
)
def test_who_is_told_a_password_has_to_prove_who_it_is(relay: Relay, *, certified: bool) -> None:
    assert relay.certified is certified


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "設定されていません"),
        ("   ", "設定されていません"),
        ("relay.city.example:25", "smtp:// か smtps://"),
        ("http://relay.city.example", "smtp:// か smtps://"),
        ("smtp://", "サーバーの名前"),
        ("smtp://:25", "サーバーの名前"),
        ("smtp://relay..city.example", "サーバーの名前"),
        ("smtp://窓口.example", "サーバーの名前"),
        ("smtp://relay city.example", "サーバーの名前"),
        ("smtp://[::1", "読み取れません"),
        ("smtp://relay.city.example:smtp", "読み取れません"),
        ("smtp://relay.city.example:99999", "読み取れません"),
        ("smtps://desk:%FFsesame@relay.city.example", "読み取れません"),
        ("smtps://desk:ses/ame@relay.city.example", "読み取れません"),
        ("smtps://desk:1/sesame@relay.city.example", "%2F"),
        ("smtps://desk:1#sesame@relay.city.example", "%2F"),
        ("smtps://relay.city.example/?password=sesame", "%2F"),
        ("smtps://desk@relay.city.example", "両方"),
        ("smtps://:sesame@relay.city.example", "両方"),
        ("smtps://desk:sesame%00@relay.city.example", "制御文字"),
    ],
)
def test_wrong_setting_is_named_with_its_remedy_and_never_quoted(url: str, said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Relay.parse(url)

    told = str(raised.value)
    assert told.startswith("mail_relay: ")
    assert said in told
    assert "smtps://user:password@relay.city.example:465" in told
    assert not [part for part in ("sesame", "ses/", "/ame", "%FF", "1#") if part in told]
    # Nor does its traceback: the library's own error quotes what it could not read.
    assert raised.value.__context__ is None or raised.value.__suppress_context__


@given(url=st.one_of(st.text(), st.text().map("smtps://desk:{}@relay.city.example".format)))
def test_any_setting_is_a_relay_or_a_settings_error(url: str) -> None:
    try:
        relay = Relay.parse(url)
    except SettingsError:
        return
    known: tuple[Tls, ...] = ("none", "starttls", "implicit")
    assert relay.host
    assert relay.tls in known


def test_password_is_in_no_repr() -> None:
    assert "sesame" not in repr(Relay.parse("smtps://desk:sesame@relay.city.example"))
