import os

from adapters.console.keys import PipedLines
from agent_core.domain import Outcome, RunStatus
from agent_core.forms import PlanForm
from tests.adapters.console.talking import Typist, decisions, talking
from tests.agent_core.scripted import plan, subtask


async def test_lines_of_a_pipe_wait_until_something_is_asked(team, model):
    model.plans = lambda _: plan(subtask("one"), subtask("two", "one"))
    read, write = os.pipe()
    os.write(write, "y\n\nno, too dry\nmention cats\n同意".encode())
    os.close(write)
    with PipedLines(read).open() as keyboard:
        async with talking(team, await team.submit(), keyboard=keyboard) as person:
            state = await person.ended()
    os.close(read)

    assert state.status is RunStatus.FINISHED
    assert [decision.outcome for decision in decisions(state)] == [Outcome.REJECTED, Outcome.APPROVED]
    assert "Alice wrote — mention cats" in person.seen


async def test_the_end_of_a_pipe_leaves_the_run_waiting(team):
    read, write = os.pipe()
    os.close(write)
    with PipedLines(read).open() as keyboard:
        async with talking(team, await team.submit(), keyboard=keyboard) as person:
            state = await person.ended()
    os.close(read)

    assert state.status is RunStatus.WAITING


async def test_any_line_of_a_pipe_answers_a_question(team, model):
    model.plans = lambda messages: (
        plan(subtask("one"))
        if any("Bob wrote" in m.text or m.text.splitlines()[-1] == "y" for m in messages)
        else PlanForm(question="In English?", why="", subtasks=[])
    )
    keyboard = Typist(live=False)
    async with talking(team, await team.submit(), keyboard=keyboard) as person:
        await person.press("y")
        state = await team.until(person.run_id, lambda state: not state.open_questions())

    assert [question.answer for question in state.questions.values()] == ["y"]
