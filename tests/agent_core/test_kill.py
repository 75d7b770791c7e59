"""kill -9 at every boundary of a four-Subtask Run: nothing acknowledged is lost, and every effect is there once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agent_core.killed import TEXTS

ROOT = Path(__file__).parents[2]
LEAST_APPENDS = 25  # goal, plan, approval, rest approved, 4 × (turn, start, finish, report, verdict), end


def told(folder: Path, which: str) -> dict[str, dict]:
    """Live and die as `which` says, and return how each Run came out in the end."""
    command = [sys.executable, "-m", "tests.agent_core.killed", str(folder), which]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {each.parent.name: json.loads(each.read_text()) for each in folder.glob("*/told.json")}


def check(run: dict) -> None:
    assert run["finished"]
    assert run["verified"]
    assert run["lost"] == []
    assert run["said"] == ["the goal", run["result"]]
    assert run["kinds"].count("RunFinished") == 1
    assert run["kinds"].count("GoalSubmitted") == 1
    assert len(run["choices"]) == run["kinds"].count("StepUncertain")


@pytest.mark.parametrize("which", ["before", "after"])
def test_killed_at_each_append_nothing_is_lost_and_nothing_happens_twice(tmp_path, which):
    runs = told(tmp_path, which)
    whole = runs.pop("whole")
    assert whole["appends"] == len(runs) >= LEAST_APPENDS
    for run in (whole, *runs.values()):
        check(run)
        assert run["sent"] == list(TEXTS)
    # four were killed before StepFinished or after StepStarted, and nobody but a person could know what had happened
    choices = [choice for run in runs.values() for choice in run["choices"]]
    assert choices == ["happened" if which == "before" else "again"] * len(TEXTS)


def test_killed_after_every_second_append_it_still_gets_there(tmp_path):
    run = told(tmp_path, "always")["whole"]
    check(run)
    assert run["sent"] == list(TEXTS)


def test_killed_inside_a_tool_after_its_effect_people_are_asked_and_it_is_not_run_again(tmp_path):
    run = told(tmp_path, "send")["whole"]
    check(run)
    assert run["choices"] == ["happened", "happened"]
    assert run["sent"] == list(TEXTS)


def test_killed_inside_a_tool_that_only_reads_it_runs_again_and_nobody_is_asked(tmp_path):
    run = told(tmp_path, "look")["whole"]
    check(run)
    assert run["choices"] == []
    assert run["looked"] == ["looked"] * (len(TEXTS) + 2)
