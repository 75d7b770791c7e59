"""Modals filled in by hand."""

from typing import Any

from tests.peers.discord import limits
from tests.peers.discord.messages import Modal
from tests.peers.discord.people.client import NotAllowedError

Json = dict[str, Any]
TEXT, ROW, INPUT, LABEL = 10, 1, 4, 18


def filled_modal(modal: Modal, values: dict[str, Any]) -> list[Json]:
    """The components as a submission tells them, each in its label or row."""
    known = {name for label, field in modal.inputs.items() for name in (label, field["custom_id"])}
    if not values.keys() <= known:
        raise NotAllowedError(f"the modal {modal.title!r} has no {sorted(values.keys() - known)}, but {sorted(known)}")
    found = []
    for top in modal.components:
        if top["type"] == TEXT:
            found.append({"type": TEXT, "id": top["id"]})
        elif top["type"] == LABEL:
            inner = _filled(top["component"], top["label"], values)
            found.append({"type": LABEL, "id": top["id"], "component": inner})
        else:
            field = top["components"][0]
            found.append({"type": ROW, "id": top["id"], "components": [_filled(field, field["label"], values)]})
    return found


def _filled(field: Json, label: str, values: dict[str, Any]) -> Json:
    told = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    value = values.get(label, values.get(field["custom_id"]))
    if field["type"] != INPUT:
        return {**told, "values": list(value or ())}
    text = field.get("value") or "" if value is None else value
    least = field.get("min_length") or 0
    most = field.get("max_length") or limits.INPUT_LENGTH
    if field.get("required", True):
        least = max(1, least)
    if (text or field.get("required", True)) and not least <= len(text) <= most:
        raise NotAllowedError(f"{label} takes {least} to {most} characters, not {len(text)}")
    return {**told, "value": text}
