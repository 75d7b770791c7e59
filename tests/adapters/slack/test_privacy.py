"""Who sees what: the Home tab, private channels, people of other organisations."""

from dataclasses import replace

import pytest

from agent_core.domain import Actor, Outcome, Policy, PolicyName
from tests.adapters.slack.here import Here, decides, open_here
from tests.adapters.slack.test_deciding import begun, clicked


async def home(here: Here, who):
    await here.slack.open_home(who)
    await here.settled()
    return here.slack.words(here.slack.home(who))


async def test_the_home_tab_shows_what_waits_for_me_my_runs_and_schedules(here: Here):
    await begun(here)
    words = await home(here, "ann")
    waiting, _, rest = words.partition("Your runs")
    assert "Waiting for you" in waiting
    assert "write a blog about AI" in waiting
    assert "write a blog about AI" in rest
    assert "Goals that come again" in rest
    assert "None yet. Write for example" in rest
    ben = await home(here, "ben")
    assert "write a blog about AI" in ben.partition("Your runs")[0]
    assert "You asked nothing yet." in ben
    assert "Nothing waits for you." in await home(here, "cas")


async def test_the_home_tab_leads_to_the_message_that_asks(here: Here):
    _root, step = await begun(here)
    await home(here, "ann")
    link = here.slack.home("ann")["blocks"][1]["elements"][0]["elements"][0]
    assert link["type"] == "link"
    assert f"p{step['ts'].replace('.', '')}" in link["url"]


async def test_a_private_channels_contents_are_not_on_the_home_tab_only_the_way_there(here: Here):
    channel = await here.slack.channel("secret", private=True)
    await here.agent("write about the secret", channel=channel)
    for who in ("ann", "ben"):
        words = await home(here, who)
        assert "the secret" not in words
        assert "A run in a private channel" in words
    assert here.slack.home("ann")["blocks"][1]["elements"][0]["elements"][0]["type"] == "link"


async def test_direct_messages_are_on_nobody_elses_home_tab(here: Here):
    await here.slack.dm("ann", "write about my salary")
    await here.settled()
    assert "my salary" in await home(here, "ann")
    ben = await home(here, "ben")
    assert "my salary" not in ben
    assert "A run in a private channel" in ben


async def test_the_runs_of_a_channel_are_listed_in_that_channel_alone(here: Here):
    channel = await here.slack.channel("secret", private=True)
    await here.agent("write about the secret", channel=channel)
    await here.agent("runs")
    assert "the secret" not in here.told("ann")[-1]
    await here.slack.slash("ann", channel, "/agent", "runs")
    await here.settled()
    assert "the secret" in here.told("ann")[-1]


async def test_the_schedules_of_a_private_channel_are_told_there_alone(here: Here):
    channel = await here.slack.channel("secret", private=True)
    await here.agent("every weekday at 9:00 write about the secret", channel=channel)
    await here.press("Approve", here.asking(here.root(channel))[-1])
    [kept] = await here.service.schedules.list()
    tab = await home(here, "ann")
    assert "the secret" not in tab
    assert "A schedule of a private channel" in tab.partition("Goals that come again")[2]
    await here.agent("schedules")
    await here.agent(f"schedules show {kept.schedule.schedule_id}", "cas")
    assert not [said for said in (*here.told("ann"), *here.told("cas")) if "the secret" in said]
    await here.agent("schedules", channel=channel)
    assert "the secret" in here.told("ann")[-1]


async def test_what_is_listed_in_a_private_channel_is_not_said_in_direct_messages_once_nod_is_put_out(here: Here):
    channel = await here.slack.channel("secret", private=True)
    await here.agent("every weekday at 9:00 write about the secret", channel=channel)
    await here.press("Approve", here.asking(here.root(channel))[-1])
    await here.slack.kick("ann", channel)
    await here.agent("schedules", channel=channel)
    listed = here.slack.ephemerals("ann")[-1]
    assert "the secret" in here.slack.words(listed)
    await here.press("Show", {**listed, "channel": channel})
    posts = here.slack.requests.of("chat.postMessage")
    [said] = [each for each in posts if each.arguments["channel"] == here.slack.users["ann"]]
    assert "the secret" not in str(said.arguments)
    assert said.arguments["text"] == "Nod is not in this channel. Write /invite and Nod’s name in it, then ask again."


@pytest.mark.parametrize("verb", ["show", "pause", "run", "edit", "remove"])
async def test_the_goal_of_a_private_channels_schedule_is_not_told_elsewhere_to_its_owner_either(here: Here, verb):
    channel = await here.slack.channel("secret", private=True)
    await here.agent("every weekday at 9:00 write about the secret", channel=channel)
    await here.press("Approve", here.asking(here.root(channel))[-1])
    [kept] = await here.service.schedules.list()
    await here.agent(f"schedules {verb} {kept.schedule.schedule_id}")
    assert "the secret" not in here.told("ann")[-1]
    assert "What it does is told in its own channel alone." in here.told("ann")[-1]
    assert "the secret" not in str(here.slack.messages(here.channel))


async def test_what_was_said_in_one_channel_is_not_known_in_another(here: Here):
    channel = await here.slack.channel("secret", private=True)
    await here.agent("write about the secret", channel=channel)
    await here.press("Stop", here.root(channel))
    await here.slack.submit_view("ann", here.slack.modals("ann")[0], {})
    await here.settled()
    await here.agent("write a blog about AI")
    assert (await here.state()).recalled == ()


async def shared(here: Here):
    everybody = ["ann", "ben", "eve"]
    return await here.slack.channel("with-others", members=everybody, shared=True)


async def test_people_of_another_organisation_may_not_ask(here: Here):
    channel = await shared(here)
    await here.agent("write a blog about AI", "eve", channel)
    await here.slack.mention("eve", channel, "write a blog about AI")
    await here.settled()
    assert await here.service.runs() == []
    assert (
        here.told("eve")
        == ["People of another organisation may not ask Nod here; somebody of this one may ask for you."] * 2
    )


async def test_where_they_may_ask_they_still_never_decide(slack, tmp_path, scripted):
    async with open_here(slack, tmp_path, scripted, guests_may_ask=True) as here:
        channel = await shared(here)
        await here.agent("write a blog about AI", "eve", channel)
        root = here.root(channel)
        assert decides(root) == ["Approve", "Edit", "Reject"]
        await here.press("Approve", root, "eve")
        await here.react("+1", root, "eve")
        await here.reply("approve", root, "eve")
        assert (await here.state()).plans[0].decision is None
        assert here.told("eve") == ["eve may not decide here; Ben may."] * 3
        await here.press("Approve", root, "ben")
        assert (await here.state()).plans[0].decision.outcome is Outcome.APPROVED


async def test_who_clicks_from_another_workspace_is_a_guest_of_the_one_the_run_is_of(slack, tmp_path, scripted):
    eve = slack.team.user("eve")
    # Slack calls those alone strangers whom Nod meets in no channel
    slack.team.users["eve"] = replace(eve, is_stranger=False)
    policy = Policy(PolicyName.EVERY_STEP, (Actor("slack", eve.id, "Eve"),))
    async with open_here(slack, tmp_path, scripted, policy=policy) as here:
        channel = await shared(here)
        await here.agent("write a blog about AI", channel=channel)
        click = clicked(here, here.root(channel), "eve")
        click.payload["team"] = {"id": eve.team, "domain": "elsewhere"}
        await here.slack.slack.deliver(click)
        await here.settled()
        assert (await here.state()).plans[0].decision is None
        assert len(here.told("eve")) == 1


async def test_a_guest_who_is_named_as_an_approver_never_decides(slack, tmp_path, scripted):
    eve = slack.team.user("eve").id
    policy = Policy(PolicyName.EVERY_STEP, (Actor("slack", eve, "Eve"),))
    async with open_here(slack, tmp_path, scripted, policy=policy) as here:
        channel = await shared(here)
        await here.agent("write a blog about AI", channel=channel)
        await here.press("Approve", here.root(channel), "eve")
        assert (await here.state()).plans[0].decision is None


async def test_the_words_of_other_organisations_are_not_trusted(here: Here):
    channel = await shared(here)
    first = await here.slack.say("eve", channel, "Please write that we are the best.")
    await here.slack.mention("ann", channel, "write it", thread_ts=first.ts)
    await here.settled()
    assert (await here.state()).recalled_sources == ("eve in this conversation",)
