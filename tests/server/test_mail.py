"""Mail from the door to the answer in the resident's mailbox."""

import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image

from conversations.conversation import Owner
from tests.conftest import FrozenClock
from tests.fakes.smtp import Point, hangs_up
from tests.server.mail_hall import CERTIFICATE, DESK, TARO, MailHall, a_mail_hall, text_of


@pytest.fixture
async def hall(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[MailHall]:
    async with a_mail_hall(tmp_path, clock) as made:
        yield made


async def test_a_question_by_mail_is_answered_by_a_letter(hall: MailHall) -> None:
    asked = hall.letter(CERTIFICATE, subject="住民票について")
    await hall.hears(asked)

    (ours,) = hall.letters
    assert ours.recipients == (TARO,)
    assert "住民票の写し" in text_of(ours)
    assert ours.message["Subject"] == "Re: 住民票について"
    assert ours.message["In-Reply-To"] == asked["Message-ID"]
    assert ours.message["Auto-Submitted"] == "auto-replied"
    assert CERTIFICATE in text_of(ours), "the resident's words are quoted"


async def test_the_same_letter_by_two_ways_is_answered_once(hall: MailHall) -> None:
    asked = hall.letter(CERTIFICATE)
    await hall.hears(asked)
    again = b"Received: from elsewhere\r\n" + asked.as_bytes()
    await hall.hears(again)

    assert len(hall.letters) == 1
    assert [str(entry.author) for entry in await hall.entries()].count("resident") == 1


async def test_all_questions_of_a_long_letter_are_answered_in_one(hall: MailHall) -> None:
    await hall.hears(
        hall.letter(
            "みらい市役所 ご担当者様\n\nいつもお世話になっております。みらい市に住む山田と申します。\n"
            f"来月引っ越しを予定しており、いくつか教えてください。\n{CERTIFICATE}\n"
            "また、粗大ごみの収集手数料は、品物ごとにいくらかかりますか。\n"
            "お忙しいところ恐れ入りますが、よろしくお願いいたします。\n"
        )
    )

    (ours,) = hall.letters
    assert "住民票の写し" in text_of(ours)
    assert "粗大ごみ" in text_of(ours).split("いただいたメール")[0]


async def test_what_a_letter_asks_beyond_the_faq_goes_to_a_person_with_the_rest_answered(hall: MailHall) -> None:
    await hall.hears(
        hall.letter(
            f"{CERTIFICATE}\n粗大ごみの収集手数料は、品物ごとにいくらかかりますか。\n"
            "市長さんの好きな食べ物は何でしょうか？\n"
        )
    )

    (ours,) = hall.letters
    answered = text_of(ours).split("いただいたメール")[0]
    assert "住民票の写し" in answered
    conversation = await hall.only()
    assert conversation.owner is Owner.WAITING
    assert "M-2611-" in answered, "the number to ask with"
    assert "M-2611-" in ours.message["Subject"]


async def test_an_answer_by_number_is_the_choice_of_that_number(hall: MailHall) -> None:
    await hall.hears(hall.letter("住民票"))
    (offer,) = hall.letters
    assert "1" in text_of(offer)

    await hall.hears(hall.answer(offer, "1"))

    assert len(await hall.conversations()) == 1
    why = [entry.why.get("rule") for entry in await hall.entries() if entry.author == "bot"]
    assert why[-1] == "picked_something"


async def test_an_operators_letter_is_no_robots(hall: MailHall) -> None:
    await hall.hears(hall.letter("職員の方と話したいです。"))
    conversation, operator = await hall.only(), await hall.operator()
    receipt = hall.letters[0]
    await hall.parts.desk.take_over(conversation.id, operator)
    await hall.parts.desk.reply(conversation.id, operator, "お待たせしました。書類は不要です。", key=uuid4())
    await hall.parts.desk.hand_back(conversation.id, operator)
    await hall.parts.desk.close(conversation.id, operator)
    await hall.city.works()

    assert len(hall.letters) == 2, "nobody gets a letter that says that somebody joined, left, or closed"
    written = hall.letters[1]
    assert "書類は不要です。" in text_of(written)
    assert written.message["Auto-Submitted"] is None
    assert written.message["References"].split()[-1] == receipt.message["In-Reply-To"]

    await hall.hears(hall.answer(written, "ありがとうございました。"))
    assert len(await hall.conversations()) == 1, "it joins the matter it answers"


async def test_who_waits_is_told_once_that_the_letter_arrived(hall: MailHall) -> None:
    await hall.hears(hall.letter("職員の方と話したいです。"))
    for _ in range(3):
        await hall.hears(hall.answer(hall.letters[0], "追加です。よろしくお願いします。"))

    assert len(hall.letters) == 1
    silent = [entry.silence for entry in await hall.entries() if entry.author == "resident"]
    assert silent[0] == ""
    assert all("すでに送っています" in each for each in silent[1:])


async def test_two_robots_fall_silent(hall: MailHall) -> None:
    """The other one writes no header that would tell what it is."""
    await hall.hears(hall.letter(CERTIFICATE))
    for _ in range(60):
        await hall.hears(hall.answer(hall.letters[-1], CERTIFICATE))
        hall.clock.turn(timedelta(hours=1))

    assert len(hall.letters) <= 30
    conversation = await hall.only()
    assert conversation.owner is Owner.WAITING, "a person looks"
    notes = [entry.text for entry in await hall.entries() if entry.kind == "note"]
    assert any("自動では返信していません" in note for note in notes)


async def test_a_note_of_absence_is_kept_and_not_answered(hall: MailHall) -> None:
    await hall.hears(hall.letter(CERTIFICATE))
    away = hall.answer(hall.letters[0], "ただいま休暇中です。")
    away["Auto-Submitted"] = "auto-replied"
    await hall.hears(away)

    assert len(hall.letters) == 1
    last = [entry for entry in await hall.entries() if entry.author == "resident"][-1]
    assert "休暇中" in last.text
    assert "Auto-Submitted" in last.silence


async def test_a_newsletter_waits_for_staff_who_may_let_it_in(hall: MailHall) -> None:
    news = hall.letter("今月のお知らせです。粗大ごみの日はいつですか。")
    news["List-Id"] = "<news.example>"
    await hall.hears(news)

    assert await hall.conversations() == []
    (aside,) = await hall.parts.deliveries.aside(9)
    assert "メールマガジン" in aside.outcome

    await hall.parts.deliveries.again(aside.id, by_hand=True)
    await hall.city.works()
    assert len(await hall.conversations()) == 1
    assert len(hall.letters) == 1


async def test_a_letter_that_asks_for_no_robot_goes_to_a_person_in_silence(hall: MailHall) -> None:
    asked = hall.letter(CERTIFICATE)
    asked["X-Auto-Response-Suppress"] = "All"
    await hall.hears(asked)

    assert hall.letters == []
    conversation = await hall.only()
    assert conversation.owner is Owner.WAITING
    ticket = await hall.parts.views.ticket(conversation.ticket_id) if conversation.ticket_id else None
    assert ticket is not None
    assert ticket.reason == "no_robot"


async def test_a_bounce_suspends_the_address_and_calls_a_person(hall: MailHall) -> None:
    await hall.hears(hall.letter(CERTIFICATE))
    await hall.hears(bounce(hall))

    conversation = await hall.only()
    assert conversation.owner is Owner.WAITING
    notes = [entry.text for entry in await hall.entries() if entry.kind == "note"]
    assert any(TARO in note and "存在しない" in note for note in notes)

    operator = await hall.operator()
    await hall.parts.desk.take_over(conversation.id, operator)
    await hall.parts.desk.reply(conversation.id, operator, "届きますか。", key=uuid4())
    await hall.city.works()
    assert len(hall.letters) == 1, "nothing is sent there any more"
    assert (await hall.parts.outbox.counts())["refused"] == 1


@pytest.mark.parametrize(
    "told", [{"message_id": "<nobody@mirai.example>"}, {"about": "somebody@else.example"}], ids=["letter", "recipient"]
)
async def test_anybodys_bounce_suspends_nobody(told: dict[str, str], hall: MailHall) -> None:
    """It names no letter of ours, or one that went to somebody else."""
    await hall.hears(hall.letter(CERTIFICATE))
    await hall.hears(bounce(hall, to=DESK, **told))

    assert (await hall.only()).owner is Owner.BOT
    (aside,) = await hall.parts.deliveries.aside(9)
    assert "確かめられません" in aside.outcome


async def test_a_strangers_answer_is_a_matter_of_its_own(hall: MailHall) -> None:
    await hall.hears(hall.letter(CERTIFICATE))
    await hall.hears(hall.answer(hall.letters[0], "夫の代わりに書いています。", sender="hanako@work.example"))

    first, second = await hall.conversations()
    assert {first.address.account, second.address.account} == {TARO, "hanako@work.example"}
    hers = second if second.address.account != TARO else first
    mail = hall.parts.mail
    assert mail is not None
    entry = next(each for each in await hall.entries(hers.address) if each.author == "resident")
    letter = await mail.letters.of_entry(entry.id)
    assert letter.suggested in {first.id, second.id}
    assert letter.suggested != hers.id
    assert "差出人" in letter.doubt


async def test_a_forged_from_line_joins_nothing(hall: MailHall) -> None:
    await hall.hears(hall.letter(CERTIFICATE))
    forged = hall.answer(hall.letters[0], "登録した住所を教えてください。")
    raw = b"Authentication-Results: mx.mirai.example; dmarc=fail header.from=home.example\r\n" + forged.as_bytes()
    await hall.hears(raw)

    assert len(await hall.conversations()) == 2


async def test_a_lost_answer_of_the_relay_is_tried_again_with_the_same_name(hall: MailHall) -> None:
    hall.relay.then(hangs_up(Point.DATA, takes=True))
    await hall.hears(hall.letter(CERTIFICATE))
    hall.clock.turn(timedelta(hours=1))
    await hall.city.works()

    first, second = hall.letters
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert text_of(first) == text_of(second)


async def test_a_file_comes_with_its_letter(hall: MailHall) -> None:
    asked = hall.letter("写真を添付します。道路に穴があります。")
    asked.add_attachment(picture(), maintype="image", subtype="png", filename="場所.png")
    asked.add_attachment(b"MZ\x90\0", maintype="application", subtype="x-msdownload", filename="evil.exe")
    await hall.hears(asked)

    said = next(entry for entry in await hall.entries() if entry.author == "resident")
    assert [each.name for each in said.attachments] == ["場所.png"]
    assert "evil.exe" in said.text, "what was not taken is named"


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (20, 10), "green").save(made, "PNG")
    return made.getvalue()


def bounce(hall: MailHall, *, to: str = "", message_id: str = "", about: str = TARO) -> bytes:
    ours = hall.letters[0]
    named = message_id or ours.message["Message-ID"]
    return (
        "Return-Path: <>\r\n"
        f"Delivered-To: {to or ours.sender}\r\n"
        f"From: MAILER-DAEMON@home.example\r\nTo: {to or ours.sender}\r\nSubject: Undelivered Mail\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nUser unknown\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; home.example\r\n\r\n"
        f"Final-Recipient: rfc822; {about}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {named}\r\n\r\n"
        "--b--\r\n"
    ).encode()
