"""An SMTP server that keeps what it is given, refuses whom it is told to, and can fall silent."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult

from tests.peers.mail import PASSWORD


@dataclass(frozen=True)
class Taken:
    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=default)


@dataclass
class SmtpServer:
    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    refusing: set[str] = field(default_factory=set)
    #: the line is cut when a letter was taken, before it says so
    losing: bool = False
    answer: str = "250 taken"

    async def handle_RCPT(  # noqa: N802  (aiosmtpd calls it so)
        self, server, session, envelope, address, options
    ):
        if address in self.refusing:
            return "550 nobody of that name here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server, session, envelope
    ):
        self.taken.append(Taken(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        if self.losing:
            server.transport.abort()
        return self.answer


def _authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@asynccontextmanager
async def open_smtp(tls: ssl.SSLContext | None = None, *, at_once: bool = False) -> AsyncIterator[SmtpServer]:
    """Open one; with `tls` it takes nothing before STARTTLS, or speaks TLS `at_once`."""
    later = None if at_once else tls
    handler, open_lines = SmtpServer(), set()

    class Line(SMTP):
        def connection_made(self, transport):
            super().connection_made(transport)
            open_lines.add(transport)

    def line() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a password without TLS is not safe
            return Line(
                handler,
                hostname="smtp.test",
                authenticator=_authenticate,
                auth_required=True,
                auth_require_tls=later is not None,
                require_starttls=later is not None,
                tls_context=later,
            )

    server = await asyncio.get_running_loop().create_server(line, "127.0.0.1", 0, ssl=tls if at_once else None)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()
        for each in open_lines:
            each.abort()
