"""What the connections say of mail."""

import ssl
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, FilePath, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from agent_core.tools.mail.addresses import Mailbox, NotAnAddress
from agent_core.tools.web.addresses import is_here

SMTP_PORT, SMTP_TLS_PORT = 587, 465
IMAP_PORT, IMAP_TLS_PORT = 143, 993
_STARTTLS_PORTS = (SMTP_PORT, IMAP_PORT)


class Security(StrEnum):
    """How a line to a mail server is kept from others."""

    TLS = "tls"  #: from the start
    STARTTLS = "starttls"  #: before anybody signs in
    NONE = "none"  #: not at all: only on this machine


def _sender(text: str) -> str:
    try:
        Mailbox.parse(text)
    except NotAnAddress:
        raise PydanticCustomError("nod", "it is no address, such as Nod <nod@example.com>", {}) from None
    return text


def _authority(path: Path) -> Path:
    try:
        ssl.create_default_context(cafile=path)
    except (ssl.SSLError, OSError):
        raise PydanticCustomError("nod", "it is no certificate in PEM form", {}) from None
    return path


def _allowed(text: str) -> str:
    try:
        Mailbox.parse(text if "@" in text else f"anybody@{text}")
    except NotAnAddress:
        raise PydanticCustomError("nod", "it is neither an address nor a domain", {}) from None
    return text


class ServerSettings(BaseModel):
    """A server: host, port and how the line to it is kept from others; port and security follow from each other."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str
    port: int = 0
    security: Security | None = None

    @property
    def kept(self) -> Security:
        """How the line is kept from others: as said, else as is usual at the port."""
        return self.security or (Security.STARTTLS if self.port in _STARTTLS_PORTS else Security.TLS)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.security is Security.NONE and not is_here(self.host):
            raise PydanticCustomError("nod", "without TLS only a server on this machine is used", {})
        return self


class MailSettings(BaseModel):
    """Section [mail.NAME]: an address that mail is sent from, and where it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    sender: Annotated[str, AfterValidator(_sender)]
    user: str
    password: SecretStr
    smtp: ServerSettings | None = None
    imap: ServerSettings | None = None
    #: addresses and domains that may be written to; all when there are none
    allowed: tuple[Annotated[str, AfterValidator(_allowed)], ...] = ()
    #: a file with the certificate of who vouches for both servers, in the place of the usual authorities
    ca: Annotated[FilePath, AfterValidator(_authority)] | None = None
    #: the folder that a copy of what was sent goes to, so that it is known there; none when empty
    sent: str = ""

    @property
    def tls(self) -> ssl.SSLContext:
        """What checks the servers' certificates."""
        return ssl.create_default_context(cafile=self.ca)

    def allows(self, mailbox: Mailbox) -> bool:
        """Say whether an address may be written to."""
        address = mailbox.address.lower()
        named = {each.lower() for each in self.allowed}
        return not named or address in named or address.rpartition("@")[2] in named
