"""By what a notice of a mail system is told from a letter, and a delay from a failure."""

import re

from channels.mail.bounce_notice import Notice
from channels.mail.letter import Letter

_DAEMON = re.compile(
    r"(?:mailer-?daemon|mail-?daemon|post[_-]?master|mail[._-]delivery[._-]\w+|mdaemon|exchange-error)(?:@.*)?",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(r"mail delivery (?:sub)?system|mailer[- ]daemon|mail administrator", re.IGNORECASE)
_SUBJECT = re.compile(
    r"undeliver|returned mail|mail system error|failure notice|are not member"
    r"|delivery[ -](?:status|report|fail|failure|notification|problem|error)"
    r"|(?:mail|message|delivery)[^\n]{0,30}(?:fail|not be delivered|could not|delay|returned|rejected)"
    r"|fail\w* (?:mail|deliver)|(?:could not send|unable to deliver)"
    r"|(?:配信|送信|配達)(?:エラー|不能|失敗|できません)|(?:配信|送信|配達)(?:の|が)?遅|不達|エラーメール|戻りメール|届きませんでした",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"(?:n't|n’t|\bnot|\bcannot|\bunable to)\b[^.\n]{0,40}\b(?:deliver(?:ed|able)?|reach)\b"
    r"|undeliver|deliver\w* (?:\w+ ){0,4}fail|fail\w* (?:\w+ ){0,4}(?:deliver|recipient|permanent)|error delivering"
    r"|unable to (?:deliver|send)|unknown user|user unknown|no such user|delivery (?:errors|problems)|fatal errors"
    r"|transcript of session|failure reasons|permanent error|invalid user|\b55[0-4][ -]|not a member of this"
    r"|(?:送信|配信|配送|配達|お届け)[^。\n]{0,12}(?:でき(?:ません|なかった)|失敗|エラー|不能)"
    r"|見つかりません(?:でした)?|届きませんでした|エラーのため|エラー[^。\n]{0,20}メッセージ",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"warning (?:message )?only|do not need to resend|still (?:being retried|trying|in the queue)"
    r"|not yet been delivered|will (?:be retried|keep trying|continue to)|has been delayed|delayed mail|\(delay\)"
    r"|再送(?:信)?を(?:続け|試みて(?:い|お))|(?:配信|送信|配達)が?遅(?:延|れて)"
    r"|まだ(?:配信|送信|配達)(?:でき|されて|が完了して)",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"given up|giving up|will be deleted|no further|failed permanently|permanent (?:error|fail)", re.IGNORECASE
)
_ABSENT = re.compile(
    r"vacation|out of (?:the )?office|auto(?:matic)?[ -]?(?:reply|respon)"
    r"|自動(?:応答|返信)|不在(?:通知|のお知らせ|です|のため)",
    re.IGNORECASE,
)


def is_notice(letter: Letter, notice: Notice) -> bool:
    """A delivery report, declared or told by who sends it *and* what it says: a person may write about a bounce."""
    if notice.is_report or "x-failed-recipients" in notice.headers:
        return True
    said = _FAILED.search(notice.words) is not None
    if _is_from_a_mail_system(letter, notice):
        return said or _SUBJECT.search(letter.subject) is not None
    return said and re.search(r"are not member", letter.subject) is not None


def is_absence_note(letter: Letter, notice: Notice) -> bool:
    """Somebody is away, or a desk says that a mail arrived: the mail came through."""
    return _ABSENT.search(letter.subject) is not None or (
        _ABSENT.search(notice.words) is not None and _FAILED.search(notice.words) is None
    )


def is_delay(letter: Letter, notice: Notice) -> bool:
    """The mail system goes on trying."""
    said = f"{letter.subject}\n{notice.words}"
    return _DELAYED.search(said) is not None and _GIVEN_UP.search(said) is None


def _is_from_a_mail_system(letter: Letter, notice: Notice) -> bool:
    written = letter.sender
    names = (written.address, written.name) if written else ()
    return (
        (letter.return_path is not None and letter.return_path.strip(" <>") == "")
        or _DAEMON.fullmatch((letter.return_path or "").strip(" <>")) is not None
        or any(_DAEMON.fullmatch(name) or _DAEMON_NAME.search(name) for name in names)
        or _DAEMON_NAME.search(notice.headers.get("from", "")) is not None
        or notice.headers.get("from", "").strip() == "<>"
    )
