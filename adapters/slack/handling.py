"""What Slack sends, handed to what handles it. All that is not named here is left alone."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from adapters.slack.asking import Asking, Heard
from adapters.slack.assistant import Assistant
from adapters.slack.calls import inner
from adapters.slack.deciding import Deciding, NotInTime
from adapters.slack.home import Home
from adapters.slack.listeners import ANYTHING, bolt_app, dispatch
from adapters.slack.modals import Subject, read_asked, read_subject
from adapters.slack.naming import Naming
from adapters.slack.people import People
from adapters.slack.places import run_of_thread
from adapters.slack.reacting import Reacting
from adapters.slack.reading import bot_of, is_for_somebody_else, is_of_a_bot, mentioned
from adapters.slack.replying import Replying
from adapters.slack.requests import key_of
from adapters.slack.telling import Telling
from adapters.slack.workspaces import WorkspaceGone, Workspaces
from agent_core.inbox import Inbox
from agent_core.service import Service

ASK_ABOUT = "ask_about"  # the callback id of the message shortcut

#: types of events that have a listener; no others are kept
HANDLED_EVENTS = frozenset(
    (
        "app_home_opened",
        "app_mention",
        "assistant_thread_started",
        "channel_unarchive",
        "group_unarchive",
        "member_joined_channel",
        "message",
        "reaction_added",
        "reaction_removed",
    )
)

#: kinds of messages that people write: without a kind, with files, … and no others
WRITTEN_MESSAGES = frozenset(("", "file_share", "thread_broadcast", "me_message"))

Returned = Callable[[str], None]

log = structlog.get_logger(__name__)


def lane_of(kind: str, body: Mapping[str, Any]) -> str:
    """Return what is handled in order with this: messages of one thread, clicks and reactions of one message."""
    event = inner(body, "event")
    match kind:
        case "event" if event.get("item"):
            item = inner(event, "item")
            return f"{item.get('channel')}/{item.get('ts')}"
        case "event":
            thread = event.get("thread_ts") or event.get("ts") or event.get("user") or ""
            return f"{event.get('channel', '')}/{thread}"
        case "command":
            return f"command/{body.get('channel_id')}/{body.get('user_id')}"
        case _:
            message = inner(body, "message") or inner(body, "view")
            return f"{inner(body, 'channel').get('id', '')}/{message.get('ts') or message.get('id') or ''}"


class Handling:
    """Handles what the Inbox of Slack gives, and submitted modals. Everything stands being handled twice."""

    def __init__(
        self, workspaces: Workspaces, service: Service, inbox: Inbox, returned: Returned, *, public_url: str = ""
    ) -> None:
        """`returned` hears of a workspace in which Nod may be back where it could not write.

        `public_url` is the address of the web page that people have, if they have one.
        """
        people = People(workspaces, service.policy)
        telling = Telling(workspaces, service.threads, Naming(people))
        self._inbox = inbox
        self._service = service
        self._asking = Asking(workspaces, service, people, telling, inbox.first)
        self._replying = Replying(self._asking)
        self._deciding = Deciding(service, people, telling)
        self._reacting = Reacting(service, people, telling, inbox.first)
        self._home = Home(workspaces, service, people, public_url)
        self._assistant = Assistant(workspaces, people)
        self._returned = returned
        self._app = self._listening()

    def _listening(self) -> AsyncApp:
        app = bolt_app()
        to: Any = app  # Bolt's own types say nothing of what a listener is
        to.command(ANYTHING)(self._asking.command)
        to.action(ANYTHING)(self._deciding.clicked)
        to.shortcut(ASK_ABOUT)(self._asking.shortcut)
        to.view_submission(ANYTHING)(self._submitted)
        for name, listener in self._events().items():
            to.event(name)(listener)
        return app

    def _events(self) -> Mapping[str, Callable[..., Awaitable[None]]]:
        """Return what listens to each of `HANDLED_EVENTS`."""
        return {
            "app_home_opened": self._home_opened,
            "app_mention": self._mentioned,
            "assistant_thread_started": self._assistant.started,
            "channel_unarchive": self._unarchived,
            "group_unarchive": self._unarchived,
            "member_joined_channel": self._joined,
            "message": self._written,
            "reaction_added": self._reacting.added,
            "reaction_removed": self._reacting.removed,
        }

    async def handle(self, payload: Mapping[str, Any]) -> None:
        """Do what came: `kind`, `body` as Slack sent it, the `team` it is for, and its `key`."""
        body, team, key = inner(payload, "body"), str(payload.get("team", "")), str(payload.get("key", ""))
        try:
            match payload.get("kind"):
                case "asked":
                    await self._asked(team, body, key)
                case "submitted":
                    await self._finish(body)
                case _:
                    await dispatch(self._app, body, team, key)
        except WorkspaceGone as error:
            log.warning("slack_workspace_gone", team=team, why=str(error))

    async def submitted(self, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Do what was typed into a modal while its sender waits; return what Slack is to show, None to close it."""
        return await dispatch(self._app, body, team="", key="")

    async def _submitted(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        subject = read_subject(body)
        if subject is not None:
            await ack(**(await self._decided(subject, body) or {}))
            return
        if read_asked(body) is not None:
            view = inner(body, "view")
            key = f"asked:{view.get('id')}"
            # in a shared channel its sender may be of another workspace than the one where Nod opened it
            team = str(view.get("app_installed_team_id") or inner(body, "team").get("id") or view.get("team_id") or "")
            await self._later("asked", body, team, key)
        await ack()

    async def _decided(self, subject: Subject, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Decide while its sender waits; while Slack is slow, decide apart, or show what is wrong in any case."""
        try:
            return await self._deciding.submitted(subject, body)
        except NotInTime:
            unusable = await self._deciding.unusable(subject, body)
            if unusable is None:
                await self._later("submitted", body, subject.team, f"{key_of('submission', body)}:apart")
            return unusable

    async def _later(self, kind: str, body: Mapping[str, Any], team: str, key: str) -> None:
        payload = {"kind": kind, "body": body, "team": team, "key": key}
        await self._inbox.take(key, lane_of(kind, body), payload)

    async def _asked(self, team: str, body: Mapping[str, Any], key: str) -> None:
        asked = read_asked(body)
        if asked is not None:
            await self._asking.about(team, str(inner(body, "user").get("id", "")), asked, key)

    async def _finish(self, body: Mapping[str, Any]) -> None:
        subject = read_subject(body)
        if subject is not None:
            await self._deciding.finish(subject, body)

    async def _home_opened(self, team: str, body: Mapping[str, Any]) -> None:
        event = inner(body, "event")
        match event.get("tab"):
            case "home":
                await self._home.opened(team, str(event.get("user", "")))
            case "messages":
                await self._assistant.opened(team, body)
            case _:
                return

    async def _unarchived(self, team: str) -> None:
        self._returned(team)

    async def _joined(self, team: str, body: Mapping[str, Any]) -> None:
        if inner(body, "event").get("user") == bot_of(body):
            self._returned(team)

    async def _mentioned(self, team: str, body: Mapping[str, Any]) -> None:
        await self._message(Heard.of(team, body), called=True)

    async def _written(self, team: str, body: Mapping[str, Any]) -> None:
        await self._message(Heard.of(team, body), called=False)

    async def _message(self, heard: Heard, *, called: bool) -> None:
        """Handle what somebody wrote: to Nod, or in the thread of a Run. All else is not for Nod."""
        if not _is_written_by_a_person(heard) or (not called and _comes_as_a_mention(heard)):
            return
        run = await run_of_thread(self._service, heard.begins) if heard.thread else None
        if run is not None:
            if called or not is_for_somebody_else(heard.text, heard.bot):
                await self._replying.replied(heard, run, called=called or heard.is_direct)
        elif called or heard.is_direct:
            if heard.is_direct and not heard.thread and await self._replying.taken_outside(heard):
                return
            await self._asking.message(heard)


def _is_written_by_a_person(heard: Heard) -> bool:
    kind = str(heard.message.get("subtype") or "")
    if kind not in WRITTEN_MESSAGES or heard.message.get("hidden") or is_of_a_bot(heard.message):
        return False
    return bool(heard.user) and heard.user not in (heard.bot, "USLACKBOT")


def _comes_as_a_mention(heard: Heard) -> bool:
    """Say whether the same message comes as a mention, too, which is handled then; in direct messages none does."""
    return not heard.is_direct and heard.bot in mentioned(heard.text)
