"""An IMAP server: Dovecot in a folder of its own, run by an ordinary user."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.peers.mail import PASSWORD

ORDINARY = "nobody"  # who runs it where the tests are run by root
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
{tls}
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class ImapServer:
    port: int
    mail: Path
    tls_port: int = 0

    def deliver(self, content: bytes, user: str, arrived: datetime | None = None) -> None:
        """Put a letter into somebody's inbox, as one that came just now or at another time."""
        inbox = self.mail / user / "new"
        inbox.mkdir(parents=True, exist_ok=True)
        for each in ("cur", "tmp"):
            (inbox.parent / each).mkdir(exist_ok=True)
        letter = inbox / f"{len(list(inbox.iterdir())):06}.test"
        letter.write_bytes(content)
        if arrived is not None:  # what Dovecot takes for it in a maildir
            os.utime(letter, (arrived.timestamp(), arrived.timestamp()))
        for each in (inbox.parent, *inbox.parent.rglob("*")):
            _hand_over(each)


@contextmanager
def running_imap(certificate: Path | None = None) -> Iterator[ImapServer]:
    """Run an IMAP server until left, with TLS if there is a certificate; every user's password is PASSWORD."""
    folder = Path(tempfile.mkdtemp(prefix="nod-imap-"))
    folder.chmod(0o755)
    try:
        for each in ("run", "mail", "home"):
            (folder / each).mkdir()
            _hand_over(folder / each)
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        with socket.create_server(("127.0.0.1", 0)) as server:
            tls_port = server.getsockname()[1] if certificate else 0
        names = _names()
        config = folder / "dovecot.conf"
        config.write_text(
            CONFIG.format(
                folder=folder, port=port, tls_port=tls_port, tls=_tls(folder, certificate), password=PASSWORD, **names
            )
        )
        as_whom = {"user": names["user"], "group": names["group"], "extra_groups": []} if os.getuid() == 0 else {}
        process = subprocess.Popen(
            ["dovecot", "-F", "-c", str(config)], stderr=subprocess.PIPE, text=True, cwd=folder, **as_whom
        )
        try:
            said = list[str]()
            for line in process.stderr:
                said.append(line)
                if "starting up" in line:
                    break
            else:
                raise RuntimeError(f"Dovecot did not start: {''.join(said)}")
            yield ImapServer(port, folder / "mail", tls_port)
        finally:
            process.terminate()
            process.stderr.close()
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tls(folder: Path, certificate: Path | None) -> str:
    if certificate is None:
        return "ssl = no"
    kept = Path(shutil.copy(certificate, folder / "tls.pem"))
    _hand_over(kept)
    return f"ssl = yes\nssl_cert = <{kept}\nssl_key = <{kept}"


def _names() -> dict[str, str]:
    found = pwd.getpwnam(ORDINARY) if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    return {"user": found.pw_name, "group": grp.getgrgid(found.pw_gid).gr_name}


def _hand_over(path: Path) -> None:
    if os.getuid() == 0:
        shutil.chown(path, *_names().values())
