"""Commands, mentions, direct messages, replies and shortcuts: what people ask of Nod in Slack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.commands import (
    Asker,
    ChangeSchedule,
    ProposeSchedule,
    SetPolicy,
    Stop,
    SubmitGoal,
    begin,
    carry_out,
    parse_goal_command,
)
from adapters.slack.assistant import titled
from adapters.slack.attachments import attachments_of
from adapters.slack.calls import Client, inner
from adapters.slack.conversation import names_in, said, said_in_thread
from adapters.slack.modals import Asked, ask_modal
from adapters.slack.people import People, Person
from adapters.slack.places import PLATFORM, Place, enter
from adapters.slack.reacting import First
from adapters.slack.reading import bot_of, files_of, plain, without_mention
from adapters.slack.telling import Telling, Whom
from adapters.slack.troubles import beside_the_point, persistently
from adapters.slack.workspaces import Workspaces
from agent_core.domain import Origin
from agent_core.errors import HeardTwice, NodError
from agent_core.i18n import language_of, sentence
from agent_core.ports import Said
from agent_core.presenter.chat_words import at_work
from agent_core.service import Service


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that somebody wrote: where, in which thread if any, and who Nod's bot is there."""

    place: Place
    thread: str
    user: str
    text: str
    message: Mapping[str, Any]
    bot: str
    app: str

    @property
    def begins(self) -> Place:
        """The message that begins its thread: itself when it stands in none."""
        return Place(self.place.team, self.place.channel, self.thread or self.place.ts)

    @property
    def key(self) -> str:
        """What it is known by, however often it comes: a mention comes as two events."""
        return f"{self.place.channel}/{self.place.ts}"

    @property
    def is_direct(self) -> bool:
        """Whether it was written to Nod alone."""
        return self.place.channel.startswith("D")

    @property
    def whom(self) -> Whom:
        """The person who wrote it, to be told something in its thread."""
        return Whom(self.place.team, self.place.channel, self.user, self.begins.ts)

    @classmethod
    def of(cls, team: str, body: Mapping[str, Any]) -> "Heard":
        """Read the event of a message or mention."""
        event = inner(body, "event")
        place = Place(team, str(event.get("channel", "")), str(event.get("ts", "")))
        thread = str(event.get("thread_ts") or "")
        user, text = str(event.get("user", "")), str(event.get("text") or "")
        return cls(place, thread, user, text, event, bot_of(body), str(body.get("api_app_id", "")))


@dataclass(frozen=True, slots=True)
class Asking:
    """Turns what people ask into Goals and sub-words for the Service."""

    workspaces: Workspaces
    service: Service
    people: People
    telling: Telling
    first: First

    async def command(self, team: str, body: Mapping[str, Any], key: str) -> None:
        """Do what a slash command says. Its Run's thread begins with the message of its root Card."""
        person = await self.people.person(team, str(body.get("user_id", "")))
        channel = str(body.get("channel_id", ""))
        whom = Whom(team, channel, person.actor.user, url=str(body.get("response_url", "")))
        written = str(body.get("text", ""))
        text = plain(written, await names_in(self.people, team, written))
        origin = Origin(PLATFORM, team, channel)
        await self._ask(_Goal(text, origin, person, whom, key, "command"))

    async def message(self, heard: Heard) -> None:
        """Start a Run for a mention or a direct message. In a thread, what was said there is known to it."""
        person = await self.people.person(heard.place.team, heard.user)
        text = await self.text_of(heard)
        client: Client = await self.workspaces.client(heard.place.team)
        conversation: Sequence[Said] = ()
        if heard.thread and isinstance(parse_goal_command(text), SubmitGoal):
            conversation = await said_in_thread(self.people, client, heard.place, heard.thread, heard.app)
        goal = _Goal(text, heard.begins.origin, person, heard.whom, heard.key, "reply", conversation)
        begun = await self._ask(goal, files_of(heard.message))
        if begun and heard.is_direct:
            await self._assist(client, heard, goal)

    async def text_of(self, heard: Heard) -> str:
        """Return what a message says, without the mention that calls Nod."""
        text = without_mention(heard.text, heard.bot) if heard.bot else heard.text
        return plain(text, await names_in(self.people, heard.place.team, text))

    async def _ask(self, goal: "_Goal", files: Sequence[Mapping[str, Any]] = ()) -> bool:
        """Do what was asked and say whether a Run was begun; who asked is told what stands against it."""
        language = goal.person.language or language_of(goal.text)
        try:
            command = parse_goal_command(goal.text)
            client: Client = await self.workspaces.client(goal.origin.workspace)
            person = goal.person
            if isinstance(command, SubmitGoal | ProposeSchedule):
                await enter(client, goal.origin.channel)
                asker = Asker(person.actor, goal.origin, language, person.zone, goal.key)
                attachments = await attachments_of(client, files)
                await begin(self.service, command, asker, attachments=attachments, conversation=goal.conversation)
                return True
            if isinstance(command, Stop | SetPolicy | ChangeSchedule) and not await self.first(f"{goal.key}:did"):
                raise HeardTwice(text=goal.text)
            card = await carry_out(
                self.service,
                command,
                origin=goal.origin,
                actor=person.actor,
                via=goal.via,
                language=language,
                zone=person.zone,
                key=goal.key,
            )
            await self.telling.show(goal.whom, card, language)
        except NodError as error:
            await self.telling.privately(goal.whom, sentence(error, language))
        return False

    async def _assist(self, client: Client, heard: Heard, goal: "_Goal") -> None:
        """Show in Slack's view for agents that Nod is at it, and give the thread a title.

        A message there begins its thread itself; in the view that was there before, Slack began one for it.
        """
        language = goal.person.language or language_of(goal.text)
        thread = {"channel_id": heard.place.channel, "thread_ts": heard.begins.ts}
        with beside_the_point():
            await client.assistant_threads_setStatus(**thread, status=at_work(language))
            await client.assistant_threads_setTitle(**thread, title=titled(goal.text))

    # --- about a message ---

    async def shortcut(self, team: str, body: Mapping[str, Any]) -> None:
        """Ask what is to be done with a message."""
        message, channel = inner(body, "message"), str(inner(body, "channel").get("id", ""))
        person = await self.people.person(team, str(inner(body, "user").get("id", "")))
        thread = str(message.get("thread_ts") or message.get("ts") or body.get("message_ts") or "")
        language = person.language or language_of(str(message.get("text") or ""))
        view = ask_modal(channel, thread, {"ts": body.get("message_ts"), **message}, language)
        whom = Whom(team, channel, person.actor.user, thread)
        await self.telling.open_modal(whom, str(body.get("trigger_id", "")), view, language)

    async def about(self, team: str, user: str, asked: Asked, key: str) -> None:
        """Start a Run for a Goal about a message, in that message's thread, with its text and files."""
        person = await self.people.person(team, user)
        whom = Whom(team, asked.channel, user, asked.thread)
        client: Client = await self.workspaces.client(team)
        try:
            await enter(client, asked.channel)
        except NodError as error:
            await self.telling.privately(whom, sentence(error, asked.language))
            return
        message = await _message(client, asked)
        known = await said(self.people, team, message)
        origin = Place(team, asked.channel, asked.thread).origin
        conversation = (known,) if known else ()
        await self._ask(_Goal(asked.goal, origin, person, whom, key, "reply", conversation), files_of(message))


@dataclass(frozen=True, slots=True)
class _Goal:
    """What somebody typed for Nod, and where its answers go."""

    text: str
    origin: Origin
    person: Person
    whom: Whom
    key: str
    via: str
    conversation: Sequence[Said] = ()


async def _message(client: Client, asked: Asked) -> Mapping[str, Any]:
    """Return the message that a Goal is about as Slack has it now; what is known of it if it is there no more."""
    ts = str(asked.message.get("ts") or asked.thread)
    try:
        answer = await persistently(
            lambda: client.conversations_replies(channel=asked.channel, ts=asked.thread, latest=ts, inclusive=True)
        )
    except SlackApiError:
        return asked.message
    messages: list[dict[str, Any]] = list(answer.get("messages") or [])
    return next((message for message in messages if message.get("ts") == ts), asked.message)
