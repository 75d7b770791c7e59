"""What people put into inputs, as Slack's state carries it."""

from typing import Any

from tests.peers.slack.checks.blocks import inside

#: the key under which each kind of input has its value, and whether it is an option of its own
PICKED = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}
INITIAL = {
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
}
STATELESS = ("button", "image", "overflow", "workflow_button")


def chosen(element: dict[str, Any], value: Any) -> dict[str, Any]:
    """What the payload says when a person chooses this; options by their value or what is written on them."""
    key = PICKED.get(element["type"], "value")
    match key:
        case "selected_option":
            return {key: _option(element, value)}
        case "selected_options":
            return {key: [_option(element, each) for each in value]}
        case _:
            return {key: value}


def _option(element: dict[str, Any], name: str) -> dict[str, Any]:
    groups = [element.get("options", []), *(group["options"] for group in element.get("option_groups", []))]
    for option in (option for group in groups for option in group):
        if name in (option["value"], option["text"]["text"]):
            return dict(option)
    raise AssertionError(f"There is no option {name} in {groups}")


def state_of(blocks: list[dict[str, Any]], typed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The state's values of all inputs: what was typed, else what they began with. Names are ids or labels."""
    values: dict[str, dict[str, Any]] = {}
    used: set[str] = set()
    for block in blocks:
        for element, _pointer in inside(block):
            if element["type"] in STATELESS:
                continue
            label = block.get("label", {}).get("text", "")
            name = next((n for n in (block["block_id"], element["action_id"], label) if n in typed), None)
            if name is None:
                held = _initial(element)
            else:
                used.add(name)
                held = chosen(element, typed[name])
            values.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], **held}
    assert used == set(typed), f"There are no inputs called {set(typed) - used}"
    return values


def _initial(element: dict[str, Any]) -> dict[str, Any]:
    key = PICKED.get(element["type"], "value")
    empty: Any = [] if key.endswith("s") else None
    return {key: element.get(INITIAL.get(key, "initial_value"), empty)}


def unfilled(blocks: list[dict[str, Any]], values: dict[str, dict[str, Any]]) -> list[str]:
    """The labels of inputs that a client does not let go: empty ones that are required, and texts of a wrong length."""
    labels = []
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        held = values[block["block_id"]][element["action_id"]]
        value = held[PICKED.get(element["type"], "value")]
        if (not value and not block.get("optional")) or (isinstance(value, str) and not _fits(element, value)):
            labels.append(block["label"]["text"])
    return labels


def _fits(element: dict[str, Any], value: str) -> bool:
    return not value or element.get("min_length", 0) <= len(value) <= element.get("max_length", 3_000)
