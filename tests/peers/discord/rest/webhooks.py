"""What an interaction's token allows for fifteen minutes: follow-ups, and the first answer by the name @original."""

from typing import Any

from tests.peers.discord import writing
from tests.peers.discord.errors import unknown
from tests.peers.discord.mentions import ONLY_USERS
from tests.peers.discord.messages import Message
from tests.peers.discord.payloads import message_json
from tests.peers.discord.rest.answering import answer_message, valid
from tests.peers.discord.rest.calls import Call, Routes
from tests.peers.discord.rest.drafts import change

routes = Routes()
Json = dict[str, Any]
ORIGINAL = "/webhooks/{webhook}/{token:str}/messages/@original"
FOLLOWUP = "/webhooks/{webhook}/{token:str}/messages/{message}"


@routes("POST", "/webhooks/{webhook}/{token:str}", without_token=True)
async def follow_up(call: Call) -> Json:
    interaction = valid(call)
    original = interaction.original
    if original is not None and original.loading:
        # right after a deferral it fills the deferred answer in (docs, Create Followup Message)
        return _change(call, original)
    message = answer_message(call, interaction, call.body, path=(), follows=original)
    interaction.followups.append(message)
    return message_json(message, call.world.app)


@routes("GET", ORIGINAL, without_token=True)
async def get_original(call: Call) -> Json:
    return message_json(_original(call), call.world.app)


@routes("PATCH", ORIGINAL, without_token=True)
async def change_original(call: Call) -> Json:
    return _change(call, _original(call))


@routes("DELETE", ORIGINAL, without_token=True)
async def delete_original(call: Call) -> None:
    writing.delete(call.world, _original(call))


@routes("GET", FOLLOWUP, without_token=True)
async def get_follow_up(call: Call) -> Json:
    return message_json(_followup(call), call.world.app)


@routes("PATCH", FOLLOWUP, without_token=True)
async def change_follow_up(call: Call) -> Json:
    return _change(call, _followup(call))


@routes("DELETE", FOLLOWUP, without_token=True)
async def delete_follow_up(call: Call) -> None:
    writing.delete(call.world, _followup(call))


def _original(call: Call) -> Message:
    message = valid(call).original
    if message is None or message.deleted:
        raise unknown("Message")
    return message


def _followup(call: Call) -> Message:
    interaction = valid(call)
    for message in (*interaction.followups, interaction.original):
        if message is not None and message.id == call.ids["message"] and not message.deleted:
            return message
    raise unknown("Message")


def _change(call: Call, message: Message) -> Json:
    loading = message.loading
    change(call.world, message, call.body, call.files)
    if loading:
        allowed = call.body.get("allowed_mentions")
        writing.notify(call.world, message, ONLY_USERS if allowed is None else allowed)
    writing.edited(call.world, message, by_hand=not loading)
    return message_json(message, call.world.app)
