"""A real IMAP server of the tests' own: Dovecot (Debian: dovecot-imapd, dovecot-lmtpd), unprivileged, on free ports."""

import asyncio
import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]

from channels.mail.mailbox import ImapBox

PASSWORD: Final = "open-sesame"
USER: Final = "desk"
_PROGRAM: Final = "/usr/sbin/dovecot"
_STARTS_WITHIN: Final = 20.0

missing: Final = not Path(_PROGRAM).exists()
"""``.ci/run`` installs it: there a test run without it fails"""

_SETTINGS: Final = """
protocols = imap lmtp
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/mail/%n
mail_max_userip_connections = 100
recipient_delimiter = +
imap_idle_notify_interval = 30 secs
first_valid_uid = 1
first_valid_gid = 1
{more}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/home/%n
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  chroot =
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    home: Path
    imap_port: int
    lmtp_port: int
    process: asyncio.subprocess.Process

    async def stop(self) -> None:
        """Connections first: Dovecot itself would wait for them."""
        if self.process.returncode is None:
            for child in self.children():
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGTERM)
            self.process.terminate()
        await self.process.communicate()

    @property
    def box(self) -> ImapBox:
        return ImapBox(host="127.0.0.1", port=self.imap_port, user=USER, password=PASSWORD, tls="none")

    async def deliver(self, mail: bytes, *, to: str = f"{USER}@city.example", sender: str = "taro@example.jp") -> None:
        """As the city's mail server does."""
        await asyncio.to_thread(self._deliver, mail, to, sender)

    def _deliver(self, mail: bytes, to: str, sender: str) -> None:
        with smtplib.LMTP("127.0.0.1", self.lmtp_port, timeout=_STARTS_WITHIN) as client:
            client.sendmail(sender, [to], mail)

    async def flags(self) -> dict[int, set[bytes]]:
        """The flags of every message, by UID, seen through a connection of its own."""
        return await asyncio.to_thread(self._flags)

    def _flags(self) -> dict[int, set[bytes]]:
        with self.client() as client:
            client.select_folder("INBOX", readonly=True)
            fetched = client.fetch(client.search(), ["FLAGS"])
            return {uid: {flag for flag in said[b"FLAGS"] if flag != rb"\Recent"} for uid, said in fetched.items()}

    def client(self) -> IMAPClient:
        """Another program of the staff's, logged in."""
        client = IMAPClient("127.0.0.1", port=self.imap_port, ssl=False, timeout=_STARTS_WITHIN)
        client.login(USER, PASSWORD)
        return client

    def children(self) -> list[int]:
        """Processes that serve a logged-in connection."""
        master = int((self.home / "run/master.pid").read_text())
        found = []
        for each in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                name, _, rest = each.read_text().partition(" (")[2].rpartition(") ")
                if name == "imap" and int(rest.split()[1]) == master:
                    found.append(int(each.parent.name))
        return found

    def put(self, name: str, text: str) -> None:
        """A file of the server's own."""
        owner = self.home.stat()
        place = self.home / name
        place.parent.mkdir(parents=True)
        place.write_text(text)
        for each in (place, *place.parents):
            if each.is_relative_to(self.home):
                os.chown(each, owner.st_uid, owner.st_gid)

    def log(self) -> str:
        file = self.home / "dovecot.log"
        return file.read_text() if file.exists() else ""

    def logins(self) -> int:
        return self.log().count("imap-login: Info: Login:")


def _free_ports(count: int) -> Sequence[int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return ports


def _account() -> pwd.struct_passwd:
    """Whoever runs the tests; for root, who may not serve mail, nobody."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


@asynccontextmanager
async def dovecot(more: str = "") -> AsyncIterator[Dovecot]:
    """Runs inside the block; ``more`` are further lines of its settings."""
    if missing:
        pytest.fail("Dovecot is not installed: apt-get install dovecot-imapd dovecot-lmtpd")
    account, is_root = _account(), os.getuid() == 0
    # Not where other tests write: that is closed to other users, and socket paths must be short.
    home = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    imap_port, lmtp_port = _free_ports(2)
    filled = _SETTINGS.format(
        home=home,
        user=account.pw_name,
        group=grp.getgrgid(account.pw_gid).gr_name,
        uid=account.pw_uid,
        gid=account.pw_gid,
        password=PASSWORD,
        imap_port=imap_port,
        lmtp_port=lmtp_port,
        more=more,
    )
    (home / "dovecot.conf").write_text(filled)
    os.chown(home, account.pw_uid, account.pw_gid)
    process = await asyncio.create_subprocess_exec(
        _PROGRAM,
        "-F",
        "-c",
        str(home / "dovecot.conf"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        user=account.pw_uid if is_root else None,
        group=account.pw_gid if is_root else None,
        extra_groups=[] if is_root else None,
    )
    server = Dovecot(home, imap_port, lmtp_port, process)
    try:
        await _answers(process, server)
        yield server
    finally:
        await server.stop()
        shutil.rmtree(home, ignore_errors=True)


async def _answers(process: asyncio.subprocess.Process, server: Dovecot) -> None:
    async with asyncio.timeout(_STARTS_WITHIN):
        for port in (server.imap_port, server.lmtp_port):
            while True:
                if process.returncode is not None:
                    said = (await process.stderr.read()).decode() if process.stderr else ""
                    pytest.fail(f"Dovecot does not start: {said} {server.log()}")
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                await asyncio.sleep(0.01)
