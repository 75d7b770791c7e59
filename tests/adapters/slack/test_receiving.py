"""What people receive: results, long texts, files."""

import io
import zipfile

import pytest

from adapters.slack import messenger
from agent_core.domain import RunStatus
from tests.adapters.slack.here import Here, buttons, decides
from tests.adapters.slack.test_deciding import begun
from tests.agent_core.scripted import answered, call, calls, plan, report, subtask, title_of

LONG = "".join(f"Line {number} of a long text.\n" for number in range(1_000))


def links(message):
    """The links of a message: what is written on them, and where they lead."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            if value.get("type") == "link":
                found.append((value["text"], value["url"]))
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(message["blocks"])
    return found


async def test_long_arguments_are_a_file_in_the_thread_before_the_buttons_with_the_digest_in_both(here: Here, scripted):
    scripted.turns = lambda m: report() if answered(m) else calls(call("write_file", path="a.md", content=LONG))
    root, step = await begun(here)
    digest = (await here.state()).steps["s1-1"].call.digest[:16]
    files = {file["name"]: file for file in here.slack.files(here.channel)}
    file = files["step-s1-1-New-file-a.md.txt"]
    assert (await here.slack.file_content(file["id"])).decode() == LONG
    assert digest in file["title"]
    assert f"for the digest {digest}" in here.words(step)
    assert ("step-s1-1-New-file-a.md.txt", file["permalink"]) in links(here.now(step))
    order = [message["ts"] for message in here.thread(root)]
    shared = next(m for m in here.thread(root) if any(f["id"] == file["id"] for f in m.get("files", [])))
    assert order.index(shared["ts"]) < order.index(step["ts"])
    assert decides(step) == ["Approve", "Edit", "Reject"]


async def test_a_file_of_a_card_is_uploaded_once_however_often_the_card_changes(here: Here, scripted):
    scripted.turns = lambda m: report() if answered(m) else calls(call("write_file", path="a.md", content=LONG))
    root, _step = await begun(here)
    await here.press("Pause", root)
    await here.press("Resume", root)
    await here.press("Approve", here.asking(root)[-1])
    names = [file["name"] for file in here.slack.files(here.channel)]
    assert names.count("step-s1-1-New-file-a.md.txt") == 1


async def test_a_long_goal_is_whole_in_a_file_of_its_thread(here: Here):
    goal = "Write this out. " + "It matters. " * 1_500
    await here.agent(goal)
    root = here.root()
    assert len(here.words(root)) < 13_200
    [file] = here.slack.files(here.channel)
    assert (await here.slack.file_content(file["id"])).decode() == goal.strip()
    assert links(here.now(root)) == [("plan-Goal.txt", file["permalink"])]


async def test_results_come_in_the_thread_and_deliverables_are_uploaded_there_once(here: Here):
    root, step = await begun(here)
    await here.react("fast_forward", step)
    result = here.thread(root)[-1]
    assert "It is done." in here.words(result)
    shared = [message for message in here.thread(root) if message.get("files")]
    assert [sorted(file["title"] for file in message["files"]) for message in shared] == [["one.md", "two.md"]]
    assert len(here.slack.messages(here.channel)) == 1


async def test_a_long_answer_is_a_file_with_its_beginning_shown(here: Here, scripted):
    answer = "# Findings\n\n" + "".join(f"- Finding {number} is *important*.\n" for number in range(900))
    scripted.plans = lambda _: plan(subtask("one"), subtask("two"))
    scripted.turns = lambda m: report(answer) if title_of(m) == "Do two" else report("Short.")
    await here.agent("find out")
    root = here.root()
    await here.press("Approve", root)
    result = here.thread(root)[-1]
    words = here.words(result)
    assert "Finding 0 is" in words
    assert "The whole text is in the file" in words
    [file] = here.slack.files(here.channel)
    assert answer.strip() in (await here.slack.file_content(file["id"])).decode()


async def test_many_files_come_as_one_archive(here: Here, scripted, monkeypatch):
    monkeypatch.setattr(messenger, "UPLOADS", 1)
    root, step = await begun(here)
    await here.react("fast_forward", step)
    [file] = here.slack.files(here.channel)
    run = (await here.state()).run_id
    assert file["name"] == f"{run}.zip"
    with zipfile.ZipFile(io.BytesIO(await here.slack.file_content(file["id"]))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "one.md": b"This is one.\n",
            "two.md": b"This is two.\n",
        }
    assert root


async def test_where_slack_takes_no_files_they_are_written_into_the_thread(here: Here, scripted):
    here.slack.refuse("files.getUploadURLExternal", "storage_limit_reached", times=99)
    scripted.turns = lambda m: report() if answered(m) else calls(call("write_file", path="a.md", content=LONG))
    root, step = await begun(here)
    digest = (await here.state()).steps["s1-1"].call.digest[:16]
    written = [message for message in here.thread(root) if f"New file a.md · {digest}" in here.words(message)]
    assert "".join(here.words(each).partition("\n")[2] for each in written) == LONG
    assert [here.words(each).partition("\n")[0].rpartition(" ")[2] for each in written] == ["(1/3)", "(2/3)", "(3/3)"]
    url = dict(links(here.now(step)))["step-s1-1-New-file-a.md.txt"]
    assert written[0]["ts"].replace(".", "") in url
    assert decides(step) == ["Approve", "Edit", "Reject"]
    await here.react("fast_forward", step)
    assert (await here.state()).status is RunStatus.FINISHED
    words = [here.words(message) for message in here.thread(root)]
    assert "It is done." in words[-1]
    assert sum("a.md (1/3)" in each for each in words) == 1


async def test_markdown_is_read_by_slack_itself(here: Here, scripted):
    scripted.turns = lambda _: report("**Bold** and a [link](https://example.com/page).")
    await here.agent("say it")
    root = here.root()
    await here.press("Approve", root)
    blocks = [block for block in here.thread(root)[-1]["blocks"] if block["type"] == "markdown"]
    assert "**Bold** and a [link](https://example.com/page)." in blocks[0]["text"]


async def test_the_plan_is_slacks_plan_block_with_live_progress(here: Here):
    root, step = await begun(here)

    def tasks():
        [block] = [block for block in here.now(root)["blocks"] if block["type"] == "plan"]
        return [(task["title"], task["status"]) for task in block["tasks"]]

    assert tasks() == [("1. Do one", "in_progress"), ("2. Do two", "pending")]
    assert step["blocks"][0]["type"] == "task_card"
    await here.press("Approve", step)
    assert tasks() == [("1. Do one", "complete"), ("2. Do two", "in_progress")]
    await here.press("Approve", here.asking(root)[-1])
    assert tasks() == [("1. Do one", "complete"), ("2. Do two", "complete")]


async def test_where_slack_takes_no_plan_block_the_plan_is_a_list(here: Here):
    here.slack.refuse("chat.postMessage", "invalid_blocks")
    await here.agent("write a blog about AI")
    root = here.root()
    kinds = {block["type"] for block in here.now(root)["blocks"]}
    assert "plan" not in kinds
    assert "1. Do one" in here.words(root)
    await here.press("Approve", root)
    assert "task_card" not in {block["type"] for block in here.thread(root)[-1]["blocks"]}
    assert len(here.slack.requests.of("chat.postMessage")) == 3


@pytest.mark.parametrize("times", [1, 2])
async def test_a_message_that_slack_finds_too_long_is_made_shorter(here: Here, scripted, times):
    text = "word " * 1_200
    scripted.turns = lambda m: report() if answered(m) else calls(call("write_file", path="a.md", content=text))
    await here.agent("write a blog about AI")
    root = here.root()
    here.slack.refuse("chat.postMessage", "msg_blocks_too_long", times=times)
    await here.press("Approve", root)
    step = here.thread(root)[-1]
    assert buttons(step)
    assert "The whole text is in the file" in here.words(step)
