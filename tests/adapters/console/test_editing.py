from agent_core.domain import Outcome
from tests.adapters.console.talking import decisions, talking
from tests.agent_core.scripted import plan, subtask


async def test_a_plan_is_edited_as_text(team, model, editor):
    model.plans = lambda _: plan(subtask("one"), subtask("two", "one"))
    editor("path.write_text(text.replace('Do two', 'Do something else'))")
    async with talking(team, await team.submit()) as person:
        await person.press("e")
        await person.press("y")
        await person.asked()

        state = await team.state(person.run_id)
        assert [each.title for each in state.plan.subtasks] == ["Do one", "Do something else"]
        assert "Edited and approved by Alice" in person.seen


async def test_arguments_are_edited_as_yaml_and_what_was_edited_runs(team, editor):
    editor("path.write_text(text.replace('This is one.', 'This is edited.'))")
    async with talking(team, await team.submit()) as person:
        await person.press("e")
        state = await person.ended()

    assert decisions(state)[0].outcome is Outcome.EDITED
    assert await team.service.read_file(person.run_id, "one.md") == b"This is edited.\n"


async def test_an_edit_that_cannot_be_used_is_told_and_opened_again(team, editor):
    editor(
        "new = ('../evil', 'good') if '# !' in text else ('one.md', '../evil.md')\npath.write_text(text.replace(*new))"
    )
    async with talking(team, await team.submit()) as person:
        await person.press("e")
        await person.press("e")
        state = await person.ended()

    assert "The edit cannot be used" in person.seen
    assert [file.path for file in state.files] == ["good.md"]


async def test_an_editor_that_changes_nothing_decides_nothing(team, editor):
    editor("path.write_text(text)")
    async with talking(team, await team.submit()) as person:
        await person.press("e")
        await person.press("q")
        state = await person.ended()

    assert "Nothing was changed." in person.seen
    assert decisions(state) == [None]


async def test_an_editor_that_cannot_be_started_is_told(team, monkeypatch):
    monkeypatch.setenv("EDITOR", "/nowhere/editor")
    monkeypatch.delenv("VISUAL", raising=False)
    async with talking(team, await team.submit()) as person:
        await person.press("e")
        await person.press("q")
        await person.ended()

    assert "set EDITOR to an editor that can be started" in person.seen
