"""AutoGPT as a program uses it: a plain call, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

import agent_core
from agent_core.autogpt import AutoGPT
from agent_core.errors import GoalRefused
from tests.bot.nod import ASKED, SECONDS, environment

PROGRAM = """
import asyncio, dataclasses, json
from agent_core import AutoGPT

def told(results):
    print(json.dumps([dataclasses.asdict(result) for result in results], default=str))

{body}
"""


def program(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    (folder / "program.py").write_text(PROGRAM.format(body=body))
    return subprocess.run(
        [sys.executable, "program.py"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def results(ended: subprocess.CompletedProcess[str]) -> list[dict]:
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return json.loads(ended.stdout)


def test_a_plain_call_with_a_callable_that_approves(tmp_path):
    told = results(
        program(
            tmp_path,
            'told(AutoGPT(ai_name="Writer", ai_role="editor", goals=["写一篇关于人工智能的博客文章"],'
            " approve=lambda card: True).run())",
        )
    )

    assert [each["status"] for each in told] == ["finished"]
    assert told[0]["goal"] == "写一篇关于人工智能的博客文章"
    assert all(Path(path).is_file() for path in told[0]["files"])
    assert "不是模型写的" in told[0]["text"]


def test_goals_run_in_order_and_each_goes_on_with_the_files_of_the_one_before(tmp_path):
    goals = ["write a blog about AI", "summarise blog.md", "write a blog about cats in blog.md"]
    told = results(program(tmp_path, f"told(AutoGPT('W', 'e', {goals}, approve=lambda card: True).run())"))

    assert [each["goal"] for each in told] == goals
    first, second, third = ({Path(path).name: Path(path).read_text() for path in each["files"]} for each in told)
    assert set(first) < set(second) <= set(third)  # the last has them all
    assert second["blog.md"] == first["blog.md"]
    summary = next(text for name, text in second.items() if name not in first)
    assert "AI" in summary  # it read what the first one wrote
    assert "cats" in third["blog.md"]  # and the third one changed it
    assert "cats" not in first["blog.md"]


def test_it_works_inside_a_running_event_loop(tmp_path):
    body = """
async def main():
    told(AutoGPT("W", "e", ["write a poem about tea"], approve=lambda card: True).run())

asyncio.run(main())
"""
    assert results(program(tmp_path, body))[0]["status"] == "finished"


def test_a_text_rejects_for_that_reason(tmp_path):
    body = """
seen = []

def approve(card):
    seen.append(card)
    return "too dry" if len(seen) == 2 else True

results = AutoGPT("W", "e", ["write a blog about AI"], approve=approve).run()
assert any("too dry" in section.text for card in seen[2:] for section in card.sections), seen[2]
told(results)
"""
    assert results(program(tmp_path, body))[0]["status"] == "finished"


def test_a_goal_that_does_not_end_well_is_the_last_one(tmp_path):
    body = """
def approve(card):
    return card.kind != "question"

told(AutoGPT("W", "e", ["write a poem", "write a blog"], approve=approve).run())
"""
    (tmp_path / ".env").write_text("OPENAI_BASE_URL=http://127.0.0.1:9/v1\n")
    ended = program(tmp_path, body)

    told = json.loads(ended.stdout)
    assert [each["status"] for each in told] == ["failed"]


def test_a_callable_that_raises_ends_the_call(tmp_path):
    ended = program(tmp_path, "AutoGPT('W', 'e', ['write a poem'], approve=lambda card: 1 / 0).run()")

    assert ended.returncode == 1
    assert "ZeroDivisionError" in ended.stderr


def test_by_default_it_asks_in_the_terminal(tmp_path):
    body = "told(AutoGPT('Writer', 'editor', ['write a blog about AI']).run())"
    (tmp_path / "program.py").write_text(PROGRAM.format(body=body))
    child = pexpect.spawn(
        sys.executable,
        ["program.py"],
        cwd=str(tmp_path),
        env=environment(),
        encoding="utf-8",
        timeout=SECONDS,
        dimensions=(40, 120),
    )
    seen = ""
    while child.expect([ASKED, pexpect.EOF]) == 0:
        seen += child.before
        child.send("y")
    child.close()

    assert child.exitstatus == 0
    assert '"status": "finished"' in child.before
    assert "Persona: Writer, editor" in seen


def test_it_is_exported_and_costs_nothing_until_it_is_used():
    code = "import sys, agent_core; assert 'agent_core.autogpt' not in sys.modules; print(agent_core.AutoGPT.__name__)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "AutoGPT\n"
    with pytest.raises(AttributeError):
        _ = agent_core.nothing


def test_no_goal_is_refused():
    with pytest.raises(GoalRefused):
        AutoGPT("W", "e", []).run()
