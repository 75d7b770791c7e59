"""Cards out to Discord: a message each, found again after a lost answer, edited by its id as long as it is there."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

import aiohttp
import discord
import structlog

from adapters.discord.deliverables import Deliverables, deliverables, run_address
from adapters.discord.failures import as_failures
from adapters.discord.limits import PAGE, THREAD_NAME, UPLOAD, UPLOAD_BY_TIER
from adapters.discord.names import Ref, is_snowflake, nonce_of, number_of
from adapters.discord.people import PLATFORM
from adapters.discord.rest import ARCHIVED, TOO_LARGE, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, Connected, Json, Rest
from adapters.discord.views import Shown, card_view, sentence_view
from agent_core.cards import Card, CardKind
from agent_core.domain import Actor, Origin
from agent_core.i18n import translator
from agent_core.journal.state import RunState
from agent_core.platform_ports import DeliveryFailed, Standing
from agent_core.presenter import ROOT
from agent_core.presenter.chat_notices import place_gone
from agent_core.presenter.firings import firing_title
from agent_core.presenter.lists import one_line
from agent_core.service import Service

MOST_PAGES = 10  # of a channel's messages looked through for one: its post was tried a moment ago
BEFORE_IT = 60.0  # seconds by which clocks may differ

UNKNOWN_MEMBER, MISSING_ACCESS = 10007, 50001  # docs, JSON Error Codes

log = structlog.get_logger(__name__)


async def _each_time(_key: str) -> bool:
    return True


class DiscordMessenger:
    """A `Messenger` for Discord. `once` says whether something is done for the first time (`Inbox.first`)."""

    def __init__(
        self,
        connection: Connected,
        service: Service,
        *,
        once: Callable[[str], Awaitable[bool]] = _each_time,
        public_url: str = "",
    ) -> None:
        self._rest = Rest(connection)
        self._service = service
        self._once = once
        self._public_url = public_url

    async def post(self, origin: Origin, run_id: str, card: Card) -> str:
        """Post a Card and return the reference of its message; a Run asked for in a channel gets its thread with it."""
        async with self._telling(run_id):
            channel = await self._place(origin, run_id, card.id)
            shown = await self._shown(origin, run_id, card)
            nonce = nonce_of(run_id, card.id)
            try:
                message = await self._send(channel, shown, nonce)
            except discord.HTTPException as error:
                if error.code == UNKNOWN_CHANNEL and channel != origin.channel:
                    await self._thread_of_root(origin, run_id, channel)
                    message = await self._send(channel, shown, nonce)
                elif _is_too_large(error):
                    plain = await self._shown(origin, run_id, card, attached=False)
                    message = await self._send(channel, plain, nonce)
                else:
                    raise
            return await self._found(origin, run_id, channel, message)

    async def edit(self, origin: Origin, run_id: str, message_ref: str, card: Card) -> None:
        """Make the message show this Card. One that somebody deleted stays so."""
        ref = Ref.parse(message_ref)
        async with self._telling(run_id):
            shown = await self._shown(origin, run_id, card)
            try:
                await self._change(ref, shown)
            except discord.HTTPException as error:
                if error.code == UNKNOWN_MESSAGE:
                    log.info("card_deleted", run=run_id, card=card.id)
                elif _is_too_large(error):
                    await self._change(ref, await self._shown(origin, run_id, card, attached=False))
                else:
                    raise

    async def find(self, origin: Origin, run_id: str, card_id: str) -> str:
        """Look for the message of a Card whose post was uncertain; an empty string when there is none."""
        async with self._telling(run_id):
            channel = await self._place(origin, run_id, card_id)
            state = await self._service.state(run_id)
            oldest = discord.utils.time_snowflake(state.created_at) - (int(BEFORE_IT * 1000) << 22)
            nonce, number, before = nonce_of(run_id, card_id), number_of(run_id, card_id), ""
            for _ in range(MOST_PAGES):
                page = await self._page(channel, before)
                for message in page:
                    if self._is_it(message, nonce, number):
                        return await self._found(origin, run_id, channel, str(message["id"]))
                if len(page) < PAGE or int(page[-1]["id"]) < oldest:
                    break
                before = str(page[-1]["id"])
            return ""

    async def _found(self, origin: Origin, run_id: str, channel: str, message: str) -> str:
        """Return the reference of a Card's message; a root Card in a channel has its thread then."""
        if channel == origin.channel and _has_thread(origin):
            await self._rest.start_thread(channel, message, await self._thread_name(run_id))
        return str(Ref(origin.workspace, channel, message))

    async def standing(self, origin: Origin, owner: Actor) -> Standing:
        """Say whether a channel is there, and its owner on the server."""
        with as_failures():
            try:
                await self._rest.channel(origin.channel)
                if origin.workspace:
                    await self._rest.member(origin.workspace, owner.user)
            except discord.HTTPException as error:
                if error.code == UNKNOWN_MEMBER:
                    return Standing.OWNER_GONE
                if error.code in (UNKNOWN_CHANNEL, MISSING_ACCESS):
                    return Standing.CHANNEL_GONE
                raise
        return Standing.FINE

    async def direct(self, origin: Origin, owner: Actor) -> Origin | None:
        """Return where the owner alone reads, None when they take no direct messages."""
        with as_failures():
            try:
                return Origin(origin.platform, "", await self._rest.direct_channel(owner.user))
            except discord.Forbidden:
                return None

    async def place_of(self, state: RunState) -> str:
        """Return the thread, or the direct channel, in which a Run is talked about. Raises DeliveryFailed."""
        with as_failures():
            return await self._place(state.origin, state.run_id, "")

    # --- where ---

    async def _place(self, origin: Origin, run_id: str, card_id: str) -> str:
        """Return the channel or thread that a Card belongs in."""
        if is_snowflake(origin.thread):
            return origin.thread
        if card_id == ROOT and origin.thread == run_id:
            return origin.channel
        root = await self._service.threads.message_of(origin.thread)
        if not root:
            raise DeliveryFailed("the first card is not shown yet", retry_after=1.0)
        return Ref.parse(root).message  # a message's thread has its id

    async def _page(self, channel: str, before: str) -> list[Json]:
        try:
            return list(await self._rest.newest(channel, before=before))
        except discord.HTTPException as error:
            if error.code == UNKNOWN_CHANNEL:  # a thread that was not started yet holds nothing
                return []
            raise

    def _is_it(self, message: Json, nonce: str, number: int) -> bool:
        if message["author"]["id"] != self._rest.me:
            return False
        return message.get("nonce") == nonce or any(
            part.get("id") == number for part in message.get("components") or ()
        )

    async def _thread_of_root(self, origin: Origin, run_id: str, thread: str) -> None:
        """Start the thread that a crash kept from being started; one that was there and is gone stays so."""
        if not _has_thread(origin) or await self._was_there(run_id, origin.thread, thread):
            raise DeliveryFailed("the thread or channel is gone", gone=True)
        await self._rest.start_thread(origin.channel, thread, await self._thread_name(origin.thread))

    async def _was_there(self, run_id: str, first: str, thread: str) -> bool:
        """Say whether any Card was shown in the thread before."""
        for run in {run_id, first}:
            kept = await self._service.threads.deliveries.deliveries(run)
            if any(each.message_ref and Ref.parse(each.message_ref).channel == thread for each in kept.values()):
                return True
        return False

    async def _thread_name(self, run_id: str) -> str:
        state = await self._service.state(run_id)
        if state.firing is not None:
            return thread_name(firing_title(state.goal, state.firing, state.language))
        return thread_name(state.goal)

    # --- what ---

    async def _shown(self, origin: Origin, run_id: str, card: Card, *, attached: bool = True) -> Shown:
        state = await self._service.state(run_id)
        address = run_address(self._public_url, run_id)
        files = Deliverables()
        if card.kind is CardKind.RESULT and card.files:
            most = await self._upload_limit(origin.workspace) if attached else 0
            files = await deliverables(
                self._service, run_id, card.files, most=most, address=address, language=state.language
            )
        return card_view(card, state.language, run_id=run_id, files=files.uploads, notes=files.notes, address=address)

    async def _upload_limit(self, guild: str) -> int:
        if not guild:
            return UPLOAD
        tier = await self._rest.boost_tier(guild)
        return UPLOAD_BY_TIER.get(tier, UPLOAD)

    async def _send(self, channel: str, shown: Shown, nonce: str) -> str:
        return await self._rest.send(channel, shown, nonce=nonce)

    async def _change(self, ref: Ref, shown: Shown) -> None:
        """Edit a message; its thread is woken first if it sleeps."""
        try:
            await self._rest.edit(ref.channel, ref.message, shown)
        except discord.HTTPException as error:
            if error.code != ARCHIVED:
                raise
            await self._rest.unarchive(ref.channel)
            await self._rest.edit(ref.channel, ref.message, shown)

    # --- when a place is gone ---

    @asynccontextmanager
    async def _telling(self, run_id: str) -> AsyncGenerator[None]:
        """Turn Discord's refusals into DeliveryFailed, and tell the owner of a Run whose place is gone."""
        try:
            with as_failures():
                yield
        except DeliveryFailed as failure:
            if failure.gone:
                await self.tell_owner(run_id, str(failure))
            raise

    async def tell_owner(self, run_id: str, reason: str) -> None:
        """Tell a Run's owner, once, that Nod can no longer write where it was asked.

        That is a direct message; where they take none, it stands in the channel, if the Run's first Card does.
        """
        state = await self._service.state(run_id)
        if state.actor.platform != PLATFORM or not await self._once(f"gone:{run_id}"):
            return
        why = translator(state.language)(reason)
        address = run_address(self._public_url, run_id)
        text = place_gone(one_line(state.goal), why, address, state.language)
        shown, nonce = sentence_view(text), nonce_of(run_id, "gone")
        try:
            try:
                await self._rest.send(await self._rest.direct_channel(state.actor.user), shown, nonce=nonce)
            except discord.Forbidden:
                if not _has_thread(state.origin):
                    raise
                await self._rest.send(state.origin.channel, shown, nonce=nonce)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("owner_not_told", run=run_id, error=type(error).__name__)


def thread_name(goal: str) -> str:
    """Return what a Goal's thread is called."""
    name = one_line(goal)
    return name if len(name) <= THREAD_NAME else f"{name[: THREAD_NAME - 1]}…"


def _is_too_large(error: discord.HTTPException) -> bool:
    return error.code == TOO_LARGE or error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def _has_thread(origin: Origin) -> bool:
    """Say whether a Run was asked for in a channel by a command, so that its root Card begins a thread."""
    return bool(origin.workspace) and not is_snowflake(origin.thread)
