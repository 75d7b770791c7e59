"""Whole runs in Slack, from the command to the file."""

from agent_core.domain import RunStatus
from tests.adapters.slack.here import Here, buttons, decides


async def test_a_command_becomes_a_plan_steps_and_a_file_in_one_thread(here: Here):
    await here.agent("write a blog about AI")
    root = here.root()
    assert "write a blog about AI" in here.words(root)
    assert decides(root) == ["Approve", "Edit", "Reject"]

    await here.press("Approve", root)
    assert "by button" in here.words(root)
    assert decides(here.now(root)) == []
    [step] = here.thread(root)
    assert "one.md" in here.words(step)
    assert decides(step) == ["Approve", "Edit", "Reject"]

    await here.press("Approve", step)
    assert buttons(here.now(step)) == []
    assert "Approved by" in here.words(step)
    await here.press("Approve", here.asking(root)[-1])
    assert (await here.state()).status is RunStatus.FINISHED
    [file, other] = here.slack.files(here.channel)
    assert [file["name"], other["name"]] == ["one.md", "two.md"]
    assert await here.slack.file_content(file["id"]) == b"This is one.\n"
    assert "It is done." in here.words(here.thread(root)[-1])
    assert buttons(here.now(root)) == []
    assert len(here.slack.messages(here.channel)) == 1
