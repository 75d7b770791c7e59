"""What Discord sends, handed to what handles it, from the raw payloads of its gateway: nothing has to be in a cache."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from adapters.discord.asking import Asking
from adapters.discord.deciding import Deciding, opens_modal
from adapters.discord.failures import GONE, UNKNOWN_GUILD
from adapters.discord.messenger import DiscordMessenger
from adapters.discord.names import Ref
from adapters.discord.owed import Owed
from adapters.discord.payloads import Data, within
from adapters.discord.people import PLATFORM, language_of_locale
from adapters.discord.places import Place, Places
from adapters.discord.reacting import Reacting
from adapters.discord.reading import is_for_somebody_else, is_post, is_written_by_a_person, names, replies_to
from adapters.discord.replying import Replying
from adapters.discord.rest import UNKNOWN_CHANNEL, Connected, Rest
from adapters.discord.speaking import Voice
from adapters.discord.views import sentence_view
from agent_core.errors import NodError, StorageError
from agent_core.i18n import sentence
from agent_core.inbox import Inbox
from agent_core.platform_ports import NoteStore
from agent_core.ports import RunSummary
from agent_core.service import Service

LIVE_RUNS = 1000

log = structlog.get_logger(__name__)


def lane_of(kind: str, data: Mapping[str, Any]) -> str:
    """Return what is handled in order with this: what happens in one thread or channel, a person's commands there."""
    channel = str(data.get("channel_id") or data.get("id") or "")
    if kind in ("command", "context_menu"):
        user = within(data, "member", "user") or within(data, "user")
        return f"{kind}/{channel}/{user.get('id', '')}"
    return channel


class Handling:
    """Handles what the Inbox of Discord gives, and modals. Everything in the Inbox stands being handled twice.

    `public_url` is where people reach the web workspace, empty when they cannot.
    """

    def __init__(
        self,
        connection: Connected,
        service: Service,
        messenger: DiscordMessenger,
        inbox: Inbox,
        notes: NoteStore,
        *,
        public_url: str = "",
    ) -> None:
        rest = Rest(connection)
        voice = self._voice = Voice(rest, Owed(notes))
        self._service = service
        self._rest = rest
        self._messenger = messenger
        self._places = Places(service, rest)
        self._asking = Asking(service, rest, self._places, voice, inbox.first)
        self._replying = Replying(self._asking)
        self._deciding = Deciding(service, rest, voice, self._places, public_url)
        self._reacting = Reacting(service, rest, voice, messenger, inbox.first)

    async def handle(self, payload: Mapping[str, Any]) -> None:
        """Do what came: `kind`, `data` as the gateway sent it, and its `key`.

        Commands and the message menu are expected to have been deferred ephemerally, clicks as updates.
        """
        kind, data, key = str(payload["kind"]), payload["data"], str(payload["key"])
        try:
            await self._do(kind, data, key)
        except StorageError:  # the Inbox knows when to try again
            raise
        except Exception:
            await self._tell_of_fault(kind, data)
            raise

    async def _tell_of_fault(self, kind: str, data: Data) -> None:
        """Tell who waits for an answer that there is none, and why."""
        text = sentence(NodError(), language_of_locale(str(data.get("locale") or "")))
        if kind in ("command", "context_menu"):
            await self._voice.fill_in(data, sentence_view(text), text=text)
        elif kind == "component":
            await self._voice.whisper(data, text)

    async def _do(self, kind: str, data: Data, key: str) -> None:
        match kind:
            case "command":
                await self._asking.command(data, key)
            case "context_menu":
                await self._asking.about(data, key)
            case "component" if not opens_modal(data):
                await self._deciding.clicked(data)
            case "message":
                await self._message(data, key)
            case "reaction_add":
                await self._reacting.added(data, key)
            case "reaction_remove":
                await self._reacting.removed(data, key)
            case "message_delete":
                await self._messenger.deleted(_ref(data))
            case "thread_delete":
                await self._thread_gone(data)
            case "channel_delete":
                # nothing is told of the threads that go with it
                await self._gone(str(data["guild_id"]), str(data["id"]), GONE[UNKNOWN_CHANNEL])
            case "guild_delete":
                await self._gone(str(data["id"]), "", GONE[UNKNOWN_GUILD])
            case other:
                log.debug("discord_left_alone", kind=other)

    async def concerns(self, kind: str, data: Mapping[str, Any]) -> bool:
        """Say whether something can be meant for Nod, so that what is not need not be kept at all."""
        match kind:
            case "message":
                return await self._heard(data) is not None
            case "reaction_add" | "reaction_remove":
                return await self._reacting.concerns(data)
            case "thread_update":
                return await self._places.run_in(_thread(data)) is not None
            case "message_delete":
                return await self._service.threads.shown_by(str(_ref(data))) is not None
            case _:
                return True

    def opens_modal(self, data: Mapping[str, Any]) -> bool:
        """Say whether a click must be answered with a modal at once, by `open_modal`, and not be deferred."""
        return opens_modal(data)

    async def open_modal(self, data: Mapping[str, Any]) -> None:
        """Answer a click with the modal it needs, or with why there is none."""
        await self._deciding.open_modal(data)

    async def submitted(self, data: Mapping[str, Any]) -> None:
        """Do what a submitted modal says, and answer it."""
        await self._deciding.submitted(data)

    def lane_of(self, kind: str, data: Mapping[str, Any]) -> str:
        """Return what is handled in order with this."""
        return lane_of(kind, data)

    async def begin(self) -> None:
        """Go on with what was left to say when Nod last ended."""
        await self._voice.begin()

    async def close(self) -> None:
        """Say nothing more."""
        await self._voice.close()
        await self._messenger.owners.close()

    async def idle(self) -> None:
        """Wait until all is said that was to be said again."""
        await self._voice.idle()
        await self._messenger.owners.idle()

    # --- messages ---

    async def _message(self, message: Data, key: str) -> None:
        heard = await self._heard(message)
        if heard is None:
            return
        place, run = heard
        if run is not None:
            await self._replying.replied(message, place, run, key)
        else:
            await self._asking.message(message, place, key)

    async def _heard(self, message: Data) -> tuple[Place, RunSummary | None] | None:
        """Return where a message was written and the Run it is for, if any; None when it is not for Nod."""
        if not is_written_by_a_person(message):
            return None
        place = await self._places.of(message)
        run = await self._run_of(message, place)
        if run is not None:
            return None if place.guild and is_for_somebody_else(message, self._rest.me) else (place, run)
        called = names(message, self._rest.me) or not place.guild
        if not called and is_post(message):
            called = await self._places.is_tagged_post(place)
        return (place, None) if called else None

    async def _run_of(self, message: Data, place: Place) -> RunSummary | None:
        """Return the Run that a message is for: that of its thread, or of the Card it replies to.

        In direct messages a Run that is over is followed up by a reply; anything else is a new Goal.
        """
        if replies_to(message, self._rest.me):
            replied = str(within(message, "referenced_message")["id"])
            run = await self._places.run_of_message(Ref(place.guild, place.here, replied))
            if run is not None:
                return run
        if is_post(message):
            return None
        run = await self._places.run_in(place)
        return None if run and not place.guild and run.status.over else run

    # --- places ---

    async def _thread_gone(self, thread: Data) -> None:
        """Tell the owner of a Run that is under way whose thread was deleted."""
        run = await self._places.run_in(_thread(thread))
        if run is not None and not run.status.over:
            await self._messenger.owners.tell(run.run_id, GONE[UNKNOWN_CHANNEL])

    async def _gone(self, guild: str, channel: str, reason: str) -> None:
        """Tell the owners of the Runs that are under way in a channel, or in a whole server, that it is gone."""
        gone: list[str] = []
        for run in await self._service.runs(limit=LIVE_RUNS, live=True):
            origin = run.origin
            if (origin.platform, origin.workspace) == (PLATFORM, guild) and channel in ("", origin.channel):
                gone.append(run.run_id)
        await asyncio.gather(*(self._messenger.owners.tell(run_id, reason) for run_id in gone))


def _ref(data: Data) -> Ref:
    return Ref(str(data.get("guild_id") or ""), str(data["channel_id"]), str(data["id"]))


def _thread(data: Data) -> Place:
    return Place(str(data["guild_id"]), str(data["parent_id"]), str(data["id"]))
