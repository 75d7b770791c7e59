"""A Run that writes a function and its tests: the tests fail, the model repairs, and code judges that they pass."""

import contextlib

from agent_core.cards import CardKind, Verb
from agent_core.domain import CheckKind, Risk, RunStatus, Topic
from agent_core.presenter import cards_of
from agent_core.rules import MAX_TURNS
from agent_core.tools.skills import SkillTools
from tests.agent_core.scripted import ScriptedModel, answered, call, calls, criterion, plan, report, subtask
from tests.agent_core.team import ALICE, open_team

WRONG = "def double(number):\n    return number + 2\n\n\nprint(double(2))\n"
RIGHT = "def double(number):\n    return 2 * number\n"
TESTS = "from double import double\n\n\ndef test_double():\n    assert double(3) == 6\n"
RUN_TESTS = call("run_command", command=["pytest", "-q"])


def writes_and_repairs(messages):
    """Write the function, run it and its tests; when those fail, mend it and run them again."""
    seen = answered(messages)
    if not seen:
        return calls(call("run_python", path="double.py", code=WRONG))
    if len(seen) == 1:
        return calls(call("write_file", path="test_double.py", content=TESTS))
    if len(seen) == 2:
        return calls(RUN_TESTS)
    if "assert 5 == 6" in seen[-1]:
        return calls(call("write_file", path="double.py", content=RIGHT))
    if "1 passed" in seen[-1]:
        return report("The tests pass.")
    return calls(RUN_TESTS)


async def test_a_function_and_its_tests_are_written_repaired_and_judged_by_code(tmp_path, opened):
    passes = criterion("The tests pass.", CheckKind.TESTS_PASS)
    model = ScriptedModel(lambda _: plan(subtask("double", criteria=[passes])), writes_and_repairs)
    async with contextlib.AsyncExitStack() as stack:
        box = await stack.enter_async_context(opened())
        team = await stack.enter_async_context(open_team(tmp_path, model, tools=tuple(box.values())))
        run_id = await team.submit("write a function that doubles, and its tests")

        state = await team.state(run_id)
        card = next(card for card in cards_of(state) if card.kind is CardKind.STEP)
        assert card.title == "Run a Python program"
        code = next(section for section in card.sections if section.label == "Code")
        assert (code.text, code.folded) == (WRONG, False)
        facts = {fact.label: fact.value for fact in card.facts}
        assert (facts["Runs in"], facts["Network"], facts["Packages wanted"]) == ("bubblewrap", "none", "none")

        state = await team.approve_all(run_id)
        assert state.status is RunStatus.FINISHED
        ran = [step.observation.ok for step in state.steps.values() if step.risk is Risk.EXECUTE]
        assert ran == [True, False, True]
        (verdict,) = state.subtasks["1"].verdicts
        assert [(each.met, each.checked, each.note) for each in verdict.judgements] == [
            (True, True, "The last run of code ended well.")
        ]
        assert [file.path for file in state.files] == ["double.py", "test_double.py"]
        assert await team.service.read_file(run_id, "double.py") == RIGHT.encode()


async def test_code_that_is_never_mended_ends_in_a_question(tmp_path, opened):
    def turns(messages):
        seen = answered(messages)
        assert all("stderr:\nTraceback" in each and "ZeroDivisionError" in each for each in seen)
        return calls(call("run_python", path="a.py", code=f"print({len(seen)})\n1 / 0\n"))

    async with opened() as box, open_team(tmp_path, ScriptedModel(turns=turns), tools=tuple(box.values())) as team:
        run_id = await team.submit()
        await team.service.control(run_id, Verb.APPROVE_REST, actor=ALICE, via="button")
        await team.dispatcher.idle()
        state = await team.state(run_id)

    assert [question.topic for question in state.open_questions()] == [Topic.TURNS]
    assert [step.observation.ok for step in state.steps.values()] == [False] * MAX_TURNS


async def test_a_skill_is_read_as_it_was_shown_and_its_script_runs_in_the_sandbox(tmp_path, opened):
    skill = tmp_path / "skills" / "letters"
    (skill / "scripts").mkdir(parents=True)
    (skill / "SKILL.md").write_text("---\nname: letters\ndescription: How we write.\n---\nCount the words.\n")
    (skill / "scripts" / "count.py").write_text("import sys\nprint(len(sys.argv[1].split()), 'words')\n")
    script = [
        call("read_skill", name="letters"),
        call("run_command", command=["python", "skills/letters/scripts/count.py", "three short words"]),
    ]

    def turns(messages):
        done = len(answered(messages))
        return calls(script[done]) if done < len(script) else report()

    async with contextlib.AsyncExitStack() as stack:
        box = await stack.enter_async_context(opened())
        source, tools = SkillTools(tmp_path / "skills"), tuple(box.values())
        team = await stack.enter_async_context(
            open_team(tmp_path, ScriptedModel(turns=turns), tools=tools, sources=[source])
        )
        run_id = await team.submit("write a letter")
        state = await team.state(run_id)
        (card,) = (card for card in cards_of(state) if card.kind is CardKind.STEP)
        facts = {fact.label: fact.value for fact in card.facts}
        digest = facts["Digest of the skill"]
        assert digest == state.steps["s1-1"].preview.basis
        assert facts["Files it brings into the workspace"].startswith("skills/letters/scripts/count.py (")

        state = await team.approve_all(run_id)
        ran = state.steps["s1-2"]
        assert (ran.risk, ran.decision.digest) == (Risk.EXECUTE, ran.call.digest)
        assert ran.observation.ok
        assert ran.observation.trusted  # the skill is the team's own
        assert "3 words" in ran.observation.text
