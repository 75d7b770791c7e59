"""Assembles Nod from its parts, for every way to start it. Nothing else does."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from agent_core.changes import Changes, Returns
from agent_core.delivery import Deliverer
from agent_core.dispatch import LocalDispatcher
from agent_core.domain import Policy
from agent_core.errors import StorageError, StorageMissing
from agent_core.evaluator import Evaluator
from agent_core.executor import Executor
from agent_core.folders import Folders
from agent_core.inbox import Handle, Inbox
from agent_core.language_model import open_language_model
from agent_core.language_model.redacting import RedactingModel
from agent_core.platform_ports import Messenger, NoteStore
from agent_core.ports import LanguageModel
from agent_core.recorder import Recorder
from agent_core.redaction import Redactor
from agent_core.runner import Runner
from agent_core.scheduling import Keeper, schedule_tools, schedules_of
from agent_core.service import Service
from agent_core.sign_ins import SignInStore
from agent_core.threads import Threads
from agent_core.tools.post_message import PostMessage
from agent_core.tools.workspace import Workspace
from bot.connections import load_connections
from bot.late_model import late_model
from bot.ownership import make_folder, tending
from bot.settings import Settings
from bot.tools import open_toolbox
from storage.conversation_store import SqlChannelStore, SqlConversationStore
from storage.database import PROOF_OF_WRITING, Database
from storage.delivery_store import SqlDeliveryStore
from storage.inbox_store import SqlInboxStore
from storage.journal_store import SqlJournalStore
from storage.note_store import SqlNoteStore
from storage.opening import open_database, sqlite_path
from storage.schedule_store import SqlScheduleStore
from storage.sign_in_store import SqlSignInStore

OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Nod:
    """A Nod that is open: the door to the core, and who may come in by the web."""

    settings: Settings
    service: Service
    sign_ins: SignInStore
    dispatcher: LocalDispatcher
    database: Database
    owning: asyncio.Event = field(default_factory=asyncio.Event)  #: set once this process owns the database
    post_message: PostMessage = field(default_factory=PostMessage)  #: told of each platform's way out by its door
    returns: Returns = field(default_factory=Returns)  #: told by a platform's door, heard by who delivers

    def tending(self) -> AbstractAsyncContextManager[bool]:
        """Wake what is due while this is entered, if this process owns the database; yields whether it does."""
        return tending(sqlite_path(self.settings.database_url).absolute(), self.dispatcher, self.owning)

    async def ready(self) -> Mapping[str, str]:
        """Try what Nod needs, reading and writing; return by name an empty string, or what is wrong with it."""
        try:
            await self.service.waiting(limit=1)
            await self.database.write(PROOF_OF_WRITING)
        except StorageError as error:
            return {"storage": str(error), **self.service.executor.toolbox.troubles}
        return {"storage": "", **self.service.executor.toolbox.troubles}

    def notes(self) -> NoteStore:
        """Return what the adapters remember of their platforms."""
        return SqlNoteStore(self.database)

    def inbox(self, platform: str, handle: Handle) -> Inbox:
        """Return the Inbox of a platform, to be entered while the platform is listened to."""
        return Inbox(platform, SqlInboxStore(self.database), _now, handle)

    @asynccontextmanager
    async def delivering(self, messengers: Mapping[str, Messenger]) -> AsyncGenerator[Deliverer]:
        """Keep the messages of these platforms in line with the Runs for as long as this is entered."""
        deliverer = Deliverer(messengers, self.service.threads.deliveries, self.service.state)
        changes = self.service.recorder.changes
        with changes.listening(deliverer.changed), self.returns.listening(deliverer.returned):
            work = [asyncio.create_task(deliverer.run()), asyncio.create_task(deliverer.catch_up())]
            try:
                yield deliverer
            finally:
                for each in work:
                    each.cancel()
                await asyncio.wait(work)

    def firing(self, messengers: Mapping[str, Messenger]) -> AbstractAsyncContextManager[None]:
        """Fire Schedules while this is entered; only for the process that owns the database."""
        from bot.scheduling import ScheduleClock  # noqa: PLC0415  (most ways to start Nod need no scheduler)

        recorder = self.service.recorder
        return ScheduleClock(self.service.schedules, recorder.changes, recorder.clock, messengers).running()

    def folder(self, workspace: str) -> Path:
        """Return where the files of a workspace lie."""
        return workspace_folder(self.settings, workspace)


def workspace_folder(settings: Settings, workspace: str) -> Path:
    """Return where the files of a workspace lie."""
    return settings.nod_data.absolute() / "workspaces" / workspace


def policy_of(settings: Settings) -> Policy:
    """Return the Policy of Runs that have none of their own; the owner decides, too, if no approvers are named."""
    return Policy(settings.nod_policy, settings.nod_approvers or (settings.owner,), settings.expires_after)


@asynccontextmanager
async def open_model(settings: Settings) -> AsyncGenerator[LanguageModel]:
    """Yield the language model that the settings name; the rehearsal model, with a server of its own, if none."""
    if not settings.rehearsal:
        key, where = SecretStr(settings.model_key), settings.openai_base_url or OPENAI
        async with open_language_model(api_key=key, base_url=where, model=settings.nod_model) as model:
            yield model
        return
    from bot.rehearsal import serve_rehearsal  # noqa: PLC0415  (most ways to start Nod never need it)

    async with (
        serve_rehearsal() as rehearsal,
        open_language_model(
            api_key=SecretStr(rehearsal.api_key),
            base_url=rehearsal.base_url,
            model=rehearsal.model,
            rehearsal=True,
        ) as model,
    ):
        yield model


@asynccontextmanager
async def open_nod(settings: Settings) -> AsyncGenerator[Nod]:
    """Open Nod for as long as it is entered, and make what is not there yet: the database, and the folder of its files.

    Leaving cuts short what is under way; its Journal knows where it was. Nothing is sent to the model before a Run
    needs it.

    Raises:
        SettingsError: the settings name no database, or no folder, that can be used.
        StorageError: the database cannot be opened; its subclasses say why.
        ToolRefused: an installed distribution's Tools cannot be used.
    """
    make_folder(settings.nod_data)
    async with _assembled(settings) as nod:
        yield nod


@asynccontextmanager
async def open_existing(settings: Settings) -> AsyncGenerator[Nod]:
    """Open Nod as `open_nod` does, but only where there is a database: who looks at it makes none.

    Raises:
        StorageMissing: there is none.
    """
    path = sqlite_path(settings.database_url).absolute()
    if not await asyncio.to_thread(path.exists):
        raise StorageMissing(where=path)
    async with _assembled(settings) as nod:
        yield nod


@asynccontextmanager
async def _assembled(settings: Settings) -> AsyncGenerator[Nod]:
    """Put the parts together. Runs that are woken here are advanced here."""
    name = "rehearsal" if settings.rehearsal else settings.nod_model
    connections = load_connections(settings.nod_connections)
    async with (
        open_toolbox(settings, connections) as opened,
        open_database(settings.database_url) as database,
        late_model(name, lambda: open_model(settings), rehearsal=settings.rehearsal) as model,
    ):
        recorder, policy = Recorder(SqlJournalStore(database), _now, Changes()), policy_of(settings)
        conversations, channels = SqlConversationStore(database), SqlChannelStore(database)
        schedule_store, post_message = SqlScheduleStore(database), PostMessage()
        least = timedelta(seconds=settings.nod_least_seconds)
        keeper = Keeper(schedule_store, recorder.load, _now, channels, policy, least)
        toolbox = opened.with_tools(schedule_tools(keeper)).with_source(post_message)
        redactor = Redactor.of((*settings.secrets(), *connections.secret_values()))
        told = RedactingModel(model, redactor)
        executor = Executor(told, toolbox, lambda name: Workspace(workspace_folder(settings, name)), _now, redactor)
        evaluator = Evaluator(told, executor.workspace)
        dispatcher = LocalDispatcher(Runner(recorder, executor, evaluator, _worker()))
        schedules = schedules_of(
            schedule_store,
            recorder,
            dispatcher,
            Folders(executor.workspace),
            channels,
            policy,
            rehearsal=model.rehearsal,
            zone=settings.nod_zone,
            guests_may_ask=settings.nod_guests_may_ask,
            least=least,
        )
        service = Service(
            recorder,
            dispatcher,
            executor,
            conversations,
            channels,
            Threads(recorder.store, SqlDeliveryStore(database)),
            schedules,
            policy,
            guests_may_ask=settings.nod_guests_may_ask,
        )
        try:
            yield Nod(settings, service, SqlSignInStore(database), dispatcher, database, post_message=post_message)
        finally:
            await dispatcher.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _worker() -> str:
    """Return a name for this process that no other has; the first parts are for people who look at leases."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
