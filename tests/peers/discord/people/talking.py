"""Writing, editing, deleting, reacting, and starting threads."""

from collections.abc import Iterable

from tests.peers.discord import limits, threads, writing
from tests.peers.discord.mentions import EVERY_KIND
from tests.peers.discord.messages import File, Message
from tests.peers.discord.model import Channel, ChannelType, Thread, User
from tests.peers.discord.people.client import Client, NotAllowedError, need
from tests.peers.discord.permissions import Permission
from tests.peers.discord.writing import Draft


class Talking(Client):
    """What people say."""

    def direct(self, user: User) -> Channel:
        """The person's direct conversation with the bot."""
        return self.world.direct(user)

    def say(
        self,
        user: User,
        channel: Channel,
        text: str = "",
        *,
        reply_to: Message | None = None,
        files: Iterable[File] = (),
    ) -> Message:
        """Write into a channel, a thread or the direct conversation; a reply notifies the one replied to."""
        given = dict(enumerate(files))
        speech = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
        need(user, channel, speech, *([Permission.ATTACH_FILES] if given else []))
        if channel.type is ChannelType.FORUM:
            raise NotAllowedError("a forum takes posts; use forum_post")
        if isinstance(channel, Thread) and channel.locked and not channel.may(user, Permission.MANAGE_THREADS):
            raise NotAllowedError(f"{channel.name} is locked")
        if not (text or given) or len(text) > 2 * limits.CONTENT:  # twice as much with Nitro
            raise NotAllowedError("a message has between 1 and 4,000 characters")
        draft = Draft(text, files=given, reply_to=reply_to, type=19 if reply_to else 0, allowed_mentions=EVERY_KIND)
        return writing.post(self.world, writing.compose(self.world, channel, user, draft))

    def edit(self, user: User, message: Message, text: str) -> None:
        if message.author is not user:
            raise NotAllowedError(f"{user.name} did not write that")
        message.content = text
        writing.name_people(self.world, message, EVERY_KIND)
        writing.edited(self.world, message)

    def delete(self, user: User, message: Message) -> None:
        """Delete a message of one's own, or of others as a moderator; ephemeral ones are dismissed."""
        if message.author is not user and message.audience is not user:
            need(user, message.channel, Permission.MANAGE_MESSAGES)
        writing.delete(self.world, message)

    def delete_many(self, user: User, *messages: Message) -> None:
        """Delete messages of one channel at once, as a moderator."""
        channel = messages[0].channel
        need(user, channel, Permission.MANAGE_MESSAGES)
        writing.delete_many(self.world, channel, messages)

    def react(self, user: User, message: Message, emoji: str, *, burst: bool = False) -> None:
        wanted = Permission.READ_MESSAGE_HISTORY
        need(user, message.channel, wanted if emoji in message.reactions else wanted | Permission.ADD_REACTIONS)
        if message.ephemeral:
            raise NotAllowedError("ephemeral messages take no reactions")
        if isinstance(message.channel, Thread) and message.channel.archived:
            raise NotAllowedError("archived threads take no reactions")
        writing.react(self.world, message, emoji, user, burst=burst)

    def unreact(self, user: User, message: Message, emoji: str) -> None:
        writing.unreact(self.world, message, emoji, user)

    def start_thread(self, user: User, channel: Channel, name: str, *, message: Message | None = None) -> Thread:
        need(user, channel, Permission.CREATE_PUBLIC_THREADS)
        return threads.start(self.world, channel, user, name, message=message)

    def forum_post(
        self, user: User, forum: Channel, title: str, text: str, *, tags: Iterable[int] = (), files: Iterable[File] = ()
    ) -> Thread:
        """Post into a forum; the first message is in `thread.messages` under the thread's own id."""
        need(user, forum, Permission.SEND_MESSAGES)
        thread = threads.start(self.world, forum, user, title, tags=tags)
        message = writing.compose(self.world, thread, user, Draft(text, files=dict(enumerate(files))))
        message.id = thread.id
        writing.post(self.world, message)
        return thread

    def join_thread(self, user: User, thread: Thread) -> None:
        need(user, thread)
        threads.join(self.world, thread, user)

    def leave_thread(self, user: User, thread: Thread) -> None:
        threads.leave(self.world, thread, user)

    def rename_thread(self, user: User, thread: Thread, name: str) -> None:
        self._change(user, thread, name=name)

    def archive_thread(self, user: User, thread: Thread, *, archived: bool = True) -> None:
        self._change(user, thread, archived=archived)

    def lock_thread(self, user: User, thread: Thread, *, locked: bool = True) -> None:
        """Lock a thread as Discord's client does, which closes it as well."""
        need(user, thread, Permission.MANAGE_THREADS)
        threads.update(self.world, thread, user, locked=locked, archived=locked)

    def delete_thread(self, user: User, thread: Thread) -> None:
        need(user, thread, Permission.MANAGE_THREADS)
        threads.delete(self.world, thread)

    def _change(self, user: User, thread: Thread, **changes: object) -> None:
        if thread.starter is not user:
            need(user, thread, Permission.MANAGE_THREADS)
        threads.update(self.world, thread, user, **changes)
