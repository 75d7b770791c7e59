"""The other commands of `nod`, each a program of its own, and how all of them end."""

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest

from agent_core.errors import StorageFull
from bot.endings import Ending, run_command
from tests.bot.nod import COMMAND, SECONDS, environment, nod, started_nod


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder where one run is done and one waits."""
    folder = tmp_path_factory.mktemp("nod")
    assert nod(folder, "goal", "write a blog about AI", typed="y\n" * 6).returncode == 0
    assert nod(folder, "goal", "write a poem about tea").returncode == 4
    return folder


def run_ids(folder):
    """The runs there are, newest first."""
    return re.findall(r"^[0-9a-f]{10}", nod(folder, "runs").stdout, re.MULTILINE)


def imported(module, *names):
    """Return which of these a program has imported once it has imported `module`."""
    code = f"import sys, {module}; print(*sorted({set(names)} & set(sys.modules)))"
    return subprocess.check_output([sys.executable, "-c", code], text=True).split()


def test_help_is_quick_because_it_imports_little():
    assert imported("bot.cli", "rich", "openai", "fastapi", "aiosqlite", "babel") == []


@pytest.mark.parametrize("module", ["bot.looking", "bot.terminal", "bot.doctor"])
def test_a_command_that_serves_nothing_starts_without_what_serves(module):
    assert imported(module, "openai", "fastapi", "uvicorn") == []


def test_the_command_is_installed():
    script = Path(sys.executable).with_name("nod")
    told = subprocess.run([script, "--help"], capture_output=True, text=True, timeout=SECONDS, check=True).stdout

    for command in ("run", "goal", "runs", "show", "resume", "stop", "policy", "doctor", "audit", "signin", "signout"):
        assert re.search(rf"^  {command} ", told, re.MULTILINE), command


@pytest.mark.parametrize(
    "arguments", [["bogus"], ["goal"], ["show"], ["runs", "--limit", "x"], ["goal", "a", "--policy", "b"]]
)
def test_a_wrong_call_is_told_and_ends_with_2(tmp_path, arguments):
    ended = nod(tmp_path, *arguments)

    assert ended.returncode == 2
    assert "Error: " in ended.stderr


def test_runs_are_listed_newest_first(folder):
    lines = nod(folder, "runs").stdout.splitlines()

    assert lines[1].split()[1] == "Waiting"
    assert lines[1].endswith("write a poem about tea")
    assert "Finished   " in lines[2]
    assert "rehearsal" in lines[2]
    assert len(nod(folder, "runs", "--limit", "1").stdout.splitlines()) == 2


def test_where_there_are_no_runs_it_says_how_to_begin(tmp_path):
    assert "nod goal" in nod(tmp_path, "runs").stdout


@pytest.mark.parametrize(
    ("command", "ending"),
    [
        (["runs"], Ending.DONE),
        (["policy"], Ending.DONE),
        (["doctor"], Ending.DONE),
        (["show", "abc"], Ending.FAILED),
        (["resume", "abc"], Ending.FAILED),
        (["stop", "abc"], Ending.FAILED),
        (["signout", "alice"], Ending.FAILED),
        (["audit", "verify"], Ending.FAILED),
        (["audit", "export", "abc"], Ending.FAILED),
    ],
)
def test_who_only_looks_is_told_that_there_is_no_database_and_makes_none(tmp_path, command, ending):
    ended = started_nod(tmp_path, *command, DATABASE_URL="sqlite:///elswhere/nod.db", NOD_DATA="elswhere")

    assert ended.returncode == ending
    where = tmp_path.resolve() / "elswhere/nod.db"
    assert (
        f"here is no database at {where} yet" in ended.stdout + ended.stderr or f"none at {where} yet" in ended.stdout
    )
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_shown_whole_by_the_first_letters_of_its_id(folder):
    told = nod(folder, "show", run_ids(folder)[1][:5]).stdout

    for part in ("write a blog about AI", "Approved by", "Result", "# AI", "blog.md", "Rehearsal model"):
        assert part in told


def test_an_open_run_says_how_to_go_on(folder):
    run_id = run_ids(folder)[0]

    assert f"nod resume {run_id}" in nod(folder, "show", run_id).stdout


def test_a_run_is_shown_as_json_for_programs(folder):
    run_id = run_ids(folder)[1]
    told = json.loads(nod(folder, "show", run_id, "--json").stdout)

    assert told["run_id"] == run_id
    assert told["status"] == "finished"
    assert told["rehearsal"] is True
    assert [card["id"] for card in told["cards"]][:2] == ["goal", "plan"]
    assert all(Path(path).is_file() for path in told["files"])


def test_a_goal_needs_no_quotes(tmp_path):
    assert nod(tmp_path, "goal", "write", "a", "poem", "about", "tea").returncode == 4
    assert "write a poem about tea" in nod(tmp_path, "show", run_ids(tmp_path)[0]).stdout


def test_the_policy_of_the_terminal_is_shown_and_set(tmp_path):
    assert nod(tmp_path, "policy").stdout.startswith("every-step: each step asks, as NOD_POLICY says.")
    assert nod(tmp_path, "policy", "observe").stdout.startswith("observe: nothing runs, ")
    assert nod(tmp_path, "goal", "write a poem about tea").returncode == 0
    assert nod(tmp_path, "policy", "default").stdout.startswith("every-step: ")


def test_a_policy_that_cannot_be_set_is_told(tmp_path):
    unknown = nod(tmp_path, "policy", "never")
    assert unknown.returncode == 2
    assert "'never' is not one of 'every-step', 'side-effects', 'observe', 'default'." in unknown.stderr
    refused = nod(tmp_path, "policy", "observe", NOD_APPROVERS="nod:bob")
    assert refused.returncode == 2
    assert refused.stderr.endswith(" may not decide here; bob may.\n")
    assert nod(tmp_path, "policy").stdout.startswith("every-step: ")


@pytest.mark.parametrize("command", [["show"], ["resume"], ["stop"], ["audit", "verify"], ["audit", "export"]])
@pytest.mark.parametrize("run_id", ["nothing", "ffffffffff", "\x1b[2J"])
def test_an_unknown_run_is_told(folder, command, run_id):
    ended = nod(folder, *command, run_id)

    assert ended.returncode == 2
    assert ended.stderr.startswith("nod: There is no run ")
    assert "`nod runs`" in ended.stderr
    assert "\x1b" not in ended.stderr


def test_a_beginning_that_several_runs_have_is_told(tmp_path):
    for topic in ("tea", "rain"):
        nod(tmp_path, "goal", f"write a poem about {topic}")
    ids = run_ids(tmp_path)
    with sqlite3.connect(tmp_path / "data/nod.db") as database:
        database.execute("PRAGMA foreign_keys = OFF")
        for number, run_id in enumerate(ids):
            for table in ("events", "runs", "approvals"):
                database.execute(f"UPDATE {table} SET run_id = ? WHERE run_id = ?", (f"abc{number}000000", run_id))
    database.close()

    ended = nod(tmp_path, "show", "abc")

    assert ended.returncode == 2
    assert "Several runs begin with abc: " in ended.stderr
    assert nod(tmp_path, "audit", "export", "abc1").returncode == 0


def test_a_run_is_stopped(tmp_path):
    nod(tmp_path, "goal", "write a poem about tea")
    run_id = run_ids(tmp_path)[0]

    assert nod(tmp_path, "stop", run_id, "--reason", "never mind").returncode == 0

    told = nod(tmp_path, "show", run_id).stdout
    assert "Stopped" in told
    assert "never mind" in told
    assert nod(tmp_path, "resume", run_id).returncode == 3


def test_journals_are_verified_and_exported(folder):
    ids = run_ids(folder)
    lines = nod(folder, "audit", "export", ids[1]).stdout.splitlines()
    events = [json.loads(line) for line in lines]

    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["kind"] == "GoalSubmitted"
    assert nod(folder, "audit", "verify", ids[1]).stdout.startswith(f"{len(events)} events verified")
    assert nod(folder, "audit", "verify").returncode == 0


def test_a_journal_that_was_changed_is_found_out(tmp_path):
    nod(tmp_path, "goal", "write a poem about tea")
    with sqlite3.connect(tmp_path / "data/nod.db") as database:
        database.execute("UPDATE events SET payload = replace(payload, 'poem', 'song') WHERE seq = 1")
    database.close()

    ended = nod(tmp_path, "audit", "verify")

    assert ended.returncode == 1
    assert "does not verify at event 1" in ended.stderr


def test_a_sign_in_link_and_an_api_token_are_minted(tmp_path):
    link = nod(tmp_path, "signin", "bob", PORT="8400")
    token = nod(tmp_path, "signin", "--api")

    assert re.fullmatch(r"http://127\.0\.0\.1:8400/sign-in\?token=\S+\n", link.stdout)
    assert re.fullmatch(r"\S{40,}\n", token.stdout)
    assert "Bearer" in token.stderr


@pytest.mark.parametrize("name", ["a,b", "nod:bob", " bob", "x" * 65, "\x1b[2J"])
@pytest.mark.parametrize("command", ["signin", "signout"])
def test_nobody_is_called_so(tmp_path, name, command):
    ended = nod(tmp_path, command, name, PORT="8400")

    assert ended.returncode == 2
    assert "without a comma or colon" in ended.stderr


def test_without_an_address_there_is_no_link(tmp_path):
    assert "set PORT or NOD_PUBLIC_URL" in nod(tmp_path, "signin", PORT="0").stderr


def test_a_misspelt_setting_is_told_with_the_right_one(tmp_path):
    (tmp_path / ".env").write_text("NOD_MODLE=gpt-5\n")
    for command in (["run"], ["runs"], ["goal", "write"]):
        ended = nod(tmp_path, *command)
        assert ended.returncode == 2
        assert "did you mean NOD_MODEL?" in ended.stderr
    assert not (tmp_path / "data").exists()


def test_a_corrupt_database_is_told_and_left_as_it_is(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/nod.db").write_bytes(b"this is no database" * 100)
    for command in (["run"], ["runs"], ["goal", "write"]):
        ended = nod(tmp_path, *command)
        assert ended.returncode == 1
        assert "is not a healthy Nod database" in ended.stderr
    assert (tmp_path / "data/nod.db").read_bytes() == b"this is no database" * 100


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    ended = nod(tmp_path, "goal", "write a poem", NOD_DATA="file/data")

    assert ended.returncode == 2
    assert "set NOD_DATA to a folder that it may write" in ended.stderr


def test_output_that_nobody_reads_to_its_end_ends_in_silence(folder):
    run_id = run_ids(folder)[1]
    piped = subprocess.Popen(
        [*COMMAND, "audit", "export", run_id],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    piped.stdout.close()

    assert piped.stderr.read() == b""
    piped.stderr.close()
    assert piped.wait(SECONDS) == 1


# --- endings -----------------------------------------------------------------------------------------------------


def raising(error):
    @click.command()
    def command():
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "ending", "said"),
    [
        (StorageFull(where="nod.db"), Ending.FAILED, "nod: The disk that holds nod.db is full"),
        (KeyboardInterrupt(), Ending.INTERRUPTED, ""),
        (click.UsageError("no such thing"), Ending.USAGE, "no such thing"),
        (ExceptionGroup("several", [StorageFull(where="nod.db")]), Ending.FAILED, "nod: The disk that holds nod.db"),
        (KeyError("secret"), Ending.FAILED, "Nod met an error of its own (KeyError at test_cli.py:"),
    ],
)
def test_whatever_goes_wrong_is_one_sentence(capsys, error, ending, said):
    assert run_command(raising(error), []) == ending
    told = capsys.readouterr().err
    assert said in told
    assert "secret" not in told
    assert "Traceback" not in told
