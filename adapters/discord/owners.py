"""The owners of Runs, who are told once, and surely, that Nod can no longer write where they asked."""

import asyncio

import discord
import structlog

from adapters.discord.deliverables import run_address
from adapters.discord.failures import persistently
from adapters.discord.names import is_snowflake
from adapters.discord.people import PLATFORM
from adapters.discord.posting import Posting
from adapters.discord.rest import Rest
from adapters.discord.views import sentence_view
from agent_core.domain import Origin
from agent_core.errors import StorageError
from agent_core.i18n import translator
from agent_core.inbox import Inbox
from agent_core.platform_ports import DeliveryFailed
from agent_core.presenter.chat_notices import place_gone
from agent_core.presenter.lists import one_line
from agent_core.service import Service

log = structlog.get_logger(__name__)


class Owners:
    """Tells owners. Who was told is kept in the Inbox, once they were."""

    def __init__(self, rest: Rest, service: Service, inbox: Inbox, public_url: str) -> None:
        self._rest = rest
        self._service = service
        self._inbox = inbox
        self._public_url = public_url
        self._telling: dict[str, asyncio.Task[None]] = {}
        self._told: set[str] = set()  # Runs that may be written of again, from here

    async def tell(self, run_id: str, reason: str) -> None:
        """Tell a Run's owner, with as many tries as it takes, unless they were told before.

        That is a direct message; where they take none, it stands in the channel, if the Run's first Card does.
        """
        self.tell_soon(run_id, reason)
        if (task := self._telling.get(run_id)) is not None:
            await asyncio.shield(task)

    def tell_soon(self, run_id: str, reason: str) -> None:
        """Do the same beside everything else. Two who want to tell of a Run tell of it once."""
        if run_id not in self._telling:
            task = self._telling[run_id] = asyncio.create_task(self._tell(run_id, reason), name=f"tell owner {run_id}")
            task.add_done_callback(lambda _: self._telling.pop(run_id))

    async def written(self, run_id: str) -> None:
        """Note that Nod can write of a Run again: should it lose its place once more, its owner is told once more."""
        if run_id in self._told:
            self._told.discard(run_id)
            await self._inbox.forget(_key(run_id))

    async def close(self) -> None:
        """Tell nobody any more."""
        for each in tuple(self._telling.values()):
            each.cancel()
        await self.idle()

    async def idle(self) -> None:
        """Wait until everybody is told."""
        while self._telling:
            await asyncio.wait(tuple(self._telling.values()))

    async def _tell(self, run_id: str, reason: str) -> None:
        try:
            state, key = await self._service.state(run_id), _key(run_id)
            if state.actor.platform != PLATFORM or key in await self._inbox.known(key):
                return
            text = place_gone(
                one_line(state.goal),
                translator(state.language)(reason),
                run_address(self._public_url, run_id),
                state.language,
            )
            posting = Posting(self._rest, sentence_view(text), key)
            await persistently(lambda: self._post(posting, state.actor.user, state.origin))
            await self._inbox.first(key)
            self._told.add(run_id)
        except (DeliveryFailed, discord.HTTPException, StorageError) as error:
            log.warning("owner_not_told", run=run_id, why=str(error))

    async def _post(self, posting: Posting, user: str, origin: Origin) -> None:
        try:
            await posting.to(await self._rest.direct_channel(user))
        except discord.Forbidden:
            if not has_own_thread(origin):
                raise
            await posting.to(origin.channel)


def has_own_thread(origin: Origin) -> bool:
    """Say whether a Run was asked for in a channel by a command, so that its root Card begins a thread."""
    return bool(origin.workspace) and not is_snowflake(origin.thread)


def _key(run_id: str) -> str:
    return f"gone:{run_id}"
