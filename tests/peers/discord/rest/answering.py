"""What interaction callbacks and their webhooks share: the interaction, its messages, and who sees them."""

from typing import Any

from tests.peers.discord import limits, writing
from tests.peers.discord.errors import ApiError, unknown
from tests.peers.discord.interaction import COMMAND, Answer, Interaction
from tests.peers.discord.mentions import ONLY_USERS
from tests.peers.discord.messages import Flag, Message
from tests.peers.discord.rest.calls import Call
from tests.peers.discord.rest.drafts import SETTABLE, checked_draft
from tests.peers.discord.writing import Draft

Json = dict[str, Any]
REPLY, CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND = 19, 20, 23  # docs, Message Types


def valid(call: Call) -> Interaction:
    """The interaction whose token is in the path.

    Raises:
        ApiError: 10015 for one that was never answered or does not exist, 50027 when its token has run out.
    """
    interaction = call.world.interactions.get(call.words["token"])
    if interaction is None or call.ids["webhook"] != call.world.app.id:
        raise unknown("Webhook")
    if call.world.clock.since(interaction.created_at) > limits.TOKEN_LASTS:
        raise ApiError(401, 50027, "Invalid Webhook Token")
    if interaction.failed or not interaction.acknowledged:
        raise unknown("Webhook")
    return interaction


def answer_message(
    call: Call, interaction: Interaction, body: Json, *, path: tuple[str, ...], follows: Message | None
) -> Message:
    """Post what an interaction is answered with; an ephemeral message is seen by one person only.

    `follows`: the message it refers to: that whose component was used, or the first answer.

    Raises:
        ApiError: what is wrong with it.
    """
    settable = SETTABLE | Flag.EPHEMERAL
    channel = interaction.channel
    draft = checked_draft(
        call.world,
        channel,
        body,
        call.files,
        path=path,
        mentions=ONLY_USERS,
        settable=settable,
        type=_type(interaction, follows),
        reply_to=follows,
    )
    return show(call, interaction, draft)


def _type(interaction: Interaction, follows: Message | None) -> int:
    if follows is not None:
        return REPLY
    return CONTEXT_MENU_COMMAND if interaction.data.get("type", 1) != 1 else CHAT_INPUT_COMMAND


def loading_message(call: Call, interaction: Interaction, flags: int) -> Message:
    """The message that says the app is thinking."""
    kept = Flag.LOADING | (Flag(flags) & Flag.EPHEMERAL)
    follows = interaction.message
    return show(call, interaction, Draft(flags=kept, type=_type(interaction, follows), reply_to=follows))


def show(call: Call, interaction: Interaction, draft: Draft) -> Message:
    audience = interaction.person if draft.flags & Flag.EPHEMERAL else None
    message = writing.compose(
        call.world, interaction.channel, call.bot, draft, interaction=interaction, audience=audience
    )
    if audience is not None:
        call.world.ephemerals.append(message)
        call.world.bell.ring()
        return message
    return writing.post(call.world, message)


def settle(call: Call, interaction: Interaction, answer: Answer) -> None:
    """Let the person see the answer."""
    interaction.acknowledged = True
    interaction.answer.set_result(answer)
    call.world.bell.ring()


def opens_by_component(interaction: Interaction) -> bool:
    """Whether the answer may change the message that a component stands in (a modal opened by one may, too)."""
    return interaction.type != COMMAND and interaction.message is not None
