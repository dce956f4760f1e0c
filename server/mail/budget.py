"""The robot's budget for mails, in the database: paid in the transaction that queues the mail."""

from datetime import datetime
from typing import Any

import msgspec

from bot.ports import Records
from channels.mail.budget import (
    Account,
    Accounts,
    Denied,
    Limits,
    answered_by_a_person,
    ask,
    domain_of,
    sender_key,
)
from conversations.message import Address

CITY = "city"


class MailBudget:
    """As ``bot.ports.Restraint`` promises."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    async def why_silent(self, records: Records, address: Address, now: datetime, *, only_a_receipt: bool) -> str:
        names = _names(address)
        accounts = await _accounts(records, names)
        acknowledges = address.thread if only_a_receipt else None
        decision = ask(accounts, address.account, now, limits=self._limits, acknowledges=acknowledges)
        if isinstance(decision, Denied):
            return decision.rule.sentence
        await _save(records, names, decision.accounts)
        return ""

    async def person_wrote(self, records: Records, address: Address) -> None:
        names = _names(address)
        await _save(records, names, answered_by_a_person(await _accounts(records, names)))


def _names(address: Address) -> tuple[str, str, str]:
    return f"sender:{sender_key(address.account)}", f"domain:{domain_of(address.account)}", CITY


async def _accounts(records: Records, names: tuple[str, str, str]) -> Accounts:
    kept = await records.budgets(names)
    sender, domain, city = (msgspec.convert(kept[name], Account) for name in names)
    return Accounts(sender, domain, city)


async def _save(records: Records, names: tuple[str, str, str], accounts: Accounts) -> None:
    changed: dict[str, Any] = {
        name: msgspec.to_builtins(account) for name, account in zip(names, accounts, strict=True)
    }
    await records.save_budgets(changed)
