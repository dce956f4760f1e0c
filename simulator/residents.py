"""Who can be played: a few residents with different telephones, mail programs and languages."""

import secrets
from dataclasses import dataclass

_HEX_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    key: str
    """in addresses of the page"""
    name: str
    about: str
    line: str
    """the user id at LINE: ``U`` and 32 letters"""
    mail: str
    writes_like: str = "gmail"
    """the mail program, see ``mail_programs``"""


def new_residents() -> tuple[Resident, ...]:
    """New people at every start: what the hall remembers of the last rehearsal's is not theirs."""
    return (
        Resident(key="yamada", name="山田 花子", about="日本語", line=new_line_id(), mail="hanako.yamada@mail.example"),
        Resident(
            key="sato",
            name="佐藤 健一",
            about="日本語・携帯電話のメール",
            line=new_line_id(),
            mail="ken..sato.@keitai.example",
            writes_like="phone",
        ),
        Resident(
            key="santos",
            name="Maria Santos",
            about="English",
            line=new_line_id(),
            mail="maria.santos@mail.example",
            writes_like="outlook",
        ),
        Resident(key="chin", name="陳 美玲", about="やさしい日本語", line=new_line_id(), mail="chen@mail.example"),
    )


def new_line_id() -> str:
    return "U" + secrets.token_hex(_HEX_DIGITS // 2)
