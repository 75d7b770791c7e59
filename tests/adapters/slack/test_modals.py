"""What people type into modals: edits and reasons."""

import asyncio
import json
from typing import Annotated

import pytest
from pydantic import Field

from adapters.slack import deciding, people
from adapters.slack.limits import INPUT_TEXT
from agent_core.domain import Actor, Observation, Outcome, Policy, PolicyName, Risk
from agent_core.tools.toolbox import ToolContext, tool
from tests.adapters.slack.here import Here, buttons, decides, open_here
from tests.adapters.slack.test_deciding import begun, questioned
from tests.agent_core.scripted import answered, call, calls, report


async def opened(here: Here, button, message, who="ann"):
    await here.press(button, message, who)
    return here.slack.modals(who)[-1]


async def typed(here: Here, modal, values, who="ann"):
    answer = await here.slack.submit_view(who, modal, values)
    await here.settled()
    return answer


async def submitted_by_cas(here: Here, modal):
    """Have somebody who may not decide submit another person's modal; return what Slack is to show."""
    team = here.slack.team
    person = {"user": {"id": here.slack.users["cas"]}, "team": {"id": team.id}}
    body = {"type": "view_submission", **person, "view": {**modal, "state": {}}}
    return await here.slack.slack.transport.handling.submitted(body)


def labels(modal):
    return [block["label"]["text"] for block in modal["blocks"]]


async def test_a_rejection_asks_for_a_reason_and_the_next_attempt_knows_it(here: Here, scripted):
    _root, step = await begun(here)
    modal = await opened(here, "Reject", step)
    assert modal["title"]["text"] == "Reject"
    await typed(here, modal, {"words": "It is too short."})
    state = await here.state()
    first = next(iter(state.steps.values()))
    assert (first.decision.outcome, first.decision.reason) == (Outcome.REJECTED, "It is too short.")
    assert "Rejected by ann by button" in here.words(step)
    assert "It is too short." in here.words(step)
    assert any("It is too short." in message.text for prompt in scripted.prompts for message in prompt)


async def test_a_reason_may_be_left_empty(here: Here):
    _root, step = await begun(here)
    await typed(here, await opened(here, "Reject", step), {})
    assert "Rejected by ann" in here.words(step)


async def test_edited_arguments_are_what_runs(here: Here):
    _root, step = await begun(here)
    modal = await opened(here, "Edit", step)
    assert labels(modal) == ["File", "Content"]
    answer = await typed(here, modal, {"Content": "Something else.\n"})
    assert answer.body == {}
    state = await here.state()
    assert next(iter(state.steps.values())).decision.outcome is Outcome.EDITED
    assert await here.service.read_file(state.run_id, "one.md") == b"Something else.\n"
    assert "Edited and approved by ann by button" in here.words(step)


async def test_an_edit_that_cannot_be_used_says_why_inside_the_modal(here: Here):
    _root, step = await begun(here)
    modal = await opened(here, "Edit", step)
    answer = await typed(here, modal, {"File": "../../etc/passwd"})
    assert answer.body["response_action"] == "errors"
    [(block, error)] = answer.body["errors"].items()
    assert block == modal["blocks"][0]["block_id"]
    assert "cannot lead out of the run's workspace" in error
    assert here.slack.modals("ann") == [modal]
    assert decides(here.now(step)) == ["Approve", "Edit", "Reject"]


async def test_an_edit_that_changes_nothing_says_so_inside_the_modal(here: Here):
    _root, step = await begun(here)
    answer = await typed(here, await opened(here, "Edit", step), {})
    assert "nothing in it was changed" in next(iter(answer.body["errors"].values()))


def repeats():
    """A tool with a number among its arguments."""

    async def _repeat(context: ToolContext, times: Annotated[int, Field(description="How often")]) -> Observation:
        """Repeat something."""
        return Observation(f"repeated {times} times")

    return tool(risk=Risk.READ, name="repeat")(_repeat)


async def test_a_value_that_is_no_text_is_edited_as_json_with_its_error_at_its_own_box(slack, tmp_path, scripted):
    scripted.turns = lambda messages: report() if answered(messages) else calls(call("repeat", times=2))
    async with open_here(slack, tmp_path, scripted, tools=[repeats()]) as here:
        here.channel = await slack.channel("general")
        _root, step = await begun(here)
        modal = await opened(here, "Edit", step)
        answer = await typed(here, modal, {"times": "{"})
        [block] = modal["blocks"]
        assert "times is not JSON" in answer.body["errors"][block["block_id"]]
        assert (await typed(here, modal, {"times": "3"})).body == {}
        assert "repeated 3 times" in here.words(step)


async def test_the_plan_is_edited_as_text(here: Here):
    await here.agent("write a blog about AI")
    root = here.root()
    modal = await opened(here, "Edit", root)
    [block] = modal["blocks"]
    text = block["element"]["initial_value"].replace("Do one", "Do it well")
    answer = await typed(here, modal, {block["block_id"]: text})
    assert answer.body == {}
    state = await here.state()
    assert state.plan.subtasks[0].title == "Do it well"
    assert "Do it well" in here.words(root)


async def test_a_plan_that_cannot_be_carried_out_says_why_inside_the_modal(here: Here):
    await here.agent("write a blog about AI")
    root = here.root()
    modal = await opened(here, "Edit", root)
    answer = await typed(here, modal, {modal["blocks"][0]["block_id"]: "no plan at all"})
    assert answer.body["response_action"] == "errors"
    assert (await here.state()).plans[0].decision is None


async def test_a_long_argument_is_edited_in_several_boxes_and_stays_whole(here: Here, scripted):
    lines = "".join(f"This is line {number}.\n" for number in range(600))
    scripted.turns = lambda m: (
        report() if "write_file" in str(m) and False else calls(call("write_file", path="a.md", content=lines))
    )
    _root, step = await begun(here)
    modal = await opened(here, "Edit", step)
    boxes = [block for block in modal["blocks"] if block["label"]["text"].startswith("Content")]
    assert len(boxes) > 3
    assert all(len(box["element"]["initial_value"]) < INPUT_TEXT for box in boxes)
    assert labels(modal)[1] == f"Content, part 1 of {len(boxes)}"
    first = boxes[0]["element"]["initial_value"].replace("line 0.", "line nought.")
    scripted.turns = lambda _: report()
    await typed(here, modal, {boxes[0]["block_id"]: first})
    state = await here.state()
    content = (await here.service.read_file(state.run_id, "a.md")).decode()
    assert content == lines.replace("line 0.", "line nought.")


async def test_a_modal_that_was_open_across_a_restart_still_submits(slack, tmp_path, scripted):
    async with open_here(slack, tmp_path, scripted) as here:
        here.channel = await slack.channel("general")
        _root, step = await begun(here)
        modal = await opened(here, "Edit", step)
    async with open_here(slack, tmp_path, scripted) as here:
        answer = await typed(here, modal, {"Content": "After the restart.\n"})
        assert answer.body == {}
        state = await here.state()
        assert await here.service.read_file(state.run_id, "one.md") == b"After the restart.\n"


async def test_what_a_modal_carries_names_its_card_and_authorises_nothing(here: Here):
    _root, step = await begun(here)
    modal = await opened(here, "Reject", step)
    said = json.loads(modal["private_metadata"])
    press = json.loads(said["press"])
    state = await here.state()
    assert (press["run"], press["card"]) == (state.run_id, "step:s1-1")
    assert press["digest"] == state.steps["s1-1"].call.digest
    answer = await submitted_by_cas(here, modal)
    assert answer["response_action"] == "update"
    assert "cas may not decide here" in json.dumps(answer["view"])
    assert (await here.state()).seq == state.seq


async def test_a_modal_submitted_too_late_says_who_decided(here: Here):
    _root, step = await begun(here)
    modal = await opened(here, "Edit", step)
    await here.press("Approve", step, "ben")
    answer = await typed(here, modal, {"Content": "Too late.\n"})
    assert answer.ok
    assert "ben already decided this" in here.slack.words(here.slack.modals("ann")[0])
    assert not here.slack.modals("ann")[0]["submit"]
    assert here.slack.modals("ann")[0]["close"]["text"] == "Close"  # there is nothing to cancel


@pytest.mark.parametrize(
    ("button", "values"),
    [("Reject", {"words": "shorter"}), ("Edit", {"Content": "Something else.\n"}), ("Stop", {"words": "no need"})],
)
async def test_what_is_submitted_twice_is_done_once_and_its_modal_closes_both_times(here: Here, button, values):
    root, step = await begun(here)
    answer = await typed(here, await opened(here, button, root if button == "Stop" else step), values)
    before = (await here.state()).seq
    assert (answer.body, (await here.slack.redeliver(answer)).body) == ({}, {})
    await here.settled()
    assert (await here.state()).seq == before


async def test_an_answer_that_is_submitted_twice_counts_once_and_its_modal_closes_both_times(here: Here, scripted):
    _root, question = await questioned(here, scripted, "What is the audience?")
    answer = await typed(here, await opened(here, "Answer", question), {"words": "Children"})
    before = (await here.state()).seq
    assert (answer.body, (await here.slack.redeliver(answer)).body) == ({}, {})
    await here.settled()
    assert (await here.state()).seq == before


async def test_an_edit_that_is_refused_is_refused_again_when_it_comes_again(here: Here):
    _root, step = await begun(here)
    answer = await typed(here, await opened(here, "Edit", step), {"File": "../../etc/passwd"})
    assert (await here.slack.redeliver(answer)).body == answer.body


@pytest.fixture
def slow_to_say_who(here: Here, monkeypatch):
    """Have Slack say too late who somebody is, so many times from then on."""
    monkeypatch.setattr(people, "KEPT", 0.0)
    monkeypatch.setattr(deciding, "WHO_WITHIN", 0.01)
    return lambda times=1: here.slack.hold("users.info", times=times)


async def let_go(here: Here, held):
    """Let Slack answer what it held, though nobody waits for it any more, and wait until all is done."""
    held.release()
    await here.settled()
    await here.slack.until(lambda: all(each.status for each in here.slack.requests))


async def test_a_modal_is_closed_in_time_while_slack_is_slow_and_its_decision_counts(here: Here, slow_to_say_who):
    _root, step = await begun(here)
    modal = await opened(here, "Reject", step)
    held = slow_to_say_who()
    answer = await here.slack.submit_view("ann", modal, {"words": "It is too short."})
    assert (answer.status, answer.body, here.slack.modals("ann")) == (200, {}, [])
    await let_go(here, held)
    first = next(iter((await here.state()).steps.values()))
    assert (first.decision.outcome, first.decision.reason) == (Outcome.REJECTED, "It is too short.")


async def test_an_edit_is_refused_inside_the_modal_while_slack_is_slow_too(here: Here, slow_to_say_who):
    _root, step = await begun(here)
    modal = await opened(here, "Edit", step)
    held = slow_to_say_who(3)
    answer = await here.slack.submit_view("ann", modal, {"File": "../../etc/passwd"})
    assert "cannot lead out of the run's workspace" in next(iter(answer.body["errors"].values()))
    answer = await here.slack.submit_view("ann", modal, {})
    assert "nothing in it was changed" in next(iter(answer.body["errors"].values()))
    answer = await here.slack.submit_view("ann", modal, {"Content": "Something else.\n"})
    assert answer.body == {}
    await let_go(here, held)
    assert "Edited and approved by ann by button" in here.words(step)


async def test_a_plan_is_refused_inside_the_modal_while_slack_is_slow_too(here: Here, slow_to_say_who):
    await here.agent("write a blog about AI")
    modal = await opened(here, "Edit", here.root())
    held = slow_to_say_who()
    answer = await here.slack.submit_view("ann", modal, {modal["blocks"][0]["block_id"]: "no plan at all"})
    assert answer.body["response_action"] == "errors"
    await let_go(here, held)


async def test_what_stands_against_a_decision_is_told_alone_when_the_modal_is_closed_by_then(
    here: Here, slow_to_say_who
):
    _root, step = await begun(here)
    modal = await opened(here, "Edit", step)
    await here.press("Approve", step, "ben")
    held = slow_to_say_who()
    assert (await here.slack.submit_view("ann", modal, {"Content": "Too late.\n"})).body == {}
    await let_go(here, held)
    assert here.told("ann") == ["ben already decided this (approved); nothing was changed."]


async def test_a_refusal_whose_names_take_too_long_closes_the_modal_and_is_told_alone_later(
    slack, tmp_path, scripted, monkeypatch
):
    monkeypatch.setattr(deciding, "NAMES_WITHIN", 0.01)
    # an approver who is set by an id alone is named as Slack does, which Slack has to be asked for
    policy = Policy(PolicyName.EVERY_STEP, (Actor("slack", slack.users["ben"]),))
    async with open_here(slack, tmp_path, scripted, policy=policy) as here:
        here.channel = await slack.channel("general")
        _root, step = await begun(here)
        modal = await opened(here, "Reject", step)
        before = (await here.state()).seq
        await slack.open_home("cas")
        await here.settled()  # now it is known who Cas is
        held = slack.hold("users.info", times=1)
        async with asyncio.timeout(10):
            assert await submitted_by_cas(here, modal) is None
        assert held.reached.is_set()
        await let_go(here, held)
        assert here.told("cas") == ["cas may not decide here; ann, ben may."]
        assert (await here.state()).seq == before


async def test_a_modal_that_could_not_be_opened_in_time_is_asked_for_again(here: Here):
    _root, step = await begun(here)
    here.slack.refuse("views.open", "expired_trigger_id")
    await here.press("Edit", step)
    assert here.told("ann") == ["This took too long, so nothing was opened. Please press it once more."]
    assert buttons(here.now(step))


async def test_a_closed_modal_decides_nothing(here: Here):
    _root, step = await begun(here)
    modal = await opened(here, "Reject", step)
    await here.slack.close_view("ann", modal)
    await here.settled()
    assert decides(here.now(step)) == ["Approve", "Edit", "Reject"]


async def test_what_is_too_long_for_modals_is_said_to_be(here: Here, scripted):
    scripted.turns = lambda _: calls(call("write_file", path="a.md", content="word \n" * 40_000))
    _root, step = await begun(here)
    await here.press("Edit", step)
    assert here.slack.modals("ann") == []
    assert here.told("ann")[0].startswith("This is too long to be edited in Slack")
