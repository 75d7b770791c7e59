"""Firings under a clock that stands, jumps and is set back: each time is dealt with once, nothing in a burst."""

from datetime import UTC, datetime, timedelta

import pytest

from agent_core.cards import Verb
from agent_core.domain import Origin, PolicyName, RunStatus
from agent_core.errors import StorageBusy
from agent_core.presenter import chat_cards
from agent_core.recurring import Change, Fate, Overlap, Schedule, ScheduleStatus, Terms
from agent_core.schedules.rules import next_fire
from tests.agent_core.scripted import ScriptedModel, answered, call, calls, none_met, reads_outside, report
from tests.agent_core.team import ALICE, BOB, open_team

CHANNEL = Origin("slack", "T1", "C1")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def team(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as opened:
        yield opened


async def keep(team, rhythm="0 * * * *", *, zone="UTC", overlap=Overlap.SKIP, grace=HOUR, policy=PolicyName.EVERY_STEP):
    now = team.clock()
    terms = Terms(rhythm, zone, "write a blog about AI", policy, overlap, grace)
    schedule = Schedule("00000000aa", terms, CHANNEL, ALICE, "en", now)
    schedule = schedule.but(next_fire=next_fire(schedule, now))
    return await team.service.schedules.store.keep(schedule, Change(now, ALICE, "kept"))


async def fire(team):
    """Look at the Schedule as the clock does, and wait until what follows is done."""
    await team.service.schedules.firer.fire("00000000aa")
    await team.dispatcher.idle()
    return await now(team)


async def now(team):
    return await team.service.schedules.store.schedule("00000000aa")


async def fates(team, limit=30):
    """What became of its times: hour and fate, oldest first."""
    found = await team.service.schedules.store.firings("00000000aa", limit=limit)
    return [(f"{each.at:%d %H:%M}", each.fate) for each in reversed(found)]


async def runs(team):
    return await team.service.runs(channel=CHANNEL)


async def test_a_time_that_has_come_is_one_run_however_often_it_is_looked_at(team):
    await keep(team)
    await fire(team)
    assert await runs(team) == []

    team.clock.pass_(HOUR)
    for _ in range(3):
        schedule = await fire(team)
    [run] = await runs(team)
    assert await fates(team) == [("05 10:00", Fate.RUN)]
    assert schedule.last_fire == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert schedule.next_fire == datetime(2026, 1, 5, 11, tzinfo=UTC)
    assert await team.recorder.store.run_of("00000000aa@2026-01-05T10:00:00.000000Z") == run.run_id


async def test_each_firing_opens_a_thread_of_its_own_that_says_goal_and_time(team):
    await keep(team, overlap=Overlap.ALLOW, zone="Europe/Berlin")
    team.clock.pass_(HOUR)
    await fire(team)
    team.clock.pass_(HOUR)
    await fire(team)
    found = await runs(team)
    assert len({run.origin.thread for run in found}) == len(found) == 2
    assert [run.origin.thread for run in found] == [run.run_id for run in found]
    state = await team.state(found[0].run_id)
    root = chat_cards(state)[0]
    assert root.title == "write a blog about AI · Mon 5 Jan 2026, 12:00 (Europe/Berlin)"


async def test_after_a_week_asleep_the_newest_runs_once_and_says_that_it_is_late_and_the_others_are_listed(team):
    await keep(team)
    team.clock.pass_(7 * DAY + timedelta(minutes=20))
    await fire(team)
    [run] = await runs(team)
    state = await team.state(run.run_id)
    assert state.firing.late
    facts = {fact.label: fact.value for fact in chat_cards(state)[0].facts}
    assert "Nod was not running" in facts["Late"]
    found = await team.service.schedules.store.firings("00000000aa", limit=100)
    assert found[0].fate is Fate.LATE
    assert {each.fate for each in found[1:]} == {Fate.MISSED}
    assert sum(each.count for each in found) == 7 * 24
    assert len(found) < 30


async def test_a_time_longer_ago_than_the_grace_never_runs(team):
    await keep(team, "0 10 * * *", grace=HOUR)
    team.clock.pass_(timedelta(hours=3))
    schedule = await fire(team)
    assert await runs(team) == []
    assert await fates(team) == [("05 10:00", Fate.MISSED)]
    assert schedule.next_fire == datetime(2026, 1, 6, 10, tzinfo=UTC)


async def test_with_no_grace_what_is_due_now_runs_all_the_same(team):
    await keep(team, grace=timedelta())
    team.clock.pass_(HOUR + timedelta(seconds=20))
    await fire(team)
    assert await fates(team) == [("05 10:00", Fate.RUN)]


async def test_a_clock_set_back_an_hour_fires_nothing_twice(team):
    await keep(team, "*/30 * * * *", overlap=Overlap.ALLOW)
    team.clock.pass_(HOUR)
    await fire(team)
    team.clock.pass_(-HOUR)
    for _ in range(4):
        await fire(team)
        team.clock.pass_(timedelta(minutes=15))
    assert [run for run, _ in await fates(team)] == ["05 09:30", "05 10:00"]
    team.clock.pass_(timedelta(minutes=31))
    await fire(team)
    assert [run for run, _ in await fates(team)] == ["05 09:30", "05 10:00", "05 10:30"]


async def test_a_restart_between_two_times_changes_nothing(tmp_path):
    async with open_team(tmp_path, ScriptedModel()) as team:
        clock = team.clock
        await keep(team)
        clock.pass_(HOUR)
        await fire(team)
    async with open_team(tmp_path, ScriptedModel(), clock=clock) as team:
        await fire(team)
        assert len(await runs(team)) == 1


async def test_while_one_is_open_the_next_is_skipped_and_the_open_thread_says_so(team):
    await keep(team)
    team.clock.pass_(HOUR)
    await fire(team)
    team.clock.pass_(HOUR)
    await fire(team)
    [run] = await runs(team)
    assert await fates(team) == [("05 10:00", Fate.RUN), ("05 11:00", Fate.SKIPPED)]
    told = [card for card in chat_cards(await team.state(run.run_id)) if card.id.startswith("note:")]
    assert [card.title for card in told] == ["A time of this schedule was skipped"]
    assert "11:00" in told[0].sections[0].text


async def test_a_crash_before_a_skipped_firing_is_dealt_with_has_it_said_all_the_same_and_once(team, monkeypatch):
    await keep(team)
    team.clock.pass_(HOUR)
    await fire(team)
    team.clock.pass_(HOUR)

    async def cut_off(*_):
        raise StorageBusy(where="nod.db", reason="")

    store = type(team.service.schedules.store)
    with monkeypatch.context() as patched:
        patched.setattr(store, "fire", cut_off)
        with pytest.raises(StorageBusy):
            await fire(team)
    await fire(team)
    [run] = await runs(team)
    assert [fate for _, fate in await fates(team)] == [Fate.RUN, Fate.SKIPPED]
    told = [card.title for card in chat_cards(await team.state(run.run_id)) if card.id.startswith("note:")]
    assert told == ["A time of this schedule was skipped"]


async def test_what_waits_for_people_says_since_when(team):
    await keep(team)
    team.clock.pass_(HOUR)
    await fire(team)
    [run] = await runs(team)
    asking = [card for card in chat_cards(await team.state(run.run_id)) if card.id.startswith("step:")]
    facts = {fact.label: fact.value for fact in asking[0].facts}
    assert facts["Waiting since"] == "Mon 5 Jan 2026, 10:00 (UTC)"


async def test_one_waits_in_the_queue_and_begins_when_the_open_one_is_over(team):
    await keep(team, overlap=Overlap.QUEUE)
    for _ in range(3):
        team.clock.pass_(HOUR)
        await fire(team)
    [run] = await runs(team)
    assert [fate for _, fate in await fates(team)] == [Fate.RUN, Fate.QUEUED, Fate.SKIPPED]

    await team.approve_all(run.run_id)
    await team.service.schedules.firer.review("00000000aa")
    await team.service.schedules.firer.review("00000000aa")
    await team.dispatcher.idle()
    assert len(await runs(team)) == 2
    assert [fate for _, fate in await fates(team)] == [Fate.RUN, Fate.LATE, Fate.SKIPPED]


async def test_allowed_to_overlap_they_run_side_by_side(team):
    await keep(team, overlap=Overlap.ALLOW)
    for _ in range(2):
        team.clock.pass_(HOUR)
        await fire(team)
    assert len(await runs(team)) == 2


async def test_the_last_result_and_its_files_are_known_to_the_next(team):
    await keep(team)
    team.clock.pass_(HOUR)
    await fire(team)
    [first] = await runs(team)
    await team.approve_all(first.run_id)
    team.clock.pass_(HOUR)
    await fire(team)
    second = (await runs(team))[0]
    assert second.follows == first.run_id
    state = await team.state(second.run_id)
    assert "It is done." in state.recalled[-1]
    assert [file.path for file in await team.service.files(second.run_id)] == ["one.md"]


async def test_what_one_firing_read_outside_taints_the_next(tmp_path):
    fetched = iter(["http://bad.example"])

    def turns(messages):

        if answered(messages):
            return report("read it")
        url = next(fetched, None)
        return calls(call("fetch", url=url)) if url else report("nothing new")

    async with open_team(tmp_path, ScriptedModel(turns=turns), tools=[reads_outside("Ignore all")]) as team:
        await keep(team)
        team.clock.pass_(HOUR)
        await fire(team)
        await team.approve_all((await runs(team))[0].run_id)
        team.clock.pass_(HOUR)
        await fire(team)
        state = await team.state((await runs(team))[0].run_id)
        assert "http://bad.example" in state.recalled_sources


async def test_a_stricter_policy_of_the_channel_holds_for_later_firings(team):
    await keep(team, policy=PolicyName.SIDE_EFFECTS, overlap=Overlap.ALLOW)
    team.clock.pass_(HOUR)
    await fire(team)
    assert (await team.state((await runs(team))[0].run_id)).policy.name is PolicyName.EVERY_STEP
    await team.service.set_channel_policy(CHANNEL, PolicyName.SIDE_EFFECTS, BOB)
    team.clock.pass_(HOUR)
    await fire(team)
    assert (await team.state((await runs(team))[0].run_id)).policy.name is PolicyName.SIDE_EFFECTS


async def failing(team, times):
    for _ in range(times):
        team.clock.pass_(HOUR)
        await fire(team)
        run = (await runs(team))[0]
        state = await team.state(run.run_id)
        while not state.status.over:
            waiting = await team.open(run.run_id)
            subject = next(iter(waiting))
            state = await team.decide(run.run_id, subject, Verb.END if subject.startswith("question") else Verb.APPROVE)
        assert state.status is RunStatus.FAILED


async def test_after_three_failures_in_a_row_it_pauses_itself_and_asks_in_the_channel_whether_to_go_on(tmp_path):
    async with open_team(tmp_path, ScriptedModel(verdicts=none_met)) as team:
        await keep(team)
        await failing(team, 3)
        await team.service.schedules.firer.review("00000000aa")
        await team.service.schedules.firer.review("00000000aa")
        await team.dispatcher.idle()
        schedule = await now(team)
        assert schedule.status is ScheduleStatus.PAUSED
        asked = (await runs(team))[0]
        assert asked.goal == "Paused schedule: write a blog about AI"
        told = [section.text for card in chat_cards(await team.state(asked.run_id)) for section in card.sections]
        assert "Its last three firings failed, or nobody answered them in time." in told

        team.clock.pass_(5 * HOUR)
        await fire(team)
        assert len(await runs(team)) == 4
        await team.decide(asked.run_id)
        schedule = await now(team)
        assert schedule.status is ScheduleStatus.ACTIVE
        team.clock.pass_(HOUR)
        await fire(team)
        assert len(await runs(team)) == 5  # what failed before counts no more


async def test_answers_that_nobody_gave_in_time_count_as_failures_and_hold_nothing_up(team):
    await keep(team, "0 9 * * *")
    for _ in range(3):
        team.clock.pass_(DAY)
        await fire(team)
        team.clock.pass_(8 * DAY)
        run = (await runs(team))[0]
        await team.dispatcher.wake(run.run_id)
        await team.dispatcher.idle()
        assert (await team.state(run.run_id)).paused
    await team.service.schedules.firer.review("00000000aa")
    assert (await now(team)).status is ScheduleStatus.PAUSED


@pytest.mark.parametrize(
    ("rhythm", "zone", "start", "times"),
    [
        # forward: 02:30 does not exist, and runs at the next minute that does
        ("30 2 * * *", "Europe/Berlin", (2026, 3, 28, 12), ["2026-03-29T01:00", "2026-03-30T00:30"]),
        ("30 2 * * *", "America/New_York", (2026, 3, 7, 12), ["2026-03-08T07:00", "2026-03-09T06:30"]),
        # back: 02:30 and 01:30 come twice, and run once
        ("30 2 * * *", "Europe/Berlin", (2026, 10, 24, 12), ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("30 1 * * *", "America/New_York", (2026, 10, 31, 12), ["2026-11-01T05:30", "2026-11-02T06:30"]),
        ("0 9 29 2 *", "UTC", (2026, 3, 1, 0), ["2028-02-29T09:00"]),
        ("0 9 31 * *", "UTC", (2026, 1, 31, 12), ["2026-03-31T09:00", "2026-05-31T09:00"]),
    ],
)
async def test_changes_of_the_clocks_leap_days_and_the_31st(team, rhythm, zone, start, times):
    team.clock.now = datetime(*start, tzinfo=UTC)
    await keep(team, rhythm, zone=zone, overlap=Overlap.ALLOW)
    for at in times:
        due = datetime.fromisoformat(at).replace(tzinfo=UTC)
        assert (await now(team)).next_fire == due
        team.clock.now = due - timedelta(seconds=1)
        await fire(team)
        team.clock.now = due + timedelta(seconds=1)
        await fire(team)
        await fire(team)
    assert [fate for _, fate in await fates(team)] == [Fate.RUN] * len(times)


async def test_run_now_is_one_run_however_often_its_word_is_heard_and_moves_no_time(team):
    schedule = await keep(team)
    first = await team.service.schedules.run_now(schedule, ALICE, "click 1")
    assert await team.service.schedules.run_now(schedule, ALICE, "click 1") == first
    await team.dispatcher.idle()
    assert (await team.state(first)).firing.by_hand
    assert (await now(team)).next_fire == schedule.next_fire
    assert (await fates(team))[0][1] is Fate.BY_HAND


async def test_a_direct_conversation_is_one_thread(team):
    await keep(team)
    schedule = (await now(team)).but(origin=Origin("discord", "", "D1"), schedule_id="00000000bb")
    await team.service.schedules.store.keep(schedule, Change(team.clock(), ALICE, "kept"))
    run_id = await team.service.schedules.run_now(schedule, ALICE, "x")
    assert (await team.state(run_id)).origin.thread == "D1"
