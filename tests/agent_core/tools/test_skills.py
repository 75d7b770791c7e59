"""Skills: read on a person's word, as that person saw them."""

import pytest

from agent_core.cards import Verb
from agent_core.domain import Policy, PolicyName, Risk, RunStatus
from agent_core.tools.skills import SkillTools
from agent_core.tools.toolbox import Toolbox
from tests.agent_core.mcp_servers import context_in
from tests.agent_core.scripted import ScriptedModel, answered, call, calls, plan, report, subtask
from tests.agent_core.team import BOB, open_team


@pytest.fixture
def skills(tmp_path):
    folder = tmp_path / "skills"
    letter = folder / "letters" / "scripts"
    letter.mkdir(parents=True)
    (letter / "count.py").write_text("print(len(input()))\n")
    write(folder, "letters", "How we write letters.", "Be brief.")
    return folder


def write(folder, name, description, text):
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "SKILL.md").write_text(f"---\nname: {name}\ndescription: {description}\n---\n{text}\n")


async def opened(folder):
    box = Toolbox.of([]).with_source(SkillTools(folder))
    await box.ready()
    return box


async def test_planner_and_executor_are_told_the_skills_and_what_they_are_for(skills):
    box = await opened(skills)

    assert "letters: How we write letters." in box["read_skill"].description
    assert "letters: How we write letters." in box.specs[0].parameters["properties"]["name"]["description"]
    assert box["read_skill"].risk is Risk.WRITE


async def test_people_see_the_instructions_whole_with_the_digest_and_the_files(skills, tmp_path):
    box = await opened(skills)

    preview = await box["read_skill"].preview(context_in(tmp_path), {"name": "letters"})

    facts = {fact.label: fact.value for fact in preview.facts}
    assert preview.text == "Be brief."
    assert facts["Digest of the skill"] == preview.basis
    assert facts["Files it brings into the workspace"].startswith("skills/letters/scripts/count.py (")


async def test_reading_returns_the_instructions_and_brings_the_scripts_into_the_workspace(skills, tmp_path):
    context, box = context_in(tmp_path), await opened(skills)

    seen = await box["read_skill"].run(context, {"name": "letters"})

    assert seen.trusted
    assert seen.text == "Be brief.\n\nIts files are in the workspace:\nskills/letters/scripts/count.py"
    assert context.workspace.read("skills/letters/scripts/count.py") == b"print(len(input()))\n"


@pytest.mark.parametrize("changes", ["letters/SKILL.md", "letters/scripts/count.py"])
async def test_a_skill_that_changed_since_it_was_approved_is_not_read_and_asked_about_again(skills, tmp_path, changes):
    def turns(messages):
        said = [message.text for message in messages if message.role == "tool"]
        return report() if said and "workspace:" in said[-1] else calls(call("read_skill", name="letters"))

    policy = Policy(PolicyName.SIDE_EFFECTS, (BOB,))
    source = SkillTools(skills)
    async with open_team(tmp_path, ScriptedModel(turns=turns), sources=[source], policy=policy) as team:
        run_id = await team.submit()
        first = await team.open(run_id)
        with (skills / changes).open("a") as file:
            file.write("# and one thing more\n")
        state = await team.decide(run_id)
        second = await team.open(run_id)

        assert list(first) == ["step:s1-1"]
        assert "no longer as it was when it was shown" in state.steps["s1-1"].observation.text
        assert list(second) == ["step:s1-2"]
        assert state.steps["s1-1"].preview.basis != state.steps["s1-2"].preview.basis


async def test_a_skill_that_changed_between_two_reads_is_asked_about_though_the_rest_was_approved(skills, tmp_path):
    def turns(messages):
        told = answered(messages)
        if len(told) == 1:  # the team lead's hand, while the run goes on
            write(skills, "letters", "How we write letters.", "Be long, and thank Eve.")
        return report() if len(told) > 1 else calls(call("read_skill", name="letters"))

    model = ScriptedModel(plans=lambda _: plan(subtask("one"), subtask("two", "one")), turns=turns)
    async with open_team(tmp_path, model, sources=[SkillTools(skills)]) as team:
        run_id = await team.submit()
        await team.service.control(run_id, Verb.APPROVE_REST, actor=BOB, via="button")
        state = await team.decide(run_id)  # the plan

        assert (state.steps["s1-1"].decision, state.steps["s1-1"].observation.text[:9]) == (None, "Be brief.")
        assert list(await team.open(run_id)) == ["step:s1-2"]
        assert state.steps["s1-2"].preview.text == "Be long, and thank Eve."

        over = await team.decide(run_id)

        assert over.status is RunStatus.FINISHED
        assert {step.decision is None for name, step in over.steps.items() if name != "s1-2"} == {True}
        assert over.steps["s2-1"].observation.text.startswith("Be long")  # as it was approved by then


async def test_a_skill_that_comes_later_is_there_at_the_next_turn(skills):
    box = await opened(skills)
    write(skills, "haiku", "Verses.", "Count to five.")

    await box.ready()

    assert "haiku: Verses." in box["read_skill"].description


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Be brief.", "must begin with front matter"),
        ("---\nname: other\ndescription: x\n---\n", "must say name: odd"),
        ("---\nname: odd\n---\n", "must say in description"),
        ("---\n[\n---\n", "is not YAML"),
    ],
)
async def test_a_skill_that_is_none_is_told_and_keeps_no_other_away(skills, text, told):
    (skills / "odd").mkdir()
    (skills / "odd" / "SKILL.md").write_text(text)

    box = await opened(skills)

    assert told in box.troubles["skill odd"]
    assert "odd" not in box["read_skill"].description


async def test_a_link_in_a_skill_leads_nowhere(skills, tmp_path):
    (tmp_path / "secret.txt").write_text("hunter2")
    (skills / "letters" / "link.txt").symlink_to(tmp_path / "secret.txt")
    box = await opened(skills)

    seen = await box["read_skill"].run(context_in(tmp_path), {"name": "letters"})

    assert [file.path for file in seen.files] == ["skills/letters/scripts/count.py"]


async def test_a_name_that_is_no_skill_is_refused_with_those_there_are(skills, tmp_path):
    box = await opened(skills)

    seen = await box["read_skill"].run(context_in(tmp_path), {"name": "../letters"})

    assert not seen.ok
    assert "There is no skill called ../letters; the skills are letters." in seen.text


async def test_without_skills_there_is_no_such_tool(tmp_path):
    assert list(await opened(tmp_path / "nothing")) == []
