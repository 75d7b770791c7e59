"""Modals, the Home tab and the assistant's container, with a stock Bolt app."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from tests.peers.slack import SlackPeer


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


FIELD = {
    "type": "input",
    "block_id": "why",
    "label": plain("Why?"),
    "element": {"type": "plain_text_input", "action_id": "text", "max_length": 20},
}
MENU = {
    "type": "input",
    "label": plain("How?"),
    "optional": True,
    "element": {
        "type": "static_select",
        "action_id": "how",
        "options": [{"text": plain("Fast"), "value": "fast"}, {"text": plain("Well"), "value": "well"}],
    },
}
MODAL = {
    "type": "modal",
    "callback_id": "reason",
    "title": plain("Reason"),
    "submit": plain("Send"),
    "notify_on_close": True,
    "private_metadata": "run-1",
    "blocks": [FIELD, MENU],
}


@pytest.fixture
async def opened(slack: SlackPeer, connected: AsyncApp) -> str:
    """A modal that a command opened for Ann."""

    async def agent(ack: Any, client: Any, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    connected.command("/agent")(agent)
    assert (await slack.slash("ann", await slack.channel(), "/agent", "x")).ok
    (view,) = await slack.until(lambda: slack.modals("ann"))
    return view["id"]


async def test_a_modal_is_filled_in_and_closes(slack: SlackPeer, connected: AsyncApp, opened: str):
    got: list[dict[str, Any]] = []

    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        got.append(view)
        await ack()

    connected.view("reason")(submitted)
    answer = await slack.submit_view("ann", opened, {"Why?": "because", "how": "Well"})
    assert answer.ok
    values = got[0]["state"]["values"]
    assert values["why"]["text"] == {"type": "plain_text_input", "value": "because"}
    assert values["block1"]["how"]["selected_option"]["value"] == "well"
    assert got[0]["private_metadata"] == "run-1"
    assert slack.modals("ann") == []


async def test_errors_leave_a_modal_open_and_an_update_changes_it(slack: SlackPeer, connected: AsyncApp, opened: str):
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        if view["state"]["values"]["why"]["text"]["value"] == "no":
            await ack(response_action="errors", errors={"why": "Say more"})
        else:
            await ack(response_action="update", view={**MODAL, "title": plain("Thanks")})

    connected.view("reason")(submitted)
    refused = await slack.submit_view("ann", opened, {"why": "no"})
    assert refused.body["errors"] == {"why": "Say more"}
    assert (await slack.submit_view("ann", opened, {"why": "yes"})).ok
    assert [view["title"]["text"] for view in slack.modals("ann")] == ["Thanks"]


async def test_a_client_does_not_submit_what_is_not_filled_in(slack: SlackPeer, opened: str):
    with pytest.raises(AssertionError, match="does not submit"):
        await slack.submit_view("ann", opened, {})
    with pytest.raises(AssertionError, match="does not submit"):
        await slack.submit_view("ann", opened, {"why": "x" * 21})


async def test_a_closed_modal_is_told_if_it_asked_so(slack: SlackPeer, connected: AsyncApp, opened: str):
    closed: list[str] = []

    async def gone(ack: Any, view: dict[str, Any]) -> None:
        await ack()
        closed.append(view["id"])
        slack.changed()

    connected.view_closed("reason")(gone)
    assert (await slack.close_view("ann", opened)).ok
    await slack.until(lambda: closed)
    assert closed == [opened]
    assert slack.modals("ann") == []


async def test_three_modals_stand_on_one_another_and_no_more(slack: SlackPeer, connected: AsyncApp, opened: str):
    client, ann = connected.client, slack.team.users["ann"]
    for _ in range(2):
        top = slack.modals("ann")[-1]["id"]
        await client.views_push(trigger_id=slack.slack.trigger(ann, slack.team, top), view=MODAL)
    assert [view["previous_view_id"] for view in slack.modals("ann")] == [
        None,
        *(view["id"] for view in slack.modals("ann")[:2]),
    ]
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=slack.slack.trigger(ann, slack.team, opened), view=MODAL)


async def test_a_view_that_changed_meanwhile_is_not_overwritten(slack: SlackPeer, connected: AsyncApp, opened: str):
    old = slack.modals("ann")[0]["hash"]
    await connected.client.views_update(view_id=opened, hash=old, view=MODAL)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await connected.client.views_update(view_id=opened, hash=old, view=MODAL)


async def test_the_home_tab_is_published_when_it_is_opened(slack: SlackPeer, connected: AsyncApp):
    async def home(event: dict[str, Any], client: Any) -> None:
        button = {"type": "button", "action_id": "new", "text": plain("New goal")}
        blocks = [{"type": "actions", "elements": [button]}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    pressed: list[str] = []

    async def new(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        pressed.append(body["view"]["id"])
        slack.changed()

    connected.event("app_home_opened")(home)
    connected.action("new")(new)
    assert (await slack.open_home("ann")).ok
    view = await slack.until(lambda: slack.home("ann"))
    assert (await slack.press("ann", view["id"], "New goal")).ok
    await slack.until(lambda: pressed == [view["id"]])
    assert slack.home("ben") is None


async def test_shortcuts_bring_their_message(slack: SlackPeer, connected: AsyncApp):
    got: list[dict[str, Any]] = []

    async def use(ack: Any, shortcut: dict[str, Any]) -> None:
        await ack()
        got.append(shortcut)
        slack.changed()

    connected.shortcut("work_on")(use)
    channel = await slack.channel()
    said = await slack.say("ann", channel, "do this")
    assert (await slack.shortcut("ben", "work_on", channel=channel, message=said.ts)).ok
    assert (await slack.shortcut("ben", "work_on")).ok
    await slack.until(lambda: len(got) == 2)
    assert {shortcut["type"] for shortcut in got} == {"message_action", "shortcut"}
    assert [shortcut["message"]["text"] for shortcut in got if "message" in shortcut] == ["do this"]


async def test_an_assistant_thread_has_status_title_and_prompts(slack: SlackPeer, connected: AsyncApp):
    async def started(event: dict[str, Any], client: Any) -> None:
        thread = event["assistant_thread"]
        where = {"channel_id": thread["channel_id"], "thread_ts": thread["thread_ts"]}
        await client.assistant_threads_setSuggestedPrompts(**where, prompts=[{"title": "Blog", "message": "write"}])
        await client.assistant_threads_setTitle(**where, title="A blog")
        await client.assistant_threads_setStatus(**where, status="thinks")

    connected.event("assistant_thread_started")(started)
    general = await slack.channel()
    opened = await slack.assistant_thread("ann", beside=general)
    assert opened.ok
    told = await slack.until(lambda: "status" in slack.status(opened.channel, opened.ts))
    assert told
    assert slack.status(opened.channel, opened.ts)["title"] == "A blog"
    assert (await slack.dm("ann", "hello", thread_ts=opened.ts)).ok
