"""The doors to chat platforms: which of them the settings name, and what each needs of the process it lives in."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Protocol

from starlette.routing import Route

from agent_core.platform_ports import Messenger
from bot.bootstrap import Nod


class Door(Protocol):
    """An open door to a platform."""

    @property
    def messenger(self) -> Messenger:
        """The platform's way out."""
        ...

    @property
    def routes(self) -> Sequence[Route]:
        """What the platform calls, signed, to be served beside the web workspace; often nothing."""
        ...

    async def serve(self) -> None:
        """Stay connected until cancelled, however often the platform goes away."""
        ...

    def trouble(self) -> str:
        """Return what is wrong with the connection now and what to do, an empty string when nothing is."""
        ...


Opening = Callable[[Nod], AbstractAsyncContextManager[Door]]


def _slack(nod: Nod) -> AbstractAsyncContextManager[Door]:
    from bot.slack import open_slack  # noqa: PLC0415  (takes a second to import, and most ways to start need none)

    return open_slack(nod)


def _discord(nod: Nod) -> AbstractAsyncContextManager[Door]:
    from bot.discord import open_discord  # noqa: PLC0415  (the same)

    return open_discord(nod)


#: by platform: whether the settings name it, and what opens it (imported late: most ways to start Nod need none)
OPENINGS: Mapping[str, tuple[Callable[[Nod], bool], Opening]] = {
    "slack": (lambda nod: nod.settings.names_slack, _slack),
    "discord": (lambda nod: nod.settings.discord_token is not None, _discord),
}


@asynccontextmanager
async def open_doors(nod: Nod) -> AsyncGenerator[Mapping[str, Door]]:
    """Yield the doors that the settings name, by platform.

    Raises:
        SettingsError: a platform's settings cannot be used.
    """
    async with AsyncExitStack() as stack:
        doors = {
            platform: await stack.enter_async_context(opening(nod))
            for platform, (named, opening) in OPENINGS.items()
            if named(nod)
        }
        nod.post_message.writers.update({platform: door.messenger for platform, door in doors.items()})
        stack.callback(nod.post_message.writers.clear)
        yield doors
