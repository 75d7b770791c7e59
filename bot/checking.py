"""Looks at every connection: whether it can be signed in, and may do what it is for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from agent_core.errors import NodError
from agent_core.tools.mail.accounts import Account
from agent_core.tools.mail.opening import accounts_of
from agent_core.tools.publishing.opening import open_sites
from agent_core.tools.publishing.posts import Site
from bot.connections import Connections


@dataclass(frozen=True, slots=True)
class Checked:
    """What one look gave: what is there, or what is wrong and what to do."""

    name: str
    well: bool
    text: str


async def check_connections(connections: Connections) -> AsyncIterator[Checked]:
    """Yield what is found of each connection, each as soon as it is known."""
    async with open_sites(connections.wordpress, connections.ghost) as sites:
        for name, site in sites.items():
            yield await _site(name, site)
    for name, settings in connections.wordpress.items():
        if settings.is_open_to_others:
            text = f"{settings.url} is not https, so its password can be read on the way there; use https."
            yield Checked(f"site {name}", well=False, text=text)
    for name, account in accounts_of(connections.mail).by_name.items():
        yield await _account(name, account)
    for name, secret in connections.secrets.items():
        if not secret.hosts:
            text = 'it names no hosts, so it goes nowhere; say hosts = ["api.example.com"].'
            yield Checked(f"secret {name}", well=False, text=text)


async def _site(name: str, site: Site) -> Checked:
    try:
        who = await site.check()
    except NodError as error:
        return Checked(f"site {name}", well=False, text=str(error))
    return Checked(f"site {name}", well=True, text=f"{site.place} lets {who} publish")


async def _account(name: str, account: Account) -> Checked:
    name = f"mail {name}"
    can = list[str]()
    try:
        if account.out:
            await account.out.check()
            can.append("sends")
        if account.into:
            await asyncio.to_thread(account.into.check)
            can.append("reads")
    except NodError as error:
        return Checked(name, well=False, text=str(error))
    if not can:
        return Checked(name, well=False, text="it has neither smtp nor imap; say where it sends or reads.")
    return Checked(name, well=True, text=f"{account.settings.sender} {' and '.join(can)} mail")
