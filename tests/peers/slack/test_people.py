"""What people do reaches a stock Bolt app, over HTTP and over Socket Mode, and what it answers reaches people."""

from typing import Any

from slack_bolt.app.async_app import AsyncApp

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
