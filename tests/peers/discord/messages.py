"""Messages and what hangs on them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntFlag
from typing import TYPE_CHECKING, Any

from tests.peers.discord.model import Channel, Role, Thread, User

if TYPE_CHECKING:
    from tests.peers.discord.interaction import Interaction

ATTACHED = "attachment://"


class Flag(IntFlag):
    """Docs, Message Flags."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = Flag(0)


@dataclass(frozen=True)
class File:
    """A file as somebody uploads it."""

    name: str
    content: bytes
    type: str = "application/octet-stream"
    title: str | None = None  # what it is called, if its name cannot say so

    @property
    def shown_name(self) -> str:
        """The name as people read it."""
        if self.title is None:
            return self.name
        _, dot, extension = self.name.rpartition(".")
        return f"{self.title}{dot}{extension}" if dot else self.title


@dataclass(frozen=True)
class Attachment:
    """A file that is on the CDN."""

    id: int
    file: File
    url: str
    description: str | None = None
    ephemeral: bool = False


@dataclass(frozen=True)
class Pings:
    """Who was notified."""

    users: frozenset[User] = frozenset()
    roles: frozenset[Role] = frozenset()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)


@dataclass(eq=False)
class Message:
    id: int
    channel: Channel
    author: User
    at: datetime
    type: int = 0
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: Flag = NO_FLAGS
    nonce: str | None = None
    edited_at: datetime | None = None
    edits: int = 0
    late_edits: int = 0  # those made when the message was old
    reply_to: "Message | None" = None
    mentions: Pings = Pings()  # whom the message names, and may
    pings: Pings = Pings()  # who was notified when it was sent; an edit notifies nobody
    reactions: dict[str, list[User]] = field(default_factory=dict)
    bursts: set[tuple[str, int]] = field(default_factory=set)  #: which of them are super reactions: emoji, user's id
    thread: Thread | None = None
    interaction: "Interaction | None" = None
    audience: User | None = None  # who alone sees it, if it is ephemeral
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        return self.audience is not None

    @property
    def loading(self) -> bool:
        return bool(self.flags & Flag.LOADING)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Its components, nested ones included, from top to bottom."""
        return list(walk(self.components))

    @property
    def text(self) -> str:
        """All that can be read in it: content, embeds' descriptions, text displays."""
        shown = [part["content"] for part in self.parts if part["type"] == 10]
        described = [embed.get("description") or "" for embed in self.embeds]
        return "\n".join(text for text in (self.content, *described, *shown) if text)

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons that can be clicked."""
        clickable = [part for part in self.parts if part["type"] == 2 and not part.get("disabled")]
        return [part.get("label") or part.get("emoji", {}).get("name", "") for part in clickable]

    @property
    def files(self) -> dict[str, bytes]:
        """What is attached, by the name that people read."""
        return {each.file.shown_name: each.file.content for each in self.attachments}

    def attachment(self, name: str) -> Attachment:
        return next(each for each in self.attachments if each.file.name == name)


@dataclass(frozen=True)
class Modal:
    """A modal as it stands open before a person."""

    custom_id: str
    title: str
    components: list[dict[str, Any]]
    person: User
    interaction: "Interaction"  # the one it answered

    @property
    def inputs(self) -> dict[str, dict[str, Any]]:
        """Its inputs by label."""
        found = {}
        for top in self.components:
            if top["type"] == 18:
                found[top["label"]] = top["component"]
            elif top["type"] == 1:
                found[top["components"][0]["label"]] = top["components"][0]
        return found

    @property
    def text(self) -> str:
        """What it says, apart from its inputs."""
        return "\n".join(top["content"] for top in self.components if top["type"] == 10)


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each component before those inside it; a section's accessory comes last."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for key in ("component", "accessory"):
            if component.get(key):
                yield from walk([component[key]])


def referenced_files(value: Any) -> Iterator[str]:
    """The names of the files that components or embeds show by an `attachment://` address."""
    if isinstance(value, list):
        for each in value:
            yield from referenced_files(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key.endswith("url") and isinstance(each, str) and each.startswith(ATTACHED):
                yield each.removeprefix(ATTACHED)
            else:
                yield from referenced_files(each)
