"""Addresses of mail as people write them and as servers are given them: one text is one address, or none. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address
from typing import Self

from agent_core.errors import NodError

_LOCAL = re.compile(r"(?=.{1,64}\Z)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_NAMED = re.compile(r"(?P<name>[^<>@]*)<(?P<address>[^<>]*)>")
_LONGEST = 254  # characters of an address (RFC 5321, 4.5.3.1.3)


class NotAnAddress(NodError):
    """“{text}” is not one address; write one for each, such as jane@example.com or Jane Doe <jane@example.com>."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address, in ASCII, and the name that is shown beside it."""

    address: str
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `jane@example.com` or `Jane Doe <jane@example.com>`: what it holds besides is not passed over.

        Raises:
            NotAnAddress: it is not one address, or could be read as another.
        """
        text = text.strip()
        found = _NAMED.fullmatch(text)
        name, address = (found["name"].strip().strip('"'), found["address"]) if found else ("", text)
        local, at, domain = address.rpartition("@")
        if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in text) or not at:
            raise NotAnAddress(text=_shown(text))
        try:
            domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        except UnicodeError:
            raise NotAnAddress(text=_shown(text)) from None
        labels = domain.split(".")
        if not _LOCAL.fullmatch(local) or not all(map(_LABEL.fullmatch, labels)) or len(address) > _LONGEST:
            raise NotAnAddress(text=_shown(text))
        return cls(f"{local}@{domain.lower()}", name)

    @property
    def header(self) -> Address:
        """What stands in a header; the name is quoted there as it must be."""
        return Address(self.name, addr_spec=self.address)

    @property
    def shown(self) -> str:
        """What people are shown: the address first, for it decides where mail goes and the name says anything."""
        domain = self.address.rpartition("@")[2]
        beside = [self.name] if self.name else []
        if "xn--" in domain:
            beside.append(_letters(domain))
        return f"{self.address} ({' · '.join(beside)})" if beside else self.address


def _letters(domain: str) -> str:
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:200])
