"""What the core needs of chat platforms, and of storage for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from agent_core.cards import Card
from agent_core.domain import Actor, Origin

# --- what a platform is shown -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delivery:
    """Which message of a platform shows a Card, and the fingerprint of what it shows.

    `message_ref` is empty while a post is uncertain, and, with an empty `shown`, once somebody deleted the message.
    `digest` is what a decision on the message is given for.
    """

    run_id: str
    card_id: str
    message_ref: str
    shown: str
    digest: str = ""

    def deleted(self) -> "Delivery":
        """Return the Delivery of the Card once somebody deleted its message."""
        return replace(self, message_ref="", shown="")

    @property
    def is_deleted(self) -> bool:
        """Whether somebody deleted the message."""
        return not (self.message_ref or self.shown)


class DeliveryStore(Protocol):
    """The table `deliveries`, and in `runs` up to which event all Cards were delivered."""

    async def deliveries(self, run_id: str) -> Mapping[str, Delivery]:
        """Return a Run's deliveries by card id."""
        ...

    async def keep(self, delivery: Delivery) -> None:
        """Store a delivery, over an earlier one of the same Card."""
        ...

    async def of_message(self, message_ref: str) -> Delivery | None:
        """Return the delivery that a message shows, None when it shows no Card."""
        ...

    async def delivered(self, run_id: str, seq: int) -> None:
        """Note that every Card of a Run is shown as it was at its event `seq`."""
        ...

    async def undelivered(self, platforms: Sequence[str], *, limit: int = 500) -> Sequence[str]:
        """Return Runs asked on these platforms that changed since all their Cards were delivered; none set aside."""
        ...

    async def set_aside(self, run_id: str) -> None:
        """Note that a Run's place takes no Cards, until it is `delivered` again."""
        ...

    async def aside(self, platform: str, workspace: str, *, limit: int = 500) -> Sequence[str]:
        """Return Runs of a workspace that are set aside, what changed last first."""
        ...


class DeliveryFailed(Exception):
    """A platform did not take a Card. `retry_after` in seconds; `gone` when it never will."""

    def __init__(self, reason: str, *, retry_after: float = 5.0, gone: bool = False) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.gone = gone


class Standing(StrEnum):
    """Whether what a Schedule hangs on is still there."""

    FINE = "fine"
    CHANNEL_GONE = "channel_gone"  #: or Nod may not write there any more
    OWNER_GONE = "owner_gone"  #: they left, or cannot read the channel any more


class CardDeleted(Exception):
    """The message that shows a Card is not there any more, though its place is."""


class AnswerLost(DeliveryFailed):
    """A platform was given something and never said whether it took it."""


class Audience(StrEnum):
    """Who reads a channel."""

    MEMBERS = "members"  #: whoever was let in
    WORKSPACE = "workspace"  #: everybody in the workspace
    SHARED = "shared"  #: people of other organisations, too


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that may be written to, and what it and its workspace are called."""

    workspace: str
    id: str
    name: str
    place: str
    audience: Audience


class ChannelWriter(Protocol):
    """Writes plain words into channels. Methods raise DeliveryFailed."""

    async def channel(self, origin: Origin, asker: Actor, named: str) -> Channel | None:
        """Return the channel of the Origin's workspace that has this name or id.

        None unless both Nod and who asked are in it, so that nobody learns of a channel that they cannot see.
        """
        ...

    async def write(self, channel: Channel, text: str, mark: str) -> None:
        """Write a text, letter by letter, so that nothing in it pings, links or unfurls. Raises AnswerLost."""
        ...

    async def written(self, channel: Channel, mark: str) -> bool:
        """Say whether Nod wrote there what has this mark, of late."""
        ...


class Messenger(ChannelWriter, Protocol):
    """A platform's way out: it shows Cards and decides nothing. Methods raise DeliveryFailed."""

    async def post(self, origin: Origin, run_id: str, card: Card) -> str:
        """Post a Card and return the reference of its message."""
        ...

    async def edit(self, origin: Origin, run_id: str, message_ref: str, card: Card) -> None:
        """Make the message show this Card. Raises CardDeleted, where a platform can tell."""
        ...

    async def find(self, origin: Origin, run_id: str, card_id: str) -> str:
        """Look for the message of a Card whose post was uncertain; an empty string when there is none."""
        ...

    async def standing(self, origin: Origin, owner: Actor) -> Standing:
        """Say whether a channel is there, and its owner in it."""
        ...

    async def direct(self, origin: Origin, owner: Actor) -> Origin | None:
        """Return where the owner alone reads on that platform, None when there is no such place."""
        ...


# --- what a platform sends ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that a platform sent. `key` is the platform's own id of it; a redelivery has the same.

    What has the same `lane` (a thread, mostly) is handled in the order it came. `payload` is JSON; it is
    empty for a key alone, which counts as handled.
    """

    platform: str
    key: str
    lane: str
    payload: str


class InboxStore(Protocol):
    """The table `inbox`. Every method may raise StorageError."""

    async def add(self, incoming: Incoming, at: datetime) -> bool:
        """Store it, durably, and return True; False when its key was there already, and then nothing is stored."""
        ...

    async def pending(self, platform: str) -> Sequence[Incoming]:
        """Return what was stored and not finished, in the order it came."""
        ...

    async def finish(self, platform: str, key: str) -> None:
        """Note that it was handled. Its contents are erased; the key stays, so that a redelivery is known."""
        ...

    async def prune(self, before: datetime) -> None:
        """Forget the keys of what was finished and came before a time."""
        ...

    async def forget(self, platform: str, key: str) -> None:
        """Forget a key, so that what comes under it is new again."""
        ...

    async def keys(self, platform: str, prefix: str) -> Sequence[str]:
        """Return the keys that begin so and are not forgotten."""
        ...

    async def newest(self, platform: str) -> datetime | None:
        """Return when something last came, None when nothing is kept."""
        ...


# --- what an adapter remembers ------------------------------------------------------------------------------------


class NoteStore(Protocol):
    """The table `notes`: what an adapter must know of its platform after a restart. Methods may raise StorageError."""

    async def note(self, platform: str, name: str) -> str:
        """Return what was noted under a name, an empty string when nothing was."""
        ...

    async def keep(self, platform: str, name: str, text: str) -> None:
        """Note a text under a name, over an earlier one."""
        ...


# --- where Nod is installed -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Installation:
    """Nod in a workspace of a platform. `credentials` is JSON, the platform's own, and secret."""

    platform: str
    workspace: str
    credentials: str = field(repr=False)


class InstallationStore(Protocol):
    """The table `installations`; credentials are sealed in it. Every method may raise StorageError."""

    async def keep(self, installation: Installation, at: datetime) -> None:
        """Store an installation, durably, over an earlier one of the same workspace."""
        ...

    async def of(self, platform: str, workspace: str) -> Installation | None:
        """Return the installation in a workspace, None when there is none.

        Raises:
            InstallationUnreadable: it was sealed with another key.
        """
        ...

    async def forget(self, platform: str, workspace: str) -> None:
        """Forget the installation in a workspace, and its credentials."""
        ...

    async def workspaces(self, platform: str) -> Sequence[str]:
        """Return the workspaces of a platform that Nod is installed in."""
        ...
