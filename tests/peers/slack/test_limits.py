"""Slack's limits bite, with Slack's own error codes."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.peers.slack import SlackPeer
from tests.peers.slack.bolt import client_of

DIVIDER = {"type": "divider"}


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(text: str = "Go", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def rich(text: str) -> dict[str, Any]:
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [words]}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Edit"), "submit": plain("Save"), "blocks": list(blocks), **more}


def field(**more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain("Text"), "element": {"type": "plain_text_input", **more}}


@pytest.fixture
def client(slack: SlackPeer) -> AsyncWebClient:
    return client_of(slack)


@pytest.fixture
async def channel(slack: SlackPeer) -> str:
    return await slack.channel()


TASK = {"type": "task_card", "task_id": "t1", "title": "Write", "status": "in_progress", "details": rich("a.md")}
GOOD = [
    section("x" * 3_000),
    {"type": "header", "text": plain("h" * 150)},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "*by* ann"}, plain("today")]},
    actions(button("b" * 75, action_id="a" * 255, value="v" * 2_000, style="primary"), button(action_id="other")),
    {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"},
    rich("words"),
    {"type": "markdown", "text": "**bold**"},
    {"type": "plan", "title": "Plan", "tasks": [TASK]},
    TASK,
    {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": "a"}, rich("b")]],
        "column_settings": [{"align": "right"}],
    },
    field(multiline=True, initial_value="a.md"),
]

BAD: list[tuple[dict[str, Any], str]] = [
    (section("x" * 3_001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    (
        {"type": "header", "text": plain("h" * 151)},
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        {"type": "header", "text": {"type": "mrkdwn", "text": "h"}},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    ({"type": "header"}, "missing required field: text [json-pointer:/blocks/0]"),
    ({"type": "section"}, "must provide at least one of: text, fields [json-pointer:/blocks/0]"),
    ({"type": "text", "text": "x"}, "unsupported type: text [json-pointer:/blocks/0/type]"),
    ({"text": "x"}, "missing required field: type [json-pointer:/blocks/0]"),
    (section("x", colour="red"), "invalid additional property: colour [json-pointer:/blocks/0]"),
    (section("x", block_id="b" * 256), "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
    (actions(button("b" * 76)), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"),
    (actions(button(value="v" * 2_001)), "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"),
    (
        actions(button(action_id="a" * 256)),
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    (actions(button(style="loud")), "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]"),
    (
        actions(button(action_id="a"), button(action_id="a")),
        '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ),
    (
        actions(*[button(action_id=str(n)) for n in range(26)]),
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        {"type": "rich_text", "elements": [{"type": "text", "text": "x"}]},
        "unsupported type: text [json-pointer:/blocks/0/elements/0/type]",
    ),
    ({"type": "task_card", "title": "x"}, "missing required field: task_id [json-pointer:/blocks/0]"),
    (
        {**TASK, "status": "done"},
        "must be one of: pending, in_progress, complete, error [json-pointer:/blocks/0/status]",
    ),
    (
        {"type": "plan", "title": "p", "tasks": [TASK, TASK]},
        '`task_id` "t1" already exists [json-pointer:/blocks/0/tasks/1/task_id]',
    ),
    (
        {"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]},
        "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]",
    ),
    ({"type": "markdown", "text": "m" * 12_001}, "must be less than 12001 characters [json-pointer:/blocks/0/text]"),
    (field(max_length=3_001), "must be less than or equal to 3000 [json-pointer:/blocks/0/element/max_length]"),
    (
        field(min_length=5, max_length=2),
        "`min_length` must be less than or equal to `max_length` [json-pointer:/blocks/0/element/min_length]",
    ),
]


async def test_every_kind_of_block_is_taken_up_to_its_limits(slack: SlackPeer, client: AsyncWebClient, channel: str):
    posted = await client.chat_postMessage(channel=channel, text="all", blocks=GOOD)
    kept = slack.message(posted["ts"])["blocks"]
    assert [block["type"] for block in kept] == [block["type"] for block in GOOD]
    assert all(block["block_id"] for block in kept)


@pytest.mark.parametrize(("block", "message"), BAD, ids=[message for _block, message in BAD])
async def test_a_malformed_block_is_refused_with_a_pointer(
    client: AsyncWebClient, channel: str, block: dict[str, Any], message: str
):
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=channel, text="x", blocks=[block])
    assert refused.value.response["error"] == "invalid_blocks"
    assert message in refused.value.response["errors"]
    assert f"[ERROR] {message}" in refused.value.response["response_metadata"]["messages"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"blocks": [DIVIDER] * 51}, "invalid_blocks"),
        ({"blocks": [{**DIVIDER, "block_id": "b"}] * 2}, "invalid_blocks"),
        ({"blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"blocks": [{"type": "markdown", "text": "m" * 6_001}] * 2}, "msg_blocks_too_long"),
        ({"blocks": [section("x" * 3_000)] * 4 + [section("x" * 1_000)]}, "msg_blocks_too_long"),
        ({"blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}] * 2}, "invalid_attachments"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"text": ""}, "no_text"),
        ({"text": "x", "metadata": {"event_type": "nod"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "nod", "event_payload": {"a": "x" * 20_000}}}, "metadata_too_large"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"text": "x", "channel": "C404"}, "channel_not_found"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_message_is_refused(client: AsyncWebClient, channel: str, arguments: dict[str, Any], code: str):
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("chat.postMessage", json={"channel": channel, **arguments})
    assert refused.value.response["error"] == code


async def test_fifty_blocks_and_forty_thousand_characters_are_taken(client: AsyncWebClient, channel: str):
    assert (await client.chat_postMessage(channel=channel, text="x" * 40_000))["ok"]
    assert (await client.chat_postMessage(channel=channel, text="x", blocks=[DIVIDER] * 50))["ok"]


async def test_a_bad_event_type_drops_the_metadata_with_a_warning(client: AsyncWebClient, channel: str):
    metadata = {"event_type": "nod.card", "event_payload": {}}
    posted = await client.chat_postMessage(channel=channel, text="x", metadata=metadata)
    assert posted["warning"] == "invalid_metadata_schema"
    assert "metadata" not in posted["message"]


async def test_replies_go_to_parents_only(slack: SlackPeer, client: AsyncWebClient, channel: str):
    root = await client.chat_postMessage(channel=channel, text="root")
    reply = await client.chat_postMessage(channel=channel, text="reply", thread_ts=root["ts"])
    with pytest.raises(SlackApiError, match="cannot_reply_to_message"):
        await client.chat_postMessage(channel=channel, text="x", thread_ts=reply["ts"])
    with pytest.raises(SlackApiError, match="thread_not_found"):
        await client.conversations_replies(channel=channel, ts="1.000001")
    await slack.archive("ann", channel)
    with pytest.raises(SlackApiError, match="is_archived"):
        await client.chat_postMessage(channel=channel, text="x")


async def test_what_others_wrote_cannot_be_changed_and_edits_can_be_closed(
    slack: SlackPeer, client: AsyncWebClient, channel: str
):
    said = await slack.say("ann", channel, "mine")
    with pytest.raises(SlackApiError, match="cant_update_message"):
        await client.chat_update(channel=channel, ts=said.ts, text="yours")
    posted = await client.chat_postMessage(channel=channel, text="x")
    slack.set(edit_window_open=False)
    with pytest.raises(SlackApiError, match="edit_window_closed"):
        await client.chat_update(channel=channel, ts=posted["ts"], text="y")


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (modal(title=plain("t" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(*[DIVIDER] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (
            modal(private_metadata="p" * 3_001),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (modal(callback_id="c" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown [json-pointer:/view/blocks/0/type]"),
        (
            {"type": "modal", "title": plain("Edit"), "blocks": [field()]},
            "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_malformed_modal_is_refused(slack: SlackPeer, client: AsyncWebClient, view: Any, message: str):
    trigger = slack.slack.trigger(slack.team.users["ann"], slack.team)
    with pytest.raises(SlackApiError) as refused:
        await client.views_open(trigger_id=trigger, view=view)
    assert refused.value.response["error"] == "invalid_arguments"
    assert f"[ERROR] {message}" in refused.value.response["response_metadata"]["messages"]


async def test_a_trigger_is_good_once_and_for_three_seconds(slack: SlackPeer, client: AsyncWebClient):
    ann = slack.team.users["ann"]
    trigger, late = slack.slack.trigger(ann, slack.team), slack.slack.trigger(ann, slack.team)
    await client.views_open(trigger_id=trigger, view=modal())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=modal())
    slack.clock.advance(3.1)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=late, view=modal())
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_open(trigger_id="no trigger", view=modal())
    assert len(slack.modals("ann")) == 1


async def test_messages_in_a_channel_keep_their_distance_if_switched_on(
    slack: SlackPeer, client: AsyncWebClient, channel: str
):
    slack.set(seconds_between_posts=60)
    other = await slack.channel()
    await client.chat_postMessage(channel=channel, text="1")
    await client.chat_postMessage(channel=other, text="1")
    with pytest.raises(SlackApiError) as limited:
        await client.chat_postMessage(channel=channel, text="2")
    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["Retry-After"] == "60"
    slack.clock.advance(60)
    assert (await client.chat_postMessage(channel=channel, text="2"))["ok"]
