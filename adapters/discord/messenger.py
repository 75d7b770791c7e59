"""Cards out to Discord: a message each, found again after a lost answer, edited by its id as long as it is there."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus

import discord
import structlog

from adapters.discord.channels import channel_of, standing_of
from adapters.discord.deliverables import Deliverables, deliverables, run_address
from adapters.discord.failures import as_failures, persistently
from adapters.discord.forums import Forums
from adapters.discord.limits import PAGE, THREAD_NAME, UPLOAD, UPLOAD_BY_TIER
from adapters.discord.names import Ref, is_snowflake, nonce_of, number_of
from adapters.discord.owners import Owners, has_own_thread
from adapters.discord.people import PLATFORM
from adapters.discord.posting import Posting, is_marked
from adapters.discord.rest import ARCHIVED, TOO_LARGE, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, Connected, Json, Rest
from adapters.discord.views import Shown, card_view, sentence_view
from agent_core.cards import Card, CardKind
from agent_core.domain import Actor, Origin
from agent_core.i18n import N_
from agent_core.inbox import Inbox
from agent_core.journal.state import RunState
from agent_core.platform_ports import AnswerLost, CardDeleted, Channel, Delivery, DeliveryFailed, Standing
from agent_core.presenter import ROOT
from agent_core.presenter.firings import firing_title
from agent_core.presenter.lists import one_line
from agent_core.service import Service
from agent_core.threads import Threads

MOST_PAGES = 10  # of a channel's messages looked through for one: its post was tried a moment ago
BEGAN = "thread"  # in place of a Card's id: the message that a thread began with, once it shows no Card any more
MOST_DELETED = 5  # times that a Card is shown anew: what deletes it more often is a program
BEFORE_IT = 60.0  # seconds by which clocks may differ

log = structlog.get_logger(__name__)


class DiscordMessenger:
    """A `Messenger` for Discord. The Inbox remembers what was deleted, and which owner was told of what."""

    def __init__(self, connection: Connected, service: Service, inbox: Inbox, *, public_url: str = "") -> None:
        self._rest = Rest(connection)
        self._service = service
        self._inbox = inbox
        self._public_url = public_url
        self._forums = Forums(self._rest)
        self._not_found: set[tuple[str, str]] = set()  # Cards whose post was uncertain, and that are not there
        self.owners = Owners(self._rest, service, inbox, public_url)

    async def post(self, origin: Origin, run_id: str, card: Card) -> str:
        """Post a Card and return the reference of its message; a Run asked for in a channel gets its thread with it."""
        async with self._telling(run_id):
            channel = await self._place(origin, run_id, card.id)
            shown = await self._shown(origin, run_id, card)
            deleted = await self._times_deleted(run_id, card.id)
            if deleted > MOST_DELETED:
                raise DeliveryFailed(N_("what Nod writes there is deleted again and again"), gone=True)
            if await self._opens_post(origin, channel):
                name, asker = await self._title(run_id)
                post = await self._forums.post(channel, name, shown, asker=asker)
                return str(Ref(origin.workspace, post, post))
            nonce = nonce_of(run_id, card.id, deleted)
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
            if (run_id, card.id) in self._not_found and not await self._is_to_see(channel, message):
                # it was posted, nobody here heard of it, and it is deleted: Discord gives it back for its nonce
                await self._note_deleted(run_id, card.id, Ref(origin.workspace, channel, message))
                message = await self._send(channel, shown, nonce_of(run_id, card.id, deleted + 1))
            self._not_found.discard((run_id, card.id))
            if channel != origin.channel:
                await self.owners.written(run_id)
            return await self._found(origin, run_id, channel, message)

    async def edit(self, origin: Origin, run_id: str, message_ref: str, card: Card) -> None:
        """Make the message show this Card. Raises CardDeleted."""
        ref = Ref.parse(message_ref)
        async with self._telling(run_id):
            shown = await self._shown(origin, run_id, card)
            try:
                await self._change(ref, shown)
            except discord.HTTPException as error:
                if error.code == UNKNOWN_MESSAGE:
                    await self._note_deleted(run_id, card.id, ref)
                    raise CardDeleted from error
                if _is_too_large(error):
                    await self._change(ref, await self._shown(origin, run_id, card, attached=False))
                else:
                    raise

    async def find(self, origin: Origin, run_id: str, card_id: str) -> str:
        """Look for the message of a Card whose post was uncertain; an empty string when there is none."""
        async with self._telling(run_id):
            channel = await self._place(origin, run_id, card_id)
            state = await self._service.state(run_id)
            oldest = discord.utils.time_snowflake(state.created_at) - (int(BEFORE_IT * 1000) << 22)
            nonce = nonce_of(run_id, card_id, await self._times_deleted(run_id, card_id))
            number, before = number_of(run_id, card_id), ""
            if await self._opens_post(origin, channel):
                post = await self._forums.find(origin.workspace, channel, number)
                return str(Ref(origin.workspace, post, post)) if post else ""
            for _ in range(MOST_PAGES):
                page = await self._page(channel, before)
                for message in page:
                    if is_marked(message, self._rest.me, number, nonce):
                        return await self._found(origin, run_id, channel, str(message["id"]))
                if len(page) < PAGE or int(page[-1]["id"]) < oldest:
                    break
                before = str(page[-1]["id"])
            self._not_found.add((run_id, card_id))
            return ""

    async def _found(self, origin: Origin, run_id: str, channel: str, message: str) -> str:
        """Return the reference of a Card's message; a root Card in a channel has its thread then."""
        if channel == origin.channel and has_own_thread(origin):
            await self._start_thread(channel, message, run_id)
        return str(Ref(origin.workspace, channel, message))

    async def standing(self, origin: Origin, owner: Actor) -> Standing:
        """Say whether a channel is there, and its owner where they can read it."""
        with as_failures():
            return await standing_of(self._rest, origin, owner.user)

    async def direct(self, origin: Origin, owner: Actor) -> Origin | None:
        """Return where the owner alone reads, None when they take no direct messages."""
        with as_failures():
            try:
                return Origin(origin.platform, "", await self._rest.direct_channel(owner.user))
            except discord.Forbidden:
                return None

    async def channel(self, origin: Origin, asker: Actor, named: str) -> Channel | None:
        """Return a channel that both Nod and who asked can read and write in, None when there is none."""
        with as_failures():
            return await channel_of(self._rest, origin.workspace, asker.user, named)

    async def write(self, channel: Channel, text: str, mark: str) -> None:
        """Write a text into a channel, letter by letter."""
        try:
            with as_failures():
                await Posting(self._rest, sentence_view(text), mark).to(channel.id)
        except DeliveryFailed as failure:
            if failure.gone or isinstance(failure.__cause__, discord.RateLimited):
                raise
            raise AnswerLost(str(failure)) from failure
        except discord.HTTPException as error:
            raise DeliveryFailed(error.text, gone=True) from error

    async def written(self, channel: Channel, mark: str) -> bool:
        """Say whether a text with this mark was written into a channel of late."""
        with as_failures():
            return await Posting(self._rest, sentence_view(""), mark).stands_in(channel.id)

    async def place_of(self, state: RunState) -> str:
        """Return the thread, or the direct channel, in which a Run is talked about. Raises DeliveryFailed."""
        with as_failures():
            return await self._place(state.origin, state.run_id, "")

    # --- messages that somebody deleted ---

    async def deleted(self, ref: Ref) -> None:
        """Take note that a message was deleted. If it showed a Card that asks something, that is asked anew."""
        shown = await self._service.threads.shown_by(str(ref))
        if shown is not None and shown.card_id != BEGAN:
            await persistently(lambda: self._note_deleted(shown.run_id, shown.card_id, ref))
            await self._service.card_deleted(str(ref))

    async def _note_deleted(self, run_id: str, card_id: str, ref: Ref) -> None:
        await self._inbox.first(f"{_deleted(run_id, card_id)}{ref.message}")
        origin = (await self._service.state(run_id)).origin
        begins = ref.channel in (origin.channel, ref.message)  # a channel's thread, a forum's post
        if card_id == ROOT and origin.thread == run_id and begins and await self._is_there(ref):
            # a thread outlives the message it began with, and goes on
            await self._service.threads.deliveries.keep(Delivery(run_id, BEGAN, str(ref), BEGAN))

    async def _is_there(self, began: Ref) -> bool:
        """Say whether the thread of a message was started."""
        try:
            await self._rest.channel(began.message)
        except discord.HTTPException as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
            return False
        return True

    async def _is_to_see(self, channel: str, message: str) -> bool:
        try:
            await self._rest.message(channel, message)
        except discord.HTTPException as error:
            return error.code != UNKNOWN_MESSAGE  # whatever else it is, it does not say that it is gone
        return True

    async def _times_deleted(self, run_id: str, card_id: str) -> int:
        """Return how often the message of a Card was deleted."""
        return len(await self._inbox.known(_deleted(run_id, card_id)))

    # --- where ---

    async def _place(self, origin: Origin, run_id: str, card_id: str) -> str:
        """Return the channel or thread that a Card belongs in."""
        if is_snowflake(origin.thread):
            return origin.thread
        if card_id == ROOT and origin.thread == run_id and not await self._service.threads.message_of(run_id, BEGAN):
            return origin.channel
        began = await thread_began_with(self._service.threads, origin.thread)
        if began is None:
            raise DeliveryFailed("the first card is not shown yet", retry_after=1.0)
        return began.message  # a message's thread has its id

    async def _opens_post(self, origin: Origin, channel: str) -> bool:
        """Say whether what belongs in a channel belongs in a post of its own there, since it is a forum."""
        return channel == origin.channel and has_own_thread(origin) and await self._forums.is_one(channel)

    async def _page(self, channel: str, before: str) -> list[Json]:
        try:
            return list(await self._rest.newest(channel, before=before))
        except discord.HTTPException as error:
            if error.code == UNKNOWN_CHANNEL:  # a thread that was not started yet holds nothing
                return []
            raise

    async def _thread_of_root(self, origin: Origin, run_id: str, thread: str) -> None:
        """Start the thread that a crash kept from being started; one that was there and is gone stays so."""
        if not has_own_thread(origin) or await self._was_there(run_id, origin.thread, thread):
            raise DeliveryFailed("the thread or channel is gone", gone=True)
        await self._start_thread(origin.channel, thread, origin.thread)

    async def _was_there(self, run_id: str, first: str, thread: str) -> bool:
        """Say whether any Card was shown in the thread before."""
        for run in {run_id, first}:
            kept = await self._service.threads.deliveries.deliveries(run)
            if any(each.message_ref and Ref.parse(each.message_ref).channel == thread for each in kept.values()):
                return True
        return False

    async def _start_thread(self, channel: str, message: str, run_id: str) -> None:
        name, asker = await self._title(run_id)
        await self._rest.start_thread(channel, message, name, asker=asker)

    async def _title(self, run_id: str) -> tuple[str, str]:
        """Return what a Run's own thread is called, and who asked, if that is known here."""
        state = await self._service.state(run_id)
        asker = state.actor.user if state.actor.platform == PLATFORM else ""
        title = state.goal if state.firing is None else firing_title(state.goal, state.firing, state.language)
        return thread_name(title), asker

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
                self.owners.tell_soon(run_id, str(failure))
            raise


async def thread_began_with(threads: Threads, run_id: str) -> Ref | None:
    """Return the message that the thread of a Run hangs on, None while there is none; it may be deleted by now."""
    began = await threads.message_of(run_id, BEGAN) or await threads.message_of(run_id)
    return Ref.parse(began) if began else None


def thread_name(goal: str) -> str:
    """Return what a Goal's thread is called."""
    name = one_line(goal)
    return name if len(name) <= THREAD_NAME else f"{name[: THREAD_NAME - 1]}…"


def _deleted(run_id: str, card_id: str) -> str:
    """Return how the keys of the messages begin that showed a Card and were deleted."""
    return f"deleted:{run_id}/{card_id}/"


def _is_too_large(error: discord.HTTPException) -> bool:
    return error.code == TOO_LARGE or error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
