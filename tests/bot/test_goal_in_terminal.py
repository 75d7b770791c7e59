"""`nod goal` and `nod resume` as a person has them: at a terminal, and in a pipe."""

import json
import os
import re
import shlex
import signal
import stat
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from tests.bot.nod import COMMAND, SECONDS, approve_all, asked, at_terminal, code, environment, nod

GOAL = ("goal", "write a blog about AI")
GO_ON = re.compile(r"nod resume ([0-9a-f]{10})")


def shown(folder, run_id):
    return json.loads(nod(folder, "show", run_id, "--json").stdout)


def only_run(folder):
    return re.search(r"^[0-9a-f]{10}", nod(folder, "runs").stdout, re.MULTILINE)[0]


def test_a_goal_is_approved_step_by_step_and_done(tmp_path):
    with at_terminal(tmp_path, *GOAL) as child:
        assert approve_all(child) == 0
        assert f"{tmp_path}/data/workspaces/" in child.before

    blog = next(tmp_path.glob("data/workspaces/*/blog.md"))
    assert "No model wrote this" in blog.read_text()


def test_a_result_says_how_to_go_on_from_it_and_the_follow_up_knows_it(tmp_path):
    first = nod(tmp_path, *GOAL, typed="y\n" * 6)
    run_id = only_run(tmp_path)
    said = f'Go on from this result with: nod goal --follows {run_id} "…"'
    assert first.stdout.rstrip().endswith(said)
    assert "Reply here" not in first.stdout
    for again in (nod(tmp_path, "resume", run_id), nod(tmp_path, "show", run_id)):
        assert again.returncode == 0
        assert again.stdout.rstrip().endswith(said)

    second = nod(tmp_path, "goal", "--follows", run_id[:4], "summarise blog.md", typed="y\n" * 9)
    assert second.returncode == 0
    told = shown(tmp_path, only_run(tmp_path))
    assert told["goal"] == "summarise blog.md"
    assert any(path.endswith("/blog.md") for path in told["files"])
    assert f"Follows run: {run_id}" in second.stdout


def test_only_a_run_that_is_over_can_be_followed(tmp_path):
    assert nod(tmp_path, *GOAL).returncode == 4
    ended = nod(tmp_path, "goal", "--follows", only_run(tmp_path), "and now in Chinese")
    assert ended.returncode == 2
    assert "is still under way" in ended.stderr
    assert nod(tmp_path, "goal", "--follows", "ffff", "more").returncode == 2


def test_it_works_in_colour_with_a_line_that_moves(tmp_path):
    with at_terminal(tmp_path, *GOAL, TERM="xterm-256color") as child:
        while child.expect([r"\[\?\] Help", pexpect.EOF]) == 0:
            child.send("y")
        child.close()
        assert child.exitstatus == 0


def test_chinese_goals_are_asked_about_in_chinese(tmp_path):
    with at_terminal(tmp_path, "goal", "写一篇关于人工智能的博客文章") as child:
        child.expect(r"\[y\] 批准")
        child.send("s")
        child.sendline("不需要了")
        assert code(child) == 3


def test_a_person_who_stops_it_ends_it_with_3(tmp_path):
    with at_terminal(tmp_path, *GOAL) as child:
        asked(child)
        child.send("s")
        child.expect("Why stop it")
        child.sendline("never mind")
        assert code(child) == 3
        assert "never mind" in child.before


def test_a_policy_asks_less(tmp_path):
    with at_terminal(tmp_path, *GOAL, "--policy", "side-effects") as child:
        questions = 0
        while child.expect([r"\[\?\] Help\r?\n", pexpect.EOF]) == 0:
            questions += 1
            child.send("y")
        child.close()
        assert child.exitstatus == 0
        assert questions == 3  # the plan and two files; reading and answering pass


def test_files_come_into_the_workspace(tmp_path):
    (tmp_path / "notes.txt").write_text("Nod was made for teams.")
    with at_terminal(tmp_path, "goal", "summarise notes.txt", "--file", "notes.txt") as child:
        assert approve_all(child) == 0

    assert next(tmp_path.glob("data/workspaces/*/notes.txt")).read_text() == "Nod was made for teams."


def test_an_edit_is_what_is_written(tmp_path):
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "path: outline.md\\ncontent: |\\n  One\\n  Two\\n" > "$1"\n')
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    with at_terminal(tmp_path, *GOAL, EDITOR=str(editor)) as child:
        asked(child)
        child.send("y")
        asked(child)
        child.send("e")
        asked(child)
        child.send("q")
        assert code(child) == 4

    assert next(tmp_path.glob("data/workspaces/*/outline.md")).read_text() == "One\nTwo\n"


def test_ctrl_c_loses_nothing_and_says_how_to_go_on(tmp_path):
    with at_terminal(tmp_path, *GOAL) as child:
        asked(child)
        child.send("y")
        asked(child)
        child.sendintr()
        assert code(child) == 130
        run_id = GO_ON.search(child.before)[1]
        assert "Traceback" not in child.before

    with at_terminal(tmp_path, "resume", run_id[:4]) as child:
        assert "outline.md" in asked(child)
        child.send("y")
        assert approve_all(child) == 0


@pytest.mark.parametrize("questions", [1, 2, 3])
def test_kill_9_loses_nothing(tmp_path, questions):
    with at_terminal(tmp_path, *GOAL) as child:
        for _ in range(questions - 1):
            asked(child)
            child.send("y")
        asked(child)
        child.kill(signal.SIGKILL)
        child.wait()

    with at_terminal(tmp_path, "resume", only_run(tmp_path)) as child:
        assert approve_all(child) == 0
    assert nod(tmp_path, "audit", "verify").returncode == 0


def test_kill_9_right_after_a_decision_loses_neither_it_nor_the_run(tmp_path):
    with at_terminal(tmp_path, *GOAL) as child:
        asked(child)
        child.send("y")
        child.expect("Approved by")  # of the plan: it is in the journal, and what follows is not awaited
        child.kill(signal.SIGKILL)
        child.wait()

    run_id = only_run(tmp_path)
    with at_terminal(tmp_path, "resume", run_id) as child:
        assert "Approved by" in asked(child)
        child.send("y")
        assert approve_all(child) == 0
    writes = [card for card in shown(tmp_path, run_id)["cards"] if card["files"] == ["outline.md"]]
    assert len(writes) == 1


def test_a_paused_run_is_resumed(tmp_path):
    with at_terminal(tmp_path, *GOAL) as child:
        asked(child)
        child.send("p")
        child.expect(r"\[r\] Resume")
        child.send("q")
        assert code(child) == 4
        run_id = GO_ON.search(child.before)[1]

    with at_terminal(tmp_path, "resume", run_id) as child:
        child.expect(r"\[y\] Approve")
        assert approve_all(child) == 0


def test_the_terminal_is_left_as_it_was(tmp_path):
    with shell_in(tmp_path) as shell:
        before = modes(shell)
        for how in (signal.SIGTERM, signal.SIGINT):
            shell.sendline(f"{shlex.join([*COMMAND, *GOAL])}; echo ended=$?")
            asked(shell)
            os.kill(child_of(shell.pid), how)
            shell.expect(r"ended=130\r\n")
            assert modes(shell) == before


def test_lines_of_a_script_decide(tmp_path):
    ended = nod(tmp_path, *GOAL, typed="y\n" * 6)

    assert ended.returncode == 0
    assert "blog.md" in ended.stdout
    assert "\x1b" not in ended.stdout


def test_input_that_ends_too_early_leaves_the_run_waiting(tmp_path):
    ended = nod(tmp_path, *GOAL, typed="y\n")

    assert ended.returncode == 4
    run_id = GO_ON.search(ended.stdout)[1]
    assert shown(tmp_path, run_id)["status"] == "waiting"
    assert nod(tmp_path, "resume", run_id, typed="y\n" * 5).returncode == 0


def test_a_model_that_cannot_be_used_fails_the_run_once_a_person_ends_it(tmp_path):
    ended = nod(tmp_path, *GOAL, typed="x\n", OPENAI_BASE_URL="http://127.0.0.1:9/v1")

    assert ended.returncode == 1
    assert "nothing answers at http://127.0.0.1:9/v1" in " ".join(ended.stdout.replace("│", " ").split())


@pytest.mark.parametrize(
    ("goal", "said"),
    [("", "There is nothing to read in it."), ("x" * 100_000, "are the most; attach the rest as a file.")],
)
def test_a_goal_that_cannot_be_taken_is_told(tmp_path, goal, said):
    ended = nod(tmp_path, "goal", goal)

    assert ended.returncode == 2
    assert said in ended.stderr


@pytest.mark.parametrize("goal", ["🦊🦊🦊", "كتابة مقال عن الشاي", "write\x1b[2J\x07 a blog"])
def test_odd_goals_are_shown_without_harm(tmp_path, goal):
    ended = nod(tmp_path, "goal", goal)

    assert ended.returncode in (2, 4)
    assert "\x1b" not in ended.stdout + ended.stderr
    assert "\x07" not in ended.stdout + ended.stderr


# --- a shell, to see what a command does to its terminal ---------------------------------------------------------


@contextmanager
def shell_in(folder):
    shell = pexpect.spawn(
        "/bin/sh",
        cwd=str(folder),
        env=environment(PS1="", ENV=""),
        encoding="utf-8",
        dimensions=(40, 120),
        timeout=SECONDS,
    )
    try:
        yield shell
    finally:
        shell.close(force=True)


def modes(shell):
    """How the terminal is set."""
    shell.sendline("stty -a | cksum")
    shell.expect(r"\d+ \d+\r\n")
    return shell.after


def child_of(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[-1])
