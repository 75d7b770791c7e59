"""Whole runs in Slack, from the command to the file."""

from contextlib import aclosing

from adapters.slack.handling import Handling
from adapters.slack.messenger import SlackMessenger
from agent_core.domain import RunStatus
from bot.bootstrap import open_nod
from tests.adapters.slack.direct import Direct
from tests.adapters.slack.here import Here, buttons, decides
from tests.bot.nod import settings_in


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
    files = {file["name"]: file for file in here.slack.files(here.channel)}
    assert sorted(files) == ["one.md", "two.md"]
    assert await here.slack.file_content(files["one.md"]["id"]) == b"This is one.\n"
    assert "It is done." in here.words(here.thread(root)[-1])
    assert buttons(here.now(root)) == []
    assert len(here.slack.messages(here.channel)) == 1


async def test_the_rehearsal_model_writes_a_blog_from_the_command_to_the_file(slack, workspaces, tmp_path):
    """All of Nod as it is started without a key, but for the connection."""
    async with open_nod(settings_in(tmp_path)) as nod, nod.tending():
        inbox = nod.inbox("slack", lambda payload: handling.handle(payload))  # noqa: PLW0108  (made below)
        handling = Handling(workspaces, nod.service, inbox, lambda _team: None)
        slack.slack.transport = Direct(inbox, handling)
        async with inbox, nod.delivering({"slack": SlackMessenger(workspaces, nod.service)}) as deliverer:
            channel = await slack.channel("general")
            await slack.slash("ann", channel, "/agent", "write a blog about AI")
            await inbox.idle()
            [run] = await nod.service.runs()
            async with aclosing(nod.service.watch(run.run_id)) as states:
                async for state in states:
                    if state.status is not RunStatus.WAITING:
                        continue
                    await deliverer.settled()
                    waiting = [m for m in [*slack.messages(channel), *replies(slack, channel)] if decides(m)]
                    assert waiting
                    assert "Rehearsal model" in slack.words(waiting[0])
                    await slack.click("ann", channel, waiting[0]["ts"], "Approve")
            await deliverer.settled()
            assert (await nod.service.state(run.run_id)).status is RunStatus.FINISHED
            names = [file["name"] for file in slack.files(channel)]
            assert "blog.md" in names


def replies(slack, channel):
    [root] = slack.messages(channel)
    return slack.messages(channel, root["ts"])[1:]
