"""The mailbox of the rehearsal. What it sends is read by the city hall's own reader, as any resident's mail is."""

import smtplib
from asyncio import to_thread
from email import message_from_bytes

import aiohttp
import pytest

from channels.mail.automatic import Rule, automatic
from channels.mail.bounce_reasons import Reason
from channels.mail.bounces import Kind, bounce_of
from channels.mail.folding import folded
from channels.mail.letter import Letter, read_letter
from channels.mail.proof import Proof, proof_of
from simulator.mail_network import MX
from tests.simulator.hall import DESK, ListeningHall

YAMADA = "hanako.yamada@mail.example"
VERP = "bounce+1234.abcd@mirai.example"
ANSWER = f"""\
Return-Path: <spoofed@mail.example>
Date: Wed, 25 Nov 2026 10:20:00 +0900
From: =?utf-8?b?44G/44KJ44GE5biC5b255omA?= <{DESK}>
To: {YAMADA}
Reply-To: desk+ticket.token@mirai.example
Subject: Re: [M-0001] =?utf-8?b?5L2P5rCR56Wo?=
Message-ID: <answer@mirai.example>
References: <first@mail.example> <second@mail.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

本庁舎1階でお渡しします。

みらい市役所
--b
Content-Type: text/html; charset=utf-8

<p>本庁舎1階で<b>お渡し</b>します。</p><script>alert(1)</script>
--b--
"""


def arrived(hall: ListeningHall) -> Letter:
    mail = hall.mails[-1]
    return read_letter(mail.content, envelope_sender=mail.sender, recipients=mail.recipients)


async def answered(hall: ListeningHall, *, to: str = YAMADA, sender: str = VERP) -> None:
    def send() -> None:
        with smtplib.SMTP("127.0.0.1", hall.around.relay_port) as relay:
            relay.sendmail(sender, [to], ANSWER.replace("\n", "\r\n").encode())

    await to_thread(send)


def form(**fields: str) -> dict[str, str]:
    return {"words": "住民票がほしいです。", "subject": "住民票", **fields}


async def test_a_mail_comes_to_the_door_with_envelope_words_and_files(hall: ListeningHall) -> None:
    written = aiohttp.FormData(quote_fields=False)
    for name, value in form().items():
        written.add_field(name, value)
    written.add_field("files", b"%PDF-1.7", filename="申請書.pdf", content_type="application/pdf")

    await hall.post("/mail/yamada/write", written)

    letter = arrived(hall)
    assert (hall.mails[-1].sender, hall.mails[-1].recipients) == (YAMADA, (DESK,))
    assert (letter.subject, letter.text.strip()) == ("住民票", "住民票がほしいです。")
    assert [(file.name, file.content) for file in letter.attachments] == [("申請書.pdf", b"%PDF-1.7")]
    assert "受け取りました（250）" in (await hall.get("/mail"))[1]


@pytest.mark.parametrize(("words", "charset"), [("区役所は何時までですか", "iso-2022-jp"), ("𠮷野です😀", "utf-8")])
async def test_a_telephone_writes_the_charset_of_telephones_while_it_can(
    hall: ListeningHall, words: str, charset: str
) -> None:
    await hall.post("/mail/sato/write", form(words=words, program="phone"))

    assert message_from_bytes(hall.mails[-1].content).get_content_charset() == charset
    assert arrived(hall).text.strip() == words
    assert arrived(hall).sender is not None


@pytest.mark.parametrize(("forged", "proof"), [({}, Proof.PASS), ({"forged": "yes"}, Proof.FAIL)])
async def test_the_citys_server_tells_whether_the_sender_is_proven(
    hall: ListeningHall, forged: dict[str, str], proof: Proof
) -> None:
    await hall.post("/mail/yamada/write", form(**forged))

    assert proof_of(arrived(hall), border=MX) is proof


async def test_what_the_door_refuses_is_told(hall: ListeningHall) -> None:
    hall.mail_answer = "451 4.3.0 try again"

    await hall.post("/mail/yamada/write", form())

    assert "受け取られませんでした：451" in (await hall.get("/mail"))[1]


async def test_a_letter_lies_in_the_box_of_its_resident_alone(hall: ListeningHall) -> None:
    await answered(hall)
    await answered(hall, to="nobody@else.example")

    page = (await hall.get("/mail?resident=yamada"))[1]
    assert "Re: [M-0001] 住民票" in page
    assert "MAIL FROM）: &lt;bounce+1234.abcd@mirai.example&gt;" in page
    assert "References: &lt;first@mail.example&gt;" in page
    assert "ほかの宛先に出たメール（1通）" in page
    assert "letter-1" not in (await hall.get("/mail?resident=sato"))[1]


async def test_a_letters_html_is_shown_where_it_can_do_nothing(hall: ListeningHall) -> None:
    await answered(hall)

    async with hall.session.get(f"{hall.page}/mail/yamada/1/html") as response:
        policy = response.headers["Content-Security-Policy"]

    assert "sandbox" in policy.split("; ")
    assert "script-src" not in policy
    assert "<script>" not in (await hall.get("/mail"))[1]


@pytest.mark.parametrize("program", ["gmail", "outlook", "phone"])
async def test_a_reply_goes_where_it_is_asked_for_and_its_quotation_folds_away(
    hall: ListeningHall, program: str
) -> None:
    await answered(hall)

    await hall.post("/mail/yamada/1/reply", {"words": "ありがとうございます。\nもう一つ質問です。", "program": program})

    letter = arrived(hall)
    assert hall.mails[-1].recipients == ("desk+ticket.token@mirai.example",)
    assert (letter.subject, letter.in_reply_to) == ("Re: [M-0001] 住民票", ("<answer@mirai.example>",))
    assert folded(letter.text).said.strip() == "ありがとうございます。\nもう一つ質問です。"
    assert ("\n> 本庁舎1階でお渡しします。" if program != "outlook" else "\n本庁舎1階でお渡しします。") in letter.text


@pytest.mark.parametrize(
    ("program", "references"),
    [("gmail", ("<first@mail.example>", "<second@mail.example>", "<answer@mirai.example>")), ("phone", ())],
)
async def test_a_reply_names_the_thread_unless_a_telephone_writes_it(
    hall: ListeningHall, program: str, references: tuple[str, ...]
) -> None:
    await answered(hall)

    await hall.post("/mail/yamada/1/reply", {"words": "はい", "program": program})

    assert arrived(hall).references == references


async def test_an_absence_note_is_known_as_one(hall: ListeningHall) -> None:
    await answered(hall)

    await hall.post("/mail/yamada/1/away")

    assert hall.mails[-1].recipients == (VERP,)
    assert automatic(arrived(hall)) is Rule.AUTO_SUBMITTED
    assert bounce_of(arrived(hall), hall.mails[-1].content) is None


@pytest.mark.parametrize(
    ("failure", "reason"),
    [("UNKNOWN", Reason.BAD_ADDRESS), ("FULL", Reason.MAILBOX_FULL), ("REFUSED", Reason.BLOCKED)],
)
async def test_a_mail_that_comes_back_is_known_with_recipient_and_reason(
    hall: ListeningHall, failure: str, reason: Reason
) -> None:
    await answered(hall)

    await hall.post("/mail/yamada/1/bounce", {"failure": failure})

    bounce = bounce_of(arrived(hall), hall.mails[-1].content)
    assert (hall.mails[-1].sender, hall.mails[-1].recipients) == ("", (VERP,))
    assert bounce is not None
    assert (bounce.kind, bounce.message_id) == (Kind.FAILED, "answer@mirai.example")
    assert [(each.recipient, each.reason) for each in bounce.recipients] == [(YAMADA, reason)]


async def test_a_mail_without_a_sender_cannot_come_back(hall: ListeningHall) -> None:
    await answered(hall, sender="")

    assert await hall.post("/mail/yamada/1/bounce") == 409
    assert await hall.post("/mail/yamada/2/reply", form()) == 404


async def test_what_is_typed_as_address_or_subject_ends_no_header(hall: ListeningHall) -> None:
    refused = await hall.post("/mail/yamada/write", form(**{"from": "nobody"}))
    await hall.post(
        "/mail/yamada/write", form(subject="one line\r\nBcc: all@mail.example", **{"from": "a@b.example\r\nX-Evil: 1"})
    )

    headers = message_from_bytes(hall.mails[-1].content)
    assert (refused, len(hall.mails)) == (400, 1)
    assert ("Bcc" in headers, "X-Evil" in headers) == (False, False)
