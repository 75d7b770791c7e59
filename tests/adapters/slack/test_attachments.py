"""Files that people attach: fetched from Slack, within limits, and from nowhere else."""

import pytest

from adapters.slack import attachments
from adapters.slack.attachments import attachments_of
from agent_core.errors import FileRefused
from tests.adapters.slack.here import Here

FILE = {"id": "F1", "name": "a.txt", "size": 3, "url_private": "https://files.slack.com/files-pri/T1-F1/a.txt"}


async def refusal(workspaces, *files):
    client = await workspaces.client("T1")
    with pytest.raises(FileRefused) as refused:
        await attachments_of(client, files)
    return str(refused.value)


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ({**FILE, "is_external": True}, "a.txt: it does not lie in Slack; attach the file itself."),
        ({**FILE, "mode": "external"}, "a.txt: it does not lie in Slack; attach the file itself."),
        (
            {**FILE, "url_private": "https://evil.example/a.txt"},
            "a.txt: it does not lie in Slack; attach the file itself.",
        ),
        ({**FILE, "size": 10 * 1024 * 1024 + 1}, "a.txt: it is larger than 10 MB; attach a smaller one."),
    ],
)
async def test_what_does_not_lie_in_slack_or_is_too_large_is_refused(workspaces, file, why):
    assert await refusal(workspaces, file) == why


async def test_too_many_files_are_refused(workspaces):
    assert await refusal(workspaces, *[FILE] * 21) == "a.txt: too many files at once; attach at most 20."


async def test_a_page_in_place_of_a_file_is_no_file(slack, workspaces):
    there = f"{slack.api_url.removesuffix('/api/')}/sign-in"
    assert (
        await refusal(workspaces, {**FILE, "url_private": there})
        == "a.txt: Slack did not give it; attach it once more."
    )


async def test_files_that_are_too_much_together_are_refused(here: Here, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_BYTES", 5)
    await here.slack.mention("ann", here.channel, "sum up", files=[("a.txt", b"abc"), ("b.txt", b"def")])
    await here.settled()
    assert here.told("ann") == ["b.txt: together the files are too large; attach at most 40 MB."]


async def test_a_name_that_no_workspace_takes_is_made_one_that_it_does(here: Here):
    await here.slack.mention("ann", here.channel, "sum up", files=[("notes: 12:30.txt", b"abc")])
    await here.settled()
    assert [file.path for file in (await here.state()).attachments] == ["notes- 12-30.txt"]


async def test_a_file_of_which_a_message_tells_only_the_id_is_looked_up(here: Here):
    said = await here.slack.say("ann", here.channel, "look", files=[("a.txt", b"abc")])
    [file] = here.slack.message(said.ts)["files"]
    client = await here.client()
    [found] = await attachments_of(client, [{"id": file["id"], "name": "a.txt", "file_access": "check_file_info"}])
    assert found.content == b"abc"
