"""Who people are: names, guests, groups, and for how long that is believed."""

import aiohttp
import pytest

from adapters.slack import people
from adapters.slack.people import People, is_guest, name_of
from adapters.slack.workspaces import NoneInstalled, Workspaces
from agent_core.domain import Actor, Policy


@pytest.mark.parametrize(
    ("told", "guest"),
    [
        ({"team_id": "T1"}, False),
        ({}, False),
        ({"team_id": "T2"}, True),
        ({"is_stranger": True}, True),
        ({"team_id": "T1", "is_restricted": True}, True),
        ({"team_id": "T1", "is_ultra_restricted": True}, True),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T2", "T1"]}}, False),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T2", "T3"]}}, True),
    ],
)
def test_people_of_other_organisations_and_guests_accounts_are_guests(told, guest):
    assert is_guest(told, "T1") is guest


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"name": "ann", "real_name": "Ann Lee", "profile": {"display_name": "Annie"}}, "Annie"),
        ({"name": "ann", "real_name": "Ann Lee", "profile": {"display_name": ""}}, "Ann Lee"),
        ({"name": "ann"}, "ann"),
        ({"profile": {"display_name": " A\n B "}}, "A B"),
        ({}, ""),
    ],
)
def test_people_are_called_as_slack_shows_them(told, name):
    assert name_of(told) == name


@pytest.fixture
def known(slack, workspaces):
    time = [0.0]
    policy = Policy(approvers=(Actor("slack", "group/S1"), Actor("slack", "group/S9"), Actor("nod", "group/S2")))
    slack.team.usergroups["S1"] = [slack.users["ben"]]
    found = People(workspaces, policy, lambda: time[0])
    return found, time


async def test_what_is_known_of_somebody_is_believed_for_a_minute(slack, known):
    found, time = known
    for _ in range(2):
        assert (await found.person(slack.team.id, slack.users["ann"])).actor.name == "ann"
    assert len(slack.requests.of("users.info")) == 1
    time[0] = people.KEPT + 1
    await found.person(slack.team.id, slack.users["ann"])
    assert len(slack.requests.of("users.info")) == 2


async def test_only_groups_that_may_decide_are_looked_at_and_unknown_ones_have_no_members(slack, known):
    found, _time = known
    assert (await found.person(slack.team.id, slack.users["ben"])).actor.groups == ("group/S1",)
    assert (await found.person(slack.team.id, slack.users["ann"])).actor.groups == ()
    asked = [each.arguments["usergroup"] for each in slack.requests.of("usergroups.users.list")]
    assert asked == ["S1", "S9"]


async def test_strangers_are_guests_programs_are_not_trusted_and_nobody_is_a_guest(slack, known):
    found, _time = known
    eve = await found.person(slack.team.id, slack.team.user("eve").id)
    assert (eve.actor.guest, eve.trusted) == (True, False)
    bot = await found.person(slack.team.id, slack.bot_user)
    assert (bot.is_bot, bot.trusted) == (True, False)
    nobody = await found.person(slack.team.id, "U0NOBODY")
    assert (nobody.actor.guest, nobody.trusted) == (True, False)
    ann = await found.person(slack.team.id, slack.users["ann"])
    assert (ann.trusted, ann.language) == (True, "en")


async def test_an_outage_is_waited_out_where_slack_must_say_whose_token_it_is(slack):
    async with aiohttp.ClientSession() as session:
        beside_others = Workspaces(slack.api_url, session, token=slack.bot_token, installed=NoneInstalled())
        slack.break_down("auth.test")
        ann = await People(beside_others, Policy()).person(slack.team.id, slack.users["ann"])
    assert ann.actor.name == "ann"


async def test_so_much_is_remembered_and_no_more(slack, known, monkeypatch):
    monkeypatch.setattr(people, "MOST_KEPT", 2)
    found, _time = known
    for who in ("ann", "ben", "cas", "ann"):
        await found.person(slack.team.id, slack.users[who])
    assert len(slack.requests.of("users.info")) == 4
