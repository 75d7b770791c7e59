"""What people do reaches a stock Bolt app, over HTTP and over Socket Mode, and what it answers reaches people."""

import json
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.peers.slack import SlackPeer

APPROVE = {
    "type": "button",
    "action_id": "approve",
    "value": "run-1",
    "text": {"type": "plain_text", "text": "Approve"},
}
CARD: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Write a.md?*"}},
    {"type": "actions", "block_id": "decide", "elements": [APPROVE]},
]


async def test_a_command_is_acked_with_words_for_the_one_who_used_it(slack: SlackPeer, connected: AsyncApp):
    async def agent(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"On it: {command['text']}")

    connected.command("/agent")(agent)
    channel = await slack.channel("general")
    answer = await slack.slash("ann", channel, "/agent", "write a blog about AI")
    assert answer.ok
    assert answer.seconds < 3
    assert [message["text"] for message in slack.ephemerals("ann")] == ["On it: write a blog about AI"]
    assert slack.ephemerals("ben") == []
    assert slack.messages(channel) == []


async def test_a_command_that_nobody_handles_is_an_error(slack: SlackPeer, connected: AsyncApp):
    slack.patience = 0.2  # by Socket Mode, Bolt says nothing at all then
    answer = await slack.slash("ann", await slack.channel(), "/unknown")
    assert answer.error in ("http_error", "operation_timeout")


async def test_a_mention_comes_as_two_events_and_is_answered_in_its_thread(slack: SlackPeer, connected: AsyncApp):
    async def hello(event: dict[str, Any], say: Any) -> None:
        await say(text=f"Hello <@{event['user']}>", thread_ts=event["ts"])

    connected.event("app_mention")(hello)
    channel = await slack.channel()
    said = await slack.mention("ann", channel, "are you there?")
    assert [answer.delivery.payload["event"]["type"] for answer in (said, *said.others)] == ["app_mention", "message"]
    replies = await slack.until(lambda: slack.messages(channel, said.ts)[1:])
    assert replies[0]["text"] == f"Hello <@{slack.users['ann']}>"
    assert replies[0]["parent_user_id"] == slack.users["ann"]
    assert slack.message(said.ts)["reply_count"] == 1


async def test_a_click_carries_its_button_and_its_response_url_changes_the_message(
    slack: SlackPeer, connected: AsyncApp
):
    async def approve(ack: Any, action: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(text=f"approved {action['value']}", replace_original=True)

    connected.action("approve")(approve)
    channel = await slack.channel()
    posted = await connected.client.chat_postMessage(channel=channel, text="Approve?", blocks=CARD)
    answer = await slack.click("ann", channel, posted["ts"], "Approve")
    assert answer.ok
    await slack.until(lambda: slack.message(posted["ts"])["text"] == "approved run-1")
    assert slack.message(posted["ts"]).get("blocks", []) == []


async def test_clicks_of_ephemeral_messages_name_no_message(slack: SlackPeer, connected: AsyncApp):
    got: list[dict[str, Any]] = []

    async def approve(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        got.append(body)
        await respond(delete_original=True)

    connected.action("approve")(approve)
    channel = await slack.channel()
    posted = await connected.client.chat_postEphemeral(
        channel=channel, user=slack.users["ann"], text="Sure?", blocks=CARD
    )
    assert (await slack.click("ann", channel, posted["message_ts"], "approve")).ok
    await slack.until(lambda: not slack.ephemerals("ann"))
    assert got[0]["container"]["is_ephemeral"]
    assert "message" not in got[0]


async def test_a_menu_is_chosen_from(slack: SlackPeer, connected: AsyncApp):
    chosen: list[str] = []

    async def more(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        chosen.append(action["selected_option"]["value"])
        slack.changed()

    connected.action("more")(more)
    options = [{"text": {"type": "plain_text", "text": word}, "value": word.lower()} for word in ("Edit", "Reject")]
    blocks = [{"type": "actions", "elements": [{"type": "overflow", "action_id": "more", "options": options}]}]
    channel = await slack.channel()
    posted = await connected.client.chat_postMessage(channel=channel, text="x", blocks=blocks)
    assert (await slack.choose("ann", channel, posted["ts"], "more", "Reject")).ok
    await slack.until(lambda: chosen == ["reject"])


async def test_a_response_url_is_good_five_times_in_half_an_hour(slack: SlackPeer):
    channel = await slack.channel()
    await slack.slash("ann", channel, "/agent", "x")
    await slack.slash("ann", channel, "/agent", "y")
    first, second = (delivery.payload["response_url"] for delivery in slack.deliveries)
    hook = AsyncWebhookClient(first)
    for _ in range(5):
        assert (await hook.send(text="news")).status_code == 200
    refused = await hook.send(text="news")
    assert (refused.status_code, json.loads(refused.body)["error"]) == (404, "used_url")
    slack.clock.advance(30 * 60 + 1)
    assert json.loads((await AsyncWebhookClient(second).send(text="late")).body)["error"] == "expired_url"
    assert len(slack.ephemerals("ann")) == 5


async def test_everything_that_happens_to_messages_is_an_event(slack: SlackPeer, connected: AsyncApp):
    channel = await slack.channel()
    posted = await connected.client.chat_postMessage(channel=channel, text="Approve?")
    await slack.settled()
    connected.event("reaction_added")(nothing)
    connected.event("reaction_removed")(nothing)
    connected.event("file_shared")(nothing)
    slack.deliveries.clear()

    said = await slack.reply("ann", channel, posted["ts"], "no", broadcast=True)
    await slack.edit("ann", channel, said.ts, "yes")
    await slack.delete("ann", channel, said.ts)
    await slack.bot_message(channel, "build passed")
    await slack.reply("ann", channel, posted["ts"], "look", files=[("a.md", b"# A")])
    await slack.react("ann", channel, posted["ts"], "white_check_mark")
    await slack.unreact("ann", channel, posted["ts"], "white_check_mark")
    await slack.settled()

    events = [delivery.payload["event"] for delivery in slack.deliveries]
    assert sorted(event.get("subtype", event["type"]) for event in events) == [
        "bot_message",
        "file_share",
        "file_shared",
        "message_changed",
        "message_deleted",
        "reaction_added",
        "reaction_removed",
        "thread_broadcast",
    ]
    by_kind = {event.get("subtype", event["type"]): event for event in events}
    assert by_kind["message_changed"]["message"]["text"] == "yes"
    assert by_kind["message_changed"]["previous_message"]["text"] == "no"
    assert by_kind["message_deleted"]["deleted_ts"] == said.ts
    assert by_kind["reaction_added"]["item"]["ts"] == posted["ts"]
    assert by_kind["reaction_added"]["item_user"] == slack.bot_user
    assert "user" not in by_kind["bot_message"]
    (file,) = slack.files(channel)
    assert await slack.file_content(file["id"]) == b"# A"
    assert file["name"] == "a.md"


async def nothing() -> None:
    return


async def test_an_app_hears_of_its_own_messages(slack: SlackPeer, connected: AsyncApp):
    channel = await slack.channel()
    await connected.client.chat_postMessage(channel=channel, text="hello")
    await slack.settled()
    (event,) = [delivery.payload["event"] for delivery in slack.deliveries]
    assert (event["type"], event["bot_id"], event["user"]) == ("message", slack.team.bot_id, slack.bot_user)
    slack.set(echoes=False)
    await connected.client.chat_postMessage(channel=channel, text="hello")
    await slack.settled()
    assert len(slack.deliveries) == 1


async def test_direct_messages_are_no_mentions(slack: SlackPeer, connected: AsyncApp):
    said = await slack.dm("ann", "write a blog")
    assert said.ok
    event = said.delivery.payload["event"]
    assert (event["type"], event["channel_type"], event["channel"]) == ("message", "im", said.channel)
    assert said.others == ()


async def test_the_bot_is_invited_and_put_out(slack: SlackPeer, connected: AsyncApp):
    connected.event("member_joined_channel")(nothing)
    connected.event("member_left_channel")(nothing)
    channel = await slack.channel(bot=False)
    assert (await slack.mention("ann", channel, "hi")).error == "not_in_channel"
    joined = await slack.invite("ann", channel)
    assert joined.delivery.payload["event"]["user"] == slack.bot_user
    assert (await connected.client.chat_postMessage(channel=channel, text="here"))["ok"]
    await slack.kick("ann", channel)
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await connected.client.chat_postMessage(channel=channel, text="still here?")


async def test_an_uninstalled_app_is_told_and_its_token_ends(slack: SlackPeer, connected: AsyncApp):
    connected.event("app_uninstalled")(nothing)
    connected.event("tokens_revoked")(nothing)
    client = connected.client
    told = await slack.uninstall()
    kinds = [answer.delivery.payload["event"]["type"] for answer in (told, *told.others)]
    assert kinds == ["app_uninstalled", "tokens_revoked"]
    with pytest.raises(SlackApiError, match="account_inactive"):
        await client.auth_test()


async def test_a_person_cannot_press_what_is_not_there(slack: SlackPeer, connected: AsyncApp):
    channel = await slack.channel(members=("ann",))
    posted = await connected.client.chat_postMessage(channel=channel, text="x", blocks=CARD)
    with pytest.raises(AssertionError, match="nothing called Reject.*Approve"):
        await slack.click("ann", channel, posted["ts"], "Reject")
    with pytest.raises(AssertionError, match="ben is not in"):
        await slack.click("ben", channel, posted["ts"], "Approve")
