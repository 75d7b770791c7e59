"""Callbacks: the first answer to an interaction, within three seconds."""

import asyncio
from typing import Any

from tests.peers.discord import writing
from tests.peers.discord.errors import ApiError, invalid, unknown
from tests.peers.discord.interaction import MODAL_SUBMIT, Answer, Interaction
from tests.peers.discord.messages import Message, Modal
from tests.peers.discord.payloads import message_json
from tests.peers.discord.rest.answering import answer_message, loading_message, opens_by_component, settle
from tests.peers.discord.rest.calls import Call, Routes, Status
from tests.peers.discord.rest.drafts import change
from tests.peers.discord.validation.modals import check_modal

routes = Routes()
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL = 4, 5, 6, 7, 9  # docs, Interaction Callback Type
KINDS = {MESSAGE: "message", DEFERRED: "deferred", DEFERRED_UPDATE: "deferred_update", UPDATE: "update", MODAL: "modal"}


@routes("POST", "/interactions/{interaction}/{token:str}/callback", without_token=True)
async def respond(call: Call) -> Status:
    interaction = call.world.interactions.get(call.words["token"])
    if interaction is None or interaction.id != call.ids["interaction"] or interaction.failed:
        raise unknown("interaction")
    if interaction.acknowledged:
        raise ApiError(400, 40060, "Interaction has already been acknowledged.")
    kind = call.body.get("type")
    if kind not in KINDS or not _fits(interaction, kind):
        raise invalid(("type",), "BASE_TYPE_CHOICES", "Value is not a valid response for this interaction.")
    message, modal = _carry_out(call, interaction, kind, call.body.get("data") or {})
    latency = asyncio.get_running_loop().time() - interaction.began
    settle(call, interaction, Answer(KINDS[kind], latency, interaction, message, modal))
    if call.query.get("with_response") not in ("1", "true"):
        return Status(204)
    return Status(200, _told(call, interaction, kind, message))


def _fits(interaction: Interaction, kind: int) -> bool:
    if kind in (DEFERRED_UPDATE, UPDATE):
        return opens_by_component(interaction)
    return kind != MODAL or interaction.type != MODAL_SUBMIT


def _carry_out(
    call: Call, interaction: Interaction, kind: int, data: dict[str, Any]
) -> tuple[Message | None, Modal | None]:
    if kind == MODAL:
        check_modal(data)
        return None, Modal(data["custom_id"], data["title"], data["components"], interaction.person, interaction)
    if kind == MESSAGE:
        follows = interaction.message
        interaction.original = answer_message(call, interaction, data, path=("data",), follows=follows)
    elif kind == DEFERRED:
        interaction.original = loading_message(call, interaction, data.get("flags") or 0)
    else:
        interaction.original = interaction.message
        if kind == UPDATE and interaction.message is not None:
            if interaction.message.deleted:
                raise unknown("Message")
            change(call.world, interaction.message, data, call.files, ("data",))
            writing.edited(call.world, interaction.message)
    return interaction.original, None


def _told(call: Call, interaction: Interaction, kind: int, message: Message | None) -> dict[str, Any]:
    about: dict[str, Any] = {"id": str(interaction.id), "type": interaction.type}
    resource: dict[str, Any] = {"type": kind}
    if message is not None:
        about["response_message_id"] = str(message.id)
        about["response_message_loading"] = message.loading
        about["response_message_ephemeral"] = message.ephemeral
        if kind in (MESSAGE, UPDATE, DEFERRED):
            resource["message"] = message_json(message, call.world.app)
    return {"interaction": about, "resource": resource}
