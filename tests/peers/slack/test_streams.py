"""Messages that are streamed, with the SDK's own helper."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import TaskUpdateChunk

from tests.peers.slack import SlackPeer
from tests.peers.slack.bolt import client_of


async def test_a_stream_grows_and_ends(slack: SlackPeer):
    channel = await slack.channel()
    said = await slack.say("ann", channel, "write")
    streamer = await client_of(slack).chat_stream(
        channel=channel,
        thread_ts=said.ts,
        recipient_user_id=slack.users["ann"],
        recipient_team_id=slack.team.id,
        buffer_size=1,
    )
    await streamer.append(markdown_text="**Hello** ")
    shown = slack.messages(channel, said.ts)[1]
    assert (shown["streaming_state"], slack.words(shown)) == ("in_progress", "**Hello** ")
    with pytest.raises(SlackApiError, match="streaming_state_conflict"):
        await client_of(slack).chat_update(channel=channel, ts=shown["ts"], text="x")
    await streamer.append(chunks=[TaskUpdateChunk(id="t1", title="Write", status="complete")])
    await streamer.stop(markdown_text="world")
    shown = slack.messages(channel, said.ts)[1]
    assert shown["streaming_state"] == "completed"
    assert [block["type"] for block in shown["blocks"]] == ["markdown", "task_card", "markdown"]
    assert "edited" not in shown
    assert (await client_of(slack).chat_update(channel=channel, ts=shown["ts"], text="x"))["ok"]


async def test_a_stream_lasts_five_minutes(slack: SlackPeer):
    client, channel = client_of(slack), await slack.channel()
    whom = {"recipient_user_id": slack.users["ann"], "recipient_team_id": slack.team.id}
    said = await slack.say("ann", channel, "write")
    stream = await client.chat_startStream(channel=channel, thread_ts=said.ts, **whom)
    await client.chat_appendStream(channel=channel, ts=stream["ts"], markdown_text="so far")
    slack.clock.advance(307)
    with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
        await client.chat_appendStream(channel=channel, ts=stream["ts"], markdown_text="and on")
    assert slack.words(slack.message(stream["ts"])) == "so far"


async def test_a_stream_in_a_channel_needs_its_reader(slack: SlackPeer):
    channel = await slack.channel()
    said = await slack.say("ann", channel, "write")
    with pytest.raises(SlackApiError, match="missing_recipient_user_id"):
        await client_of(slack).chat_startStream(channel=channel, thread_ts=said.ts)
    direct = await slack.dm("ann", "write")
    assert (await client_of(slack).chat_startStream(channel=direct.channel, thread_ts=direct.ts))["ok"]
