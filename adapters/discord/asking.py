"""Commands, mentions, direct messages, forum posts and the message menu: what people ask of Nod in Discord."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import discord

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
from adapters.discord.attachments import attachments_of
from adapters.discord.failures import GONE, NO_PERMISSION, NO_THREADS, persistently
from adapters.discord.invite import NEEDED
from adapters.discord.messenger import thread_name
from adapters.discord.payloads import Data, listed, within
from adapters.discord.people import language_of_locale, of_interaction, of_message
from adapters.discord.places import WITH_THREADS, Place, Places
from adapters.discord.reading import command_files, command_text, conversation_of, is_post, text_of
from adapters.discord.rest import Rest
from adapters.discord.speaking import Voice
from adapters.discord.views import Shown, card_view, sentence_view
from adapters.discord.ways import ways
from agent_core.cards import Card
from agent_core.domain import Actor, Origin
from agent_core.errors import ChannelRefused, HeardTwice, NodError, StorageError
from agent_core.i18n import language_of, sentence
from agent_core.platform_ports import DeliveryFailed
from agent_core.ports import Said
from agent_core.presenter.chat_notices import begun, lacks
from agent_core.service import Service

MOST_SAID = 20  # the newest messages of a thread; a Run is given fewer than that

NEEDED_IN_THREADS = frozenset({"view_channel", "send_messages_in_threads", "read_message_history", "attach_files"})

First = Callable[[str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that was asked: what, where, by whom; `key` is Discord's id of it.

    `message` is the one that the Run's thread is to hang on, empty when there is a thread, or none is needed.
    """

    text: str
    place: Place
    actor: Actor
    language: str
    key: str
    files: Sequence[Data] = ()
    message: str = ""
    trouble: str = ""  #: why Nod cannot work there
    conversation: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """Turns what people ask into Goals and sub-words for the Service."""

    service: Service
    rest: Rest
    places: Places
    voice: Voice
    once: First

    async def command(self, data: Data, key: str) -> None:
        """Do what `/agent` says; only who typed it sees the answer, everybody sees what follows on a Goal."""
        inner = within(data, "data")
        place, text = await self.places.of(data), command_text(inner)
        await self._answer(data, self._asked(data, key, place, text, command_files(inner)))

    async def about(self, data: Data, key: str) -> None:
        """Take a message for the Goal of who chose it from its menu; the Run's thread is that message's."""
        inner = within(data, "data")
        message: Data = within(inner, "resolved", "messages")[inner["target_id"]]
        place, text = await self.places.of(data), text_of(message, self.rest.me)
        asked = self._asked(data, key, place, text, listed(message, "attachments"))
        await self._answer(data, replace(asked, message=str(message["id"])))

    def _asked(self, data: Data, key: str, place: Place, text: str, files: Sequence[Data]) -> Asked:
        language = language_of_locale(str(data.get("locale") or ""), language_of(text))
        return Asked(text, place, of_interaction(data), language, key, files, trouble=_trouble(data, place, language))

    async def _answer(self, data: Data, asked: Asked) -> None:
        """Carry out what was asked by an interaction, and fill in its answer."""
        try:
            card = await self._carry_out(asked)
        except StorageError:
            raise
        except NodError as error:
            text = sentence(error, asked.language)
            await self.voice.fill_in(data, sentence_view(text), text=text)
        else:
            shown = await self._shown(card, asked.language) if card else sentence_view(begun(asked.language))
            await self.voice.fill_in(data, shown)

    async def message(self, message: Data, place: Place, key: str) -> None:
        """Do what a mention, a direct message or a forum's post says; a Goal in a channel gets a thread of its own."""
        text, own = text_of(message, self.rest.me), str(message["id"])
        conversation: Sequence[Said] = ()
        if is_post(message):
            post = await persistently(lambda: self.rest.channel(place.here))
            text = "\n\n".join(part for part in (str(post["name"]), text) if part)
        elif place.thread:
            earlier = await persistently(lambda: self.rest.newest(place.thread, before=own, limit=MOST_SAID))
            conversation = conversation_of(earlier, self.rest.me)
        files = listed(message, "attachments")
        actor, language = of_message(message), language_of(text)
        asked = Asked(text, place, actor, language, key, files, own, conversation=conversation)
        try:
            card = await self._carry_out(asked)
        except StorageError:
            raise
        except NodError as error:
            await self.voice.reply(place.here, sentence(error, language), key=key, to=own, person=actor.user)
        else:
            if card is not None:
                await self.voice.show(place.here, await self._shown(card, language), key=key, to=own)

    async def _shown(self, card: Card, language: str) -> Shown:
        return card_view(card, language, ways=await ways(self.service.threads, card))

    async def _carry_out(self, asked: Asked) -> Card | None:
        """Begin a Run, or do what a sub-word says and return what to show."""
        command = parse_goal_command(asked.text)
        if asked.files and not isinstance(command, SubmitGoal):
            command = SubmitGoal(asked.text)
        if isinstance(command, SubmitGoal | ProposeSchedule):
            asker = Asker(asked.actor, await self._origin(asked), asked.language, key=asked.key)
            attachments = await attachments_of(self.rest, asked.files)
            await begin(self.service, command, asker, attachments=attachments, conversation=asked.conversation)
            return None
        if command == Stop():
            command = Stop(run=await self._run_under_way(asked.place))
        # a word is bound to nothing that was seen: heard again after a crash, it could mean what came since
        if isinstance(command, Stop | SetPolicy | ChangeSchedule) and not await self.once(f"{asked.key}:did"):
            raise HeardTwice(text=asked.text)
        origin = asked.place.origin()
        return await carry_out(
            self.service,
            command,
            origin=origin,
            actor=asked.actor,
            via="reply",
            language=asked.language,
            key=asked.key,
        )

    async def _run_under_way(self, place: Place) -> str:
        """Return the Run of a thread, which is what a word said there is about; empty where none is under way."""
        run = await self.places.run_in(place) if place.thread else None
        return run.run_id if run and not run.status.over else ""

    async def _origin(self, asked: Asked) -> Origin:
        """Return where a Goal's Run is told: in a thread as that of the Run before it, else in one of its own.

        Raises:
            ChannelRefused: Nod may not work there.
        """
        if asked.trouble:
            raise ChannelRefused(reason=asked.trouble)
        if asked.place.thread:
            run = await self.places.run_in(asked.place)
            return run.origin if run else asked.place.origin()
        if not (asked.message and asked.place.guild):
            return asked.place.origin()
        name = thread_name(asked.text) or "Nod"
        try:
            await persistently(
                lambda: self.rest.start_thread(asked.place.channel, asked.message, name, asker=asked.actor.user)
            )
        except DeliveryFailed as failure:
            raise ChannelRefused(reason=_lacking(failure, asked.language)) from failure
        return asked.place.origin(asked.message)


def _lacking(failure: DeliveryFailed, language: str) -> str:
    """Return why no thread could be started; of a permission Discord does not say which, but it is this one."""
    cause = failure.__cause__
    if isinstance(cause, discord.HTTPException) and cause.code == NO_PERMISSION:
        return lacks(NEEDED["create_public_threads"], language)
    return str(failure)


def _trouble(data: Data, place: Place, language: str) -> str:
    """Return why Nod cannot work where a command was used, an empty string when it can."""
    if not place.guild:
        return ""
    if within(data, "channel").get("type") not in WITH_THREADS:
        return GONE[NO_THREADS]
    has = discord.Permissions(int(data.get("app_permissions") or 0))
    needed = [name for name in NEEDED if name in NEEDED_IN_THREADS or not place.thread]
    missing = [] if has.administrator else [NEEDED[name] for name in needed if not getattr(has, name)]
    return lacks(", ".join(missing), language) if missing else ""
