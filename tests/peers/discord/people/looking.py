"""What can be seen."""

from collections.abc import Callable
from typing import TypeVar

from tests.peers.discord.interaction import Answer
from tests.peers.discord.messages import Message, Modal
from tests.peers.discord.model import Channel, Guild, Thread, User
from tests.peers.discord.people.client import Client

Seen = TypeVar("Seen")
WRITTEN = (0, 19, 20, 23)  # default, reply, and answers to commands; the rest is Discord's own


class Looking(Client):
    """What tests look at, and wait for."""

    async def until(self, predicate: Callable[[], Seen]) -> Seen:
        """Wait for what the predicate returns to be true; it is asked again at each change, not by time.

        Raises:
            AssertionError: after `guard` seconds.
        """
        return await self.world.bell.until(predicate, self.guard)

    async def settled(self, answer: Answer) -> Message:
        """The message of a deferred answer, once the app has filled it in."""
        message = answer.message
        if message is None:
            raise AssertionError(f"the app answered with {answer.kind}, which has no message")
        await self.until(lambda: message.deleted or not message.loading)
        return message

    def messages(self, channel: Channel) -> list[Message]:
        """What was written in a channel, oldest first: no ephemeral messages, and none of Discord's own."""
        return [each for _, each in sorted(channel.messages.items()) if each.type in WRITTEN]

    def bot_messages(self, channel: Channel) -> list[Message]:
        return [each for each in self.messages(channel) if each.author is self.world.app.bot]

    def ephemerals(self, user: User) -> list[Message]:
        """What only this person sees, oldest first."""
        return [each for each in self.world.ephemerals if each.audience is user and not each.deleted]

    def modals(self, user: User) -> list[Modal]:
        """The modals that were opened before this person, oldest first, submitted ones too."""
        answers = (each.answer for each in self.world.interactions.values() if each.answer.done())
        opened = [answer.result().modal for answer in answers]
        return [modal for modal in opened if modal is not None and modal.person is user]

    def threads(self, place: Channel | Guild) -> list[Thread]:
        """The threads of a channel or a guild, archived ones too."""
        if isinstance(place, Guild):
            return list(place.threads.values())
        return self.world.threads_of(place)

    def pinging(self) -> list[Message]:
        """The bot's messages that notified somebody."""
        written = [each for channel in self.world.channels.values() for each in channel.messages.values()]
        everything = [*written, *self.world.ephemerals]
        return [each for each in everything if each.author is self.world.app.bot and each.pings]
