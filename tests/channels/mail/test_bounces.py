import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.mail.bounces import Bounce, Kind, Reason, bounce_of
from channels.mail.letter import Letter, read_letter
from channels.mail.tokens import Signer

SIGNER = Signer(b"k" * 32, domain="city.example")
TARO = "taro..y.@docomo.ne.jp"


def bounce(raw: bytes, *, recipients: tuple[str, ...] = (), signer: Signer | None = None) -> Bounce | None:
    return bounce_of(read_letter(raw, recipients=recipients), raw, signer=signer)


def a_notice(words: str, *headers: str, charset: str = "utf-8", sender: str = "MAILER-DAEMON@mail.example") -> bytes:
    lines = (
        "Return-Path: <>",
        f"From: Mail Delivery System <{sender}>",
        "To: desk@city.example",
        "Subject: Mail System Error - Returned Mail",
        f"Content-Type: text/plain; charset={charset}",
        *headers,
    )
    return "\n".join(lines).encode() + b"\n\n" + words.encode(charset)


def a_report(*fields: str, words: str = "", returned: str = "Message-ID: <1.2@city.example>") -> bytes:
    return "\n".join(
        (
            "Return-Path: <>",
            "From: postmaster@mail.example",
            "To: desk@city.example",
            "Subject: Undelivered Mail Returned to Sender",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain; charset=utf-8",
            "",
            words,
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mail.example",
            "",
            *fields,
            "--b",
            "Content-Type: message/rfc822",
            "",
            returned,
            "",
            "本文",
            "--b--",
            "",
        )
    ).encode()


def only(found: Bounce | None) -> tuple[Kind, str, Reason, bool]:
    assert found is not None
    (one,) = found.recipients
    return found.kind, one.recipient, one.reason, one.permanent


def test_report_names_recipient_reason_status_words_and_mail() -> None:
    found = bounce(
        a_report(
            f"Final-Recipient: rfc822; {TARO}",
            "Action: failed",
            "Status: 5.1.1",
            "Diagnostic-Code: smtp; 550 5.1.1 <x>: Recipient address",
            "    rejected: User unknown",
        )
    )

    assert only(found) == (Kind.FAILED, TARO, Reason.BAD_ADDRESS, True)
    assert found is not None
    assert found.message_id == "1.2@city.example"
    assert found.recipients[0].status == "5.1.1"
    assert found.recipients[0].diagnostic == "550 5.1.1 <x>: Recipient address rejected: User unknown"


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("failed", Kind.FAILED),
        ("Failed (permanent)", Kind.FAILED),
        ("delayed", Kind.DELAYED),
        ("delivered", Kind.DELIVERED),
        ("relayed", Kind.DELIVERED),
        ("expanded", Kind.DELIVERED),
        ("nonsense", Kind.FAILED),
    ],
)
def test_only_what_failed_is_a_failure(action: str, kind: Kind) -> None:
    found = bounce(a_report(f"Final-Recipient: rfc822; {TARO}", f"Action: {action}", "Status: 4.4.1"))

    assert found is not None
    assert found.kind is kind


def test_of_several_recipients_each_has_its_own_reason_and_the_delivered_ones_are_left_out() -> None:
    found = bounce(
        a_report(
            *("Final-Recipient: rfc822; a@x.example", "Action: delivered", "Status: 2.0.0", ""),
            *("Final-Recipient: rfc822; b@x.example", "Action: failed", "Status: 5.2.2", ""),
            *("Final-Recipient: rfc822; c@x.example", "Action: failed", "Status: 5.7.1", ""),
        )
    )

    assert found is not None
    assert [(one.recipient, one.reason) for one in found.recipients] == [
        ("b@x.example", Reason.MAILBOX_FULL),
        ("c@x.example", Reason.BLOCKED),
    ]


def test_the_address_we_wrote_to_is_named_before_the_one_it_was_forwarded_to() -> None:
    fields = ("Final-Recipient: rfc822; x@elsewhere.example", "Action: failed", "Status: 5.1.1")
    told = bounce(a_report(*fields, f"Original-Recipient: rfc822;{TARO}"))
    said = bounce(a_report(*fields, words=f"x@elsewhere.example\n    (expanded from: <{TARO}>)"))

    for found in (told, said):
        assert found is not None
        assert (found.recipients[0].recipient, found.recipients[0].final) == (TARO, "x@elsewhere.example")


@pytest.mark.parametrize(
    ("status", "diagnostic", "reason", "permanent"),
    [
        ("5.1.1", "", Reason.BAD_ADDRESS, True),
        ("5.1.10", "", Reason.BAD_ADDRESS, True),
        ("5.2.2", "", Reason.MAILBOX_FULL, False),
        ("4.2.2", "", Reason.MAILBOX_FULL, False),
        ("5.7.1", "", Reason.BLOCKED, True),
        ("4.4.7", "", Reason.TEMPORARY, False),
        ("4.7.1", "450 4.7.1 Greylisted, please try again", Reason.TEMPORARY, False),
        ("5.3.4", "", Reason.OTHER, True),
        ("5.0.0", "", Reason.OTHER, True),
        ("5.0.0", "550 Unknown user", Reason.BAD_ADDRESS, True),
        ("5.0.0", "552 disk quota exceeded", Reason.MAILBOX_FULL, False),
        ("5.0.0", "554 Message rejected: spam", Reason.BLOCKED, True),
        ("5.1.1", "550 5.7.1 IP address blacklisted by recipient", Reason.BLOCKED, True),
        ("4.4.1", "connect to mail.example[192.0.2.5]:25: Connection timed out", Reason.TEMPORARY, False),
        ("5.0.0", "550 ドメイン指定受信により受信できません", Reason.BLOCKED, True),
    ],
)
def test_reasons(status: str, diagnostic: str, reason: Reason, *, permanent: bool) -> None:
    fields = [f"Final-Recipient: rfc822; {TARO}", "Action: failed", f"Status: {status}"]
    if diagnostic:
        fields.append(f"Diagnostic-Code: smtp; {diagnostic}")

    assert only(bounce(a_report(*fields))) == (Kind.FAILED, TARO, reason, permanent)


@pytest.mark.parametrize(
    ("diagnostic", "transcript", "reason"),
    [
        # au leaves the address out when the recipient's filter refused, docomo answers only after DATA.
        ("550 : User unknown", "", Reason.BLOCKED),
        ("550 <x@ezweb.ne.jp>: User unknown", "", Reason.BAD_ADDRESS),
        ("550 Unknown user x@docomo.ne.jp", ">>> DATA\n<<< 550 Unknown user x@docomo.ne.jp", Reason.BLOCKED),
        ("550 Unknown user x@docomo.ne.jp", ">>> RCPT To:<x@docomo.ne.jp>\n<<< 550 Unknown user", Reason.BAD_ADDRESS),
    ],
)
def test_carriers_whose_filters_say_user_unknown(diagnostic: str, transcript: str, reason: Reason) -> None:
    fields = (f"Final-Recipient: rfc822; {TARO}", "Action: failed", "Status: 5.0.0")

    found = bounce(a_report(*fields, f"Diagnostic-Code: smtp; {diagnostic}", words=transcript))

    assert only(found)[2] is reason


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (f"次のあて先へのメッセージはエラーのため送信できませんでした。\n\n<{TARO}>\n", Reason.OTHER),
        (f"送信先メールアドレスが見つかりません。\n{TARO}\n", Reason.BAD_ADDRESS),
        (f"宛先：{TARO}\nメールボックスの容量が超過しているため、配信できませんでした。", Reason.MAILBOX_FULL),
        (f"{TARO} へのメールは、受信者の迷惑メール設定により送信できませんでした。", Reason.BLOCKED),
        (
            f"サーバーが混み合っているため、{TARO}\nへ送信できませんでした。しばらくしてから再度送信してください。",
            Reason.TEMPORARY,
        ),
        (
            f"宛先「{TARO}」は存在しません。メールを配信できませんでした。\n\n元のメッセージ\nTo: x@y.example",
            Reason.BAD_ADDRESS,
        ),
        (f"Could not be delivered to: <{TARO}>\nAs their mailbox is full.", Reason.MAILBOX_FULL),
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "cp932", "euc-jp"])
def test_words_of_japanese_carriers(words: str, reason: Reason, charset: str) -> None:
    found = bounce(a_notice(words, charset=charset))

    assert only(found)[:3] == (Kind.FAILED, TARO, reason)


def test_a_delay_in_words_is_no_failure() -> None:
    words = f"THIS IS A WARNING MESSAGE ONLY.\n\n{TARO}\n\nMessage will be retried for 2 more day(s)"

    found = bounce(a_notice(words))

    assert only(found)[:2] == (Kind.DELAYED, TARO)


def test_the_envelope_address_names_the_mail_when_the_words_do_not() -> None:
    here = SIGNER.bounce_address("mail-7")
    raw = a_notice("エラーが発生しました。", sender="info@mail.example")

    found = bounce(raw, recipients=(here,), signer=SIGNER)

    assert only(found) == (Kind.FAILED, "", Reason.OTHER, True)
    assert found is not None
    assert found.outbox_id == "mail-7"


def test_a_forged_envelope_address_names_nothing() -> None:
    forged = SIGNER.bounce_address("mail-7").replace("mail-7", "mail-8")
    raw = a_notice(f"Unknown user: {TARO}")

    found = bounce(raw, recipients=(forged,), signer=SIGNER)

    assert found is not None
    assert found.outbox_id is None


@pytest.mark.parametrize("subject", ["自動応答: 住民票", "Out of Office: x", "不在のお知らせ"])
def test_an_absence_note_to_the_envelope_address_is_no_bounce(subject: str) -> None:
    raw = f"Return-Path: <>\nFrom: {TARO}\nTo: x@city.example\nSubject: {subject}\n\n休みです。".encode()

    assert bounce(raw, recipients=(SIGNER.bounce_address("mail-7"),), signer=SIGNER) is None


@pytest.mark.parametrize(
    "words",
    [
        "メールが届きませんでした。MAILER-DAEMON から 550 Unknown user と返ってきます。\ntaro@x.example",
        "住民票について教えてください。",
        "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1",
    ],
)
def test_a_person_who_writes_about_a_bounce_does_not_bounce(words: str) -> None:
    raw = f"Return-Path: <taro@x.example>\nFrom: taro@x.example\nSubject: Returned mail\n\n{words}".encode()

    assert bounce(raw) is None


def test_what_was_returned_is_not_read_as_the_notice() -> None:
    returned = "------ This is a copy of the message ------\n\nTo: other@x.example\n\nfull mailbox"
    words = f"<{TARO}>: 550 User unknown\n\n{returned}"

    assert only(bounce(a_notice(words))) == (Kind.FAILED, TARO, Reason.BAD_ADDRESS, True)


def test_feedback_report_is_its_own_kind() -> None:
    raw = a_report("x").replace(b"report-type=delivery-status", b"report-type=feedback-report")
    raw = raw.replace(b"message/delivery-status", b"message/feedback-report")
    raw = raw.replace(
        b"Reporting-MTA: dns; mail.example\n\nx", f"Feedback-Type: abuse\nOriginal-Rcpt-To: {TARO}".encode()
    )

    found = bounce(raw)

    assert only(found)[:2] == (Kind.FEEDBACK, TARO)
    assert found is not None
    assert found.message_id == "1.2@city.example"


@pytest.mark.parametrize(("sender", "ours"), [("no-reply@sns.amazonaws.com", True), ("taro@mail.example", False)])
def test_notifications_of_amazon_are_believed_from_amazon(sender: str, *, ours: bool) -> None:
    told = (
        '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"a@x.example","status":"5.1.1",'
        '"diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}}'
    )
    found = bounce(f"From: {sender}\nSubject: AWS Notification Message\n\n{told}".encode())

    assert (found is not None) is ours
    assert found is None or only(found) == (Kind.FAILED, "a@x.example", Reason.BAD_ADDRESS, True)


def test_every_reason_has_a_sentence_for_staff() -> None:
    assert all(reason.sentence.endswith("。") for reason in Reason)


def test_the_words_of_the_mail_system_are_in_no_repr() -> None:
    found = bounce(a_report(f"Final-Recipient: rfc822; {TARO}", "Action: failed", "Diagnostic-Code: smtp; 550 himitsu"))

    assert found is not None
    assert "himitsu" in found.recipients[0].diagnostic
    assert "himitsu" not in repr(found)


PIECES = st.sampled_from(
    (
        *(
            b"Return-Path: <>\n",
            b"From: MAILER-DAEMON@x\n",
            b"Content-Type: multipart/report; boundary=b\n",
            b"\n",
            b"--b\n",
        ),
        *(b"--b--\n", b"Content-Type: message/delivery-status\n", b"Content-Type: message/feedback-report\n", b"\r"),
        *(
            b"Content-Type: message/rfc822\n",
            b"Content-Transfer-Encoding: base64\n",
            b"Final-Recipient: rfc822;",
            b"Action: ",
        ),
        *(
            b"Content-Type: text/plain; charset=x-nonsense\n",
            b"a@b.example\n",
            b"550 User unknown\n",
            b"Status: 5.1.1\n",
        ),
        *(
            b'{"notificationType":"Bounce","bounce":',
            b'{"bouncedRecipients":[1]}}',
            b"\xff\xfe\n",
            b"X-Failed-Recipients: ,\n",
        ),
    )
)


@given(st.binary(max_size=300) | st.lists(PIECES | st.binary(max_size=8), max_size=25).map(b"".join))
@settings(deadline=None, max_examples=400)
def test_any_bytes_are_a_bounce_or_none(raw: bytes) -> None:
    found = bounce_of(Letter(return_path=""), raw, signer=SIGNER)

    assert found is None or found.recipients
