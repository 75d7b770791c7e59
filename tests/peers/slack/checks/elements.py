"""The elements that people press, choose from and type into."""

from typing import Any

from tests.peers.slack import limits
from tests.peers.slack.checks.schema import (
    Check,
    Complaints,
    anything,
    array,
    boolean,
    complaint,
    fields,
    integer,
    one_of,
    string,
    text,
    typed,
)

ACTION_ID = string(limits.ACTION_ID)
PLAIN = "plain_text"

confirm = fields(
    {
        "title": text(limits.CONFIRM_TITLE, PLAIN),
        "text": text(limits.CONFIRM_TEXT),
        "confirm": text(limits.CONFIRM_BUTTON, PLAIN),
        "deny": text(limits.CONFIRM_BUTTON, PLAIN),
    },
    {"style": one_of("primary", "danger")},
)
option = fields(
    {"text": text(limits.OPTION_TEXT), "value": string(limits.OPTION_VALUE)},
    {"description": text(limits.OPTION_TEXT), "url": string(limits.BUTTON_URL)},
)
option_group = fields({"label": text(limits.OPTION_TEXT, PLAIN), "options": array(option, most=limits.OPTIONS)})
options = array(option, most=limits.OPTIONS)
choices = array(option, most=limits.CHOICES)
placeholder = text(limits.PLACEHOLDER, PLAIN)
COMMON = {"action_id": ACTION_ID, "confirm": confirm, "focus_on_load": boolean}

button = fields(
    {"text": text(limits.BUTTON_TEXT, PLAIN)},
    {
        **COMMON,
        "value": string(limits.BUTTON_VALUE, shortest=0),
        "url": string(limits.BUTTON_URL),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(limits.BUTTON_TEXT),
        "visible_to_user_ids": array(string()),
    },
)
image = fields({"alt_text": string(limits.ALT_TEXT)}, {"image_url": string(limits.IMAGE_URL), "slack_file": anything})


def typed_text(least: int = 0) -> Check:
    shape = fields(
        {},
        {
            **COMMON,
            "placeholder": placeholder,
            "initial_value": string(limits.INPUT_LENGTH, shortest=0),
            "multiline": boolean,
            "min_length": integer(least, limits.INPUT_LENGTH),
            "max_length": integer(1, limits.INPUT_LENGTH),
            "dispatch_action_config": anything,
        },
    )

    def check(value: Any, at: str) -> Complaints:
        yield from shape(value, at)
        shortest, longest = value.get("min_length"), value.get("max_length")
        if isinstance(shortest, int) and isinstance(longest, int) and shortest > longest:
            yield complaint("`min_length` must be less than or equal to `max_length`", f"{at}/min_length")

    return check


def menu(required: dict[str, Check] | None = None, **optional: Check) -> Check:
    return fields(required or {}, {**COMMON, "placeholder": placeholder, **optional})


def options_or_groups(value: Any, at: str) -> Complaints:
    yield from menu(
        options=options,
        option_groups=array(option_group, most=limits.OPTIONS),
        initial_option=option,
        initial_options=options,
        max_selected_items=integer(1, limits.OPTIONS),
    )(value, at)
    if ("options" in value) == ("option_groups" in value):
        yield complaint("must provide exactly one of: options, option_groups", at)


def picked(*initial: str) -> Check:
    extra: dict[str, Check] = dict.fromkeys(initial, anything)
    return menu(max_selected_items=integer(1, limits.OPTIONS), filter=anything, response_url_enabled=boolean, **extra)


PRESSED: dict[str, Check] = {
    "button": button,
    "overflow": fields({"options": array(option, most=limits.OVERFLOW_OPTIONS)}, COMMON),
    "static_select": options_or_groups,
    "external_select": menu(min_query_length=integer(0, 100), initial_option=option),
    "users_select": picked("initial_user"),
    "conversations_select": picked("initial_conversation", "default_to_current_conversation"),
    "channels_select": picked("initial_channel"),
    "datepicker": menu(initial_date=string(10)),
    "timepicker": menu(initial_time=string(5), timezone=string()),
    "datetimepicker": menu(initial_date_time=anything),
    "checkboxes": fields({"options": choices}, {**COMMON, "initial_options": choices}),
    "radio_buttons": fields({"options": choices}, {**COMMON, "initial_option": option}),
    "workflow_button": fields({"text": text(limits.BUTTON_TEXT, PLAIN), "workflow": anything}, COMMON),
}
SEVERAL: dict[str, Check] = {
    "multi_static_select": options_or_groups,
    "multi_external_select": menu(min_query_length=integer(0, 100), initial_options=options),
    "multi_users_select": picked("initial_users"),
    "multi_conversations_select": picked("initial_conversations", "default_to_current_conversation"),
    "multi_channels_select": picked("initial_channels"),
}
TYPED: dict[str, Check] = {
    "plain_text_input": typed_text(),
    "number_input": fields(
        {"is_decimal_allowed": boolean},
        {
            **COMMON,
            "initial_value": string(),
            "min_value": string(),
            "max_value": string(),
            "placeholder": placeholder,
            "dispatch_action_config": anything,
        },
    ),
    "email_text_input": menu(initial_value=string(), dispatch_action_config=anything),
    "url_text_input": menu(initial_value=string(), dispatch_action_config=anything),
    "rich_text_input": menu(initial_value=anything, dispatch_action_config=anything),
    "file_input": fields({}, {**COMMON, "filetypes": array(string()), "max_files": integer(1, 10)}),
}
NOT_TYPED_INTO = ("button", "overflow", "workflow_button")

in_actions = typed({**PRESSED})
in_section = typed({**PRESSED, **SEVERAL, "image": image})
in_input = typed({**{kind: check for kind, check in PRESSED.items() if kind not in NOT_TYPED_INTO}, **SEVERAL, **TYPED})
in_context = typed({"image": image, "plain_text": text(2_000), "mrkdwn": text(2_000)})
