"""All that the server holds, and the events it tells of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.peers.discord import limits
from tests.peers.discord.bell import Bell
from tests.peers.discord.clock import Clock, Snowflakes
from tests.peers.discord.errors import unknown
from tests.peers.discord.faults import Faults
from tests.peers.discord.gateway.intents import Intent, wanted
from tests.peers.discord.interaction import Answer, Interaction
from tests.peers.discord.messages import Message
from tests.peers.discord.model import App, Channel, ChannelType, Guild, Thread, User
from tests.peers.discord.payloads import member_json, message_json

if TYPE_CHECKING:
    from tests.peers.discord.gateway.session import Session

#: what fills an event's data; asked with whether message content may be told
Filling = Callable[[bool], dict[str, Any]]


class World:
    """The state behind REST and the gateway."""

    def __init__(self, faults: Faults) -> None:
        self.clock = Clock()
        self.new_id = Snowflakes(self.clock)
        self.bell = Bell()
        self.faults = faults
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}  # those that were deleted, too
        self.directs: dict[int, Channel] = {}  # by the person's id
        self.interactions: dict[str, Interaction] = {}  # by token
        self.ephemerals: list[Message] = []
        self.sessions: dict[str, Session] = {}
        self.nonces: dict[tuple[int, str], Message] = {}
        self.cdn: dict[tuple[int, int, str], bytes] = {}
        self.cdn_url = ""
        self.gateway_url = ""
        self.old_edits_allowed: int | None = (
            None  #: edits of one old message before error 30046; None: as many as wanted
        )
        self.problems: list[str] = []  #: what the app did that no test should pass over
        owner = self.add_user("owner")
        bot = self.add_user("Nod", bot=True)
        self.app = App(bot.id, bot, owner, token=f"MTA.{bot.id:x}.secret-token-of-the-bot")
        self.clock.watch(self._expire)

    def add_user(self, name: str, *, bot: bool = False) -> User:
        user = User(self.new_id(), name, bot)
        self.users[user.id] = user
        return user

    def channel(self, channel_id: int) -> Channel:
        """A channel that exists.

        Raises:
            ApiError: 10003.
        """
        channel = self.channels.get(channel_id)
        if channel is None or channel.deleted:
            raise unknown("Channel")
        return channel

    def direct(self, person: User) -> Channel:
        """The direct conversation with the bot, opened if need be."""
        if person.id not in self.directs:
            channel = Channel(self.new_id(), ChannelType.DM, person.name, person=person)
            self.directs[person.id] = self.channels[channel.id] = channel
        return self.directs[person.id]

    def file_size(self, channel: Channel) -> int:
        """How large a file may be here, in bytes."""
        return limits.FILE_SIZE[channel.guild.boost_tier if channel.guild else 0]

    def dispatch(
        self,
        event: str,
        data: dict[str, Any] | Filling,
        *,
        guild: Guild | None = None,
        channel: Channel | None = None,
        needs: Intent | None = None,
        always: bool = False,
    ) -> None:
        """Tell the app's sessions, if they asked for such events and its bot can see where it happened.

        `needs`: the intent it takes, if that is not the event's own; `always`: to all, whatever the bot sees.
        """
        guild = guild or (channel.guild if channel else None)
        seen = guild is None or guild.has(self.app.bot)
        if channel is not None and channel.guild is not None:
            seen = seen and channel.visible_to(self.app.bot)
        if seen or always:
            needed = wanted(event, direct=guild is None) if needs is None else needs
            told = [each for each in self.sessions.values() if each.intents & needed == needed]
            for session in told * self.faults.copies(event):
                content = bool(session.intents & Intent.MESSAGE_CONTENT)
                session.dispatch(event, data(content) if callable(data) else data)
        self.bell.ring()

    def dispatch_message(self, event: str, message: Message, **more: Any) -> None:
        """Tell of a message that is new or has changed."""
        guild = message.channel.guild

        def filled(content: bool) -> dict[str, Any]:
            found = message_json(message, self.app, content=content)
            if guild is not None:
                found["guild_id"] = str(guild.id)
                author = guild.member(message.author)
                if author is not None:
                    found["member"] = member_json(author, with_user=False)
            return {**found, **more}

        self.dispatch(event, filled, channel=message.channel)

    def threads_of(self, channel: Channel) -> list[Thread]:
        return [thread for thread in channel.in_guild.threads.values() if thread.parent is channel]

    def _expire(self) -> None:
        """Fail the interactions that were not answered in time."""
        for interaction in self.interactions.values():
            late = self.clock.since(interaction.created_at) > limits.ANSWER_WITHIN
            if late and not interaction.acknowledged:
                self.fail(interaction)

    def fail(self, interaction: Interaction) -> None:
        """The person reads that the application did not respond."""
        interaction.failed = True
        if not interaction.answer.done():
            interaction.answer.set_result(Answer("failed", 0.0, interaction))
        self.bell.ring()
