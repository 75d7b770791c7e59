"""A run in Chinese speaks Chinese: what is refused, what tools return, and what code finds."""

import re

import pytest

from agent_core import deciding
from agent_core.asking import Attachment
from agent_core.cards import Verb
from agent_core.domain import CheckKind, Policy, RunStatus
from agent_core.errors import (
    FileRefused,
    ModelGarbled,
    NodError,
    NotAllowedToDecide,
    RequestRefused,
    ToolArgumentsInvalid,
    ToolFailed,
)
from agent_core.i18n import sentence
from agent_core.language_model.failures import failure_of
from agent_core.plan_check import PlanSizeWrong
from agent_core.tools import read_file, write_file
from agent_core.tools.toolbox import ToolContext
from agent_core.tools.workspace import FILE_BYTES, Workspace
from tests.agent_core.scripted import ScriptedModel, answered, call, calls, criterion, plan, report, subtask
from tests.agent_core.team import ALICE, BOB, open_team

GOAL = "写一篇关于人工智能的博客文章"
NAMES = re.compile(
    r"NOD_[A-Z]+|OPENAI_[A-Z_]+|nod \w+|write_file|read_file|answer|[\w/.-]+\.(md|txt)|\w+://\S+|`[^`]*`"
)
ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def chinese(text: str) -> bool:
    """Whether a text is Chinese, with no two English words in a row but for names."""
    return bool(re.search("[\u4e00-\u9fff]", text)) and not ENGLISH.search(NAMES.sub("", text))


@pytest.mark.parametrize(
    ("subject", "verb", "more"),
    [
        ("step:s1-1", Verb.AGAIN, {}),
        ("step:s1-1", Verb.APPROVE, {"digest": "x"}),
        ("step:s9-9", Verb.APPROVE, {}),
        ("step:s1-1", Verb.EDIT, {}),
        ("step:s1-1", Verb.EDIT, {"arguments": {"path": "/etc/passwd"}}),
        ("step:s1-1", Verb.EDIT, {"arguments": {"path": "a" * 300}}),
        ("step:s1-1", Verb.EDIT, {"arguments": {"size": "1"}}),
        ("plan", Verb.APPROVE, {}),
    ],
)
async def test_a_decision_that_does_not_count_is_refused_in_the_runs_language(tmp_path, subject, verb, more):
    async with open_team(tmp_path, ScriptedModel()) as team:
        run_id = await team.submit(GOAL)
        with pytest.raises(RequestRefused) as refused:
            await team.decide(run_id, subject, verb, **more)
        assert chinese(sentence(refused.value, "zh")), sentence(refused.value, "zh")


async def test_what_tools_return_and_code_finds_is_told_in_the_runs_language(tmp_path):
    script = [
        call("list_files"),
        call("write_file", path="one.md", content="一"),
        call("read_file", path="none.md"),
        call("list_files"),
        call("read_file", path="one.md", offset=5),
        call("answer", text="好了。"),
    ]
    criteria = [
        criterion("有文件", CheckKind.FILE_EXISTS, "one.md"),
        criterion("够长", CheckKind.MIN_WORDS, "one.md", 1),
        criterion("链接有效", CheckKind.LINKS_RESOLVE, "one.md"),
        criterion("回答了", CheckKind.ANSWERED),
    ]

    def turns(messages):
        done = len(answered(messages))
        return calls(script[done]) if done < len(script) else report("完成了。")

    async with open_team(tmp_path, ScriptedModel(lambda _: plan(subtask("one", criteria=criteria)), turns)) as team:
        run_id = await team.submit(GOAL)
        await team.service.control(run_id, Verb.APPROVE_REST, actor=BOB, via="button")
        await team.dispatcher.idle()
        state = await team.state(run_id)
        assert state.status is RunStatus.FINISHED
        seen = [step.observation.text for step in state.steps.values()]
        notes = [judgement.note for judgement in state.subtasks["1"].verdicts[-1].judgements]
    assert len(seen) == len(script)
    assert len(notes) == len(criteria)
    assert [text for text in (*seen, *notes) if not chinese(text)] == []


@pytest.mark.parametrize("name", ["../a.md", "con", "a:b.md", ".nod-x", "a\u200b.md", "a" * 300, "/a", "a//b"])
async def test_a_file_that_cannot_be_kept_is_refused_in_chinese_too(tmp_path, name):
    async with open_team(tmp_path, ScriptedModel()) as team:
        with pytest.raises(FileRefused) as refused:
            await team.submit(GOAL, attachments=[Attachment(name, b"x")])
        assert chinese(sentence(refused.value, "zh").replace(name, "")), sentence(refused.value, "zh")
        with pytest.raises(FileRefused) as refused:
            await team.submit(GOAL, attachments=[Attachment("a.md", b"x" * (FILE_BYTES + 1))])
        assert chinese(sentence(refused.value, "zh"))


async def test_a_preview_that_changes_nothing_is_told_in_the_runs_language(tmp_path):
    context = ToolContext("r", Workspace(tmp_path), frozenset(), "zh")
    await write_file.run(context, {"path": "a.md", "content": "一"})
    assert (await write_file.preview(context, {"path": "a.md", "content": "一"})).text == "a.md 的内容已经完全如此。"


@pytest.mark.parametrize(
    "arguments",
    [{}, {"path": 3}, {"path": "a.md", "offset": -1}, {"path": "a.md", "limit": "x"}, {"path": "a.md", "b": 1}],
)
def test_arguments_that_cannot_be_used_are_told_in_chinese(arguments):
    with pytest.raises(ToolArgumentsInvalid) as refused:
        read_file.validate(arguments)
    assert chinese(sentence(refused.value, "zh")), sentence(refused.value, "zh")


@pytest.mark.parametrize(
    "error",
    [
        ModelGarbled(model="m", tries=3, reason=PlanSizeWrong(count=13, most=12)),
        *(
            failure.kind.error(model="m", reason=failure.reason)
            for failure in (
                failure_of(status, None, model="m", where="http://localhost/v1", secret="", wait=2.0)
                for status in (400, 401, 402, 403, 404, 405, 408, 409, 413, 429, 500, 503)
            )
        ),
        ToolFailed(tool="write_file", reason=FileRefused(path="a.md", reason="it is no plain file; name one.")),
    ],
)
def test_what_went_wrong_below_is_told_in_chinese(error: NodError):
    assert chinese(sentence(error, "zh").replace("Chat Completions", "")), sentence(error, "zh")


def test_who_may_decide_where_nobody_is_named_is_told_in_chinese():
    with pytest.raises(NotAllowedToDecide) as refused:
        deciding.must_approve(Policy(), ALICE)
    assert "NOD_APPROVERS 中的人" in sentence(refused.value, "zh")


async def test_a_question_about_the_model_is_asked_in_the_runs_language(tmp_path):
    def plans(_):
        failure = failure_of(401, None, model="m", where="http://localhost/v1", secret="")
        raise failure.kind.error(model="m", reason=failure.reason)

    async with open_team(tmp_path, ScriptedModel(plans)) as team:
        run_id = await team.submit(GOAL)
        [question] = (await team.state(run_id)).open_questions()
    assert chinese(question.text), question.text
