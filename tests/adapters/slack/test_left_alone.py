"""Every event that comes is handled, or left alone for a reason."""

import pytest

from adapters.slack.handling import HANDLED_EVENTS, WRITTEN_MESSAGES, lane_of
from tests.adapters.slack.here import Here
from tests.peers.slack.slack import EVENTS

OF_THE_CONNECTION = {"app_uninstalled", "tokens_revoked"}

#: events that Slack has and that nothing is done for, and why
LEFT_ALONE = {
    "app_context_changed": "a Goal says what it is about; where somebody looks meanwhile does not count",
    "assistant_thread_context_changed": "a Goal says what it is about; where somebody looks meanwhile does not count",
    "file_shared": "a file comes with the message that it is attached to",
    "member_left_channel": "what cannot be delivered waits",
    "channel_archive": "what cannot be delivered is told by the delivery itself",
    "user_change": "what is known of people is forgotten after a minute",
}

#: kinds of messages that nothing is done for, and why
WRITTEN_BY_NOBODY = {
    "message_changed": "what was asked stays asked as it was written first; more can be written",
    "message_deleted": "what was asked is not undone by taking the words away; stop does that",
    "message_replied": "the reply comes as a message itself",
    "bot_message": "programs neither ask nor decide",
    "assistant_app_thread": "Slack's own beginning of a thread with an agent",
}


def test_every_event_that_slack_sends_is_handled_or_left_alone_with_a_reason():
    kinds = {name.partition(".")[0] for name in EVENTS}
    assert kinds - OF_THE_CONNECTION == HANDLED_EVENTS | set(LEFT_ALONE)
    assert HANDLED_EVENTS.isdisjoint(LEFT_ALONE)


@pytest.mark.parametrize("kind", sorted(LEFT_ALONE))
async def test_nothing_is_done_for_events_that_are_left_alone(here: Here, kind):
    event = {"type": kind, "channel": here.channel, "user": here.slack.users["ann"], "text": "do it", "ts": "1.0"}
    body = {"type": "event_callback", "event_id": "Ev1", "team_id": here.slack.team.id, "event": event}
    calls = len(here.slack.requests)
    assert await here.slack.slack.transport.receiver.take(body) == {}
    await here.settled()
    assert await here.inbox.known("event:Ev1") == []  # it was not even kept
    assert len(here.slack.requests) == calls


def test_what_is_kept_of_events_is_what_has_a_listener(here: Here):
    assert set(here.slack.slack.transport.handling._events()) == HANDLED_EVENTS


async def heard(here: Here, kind: str) -> int:
    """Give Nod a message of a kind, in direct messages where it would take it; return how many runs there are then."""
    here.slack.subscribed.clear()
    said = await here.slack.dm("ann", "do it")
    event = {"type": "message", "subtype": kind, "user": here.slack.users["ann"], "text": "do it", "ts": said.ts}
    body = {"type": "event_callback", "event_id": "Ev1", "event": {**event, "channel": said.channel}}
    payload = {"kind": "event", "body": body, "team": here.slack.team.id, "key": "event:Ev1"}
    await here.slack.slack.transport.handling.handle(payload)
    await here.settled()
    return len(await here.service.runs())


@pytest.mark.parametrize("kind", sorted(WRITTEN_BY_NOBODY))
async def test_messages_that_nobody_wrote_are_left_alone(here: Here, kind):
    assert await heard(here, kind) == 0


@pytest.mark.parametrize("kind", sorted(WRITTEN_MESSAGES))
async def test_messages_that_somebody_wrote_are_heard_whatever_their_kind(here: Here, kind):
    assert await heard(here, kind) == 1


@pytest.mark.parametrize("kind", ["shortcut", "action", "event", "something new"])
async def test_what_nod_does_not_know_is_left_alone(here: Here, kind):
    payload = {"kind": kind, "body": {"event": {"type": "new"}, "callback_id": "x"}, "team": "T1", "key": "k"}
    await here.slack.slack.transport.handling.handle(payload)
    assert await here.service.runs() == []


def test_the_messages_of_a_thread_stand_in_one_lane_and_so_do_the_reactions_to_a_message():
    first = {"event": {"type": "message", "channel": "C1", "ts": "1.0"}}
    reply = {"event": {"type": "message", "channel": "C1", "ts": "2.0", "thread_ts": "1.0"}}
    added = {"event": {"type": "reaction_added", "item": {"channel": "C1", "ts": "1.0"}}}
    removed = {"event": {"type": "reaction_removed", "item": {"channel": "C1", "ts": "1.0"}}}
    other = {"event": {"type": "message", "channel": "C2", "ts": "1.0"}}
    assert lane_of("event", first) == lane_of("event", reply) != lane_of("event", other)
    assert lane_of("event", added) == lane_of("event", removed)
    click = {"channel": {"id": "C1"}, "message": {"ts": "3.0"}}
    assert lane_of("action", click) == "C1/3.0"
    assert lane_of("command", {"channel_id": "C1", "user_id": "U1"}) != lane_of("action", click)
