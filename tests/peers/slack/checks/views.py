"""Modals and Home tabs."""

from typing import Any

from tests.peers.slack import limits
from tests.peers.slack.checks.blocks import EVERYWHERE, repeated_ids, with_ids
from tests.peers.slack.checks.schema import Complaints, array, boolean, complaint, fields, string, text, typed
from tests.peers.slack.errors import refused_blocks

PLAIN = "plain_text"
blocks = array(typed(EVERYWHERE), most=limits.VIEW_BLOCKS, least=0)
BOTH = {
    "private_metadata": string(limits.PRIVATE_METADATA, shortest=0),
    "callback_id": string(limits.CALLBACK_ID, shortest=0),
    "external_id": string(limits.EXTERNAL_ID, shortest=0),
}
modal = fields(
    {"title": text(limits.VIEW_TITLE, PLAIN), "blocks": blocks},
    {
        **BOTH,
        "submit": text(limits.VIEW_BUTTON, PLAIN),
        "close": text(limits.VIEW_BUTTON, PLAIN),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
home = fields({"blocks": blocks}, BOTH)


def checked_view(view: Any, kind: str) -> dict[str, Any]:
    """A modal or home view with ids for what had none.

    Raises:
        SlackError: invalid_arguments, which is what Slack calls a malformed view.
    """
    complaints = list(typed({"modal": modal, "home": home}, only=(kind,))(view, "/view"))
    if not complaints:
        complaints = [*repeated_ids(view["blocks"], "/view/blocks"), *_unsubmittable(view)]
    if complaints:
        raise refused_blocks("invalid_arguments", complaints)
    return {**view, "blocks": with_ids(view["blocks"])}


def _unsubmittable(view: dict[str, Any]) -> Complaints:
    if view["type"] == "modal" and not view.get("submit"):
        for place, block in enumerate(view["blocks"]):
            if block["type"] == "input":
                message = "must define `submit` to use an `input` block in modals"
                yield complaint(message, f"/view/blocks/{place}/input")
