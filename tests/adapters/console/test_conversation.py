import asyncio

import pytest

from agent_core.cards import Verb
from agent_core.domain import Outcome, PolicyName, RunStatus
from agent_core.errors import ModelUnavailable, RunUnknown
from agent_core.forms import PlanForm
from agent_core.presenter import cards_of
from tests.adapters.console.talking import decisions, talking
from tests.agent_core.scripted import answered, call, calls, plan, report, subtask
from tests.agent_core.team import BOB, MALLORY, WEB


async def test_y_approves_exactly_what_was_shown(team):
    async with talking(team, await team.submit()) as person:
        await person.press("y")
        state = await person.ended()

    assert state.status is RunStatus.FINISHED
    assert decisions(state)[0].outcome is Outcome.APPROVED
    assert decisions(state)[0].via == "terminal"
    assert "Finished" in person.seen
    assert f"/files/{state.workspace}/one.md" in person.seen


async def test_what_was_typed_before_the_question_stood_there_decides_nothing(team, model):
    model.gate = asyncio.Event()
    run_id = await team.service.submit("write a blog", origin=WEB, actor=BOB)
    async with talking(team, run_id, actor=BOB) as person:
        await model.entered.wait()
        for key in "yyy":
            person.typist.keys.put_nowait(key)
        model.gate.set()
        await person.asked()
        await asyncio.wait([person.end], timeout=0.05)

        assert decisions(await team.state(run_id)) == [None]
        assert not person.end.done()


async def test_n_asks_for_the_reason_which_the_model_hears(team, model):
    async with talking(team, await team.submit()) as person:
        await person.press("n", "too dry")
        state = await person.ended()

    assert decisions(state)[0].reason == "too dry"
    assert any("too dry" in message.text for prompt in model.prompts for message in prompt)
    assert "Rejected by Alice in the terminal" in person.seen


async def test_a_approves_the_rest(team, model):
    model.plans = lambda _: plan(subtask("one"), subtask("two", "one"), subtask("three", "two"))
    async with talking(team, await team.submit()) as person:
        assert "[a] Approve the rest of this run" not in await person.asked()
        person.typist.keys.put_nowait("y")
        await person.press("a")
        state = await person.ended()

    assert state.status is RunStatus.FINISHED
    assert len(state.steps) == 3
    assert decisions(state) == [None, None, None]


async def test_who_decided_elsewhere_is_told_while_the_question_stands(team):
    async with talking(team, await team.submit()) as person:
        await person.asked()
        await team.decide(person.run_id, actor=BOB)
        state = await person.ended()

    assert state.status is RunStatus.FINISHED
    assert "Approved by Bob by button" in person.seen


async def test_a_decision_that_came_too_late_is_told_who_was_first(team):
    async with talking(team, await team.submit()) as person:
        await person.press("n")
        await person.typist.typing.wait()
        await team.decide(person.run_id, actor=BOB)
        person.typist.lines.put_nowait("too late")
        await person.ended()

    assert "Bob already decided this (approved); nothing was changed." in person.seen


async def test_somebody_who_may_not_decide_is_told_who_may(team):
    async with talking(team, await team.submit(), actor=MALLORY) as person:
        await person.press("y")
        await person.press("q")
        state = await person.ended()

    assert state.status is RunStatus.WAITING
    assert "Mallory may not decide here; Alice, Bob may." in person.seen


async def test_pause_and_resume(team):
    async with talking(team, await team.submit()) as person:
        await person.press("p")
        assert (await person.asked())[0] == "[r] Resume"
        person.typist.keys.put_nowait("p")  # means nothing now
        person.typist.keys.put_nowait("r")
        await person.press("y")
        state = await person.ended()

    assert state.status is RunStatus.FINISHED
    assert "Alice paused the run" in person.seen


async def test_s_stops_with_a_reason(team):
    async with talking(team, await team.submit()) as person:
        await person.press("s", "changed my mind")
        state = await person.ended()

    assert state.status is RunStatus.STOPPED
    assert "changed my mind" in person.seen


@pytest.mark.parametrize("key", ["q", ""])
async def test_who_leaves_leaves_the_run_waiting(team, key):
    async with talking(team, await team.submit()) as person:
        await person.press(key)
        state = await person.ended()

    assert state.status is RunStatus.WAITING


async def test_typed_words_steer_the_run(team, model):
    async with talking(team, await team.submit()) as person:
        await person.press("t", "mention cats")
        await person.press("y")
        state = await person.ended()

    assert state.status is RunStatus.FINISHED
    assert any("mention cats" in message.text for prompt in model.prompts for message in prompt)
    assert "Alice wrote — mention cats · Nod reads this at its next turn" in person.seen


async def test_words_typed_at_a_waiting_plan_bring_a_new_one_that_is_asked_about(team, model):
    model.plans = lambda messages: plan(subtask("one"), subtask("cats" if "cats" in str(messages) else "two", "one"))
    async with talking(team, await team.submit()) as person:
        await person.press("t", "mention cats")
        for _ in range(3):
            await person.press("y")
        state = await person.ended()

    assert [each.title for each in state.plan.subtasks] == ["Do one", "Do cats"]
    assert "Alice wrote — mention cats" in person.seen
    assert "Plan, revision 2" in person.seen
    assert [past.decision is not None for past in state.plans] == [False, True]


@pytest.mark.parametrize(("typed", "outcome"), [("yes", Outcome.APPROVED), ("reject because dull", Outcome.REJECTED)])
async def test_typed_phrases_decide(team, typed, outcome):
    async with talking(team, await team.submit()) as person:
        await person.press("t", typed)
        state = await team.until(person.run_id, lambda state: decisions(state)[0])

    assert decisions(state)[0].outcome is outcome


@pytest.mark.parametrize("key", ["x", "g", "h", "k", "r", "7", "é"])
async def test_keys_that_are_not_offered_decide_nothing(team, key):
    async with talking(team, await team.submit()) as person:
        await person.press(key)
        person.typist.keys.put_nowait("?")
        await person.press("q")
        state = await person.ended()

    assert decisions(state) == [None]


async def test_help_says_what_the_keys_do_and_asks_again(team):
    async with talking(team, await team.submit()) as person:
        await person.press("?")
        await person.press("y")
        await person.ended()

    assert "approve exactly what you see" in person.seen


async def test_a_question_is_answered_in_words(team, model):
    def ask_once(messages):
        asked = PlanForm(question="For whom?", why="", subtasks=[])
        return plan(subtask("one")) if any("for cats" in message.text for message in messages) else asked

    model.plans = ask_once
    async with talking(team, await team.submit()) as person:
        assert (await person.asked())[0] == "[t] Answer"
        person.typist.lines.put_nowait("for cats")
        person.typist.keys.put_nowait("t")
        await person.press("y")
        state = await person.ended()

    assert state.status is RunStatus.FINISHED
    assert "For whom?" in person.seen


async def test_a_model_that_is_down_is_tried_again_or_the_run_is_ended(team, model):
    def down(_):
        raise ModelUnavailable(model="m", reason="it is down.")

    model.plans = down
    async with talking(team, await team.submit()) as person:
        await person.press("g")
        await person.press("x")
        state = await person.ended()

    assert state.status is RunStatus.FAILED
    assert "it is down." in person.seen


async def test_observing_shows_every_step_whole_and_asks_nothing(team):
    async with talking(team, await team.submit(policy=PolicyName.OBSERVE)) as person:
        state = await person.ended()

    assert state.status is RunStatus.FINISHED
    assert "Not run: this is what would have run" in person.seen
    assert not person.screen.asked.qsize()


async def test_steps_of_one_turn_are_asked_one_after_the_other(team, model):
    def two(messages):
        if answered(messages):
            return report()
        return calls(call("write_file", path="a.md", content="a"), call("write_file", path="b.md", content="b"))

    model.turns = two
    async with talking(team, await team.submit()) as person:
        await person.asked()
        assert "+b" not in person.seen
        person.typist.keys.put_nowait("y")
        await person.press("y")
        state = await person.ended()

    assert [file.path for file in state.files] == ["a.md", "b.md"]


async def test_going_on_with_a_run_that_is_over_shows_it(team):
    run_id = await team.submit()
    await team.approve_all(run_id)
    async with talking(team, run_id) as person:
        state = await person.ended()

    assert state.status is RunStatus.FINISHED
    assert "Finished" in person.seen


async def test_there_is_no_conversation_about_an_unknown_run(team):
    async with talking(team, "nothing") as person:
        with pytest.raises(RunUnknown):
            await person.ended()


async def test_what_was_approved_has_the_digest_that_was_shown(team):
    async with talking(team, await team.submit()) as person:
        await person.press("y")
        state = await person.ended()

    step = next(iter(state.steps.values()))
    assert step.decision.digest == step.call.digest
    assert Verb.APPROVE not in {
        button.verb for card in cards_of(await team.state(person.run_id)) for button in card.buttons
    }
