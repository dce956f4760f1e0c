from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tickets.operators import ALLOWED, Operator, Permission, Role, may


def an_operator(*roles: Role, disabled: bool = False) -> Operator:
    return Operator(id=UUID(int=1), login="sato", name="佐藤", roles=frozenset(roles), disabled=disabled)


def test_only_a_supervisor_takes_a_conversation_from_a_colleague() -> None:
    assert [role for role in Role if may(an_operator(role), Permission.TAKE_FROM_COLLEAGUE)] == [Role.SUPERVISOR]


def test_only_an_administrator_manages_accounts_and_sees_the_audit() -> None:
    for permission in (Permission.MANAGE_OPERATORS, Permission.SEE_AUDIT):
        assert [role for role in Role if may(an_operator(role), permission)] == [Role.ADMINISTRATOR]


def test_an_administrator_does_not_speak_to_residents_by_that_role_alone() -> None:
    assert not may(an_operator(Role.ADMINISTRATOR), Permission.REPLY)


def test_every_permission_is_somebodys() -> None:
    assert set().union(*(ALLOWED[role] for role in Role)) == set(Permission)


@given(st.sets(st.sampled_from(Role)), st.sampled_from(Permission))
def test_two_roles_allow_what_either_allows_and_a_disabled_account_nothing(
    roles: set[Role], permission: Permission
) -> None:
    assert may(an_operator(*roles), permission) is any(may(an_operator(role), permission) for role in roles)
    assert not may(an_operator(*roles, disabled=True), permission)
