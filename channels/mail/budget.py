"""How many mails a robot of ours may write: per sender, per domain, for the whole city (RFC 3834, 2 and 5).

Pure: the accounts come in, the changed accounts go out, and so does the time. Whatever two robots write into their
headers, each automatic mail costs its sender and its domain one of a number that only a person fills up again, so
that a loop between them ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

DAY = timedelta(days=1)
_BREAKER_WINDOW = timedelta(minutes=10)

MANY_PEOPLE = frozenset(
    {
        *("docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp", "ymobile.ne.jp", "uqmobile.jp"),
        *("rakumail.jp", "mineo.jp", "gmail.com", "googlemail.com", "yahoo.co.jp", "ymail.ne.jp", "icloud.com"),
        *("me.com", "mac.com", "outlook.com", "outlook.jp", "hotmail.com", "hotmail.co.jp", "live.jp", "nifty.com"),
        *("biglobe.ne.jp", "so-net.ne.jp", "ocn.ne.jp", "plala.or.jp", "dion.ne.jp"),
    }
)
"""Providers with thousands of residents each. Nobody there can invent addresses, so that the sender's account is
enough; elsewhere a robot may write from a new address each time, and its domain pays."""


class Account(NamedTuple):
    """What was spent on one sender, one domain or the whole city. What is stored, and nothing else."""

    total: int = 0
    """since a person of ours last looked"""
    recent: tuple[datetime, ...] = ()
    """of the last day, or of the last ten minutes for the city"""
    acknowledged: frozenset[str] = frozenset()
    """tickets whose arrival the sender was told"""


class Accounts(NamedTuple):
    """The three that one automatic mail is paid from. Load and lock them together, the city's last."""

    sender: Account = Account()
    domain: Account = Account()
    city: Account = Account()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    per_sender_a_day: int = 8
    per_sender: int = 30
    """until a person looks"""
    per_domain: int = 200
    """until a person looks; not for ``many_people``"""
    city_in_ten_minutes: int = 120
    many_people: frozenset[str] = MANY_PEOPLE


class Rule(StrEnum):
    """Why the robot stays silent; the values are stored and logged."""

    ALREADY_ACKNOWLEDGED = "already_acknowledged"
    SENDER_TODAY = "sender_today"
    SENDER = "sender"
    DOMAIN = "domain"
    CITY = "city"

    @property
    def sentence(self) -> str:
        """For staff, in Japanese."""
        return _SENTENCES[self]


_SENTENCES: Final = {
    Rule.ALREADY_ACKNOWLEDGED: "この受付番号の受付のお知らせは、すでに送っています。",
    Rule.SENDER_TODAY: "この差出人への自動返信が、1日の上限に達しました。",
    Rule.SENDER: "この差出人への自動返信が上限に達しました。職員が確認するまで自動では返信しません。",
    Rule.DOMAIN: "このドメインへの自動返信が上限に達しました。職員が確認するまで自動では返信しません。",
    Rule.CITY: "自動返信が短い時間に集中したため、一時的に止めています。",
}


@dataclass(frozen=True, slots=True)
class Granted:
    accounts: Accounts
    """to be stored in the transaction that queues the mail"""


@dataclass(frozen=True, slots=True)
class Denied:
    rule: Rule

    @property
    def needs_a_person(self) -> bool:
        """Somebody should look: this may be a loop or an attack."""
        return self.rule in {Rule.SENDER, Rule.DOMAIN, Rule.CITY}


def ask(
    accounts: Accounts, sender: str, now: datetime, *, limits: Limits, acknowledges: str | None = None
) -> Granted | Denied:
    """May the robot write one mail to ``sender``? ``acknowledges``: the ticket, when it only says that it arrived."""
    accounts = _without_the_past(accounts, now)
    shared = domain_of(sender) in limits.many_people
    if acknowledges is not None and acknowledges in accounts.sender.acknowledged:
        return Denied(Rule.ALREADY_ACKNOWLEDGED)
    if accounts.sender.total >= limits.per_sender:
        return Denied(Rule.SENDER)
    if not shared and accounts.domain.total >= limits.per_domain:
        return Denied(Rule.DOMAIN)
    if len(accounts.sender.recent) >= limits.per_sender_a_day:
        return Denied(Rule.SENDER_TODAY)
    if len(accounts.city.recent) >= limits.city_in_ten_minutes:
        return Denied(Rule.CITY)
    return Granted(_paid(accounts, now, acknowledges))


def answered_by_a_person(accounts: Accounts) -> Accounts:
    """An operator wrote to the sender, or said that they are no robot: both accounts begin anew, today's mails stay."""
    return accounts._replace(
        sender=accounts.sender._replace(total=0),
        domain=accounts.domain._replace(total=0),
    )


def sender_key(address: str) -> str:
    """One account per mailbox: upper and lower case, and what stands behind a ``+``, make no new sender."""
    local, _, domain = address.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def domain_of(address: str) -> str:
    return address.strip().casefold().rpartition("@")[2]


def _without_the_past(accounts: Accounts, now: datetime) -> Accounts:
    # A clock set back does not open the budget: what lies in the future still counts.
    return Accounts(
        _since(accounts.sender, now - DAY),
        _since(accounts.domain, now - DAY),
        _since(accounts.city, now - _BREAKER_WINDOW),
    )


def _since(account: Account, start: datetime) -> Account:
    return account._replace(recent=tuple(moment for moment in account.recent if moment > start))


def _paid(accounts: Accounts, now: datetime, acknowledges: str | None) -> Accounts:
    sender, domain, city = accounts
    told = sender.acknowledged | {acknowledges} if acknowledges is not None else sender.acknowledged
    return Accounts(
        Account(sender.total + 1, (*sender.recent, now), told),
        Account(domain.total + 1),
        Account(city.total + 1, (*city.recent, now)),
    )


@dataclass(frozen=True, slots=True)
class Ledger:
    """All accounts in one value, for a process that keeps them in memory and for trying things out."""

    limits: Limits = field(default_factory=Limits)
    senders: Mapping[str, Account] = field(default_factory=dict)
    domains: Mapping[str, Account] = field(default_factory=dict)
    city: Account = field(default_factory=Account)

    def ask(self, sender: str, now: datetime, *, acknowledges: str | None = None) -> tuple["Ledger", Granted | Denied]:
        """The decision, and the ledger after it."""
        decision = ask(self._accounts(sender), sender, now, limits=self.limits, acknowledges=acknowledges)
        return (self._with(sender, decision.accounts) if isinstance(decision, Granted) else self), decision

    def answered_by_a_person(self, sender: str) -> "Ledger":
        return self._with(sender, answered_by_a_person(self._accounts(sender)))

    def _accounts(self, sender: str) -> Accounts:
        return Accounts(
            self.senders.get(sender_key(sender), Account()), self.domains.get(domain_of(sender), Account()), self.city
        )

    def _with(self, sender: str, accounts: Accounts) -> "Ledger":
        return replace(
            self,
            senders={**self.senders, sender_key(sender): accounts.sender},
            domains={**self.domains, domain_of(sender): accounts.domain},
            city=accounts.city,
        )
