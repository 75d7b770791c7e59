"""An interaction: what a person did with the app, and what the app made of it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.peers.discord.messages import Message, Modal
from tests.peers.discord.model import Channel, User

COMMAND, COMPONENT, MODAL_SUBMIT = 2, 3, 5  # docs, Interaction Type


@dataclass(eq=False)
class Interaction:
    id: int
    token: str
    type: int
    person: User
    channel: Channel
    data: dict[str, Any]
    created_at: datetime
    began: float  # the loop's time, for the latency a person feels
    message: Message | None = None  # the one whose component was used
    opened_by: "Interaction | None" = None  # whose modal was submitted
    answer: "asyncio.Future[Answer]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    acknowledged: bool = False
    failed: bool = False
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)

    @property
    def command(self) -> str:
        """The command's name with its sub-commands, as `interaction_metadata` tells it."""
        names, options = [self.data.get("name", "")], self.data.get("options") or []
        while options and options[0]["type"] in (1, 2):
            names.append(options[0]["name"])
            options = options[0].get("options") or []
        return " ".join(names)


@dataclass(frozen=True)
class Answer:
    """What the app answered.

    `kind` is message, deferred, update, deferred_update, modal, or failed (nothing in time: the person reads
    "The application did not respond"). `latency` is in seconds of real time. `message` is the answer, the loading
    message of a deferral, or the message a component updates.
    """

    kind: str
    latency: float
    interaction: Interaction
    message: Message | None = None
    modal: Modal | None = None

    @property
    def ephemeral(self) -> bool:
        return self.message is not None and self.message.ephemeral

    @property
    def text(self) -> str:
        return self.message.text if self.message else ""

    @property
    def failed(self) -> bool:
        return self.kind == "failed"

    @property
    def followups(self) -> list[Message]:
        """The messages that came after the answer, so far."""
        return self.interaction.followups
