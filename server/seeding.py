"""An empty database becomes the city of its folder; the demo city also gets sign-ins."""

from dataclasses import dataclass

from console.passwords import first, hashed
from knowledge_base.importing import import_faq
from server.wiring import Parts
from tickets.operators import Role

SEEDED = "seeded"
DEMO_STAFF = (
    ("shimin", "市民課 佐藤", "shimin", frozenset({Role.OPERATOR, Role.EDITOR})),
    ("gomi", "ごみ減量課 鈴木", "gomi", frozenset({Role.OPERATOR, Role.EDITOR})),
    ("kodomo", "こども家庭課 田中", "kodomo", frozenset({Role.OPERATOR})),
    ("tokatsu", "広報広聴課 高橋", "koho", frozenset({Role.SUPERVISOR})),
    ("kanri", "システム管理 伊藤", "koho", frozenset({Role.ADMINISTRATOR})),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    login: str
    password: str
    roles: str


async def seed(parts: Parts) -> bool:
    """Take the folder's FAQ in, once; False when this database was seeded before: staff edit in the console now."""
    if await parts.facts.get(SEEDED):
        return False
    if parts.folder.faq.exists():
        report = import_faq(parts.folder.faq.read_bytes(), parts.folder.faq.name)
        await parts.articles.take_in(report.entries, by="seed")
    await parts.facts.set(SEEDED, str(parts.settings.city))
    parts.knowing.swap(await parts.librarian.known())
    return True


async def demo_staff(parts: Parts) -> list[SignIn]:
    """Make the demo's accounts that are missing; their passwords, generated now, are returned this once."""
    there = {operator.login for operator in await parts.accounts.operators()}
    made = []
    for login, name, section, roles in DEMO_STAFF:
        if login not in there:
            password = first()
            await parts.accounts.create(
                login=login, name=name, roles=roles, section=section, password_hash=await hashed(password)
            )
            made.append(SignIn(login, password, "・".join(sorted(role.value for role in roles))))
    return made
