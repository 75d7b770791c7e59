"""Modals: their title, and the labels and inputs in them."""

from typing import Any

from tests.peers.discord import limits
from tests.peers.discord.errors import FormErrors
from tests.peers.discord.messages import walk
from tests.peers.discord.validation.selects import SELECTS, check_select

Path = tuple[str | int, ...]
Json = dict[str, Any]

ROW, INPUT, TEXT, LABEL = 1, 4, 10, 18
IN_LABEL = (3, 4, 5, 6, 7, 8, 19, 21, 22, 23)  # docs, Label Child Components


def check_modal(data: Json) -> None:
    """Check the data of a modal response, and give its components ids.

    Raises:
        ApiError: 50035.
    """
    errors = FormErrors()
    errors.length(("data", "custom_id"), data.get("custom_id"), 1, limits.CUSTOM_ID)
    errors.length(("data", "title"), data.get("title"), 1, limits.MODAL_TITLE)
    components = data.get("components") or []
    errors.length(("data", "components"), components, 1, limits.MODAL_COMPONENTS)
    seen: set[str] = set()
    for place, component in enumerate(components):
        _check_top(component, errors, ("data", "components", place), seen)
    errors.raise_if_any()
    for number, part in enumerate(walk(components), start=1):
        part["id"] = part.get("id") or number


def _check_top(component: Json, errors: FormErrors, path: Path, seen: set[str]) -> None:
    if not errors.choice(path, component.get("type"), (ROW, TEXT, LABEL)):
        return
    if component["type"] == TEXT:
        errors.length((*path, "content"), component.get("content"), 1, limits.TEXT_TOTAL)
    elif component["type"] == LABEL:
        errors.length((*path, "label"), component.get("label"), 1, limits.INPUT_LABEL)
        errors.length((*path, "description"), component.get("description"), 0, limits.INPUT_DESCRIPTION)
        _check_field(component.get("component") or {}, IN_LABEL, errors, (*path, "component"), seen)
    elif errors.length((*path, "components"), component.get("components"), 1, 1):
        field = component["components"][0]
        errors.length((*path, "components", 0, "label"), field.get("label"), 1, limits.INPUT_LABEL)
        _check_field(field, (INPUT,), errors, (*path, "components", 0), seen)


def _check_field(field: Json, allowed: tuple[int, ...], errors: FormErrors, path: Path, seen: set[str]) -> None:
    if not errors.choice(path, field.get("type"), allowed):
        return
    own = field.get("custom_id") or ""
    errors.length((*path, "custom_id"), own, 1, limits.CUSTOM_ID)
    if own in seen:
        message = "Component custom id cannot be duplicated"
        errors.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    seen.add(own)
    if field["type"] == INPUT:
        _check_input(field, errors, path)
    elif field["type"] in SELECTS:
        check_select(field, errors, path)
        if field.get("disabled"):
            message = "Modals cannot have disabled components"
            errors.add((*path, "disabled"), "MODAL_COMPONENT_DISABLED", message)


def _check_input(field: Json, errors: FormErrors, path: Path) -> None:
    if field.get("style") not in (1, 2):
        errors.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
    for key, least in (("min_length", 0), ("max_length", 1)):
        value = field.get(key)
        if value is not None and not least <= value <= limits.INPUT_LENGTH:
            message = f"int value should be between {least} and {limits.INPUT_LENGTH}."
            errors.add((*path, key), "NUMBER_TYPE_MAX", message)
    most = min(field.get("max_length") or limits.INPUT_LENGTH, limits.INPUT_LENGTH)
    errors.length((*path, "value"), field.get("value"), 0, most)
    errors.length((*path, "placeholder"), field.get("placeholder"), 0, limits.INPUT_PLACEHOLDER)
