"""The mail connections by name: the way out and the way in of each, where it has one."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent_core.errors import ConnectionUnknown
from agent_core.tools.mail.imap import Reader
from agent_core.tools.mail.settings import MailSettings
from agent_core.tools.mail.smtp import Sender


@dataclass(frozen=True)
class Account:
    """One connection. Without `smtp` or `imap` in its settings there is no way out, or none in."""

    name: str
    settings: MailSettings
    out: Sender | None
    into: Reader | None

    @classmethod
    def of(cls, name: str, settings: MailSettings) -> "Account":
        """Return the account of a section."""
        out = Sender(name, settings, settings.smtp, settings.tls) if settings.smtp else None
        into = Reader(name, settings, settings.imap, settings.tls) if settings.imap else None
        return cls(name, settings, out, into)


@dataclass(frozen=True)
class Accounts:
    """All of them."""

    by_name: Mapping[str, Account]

    def reader(self, name: str) -> Reader:
        """Return the way into the mail of that name. Raises ConnectionUnknown."""
        reading = {each.name: each.into for each in self.by_name.values() if each.into}
        if name not in reading:
            raise ConnectionUnknown(name=name, known=", ".join(sorted(reading)) or "-")
        return reading[name]

    def sending(self, name: str) -> tuple[Account, Sender]:
        """Return the account of that name, and its way out. Raises ConnectionUnknown."""
        account = self.by_name.get(name)
        if account is None or account.out is None:
            known = sorted(each.name for each in self.by_name.values() if each.out)
            raise ConnectionUnknown(name=name, known=", ".join(known) or "-")
        return account, account.out

    @property
    def sends(self) -> tuple[str, ...]:
        """The names of those that can send."""
        return tuple(sorted(each.name for each in self.by_name.values() if each.out))

    @property
    def reads(self) -> tuple[str, ...]:
        """The names of those that can be read."""
        return tuple(sorted(each.name for each in self.by_name.values() if each.into))
