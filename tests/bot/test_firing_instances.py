"""Two instances killed at random: every firing is one Run, and none is missing."""

import json
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from tests.bot.firing_instances import EVERY, KILLS, SCHEDULES, TIMES

ROOT = Path(__file__).parents[2]


def test_killed_at_random_two_instances_fire_each_time_of_each_schedule_exactly_once(tmp_path):
    command = [sys.executable, "-m", "tests.bot.firing_instances", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tmp_path / "told.json").read_text())
    assert told["killed"] == KILLS

    start, last = datetime.fromisoformat(told["start"]), datetime.fromisoformat(told["last"])
    wanted = Counter(
        (f"{number:010x}", start + timedelta(seconds=number % EVERY + EVERY * time))
        for number in range(SCHEDULES)
        for time in range(TIMES)
    )
    assert sum(wanted.values()) == 1000
    within = [(each[0], datetime.fromisoformat(each[1]), each) for each in told["firings"]]
    found = Counter((schedule, at) for schedule, at, _ in within if at < last)
    assert found == wanted
    assert {each[2] for _, at, each in within if at < last} == {"run"}

    keys = Counter(key for key, _, _ in told["runs"])
    assert set(keys.values()) == {1}
    begun = {run_id for _, _, run_id in told["runs"]}
    assert {each[3] for _, _, each in within} == begun
