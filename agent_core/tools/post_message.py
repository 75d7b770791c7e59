"""The Tool `post_message`: words for another channel of the workspace where the Run was asked."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from agent_core.domain import Observation, Preview, PreviewFact, Risk, digest_of
from agent_core.errors import BasisChanged, ToolFailed, ToolUncertain
from agent_core.i18n import N_, Phrase, translator
from agent_core.platform_ports import AnswerLost, Audience, Channel, ChannelWriter, DeliveryFailed
from agent_core.tools.toolbox import Tool, ToolContext, tool

POST_MESSAGE = "post_message"
CHARACTERS = 3_000  # what every platform shows in one piece
_LOST = N_("its answer was lost, and the message is not in the channel so far.")

ChannelName = Annotated[str, Field(min_length=1, max_length=100, description="The channel's name or id, such as #team")]
Text = Annotated[str, Field(min_length=1, max_length=CHARACTERS, description="The whole message, as it will be read")]


class PostMessage:
    """The Tool, as long as there are platforms to write to: their doors open after the Toolbox."""

    def __init__(self) -> None:
        self.writers: dict[str, ChannelWriter] = {}  #: by platform
        self._tool = post_message_tool(self.writers)

    @property
    def tools(self) -> Sequence[Tool]:
        """The Tool, once a platform is there."""
        return (self._tool,) if self.writers else ()

    @property
    def troubles(self) -> Mapping[str, str]:
        """Nothing: a platform's own door says what keeps it away."""
        return {}

    async def ready(self) -> None:
        """Return at once."""


def post_message_tool(writers: Mapping[str, ChannelWriter]) -> Tool:
    """Return the Tool that writes on these platforms."""

    async def _post_message(context: ToolContext, channel: ChannelName, text: Text) -> Observation:
        """Post a message in another channel of the workspace where the goal was asked.

        Only in channels that Nod and who asked are both in. It is shown as plain text: nothing in it mentions anybody.
        """
        writer, found = await _found(writers, context, channel)
        if context.basis and context.basis != _basis(found, text):
            raise BasisChanged
        return await _write(context, writer, found, text)

    async def _preview(context: ToolContext, channel: str, text: str) -> Preview:
        """Show the message, where it goes and who reads it."""
        _, found = await _found(writers, context, channel)
        return Preview(text, _basis(found, text), _facts(context, found))

    return tool(risk=Risk.SEND, preview=_preview, keeps_basis=True)(_post_message)


async def _write(context: ToolContext, writer: ChannelWriter, channel: Channel, text: str) -> Observation:
    """Write a message unless it stands there already, by its mark.

    Raises:
        ToolUncertain: nobody knows whether it is there.
    """
    _ = translator(context.language)
    # a call is one message, however often it is tried; another call is another one, though it has the same words
    mark = digest_of(f"{context.run_id}/{context.step_id}/{channel.id}/{text}")
    try:
        if await writer.written(channel, mark):
            return Observation(_("It is in #{channel} already and was not posted again.").format(channel=channel.name))
        await writer.write(channel, text, mark)
    except AnswerLost as lost:
        try:
            there = await writer.written(channel, mark)
        except DeliveryFailed:
            there = False
        if not there:
            raise ToolUncertain(tool=POST_MESSAGE, reason=_LOST) from lost
    except DeliveryFailed as failure:
        raise _refused(N_("the platform refused it ({why})."), why=str(failure)) from failure
    return Observation(_("Posted in #{channel}.").format(channel=channel.name))


async def _found(
    writers: Mapping[str, ChannelWriter], context: ToolContext, named: str
) -> tuple[ChannelWriter, Channel]:
    """Return the channel, and who writes to it.

    Raises:
        ToolFailed: the Run may not write there, or there is no such channel: which of both is not said.
    """
    origin, actor = context.origin, context.actor
    writer = writers.get(origin.platform) if origin else None
    if origin is None or actor is None or writer is None or actor.platform != origin.platform or not origin.workspace:
        raise _refused(N_("only a goal that was asked in a chat platform's channel can write to another one."))
    try:
        found = await writer.channel(origin, actor, named.strip().removeprefix("#"))
    except DeliveryFailed as failure:
        raise _refused(N_("the platform refused it ({why})."), why=str(failure)) from failure
    if found is None:
        pattern = N_(
            "there is no channel {name} that both Nod and who asked are in; invite Nod there, or name another."
        )
        raise _refused(pattern, name=named)
    return writer, found


def _facts(context: ToolContext, channel: Channel) -> tuple[PreviewFact, ...]:
    _ = translator(context.language)
    platform = context.origin.platform.capitalize() if context.origin else ""
    seen_by = {
        Audience.MEMBERS: _("private: only its members"),
        Audience.WORKSPACE: _("public: everybody in the workspace"),
        Audience.SHARED: _("shared: people of other organisations, too"),
    }[channel.audience]
    return (
        PreviewFact(_("Platform"), platform),
        PreviewFact(_("Workspace"), channel.place),
        PreviewFact(_("Channel"), f"#{channel.name} ({channel.id})", grave=True),
        PreviewFact(_("Who sees it"), seen_by, grave=True),
    )


def _basis(channel: Channel, text: str) -> str:
    return digest_of(f"{channel.id}/{channel.name}/{channel.audience}/{text}")


def _refused(pattern: str, **fields: str) -> ToolFailed:
    return ToolFailed(tool=POST_MESSAGE, reason=Phrase(pattern, **fields))
