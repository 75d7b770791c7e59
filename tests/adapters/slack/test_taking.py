"""What Slack sends is kept before it is acknowledged, and once, over HTTP and over sockets."""

from pathlib import Path
from typing import Any

import pytest

from agent_core.errors import StorageBusy
from storage.inbox_store import SqlInboxStore
from storage.opening import open_database
from tests.adapters.slack.connected import Connected, over_http, over_sockets, taking
from tests.peers.slack import SlackPeer
from tests.peers.slack.bolt import client_of

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "reject",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Reject"},
    "submit": {"type": "plain_text", "text": "Reject"},
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}
BUTTON: dict[str, Any] = {"type": "button", "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}}
CARD: list[dict[str, Any]] = [{"type": "actions", "elements": [BUTTON]}]


async def test_a_command_is_acknowledged_once_it_is_durable_and_before_any_work(slack: SlackPeer, connected: Connected):
    connected.handled.held = True
    answer = await slack.slash("ann", await slack.channel(), "/agent", "write a blog about AI")
    assert answer.ok
    assert not answer.body
    assert connected.handled.payloads == []
    [waiting] = await connected.store.pending("slack")
    assert waiting.key == f"command:{answer.delivery.payload['trigger_id']}"
    connected.handled.go_on.set()
    [payload] = (await connected.all_handled()).payloads
    assert (payload["kind"], payload["team"], payload["key"]) == ("command", slack.team.id, waiting.key)
    assert payload["body"]["text"] == "write a blog about AI"
    assert await connected.store.pending("slack") == []


async def test_nothing_is_asked_of_slack_before_the_acknowledgement(slack: SlackPeer, connected: Connected):
    asked = len(slack.requests)
    assert (await slack.slash("ann", await slack.channel(), "/agent", "help")).ok
    assert (await slack.mention("ann", await slack.channel(), "help")).ok
    assert len(slack.requests) == asked


async def test_what_cannot_be_kept_is_not_acknowledged(slack: SlackPeer, tmp_path: Path, way: Any):
    async with open_database(f"sqlite:///{tmp_path}/locked.db") as database:

        class Locked(SqlInboxStore):
            async def add(self, incoming, at):
                raise StorageBusy(where="nod.db")

        async with way(slack, tmp_path, Locked(database)) as connected:
            slack.patience = 0.2  # over sockets, silence is all there is
            assert not (await slack.slash("ann", await slack.channel(), "/agent", "help")).ok
            mention = await slack.mention("ann", await slack.channel(), "help")
            assert not mention.ok
            assert mention.delivery.tries == 4
            assert connected.handled.payloads == []


async def test_one_slash_command_is_handled_once_whatever_is_retried(slack: SlackPeer, connected: Connected):
    answer = await slack.slash("ann", await slack.channel(), "/agent", "write a blog about AI")
    assert (await slack.redeliver(answer)).ok
    assert (await slack.redeliver(answer)).ok
    assert len((await connected.all_handled()).of("command")) == 1


async def test_two_commands_of_the_same_words_are_two(slack: SlackPeer, connected: Connected):
    channel = await slack.channel()
    await slack.slash("ann", channel, "/agent", "write")
    await slack.slash("ann", channel, "/agent", "write")
    assert len((await connected.all_handled()).of("command")) == 2


async def test_an_event_that_is_redelivered_is_acknowledged_and_handled_once(slack: SlackPeer, connected: Connected):
    mention = await slack.mention("ann", await slack.channel(), "write a blog about AI")
    for answer in (mention, *mention.others):
        assert (await slack.redeliver(answer)).ok
    types = [body["event"]["type"] for body in (await connected.all_handled()).of("event")]
    assert sorted(types) == ["app_mention", "message"]


async def test_a_redelivery_to_another_process_of_the_same_database_is_known(slack: SlackPeer, tmp_path: Path):
    async with over_http(slack, tmp_path) as first:
        answer = await slack.slash("ann", await slack.channel(), "/agent", "write a blog about AI")
        async with over_http(slack, tmp_path) as second:
            assert (await slack.redeliver(answer)).ok
            assert (await second.all_handled()).payloads == []
        assert len((await first.all_handled()).payloads) == 1


async def test_what_was_acknowledged_and_not_handled_is_handled_after_a_restart(slack: SlackPeer, tmp_path: Path):
    async with over_sockets(slack, tmp_path) as before:
        before.handled.held = True
        assert (await slack.slash("ann", await slack.channel(), "/agent", "write a blog about AI")).ok
    async with taking(tmp_path / "nod.db") as after:
        [payload] = (await after.all_handled()).payloads
    assert payload["body"]["text"] == "write a blog about AI"


async def test_a_click_is_handled_once_and_a_second_click_again(slack: SlackPeer, connected: Connected):
    channel = await slack.channel()
    ts = (await client_of(slack).chat_postMessage(channel=channel, text="Approve?", blocks=CARD))["ts"]
    first = await slack.click("ann", channel, ts, "approve")
    assert first.ok
    assert (await slack.redeliver(first)).ok
    assert (await slack.click("ben", channel, ts, "approve")).ok
    clicks = (await connected.all_handled()).of("action")
    assert [click["user"]["name"] for click in clicks] == ["ann", "ben"]


async def test_a_shortcut_is_handled_once(slack: SlackPeer, connected: Connected):
    channel = await slack.channel()
    ts = (await slack.say("ann", channel, "we need a blog about AI")).ts
    used = await slack.shortcut("ben", "ask", channel=channel, message=ts)
    assert used.ok
    assert (await slack.redeliver(used)).ok
    [shortcut] = (await connected.all_handled()).of("shortcut")
    assert shortcut["message"]["text"] == "we need a blog about AI"


async def opened_modal(slack: SlackPeer, channel: str) -> str:
    command = await slack.slash("ann", channel, "/agent", "reject")
    view = await client_of(slack).views_open(trigger_id=command.delivery.payload["trigger_id"], view=MODAL)
    return view["view"]["id"]


async def test_a_submitted_modal_gets_its_answer_while_the_person_waits(slack: SlackPeer, connected: Connected):
    view = await opened_modal(slack, await slack.channel())
    connected.handled.answer = {"response_action": "errors", "errors": {"reason": "Write more."}}
    refused = await slack.submit_view("ann", view, {"reason": "no"})
    assert refused.body["errors"] == {"reason": "Write more."}
    connected.handled.answer = None
    assert (await slack.submit_view("ann", view, {"reason": "It is about cats."})).ok
    assert slack.modals("ann") == []
    assert len(connected.handled.submissions) == 2


async def test_a_submission_that_is_sent_again_is_answered_the_same(slack: SlackPeer, connected: Connected):
    view = await opened_modal(slack, await slack.channel())
    connected.handled.answer = {"response_action": "errors", "errors": {"reason": "Write more."}}
    answer = await slack.submit_view("ann", view, {"reason": "no"})
    assert (await slack.redeliver(answer)).body == answer.body


async def test_a_modal_that_is_closed_says_nothing_and_is_not_kept(slack: SlackPeer, connected: Connected):
    view = await opened_modal(slack, await slack.channel())
    before = len((await connected.all_handled()).payloads)
    assert (await slack.close_view("ann", view)).ok
    assert len((await connected.all_handled()).payloads) == before


async def test_what_the_bot_does_itself_is_acknowledged_and_not_kept(slack: SlackPeer, connected: Connected):
    channel, bot = await slack.channel(), client_of(slack)
    posted = await bot.chat_postMessage(channel=channel, text="On it.")
    await bot.chat_update(channel=channel, ts=posted["ts"], text="Done.")
    await bot.reactions_add(channel=channel, timestamp=posted["ts"], name="eyes")
    await slack.settled()
    assert len(slack.deliveries) == 3
    assert {delivery.tries for delivery in slack.deliveries} == {1}
    assert (await connected.all_handled()).payloads == []
    await bot.chat_delete(channel=channel, ts=posted["ts"])
    await slack.settled()
    [deleted] = (await connected.all_handled()).of("event")
    assert deleted["event"]["subtype"] == "message_deleted"


async def test_what_others_do_with_messages_is_kept(slack: SlackPeer, connected: Connected):
    channel = await slack.channel()
    said = await slack.say("ann", channel, "we need a blog")
    await slack.reply("ben", channel, said.ts, "about AI", broadcast=True)
    await slack.edit("ann", channel, said.ts, "we need a blog post")
    await slack.react("ben", channel, said.ts, "+1")
    await slack.bot_message(channel, "another app speaks")
    events = [body["event"] for body in (await connected.all_handled()).of("event")]
    assert [event.get("subtype", event["type"]) for event in events] == [
        "message",
        "thread_broadcast",
        "message_changed",
        "reaction_added",
        "bot_message",
    ]


async def test_an_event_that_nobody_handles_is_acknowledged_on_purpose(slack: SlackPeer, connected: Connected):
    answer = await slack.archive("ann", await slack.channel())
    assert answer.ok
    assert answer.delivery.tries == 1
    assert (await connected.all_handled()).payloads == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"command": "/agent", "trigger_id": "1.2"}, "command"),
        ({"type": "event_callback", "event_id": "E1", "event": {"type": "message"}}, "event"),
        ({"type": "block_actions", "trigger_id": "1.2"}, "action"),
        ({"type": "message_action", "trigger_id": "1.2"}, "shortcut"),
        ({"type": "shortcut", "trigger_id": "1.2"}, "shortcut"),
    ],
)
async def test_each_thing_is_kept_as_what_it_is(tmp_path: Path, body: dict[str, Any], kind: str):
    async with taking(tmp_path / "nod.db") as connected:
        assert await connected.receiver.take(body) == {}
        [payload] = (await connected.all_handled()).payloads
    assert (payload["kind"], payload["body"]) == (kind, body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "view_closed", "view": {"id": "V1"}},
        {"type": "block_suggestion"},
        {"type": ["event_callback"]},
        {"type": "event_callback"},
    ],
)
async def test_what_nod_has_no_use_for_is_acknowledged_and_forgotten(tmp_path: Path, body: dict[str, Any]):
    async with taking(tmp_path / "nod.db") as connected:
        assert await connected.receiver.take(body) == {}
        assert (await connected.all_handled()).payloads == []


@pytest.fixture(params=["http", "socket"])
def way(request: pytest.FixtureRequest) -> Any:
    return over_http if request.param == "http" else over_sockets
