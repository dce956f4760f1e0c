from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    OPERATOR = "operator"
    EDITOR = "editor"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    REPLY = "reply"
    TAKE_OVER = "take_over"
    TAKE_FROM_COLLEAGUE = "take_from_colleague"
    EDIT_FAQ = "edit_faq"
    PUBLISH_FAQ = "publish_faq"
    SEE_REPORTS = "see_reports"
    MANAGE_OPERATORS = "manage_operators"
    SEE_AUDIT = "see_audit"


ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: frozenset({Permission.REPLY, Permission.TAKE_OVER}),
    Role.EDITOR: frozenset({Permission.EDIT_FAQ, Permission.PUBLISH_FAQ}),
    Role.SUPERVISOR: frozenset(
        {
            Permission.REPLY,
            Permission.TAKE_OVER,
            Permission.TAKE_FROM_COLLEAGUE,
            Permission.EDIT_FAQ,
            Permission.PUBLISH_FAQ,
            Permission.SEE_REPORTS,
        }
    ),
    Role.ADMINISTRATOR: frozenset({Permission.MANAGE_OPERATORS, Permission.SEE_AUDIT, Permission.SEE_REPORTS}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A member of staff."""

    id: UUID
    login: str
    name: str
    """as residents see it"""
    roles: frozenset[Role]
    section: str = ""
    disabled: bool = False
    must_change_password: bool = False


def may(operator: Operator, permission: Permission) -> bool:
    """Whether any of the operator's roles allows it. A disabled account may nothing."""
    return not operator.disabled and any(permission in ALLOWED[role] for role in operator.roles)
