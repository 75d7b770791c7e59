"""Mail servers, and a mail connection to them."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from agent_core.domain import digest_of
from agent_core.tools.mail.opening import mail_tools
from agent_core.tools.mail.settings import MailSettings
from agent_core.tools.toolbox import Toolbox, ToolContext
from tests.peers.mail import PASSWORD
from tests.peers.mail.imap import running_imap
from tests.peers.mail.smtp import open_smtp

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def imap():
    with running_imap() as server:
        yield server


@pytest.fixture
async def smtp():
    async with open_smtp() as server:
        yield server


@pytest.fixture
def deliver(imap, request):
    """Puts letters into an inbox of the test's own, and names its user."""

    class Deliver:
        user = f"user-{digest_of(request.node.nodeid)[:20]}"

        def __call__(self, number, subject="Hello", text="How are you?", sender="Jane Doe <jane@example.com>", **given):
            letter = EmailMessage()
            letter["From"], letter["To"], letter["Subject"] = sender, "nod@example.org", subject
            letter["Message-ID"] = f"<{number}@example.com>"
            letter["Date"] = given.pop("date", "Sun, 01 Mar 2026 10:00:00 +0000")
            files, arrived = given.pop("files", {}), given.pop("arrived", None)
            for name, value in given.items():
                letter[name.replace("_", "-")] = value
            letter.set_content(text)
            for name, content in files.items():
                letter.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
            imap.deliver(letter.as_bytes(), self.user, arrived)
            return f"<{number}@example.com>"

    return Deliver()


@pytest.fixture
def account(smtp, imap, deliver):
    """A mail connection's section."""
    return {
        "sender": "Nod <nod@example.org>",
        "user": deliver.user,
        "password": PASSWORD,
        "smtp": {"host": "127.0.0.1", "port": smtp.port, "security": "none"},
        "imap": {"host": "127.0.0.1", "port": imap.port, "security": "none"},
    }


@pytest.fixture
def tools():
    def of(section):
        return Toolbox.of(mail_tools({"post": MailSettings.model_validate(section)}, lambda: NOW))

    return of


@pytest.fixture
def context(workspace):
    return ToolContext("r1", workspace, frozenset(), "en")
