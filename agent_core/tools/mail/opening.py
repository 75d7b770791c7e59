"""Makes the Tools of mail of what the connections say."""

from collections.abc import Iterator, Mapping

from agent_core.ports import Clock
from agent_core.tools.mail.accounts import Account, Accounts
from agent_core.tools.mail.read_mail import reading_tools
from agent_core.tools.mail.send_mail import send_mail_tool
from agent_core.tools.mail.settings import MailSettings
from agent_core.tools.toolbox import Tool


def accounts_of(mail: Mapping[str, MailSettings]) -> Accounts:
    """Return the accounts of these sections."""
    return Accounts({name: Account.of(name, settings) for name, settings in mail.items()})


def mail_tools(mail: Mapping[str, MailSettings], clock: Clock) -> Iterator[Tool]:
    """Yield the Tools that can do something with these accounts."""
    accounts = accounts_of(mail)
    if accounts.sends:
        yield send_mail_tool(accounts, clock)
    if accounts.reads:
        yield from reading_tools(accounts)
