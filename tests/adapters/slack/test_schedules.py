"""A schedule in Slack, from the phrase to the next time, with a restart between each two steps."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from agent_core.domain import RunStatus
from agent_core.recurring import ScheduleStatus
from tests.adapters.slack.here import Here, buttons, decides, open_here
from tests.agent_core.scripted import ScriptedModel
from tests.agent_core.team import TestClock

PHRASE = "every weekday at 9:00 summarise what happened here"


class Restarts:
    """A Nod in Slack that is another process at every step."""

    def __init__(self, slack, folder) -> None:
        self.slack, self.folder, self.clock, self.channel = slack, folder, TestClock(), ""

    async def step(self, do):
        """Start Nod, do something in it, and end it."""
        async with open_here(self.slack, self.folder, ScriptedModel(), clock=self.clock) as here:
            self.channel = here.channel = self.channel or await self.slack.channel("general")
            await here.settled()
            return await do(here)


async def the_schedule(here: Here):
    [listed] = await here.service.schedules.list()
    return listed.schedule


async def test_from_the_phrase_to_the_next_time_with_a_restart_between_each_two(slack, tmp_path):
    nod = Restarts(slack, tmp_path)

    async def asked(here: Here):
        await here.agent(PHRASE)
        root = here.root()
        [card] = here.asking(root)[-1:]
        words = here.words(card)
        assert "every weekday at 09:00" in words
        assert "Europe/Berlin" in words
        assert len(re.findall(r"[A-Z][a-z]{2} \d+ Jan 2026, 09:00", words)) == 5
        assert "every-step" in words
        assert decides(card) == ["Approve", "Edit", "Reject"]
        return root

    root = await nod.step(asked)

    async def confirmed(here: Here):
        await here.press("Approve", here.asking(root)[-1])
        assert "Next time: Tue 6 Jan 2026, 09:00 (Europe/Berlin)" in here.words(here.thread(root)[-1])
        return await the_schedule(here)

    schedule = await nod.step(confirmed)
    assert schedule.next_fire == datetime(2026, 1, 6, 8, tzinfo=UTC)
    nod.clock.now = schedule.next_fire + timedelta(seconds=1)

    async def fired(here: Here):
        await here.service.schedules.firer.fire(schedule.schedule_id)
        await here.settled()
        thread = here.root()
        assert thread["ts"] != root["ts"]
        assert "summarise what happened here · Tue 6 Jan 2026, 09:00 (Europe/Berlin)" in here.words(thread)
        return thread

    thread = await nod.step(fired)

    async def reacted(here: Here):
        await here.react("white_check_mark", here.asking(thread)[-1])
        assert (await here.state()).status is RunStatus.FINISHED
        return here.words(here.thread(thread)[-1])

    result = await nod.step(reacted)
    assert "It is done." in result
    assert "Next time" in result
    assert "Wed 7 Jan 2026, 09:00 (Europe/Berlin)" in result

    async def listed(here: Here):
        await here.agent("schedules")
        return here.told("ann")[-1]

    said = await nod.step(listed)
    assert "next: Wed 7 Jan 2026, 09:00 (Europe/Berlin)" in said
    assert "last: Finished" in said


@pytest.fixture
async def kept(here: Here):
    await here.agent(PHRASE)
    await here.press("Approve", here.asking(here.root())[-1])
    return await the_schedule(here)


async def test_the_list_has_buttons_for_all_that_can_be_done(here: Here, kept):
    await here.agent("schedules")
    said = here.slack.ephemerals("ann")[-1]
    assert buttons(said) == ["Show", "Pause", "Run now", "Edit", "Remove"]


async def test_buttons_of_the_list_pause_resume_and_remove(here: Here, kept):
    for button, status in (
        ("Pause", ScheduleStatus.PAUSED),
        ("Resume", ScheduleStatus.ACTIVE),
        ("Remove", ScheduleStatus.REMOVED),
    ):
        await here.agent("schedules")
        await here.slack.click("ann", here.channel, here.slack.ephemerals("ann")[-1]["ts"], button)
        await here.settled()
        assert (await here.service.schedules.store.schedule(kept.schedule_id)).status is status
    await here.agent("schedules")
    assert "There are none yet" in here.told("ann")[-1]


async def test_somebody_who_may_not_is_told_so_and_changes_nothing(here: Here, kept):
    await here.agent(f"schedules pause {kept.schedule_id}", who="cas")
    assert "may not decide here" in here.told("cas")[-1]
    assert (await the_schedule(here)).status is ScheduleStatus.ACTIVE


async def test_what_can_mean_several_rhythms_asks_and_a_reply_settles_it(here: Here):
    await here.agent("twice a day summarise what happened here")
    root = here.root()
    assert await here.service.schedules.list() == []
    await here.reply("every day at 9:00 and 17:00", root)
    assert "09:00" in here.words(here.asking(root)[-1])
    await here.press("Approve", here.asking(root)[-1])
    assert (await the_schedule(here)).terms.goal == "summarise what happened here"


async def test_the_terms_are_edited_beside_hints_and_a_rhythm_may_be_written_in_words(here: Here):
    await here.agent(PHRASE)
    await here.press("Edit", here.asking(here.root())[-1])
    [modal] = here.slack.modals("ann")
    hints = {box["label"]["text"]: box.get("hint", {}).get("text", "") for box in modal["blocks"]}
    assert [label for label, hint in hints.items() if not hint] == ["Goal"]
    assert "“every weekday at 9:00”" in hints["Rhythm"]
    await here.slack.submit_view("ann", modal, {"Rhythm": "every Friday at 16:00"})
    await here.settled()
    assert (await the_schedule(here)).terms.rhythm == "cron 0 16 * * 5"


async def test_a_reply_with_another_rhythm_is_proposed_in_its_place(here: Here):
    await here.agent(PHRASE)
    root = here.root()
    await here.reply("every weekday at 10:30", root)
    card = here.asking(root)[-1]
    assert "every weekday at 10:30" in here.words(card)
    await here.react("white_check_mark", card)
    assert (await the_schedule(here)).terms.rhythm == "cron 30 10 * * 1-5"


async def test_a_no_keeps_nothing(here: Here):
    await here.agent(PHRASE)
    root = here.root()
    await here.reply("no", root)
    assert (await here.state()).status is RunStatus.STOPPED
    assert await here.service.schedules.list() == []


async def test_a_schedule_in_chinese_is_told_in_chinese(here: Here):
    await here.agent("每周一上午九点 写一篇周报")
    words = here.words(here.asking(here.root())[-1])
    assert "每周一" in words
    assert "写一篇周报" in words
    assert "接下来的时间" in words
