"""Slack's Web API as its own SDK meets it here."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.peers.slack import SlackPeer
from tests.peers.slack.bolt import client_of

META = {"event_type": "nod_card", "event_payload": {"card": "run-1/plan"}}


@pytest.fixture
def client(slack: SlackPeer) -> AsyncWebClient:
    return client_of(slack)


async def test_a_message_is_posted_and_read_back(slack: SlackPeer, client: AsyncWebClient):
    channel = await slack.channel()
    posted = await client.chat_postMessage(channel=channel, text="hello")
    read = await client.conversations_history(channel=channel)
    assert read["messages"] == [posted["message"]]
    assert slack.messages(channel) == read["messages"]
    assert posted["message"]["bot_id"] == slack.team.bot_id
    assert posted["message"]["user"] == slack.bot_user


async def test_metadata_is_told_only_to_those_who_ask_for_all_of_it(slack: SlackPeer, client: AsyncWebClient):
    channel = await slack.channel()
    root = await client.chat_postMessage(channel=channel, text="root")
    await client.chat_postMessage(channel=channel, text="card", thread_ts=root["ts"], metadata=META)
    with_it = await client.conversations_replies(channel=channel, ts=root["ts"], include_all_metadata=True)
    without = await client.conversations_replies(channel=channel, ts=root["ts"])
    assert [message.get("metadata") for message in with_it["messages"]] == [None, META]
    assert [message.get("metadata") for message in without["messages"]] == [None, None]


async def test_replies_and_history_come_in_pages_and_between_times(slack: SlackPeer, client: AsyncWebClient):
    channel = await slack.channel()
    sent = [(await client.chat_postMessage(channel=channel, text=str(n)))["ts"] for n in range(5)]
    for n in range(3):
        await client.chat_postMessage(channel=channel, text=f"reply {n}", thread_ts=sent[0])

    history = await client.conversations_history(channel=channel, limit=2)
    pages = [[message["text"] for message in page["messages"]] async for page in history]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    since = await client.conversations_history(channel=channel, oldest=sent[2], inclusive=False)
    assert [message["text"] for message in since["messages"]] == ["4", "3"]
    until = await client.conversations_history(channel=channel, latest=sent[1], inclusive=True)
    assert [message["text"] for message in until["messages"]] == ["1", "0"]

    thread = await client.conversations_replies(channel=channel, ts=sent[0], limit=3)
    assert [message["text"] for message in thread["messages"]] == ["0", "reply 0", "reply 1"]
    assert thread["has_more"]
    assert thread["messages"][0]["reply_count"] == 3


async def test_an_update_keeps_what_it_does_not_name(slack: SlackPeer, client: AsyncWebClient):
    channel = await slack.channel()
    blocks = [{"type": "section", "block_id": "b", "text": {"type": "mrkdwn", "text": "plan"}}]
    posted = await client.chat_postMessage(channel=channel, text="plan", blocks=blocks, metadata=META)
    await client.chat_update(channel=channel, ts=posted["ts"], text="other words")
    assert slack.message(posted["ts"])["blocks"] == blocks
    assert slack.message(posted["ts"])["metadata"] == META
    await client.chat_update(channel=channel, ts=posted["ts"], text="bare", blocks=[])
    assert slack.message(posted["ts"]).get("blocks", []) == []
    assert slack.words(slack.message(posted["ts"])) == "bare"


async def test_a_deleted_parent_leaves_a_tombstone(slack: SlackPeer, client: AsyncWebClient):
    channel = await slack.channel()
    root = await client.chat_postMessage(channel=channel, text="root")
    await client.chat_postMessage(channel=channel, text="reply", thread_ts=root["ts"])
    await client.chat_delete(channel=channel, ts=root["ts"])
    thread = await client.conversations_replies(channel=channel, ts=root["ts"])
    assert [message.get("subtype") for message in thread["messages"]] == ["tombstone", None]
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel=channel, ts=root["ts"], text="again")


async def test_a_broadcast_reply_is_in_the_channel_too(slack: SlackPeer, client: AsyncWebClient):
    channel = await slack.channel()
    root = await client.chat_postMessage(channel=channel, text="root")
    await client.chat_postMessage(channel=channel, text="all", thread_ts=root["ts"], reply_broadcast=True)
    history = await client.conversations_history(channel=channel)
    assert [message.get("subtype") for message in history["messages"]] == ["thread_broadcast", None]


async def test_markdown_text_becomes_a_markdown_block(slack: SlackPeer, client: AsyncWebClient):
    channel = await slack.channel()
    posted = await client.chat_postMessage(channel=channel, markdown_text="**bold**")
    assert [block["type"] for block in slack.message(posted["ts"])["blocks"]] == ["markdown"]
    with pytest.raises(SlackApiError, match="markdown_text_conflict"):
        await client.api_call(
            "chat.postMessage", json={"channel": channel, "markdown_text": "**bold**", "text": "bold"}
        )


async def test_only_one_person_sees_an_ephemeral_message(slack: SlackPeer, client: AsyncWebClient):
    channel = await slack.channel(members=("ann", "ben"))
    await client.chat_postEphemeral(channel=channel, user=slack.users["ann"], text="psst")
    assert [message["text"] for message in slack.ephemerals("ann")] == ["psst"]
    assert slack.ephemerals("ben") == []
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await client.chat_postEphemeral(channel=channel, user=slack.users["cas"], text="psst")


async def test_a_file_is_uploaded_shared_later_and_downloaded_with_the_token(slack: SlackPeer, client: AsyncWebClient):
    channel = await slack.channel()
    root = await client.chat_postMessage(channel=channel, text="root")
    done = await client.files_upload_v2(
        channel=channel, thread_ts=root["ts"], filename="blog.md", content="# AI", initial_comment="Here"
    )
    assert done["files"][0]["shares"] == {}
    (file,) = slack.files(channel)
    assert await slack.file_content(file["id"]) == b"# AI"
    assert slack.messages(channel, root["ts"])[-1]["text"] == "Here"

    told = (await client.files_info(file=file["id"]))["file"]
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with slack.slack.http.get(told["url_private"], headers=headers) as answer:
        assert await answer.text() == "# AI"
    async with slack.slack.http.get(told["url_private"]) as answer:
        assert "Sign in" in await answer.text()


async def test_people_are_told_with_their_time_zone_and_whether_they_are_strangers(
    slack: SlackPeer, client: AsyncWebClient
):
    ann = (await client.users_info(user=slack.users["ann"]))["user"]
    eve = (await client.users_info(user=slack.users["eve"]))["user"]
    nod = (await client.users_info(user=slack.bot_user))["user"]
    assert (ann["tz"], ann["is_bot"], ann["team_id"], ann.get("is_stranger")) == (
        "Europe/Berlin",
        False,
        slack.team.id,
        None,
    )
    assert eve["is_stranger"]
    assert eve["team_id"] != slack.team.id
    assert nod["is_bot"]


async def test_the_reads_of_the_sdk_are_answered(slack: SlackPeer, client: AsyncWebClient):
    channel, private = await slack.channel("general"), await slack.channel(private=True, bot=False)
    slack.team.usergroups["S1"] = [slack.users["ann"]]
    assert (await client.conversations_info(channel=channel))["channel"]["name"] == "general"
    assert [found["id"] for found in (await client.conversations_list())["channels"]] == [channel]
    assert slack.users["ann"] in (await client.conversations_members(channel=channel))["members"]
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == [slack.users["ann"]]
    assert (await client.team_info())["team"]["id"] == slack.team.id
    assert (await client.bots_info(bot=slack.team.bot_id))["bot"]["app_id"] == slack.app.id
    assert (await client.api_test())["ok"]
    posted = await client.chat_postMessage(channel=channel, text="hi")
    link = (await client.chat_getPermalink(channel=channel, message_ts=posted["ts"]))["permalink"]
    assert link == f"https://acme.slack.com/archives/{channel}/p{posted['ts'].replace('.', '')}"
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_info(channel=private)


async def test_reactions_are_added_told_and_taken_away(slack: SlackPeer, client: AsyncWebClient):
    channel = await slack.channel()
    ts = (await client.chat_postMessage(channel=channel, text="hi"))["ts"]
    await client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    await slack.react("ann", channel, ts, "white_check_mark")
    assert slack.reactions(ts) == {"eyes": [slack.bot_user], "white_check_mark": [slack.users["ann"]]}
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    told = await client.reactions_get(channel=channel, timestamp=ts)
    assert len(told["message"]["reactions"]) == 2
    await client.reactions_remove(channel=channel, timestamp=ts, name="eyes")
    assert list(slack.reactions(ts)) == ["white_check_mark"]


async def test_a_bot_writes_to_a_person_and_joins_a_channel(slack: SlackPeer, client: AsyncWebClient):
    opened = await client.conversations_open(users=[slack.users["ann"]])
    posted = await client.chat_postMessage(channel=slack.users["ann"], text="hello")
    assert posted["channel"] == opened["channel"]["id"]
    channel = await slack.channel(bot=False)
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.chat_postMessage(channel=channel, text="hello")
    await client.conversations_join(channel=channel)
    assert (await client.chat_postMessage(channel=channel, text="hello"))["ok"]


async def test_an_unknown_method_is_refused_and_fails_the_test(slack: SlackPeer, client: AsyncWebClient):
    with pytest.raises(SlackApiError, match="unknown_method"):
        await client.api_call("chat.teleport")
    assert slack.problems == ["The app called chat.teleport, which this Slack does not know."]
    slack.problems.clear()
