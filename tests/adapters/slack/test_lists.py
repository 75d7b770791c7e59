"""What is listed to one person: a goal that is cut leads to the whole one, and what a list leaves out is told."""

from dataclasses import replace

import pytest

from adapters.slack import home, places
from agent_core.presenter import lists
from tests.adapters.slack.here import Here, open_here

LONG = "write a blog about AI " + "for people who never heard of it " * 10
CUT = " ".join(LONG.split())[: lists.LONGEST_LINE - 1] + "…"


def links(value):
    """The addresses of the links in blocks, by their texts."""
    if isinstance(value, list):
        return {text: url for each in value for text, url in links(each).items()}
    if not isinstance(value, dict):
        return {}
    if value.get("type") == "link":
        return {value["text"]: value["url"]}
    return {text: url for each in value.values() for text, url in links(each).items()}


def leads_to(message, url):
    return f"/{message['channel']}/p{message['ts'].replace('.', '')}" in url


async def tab(here: Here, who="ann"):
    await here.slack.open_home(who)
    await here.settled()
    return here.slack.home(who)["blocks"]


def shown_alone(here: Here, who="ann"):
    return here.slack.ephemerals(who)[-1]["blocks"]


async def test_a_goal_that_a_list_of_runs_cuts_leads_to_the_whole_one(here: Here):
    await here.agent(LONG)
    root = here.root()
    await here.agent("runs")
    assert leads_to(root, links(shown_alone(here))[CUT])
    assert LONG.strip() in here.words(root)


async def test_so_it_does_where_nod_asks_which_run_to_stop_and_says_which_it_stopped(here: Here):
    await here.agent(LONG)
    root = here.root()
    await here.agent("write a poem about tea")
    await here.agent("stop")
    assert "Which run? Write for example: stop" in here.told("ann")[-1]
    assert leads_to(root, links(shown_alone(here))[CUT])
    oldest = (await here.service.runs())[-1]
    await here.agent(f"stop {oldest.run_id}")
    assert leads_to(root, links(shown_alone(here))[CUT])


async def test_so_it_does_where_a_word_in_direct_messages_can_be_for_several_runs(here: Here):
    said = await here.slack.dm("ann", LONG)
    await here.slack.dm("ann", "write a poem about tea")
    await here.settled()
    await here.slack.dm("ann", "yes")
    await here.settled()
    [told] = here.told("ann")
    assert told.startswith("Which run is this for?")
    root = here.at(here.slack.messages(said.channel, said.ts)[1], said.channel)
    assert leads_to(root, links(shown_alone(here))[CUT])


async def test_a_list_is_told_though_slack_gives_no_addresses(here: Here):
    await here.agent(LONG)
    here.slack.lose_answer("chat.getPermalink", times=2)  # what only reads is asked for twice
    await here.agent("runs")
    here.slack.refuse("chat.getPermalink", "message_not_found")
    await here.agent("runs")
    assert [CUT in told for told in here.told("ann")] == [True, True]
    assert links([message["blocks"] for message in here.slack.ephemerals("ann")]) == {}


@pytest.mark.parametrize("slow", ["it is put off", "it gets no answer"])
async def test_a_list_is_told_though_slack_is_slow_to_give_addresses(here: Here, monkeypatch, slow):
    monkeypatch.setattr(places, "LINKS_WITHIN", 0.2)
    await here.agent(LONG)
    if slow == "it is put off":
        here.slack.rate_limit("chat.getPermalink", seconds=600, times=100)
    else:
        here.slack.hold("chat.getPermalink", times=100)
    await here.agent("runs")
    await tab(here)
    assert CUT in here.told("ann")[-1]
    assert CUT in here.slack.words({"blocks": here.slack.home("ann")["blocks"]})
    assert links([shown_alone(here), here.slack.home("ann")["blocks"]]) == {}


async def test_the_addresses_of_a_list_on_the_home_tab_are_asked_for_all_at_once(here: Here):
    for goal in ("write a blog", "write a poem", "write a play"):
        await here.agent(goal)
    held = here.slack.hold("chat.getPermalink", times=3)
    await here.slack.open_home("ann")
    await here.slack.until(lambda: len(here.slack.requests.of("chat.getPermalink")) == 3)
    held.release()
    await here.settled()
    assert {"write a blog", "write a poem", "write a play"} <= set(links(here.slack.home("ann")["blocks"]))


async def test_the_home_tab_is_shown_though_an_address_is_lost(here: Here):
    await here.agent(LONG)
    here.slack.lose_answer("chat.getPermalink", times=2)  # what only reads is asked for twice
    assert CUT in here.slack.words({"blocks": await tab(here)})


async def test_a_goal_that_names_a_site_is_no_link_to_another(here: Here):
    goal = "read https://bank.example and tell what is new"
    await here.agent(goal)
    root = here.root()
    await here.agent("runs")
    for blocks in (shown_alone(here), await tab(here)):
        assert goal in here.slack.words({"blocks": blocks})
        assert leads_to(root, links(blocks).pop("↗"))
        assert goal not in links(blocks)


async def test_a_list_of_runs_says_that_there_are_more(here: Here, monkeypatch):
    monkeypatch.setattr(lists, "MOST_LISTED", 1)
    for goal in ("write a blog about AI", "write a poem about tea"):
        await here.slack.dm("ann", goal)
    await here.settled()
    await here.slack.dm("ann", "runs")
    await here.settled()
    told = here.told("ann")[-1]
    assert "write a poem about tea" in told
    assert "write a blog about AI" not in told
    assert "These are the newest 1; Nod’s web page has all." in told


async def kept(here: Here, goal, channel=None):
    """Have a schedule kept; return the root of the thread in which it was."""
    await here.agent(f"every weekday at 9:00 {goal}", channel=channel)
    root = here.root(channel)
    await here.press("Approve", here.asking(root)[-1])
    return root


async def test_a_schedule_on_the_home_tab_leads_to_the_thread_that_kept_it(here: Here):
    root = await kept(here, LONG)
    blocks = await tab(here)
    assert leads_to(root, links(blocks)[CUT])
    [schedule] = await here.service.schedules.list()
    await here.agent(f"schedules remove {schedule.schedule.schedule_id}")
    assert leads_to(root, links(shown_alone(here))[CUT])


async def test_a_schedule_of_a_private_channel_leads_there_without_its_words(here: Here):
    channel = await here.slack.channel("secret", private=True)
    root = await kept(here, "write about the secret", channel)
    blocks = await tab(here)
    assert leads_to(root, links(blocks)["A schedule of a private channel"])
    assert "the secret" not in here.slack.words({"blocks": blocks})


async def test_what_waits_for_me_is_on_the_home_tab_however_much_waits_for_others(here: Here, monkeypatch):
    monkeypatch.setattr(home, "MOST_COUNTED", 1)
    await here.agent("write a blog about AI", "cas")
    await here.agent("write a poem about tea")
    words = here.slack.words({"blocks": await tab(here)})
    assert "write a poem about tea" in words.partition("Your runs")[0]
    assert "write a blog about AI" not in words


@pytest.mark.parametrize("public_url", ["", "https://nod.example.org"])
async def test_the_home_tab_says_how_many_more_there_are_and_where(slack, tmp_path, scripted, monkeypatch, public_url):
    monkeypatch.setattr(home, "MOST_LISTED", 1)
    async with open_here(slack, tmp_path, scripted, public_url=public_url) as here:
        here.channel = await slack.channel("general")
        for goal in ("write a blog", "write a poem", "write a play"):
            await here.agent(goal)
        for goal in ("tidy up", "water the plants"):
            await kept(here, goal)
        blocks = await tab(here)
    waiting, runs, schedules = here.slack.words({"blocks": blocks}).split("… and ")[1:]
    assert waiting.startswith("2 more. In a channel, /agent runs lists")
    assert runs.startswith("4 more. In a channel, /agent runs lists")  # those that kept the schedules are among them
    assert schedules.startswith("1 more. In a channel, /agent schedules lists")
    ways = [url for url in links(blocks).values() if "nod.example.org" in url]
    assert ways == ([f"{public_url}/schedules"] if public_url else [])
    assert here.slack.words({"blocks": blocks}).count("all on Nod’s web page") == (3 if public_url else 0)


async def test_what_is_too_much_to_be_counted_is_only_said_to_be_more(here: Here, monkeypatch):
    monkeypatch.setattr(home, "MOST_LISTED", 1)
    monkeypatch.setattr(home, "MOST_COUNTED", 2)
    for goal in ("write a blog", "write a poem", "write a play"):
        await here.agent(goal)
    assert "… and 1+ more." in here.slack.words({"blocks": await tab(here)})


MEMORY = {
    "en": ("Memory across runs is not built yet.", "A reply in a finished run’s thread knows that run’s result."),
    "zh": ("跨运行的记忆尚未实现。", "在已完成的运行的讨论串里回复，就会知道那次运行的结果。"),
}


@pytest.mark.parametrize("language", MEMORY)
@pytest.mark.parametrize("written", ["memory", "记忆", "/agent memory"])
async def test_what_is_not_built_yet_says_so_in_direct_messages_too_and_names_what_is(here: Here, language, written):
    ann = here.slack.team.users["ann"]
    here.slack.team.users["ann"] = replace(ann, locale="zh-CN" if language == "zh" else "en-US")
    channel = (await here.slack.dm("ann", "policy")).channel
    await here.settled()
    if written.startswith("/agent"):
        await here.agent(written.removeprefix("/agent "), channel=channel)
    else:
        await here.slack.dm("ann", written)
        await here.settled()
    assert all(words in here.told("ann")[-1] for words in MEMORY[language])
    assert await here.service.runs() == []
