"""A Tool that cannot say whether it took effect: people are asked, and nothing is done twice on its own."""

import asyncio
from typing import Annotated

import pytest
from pydantic import Field

from agent_core.cards import Verb
from agent_core.domain import Observation, Risk, RunStatus
from agent_core.errors import OutcomeUncertain, ToolUncertain
from agent_core.journal.state import StepStatus
from agent_core.presenter import chat_cards
from agent_core.redaction import Redactor
from agent_core.tools.toolbox import ToolContext, tool
from tests.agent_core.scripted import ScriptedModel, answered, call, calls, report
from tests.agent_core.team import open_team


def sends(messages):
    return report() if answered(messages) else calls(call("send", text="hello"))


class Line:
    """A way out whose answer is lost the first time."""

    def __init__(self, reason="the connection broke off."):
        self.sent = []
        self.reason = reason

    def tool(self, risk=Risk.SEND):
        async def _send(context: ToolContext, text: Annotated[str, Field(description="What")]) -> Observation:
            """Send a text."""
            self.sent.append(text)
            if len(self.sent) == 1:
                raise ToolUncertain(tool="send", reason=self.reason)
            return Observation("sent")

        return tool(risk=risk, name="send")(_send)


@pytest.mark.parametrize(
    ("verb", "times", "status"),
    [
        (Verb.HAPPENED, 1, StepStatus.FINISHED),
        (Verb.AGAIN, 2, StepStatus.FINISHED),
        (Verb.SKIP, 1, StepStatus.SKIPPED),
    ],
)
async def test_people_say_what_became_of_a_call_whose_answer_was_lost(tmp_path, verb, times, status):
    line = Line()
    async with open_team(tmp_path, ScriptedModel(turns=sends), tools=[line.tool()]) as team:
        run_id = await team.submit()
        await team.decide(run_id)

        doubtful = await team.state(run_id)
        shown = next(card for card in chat_cards(doubtful) if card.id == "step:s1-1")
        assert doubtful.steps["s1-1"].status is StepStatus.UNCERTAIN
        assert [each.verb for each in shown.buttons] == [Verb.HAPPENED, Verb.AGAIN, Verb.SKIP]
        assert any("send: the connection broke off. Nobody knows whether" in each.text for each in shown.sections)
        assert line.sent == ["hello"]

        over = await team.decide(run_id, "step:s1-1", verb)
        assert line.sent == ["hello"] * times
        assert over.steps["s1-1"].status is status
        assert over.status is RunStatus.FINISHED
        assert (await team.kinds(run_id)).count("StepUncertain") == 1
        await team.service.verify(run_id)


async def test_people_are_asked_of_what_was_sent_and_cancelled_from_within(tmp_path):
    sent = []

    async def _send(context: ToolContext, text: Annotated[str, Field(description="What")]) -> Observation:
        """Send a text, and wait for an answer that is cancelled."""
        sent.append(text)
        raise asyncio.CancelledError

    async with open_team(
        tmp_path, ScriptedModel(turns=sends), tools=[tool(risk=Risk.SEND, name="send")(_send)]
    ) as team:
        run_id = await team.submit()
        state = await team.decide(run_id)
        assert state.steps["s1-1"].status is StepStatus.UNCERTAIN
        assert state.steps["s1-1"].doubt.startswith("send: it gave up in the middle.")
        state = await team.decide(run_id, "step:s1-1", Verb.SKIP)
        assert (state.status, sent) == (RunStatus.FINISHED, ["hello"])


async def test_what_is_only_read_again_is_left_to_the_model(tmp_path):
    line = Line()
    async with open_team(tmp_path, ScriptedModel(turns=sends), tools=[line.tool(Risk.READ)]) as team:
        run_id = await team.submit()
        over = await team.decide(run_id)
        assert over.status is RunStatus.FINISHED
        assert not over.steps["s1-1"].observation.ok
        assert "StepUncertain" not in await team.kinds(run_id)


async def test_a_secret_in_the_reason_of_a_doubt_reaches_no_journal(tmp_path):
    line = Line("no answer came to hunter2-and-more.")
    redactor = Redactor.of(["hunter2-and-more"])
    async with open_team(tmp_path, ScriptedModel(turns=sends), tools=[line.tool()], redactor=redactor) as team:
        run_id = await team.submit()
        await team.decide(run_id)
        assert (await team.state(run_id)).steps["s1-1"].doubt.startswith("send: no answer came to ***.")


async def test_a_doubt_is_an_error_with_a_sentence():
    assert issubclass(ToolUncertain, OutcomeUncertain)
    assert str(ToolUncertain(tool="send", reason="no answer.")).endswith("Nobody knows whether it took effect.")
