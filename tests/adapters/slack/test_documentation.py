"""docs/slack.md names what there is: settings, commands, words and places; and all of Slack's settings."""

import re
import shlex
from pathlib import Path

import click
import pytest

from adapters.commands.parsing import (
    Approve,
    Help,
    ListRuns,
    ListSchedules,
    Pause,
    SetPolicy,
    ShowPolicy,
    Stop,
    SubmitGoal,
    parse_goal_command,
    parse_reply,
)
from adapters.slack.installing import REDIRECT
from adapters.slack.manifest import COMMAND, EVENTS, SCOPES
from bot.cli import nod
from bot.settings import setting_names

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
PROSE = PAGE.partition("## The manifest")[0]
CODE = [*re.findall(r"`([^`\n]+)`", PROSE), *re.findall(r"^ *((?:\.venv|make).*)$", PROSE, re.MULTILINE)]


def test_every_setting_that_it_names_is_one():
    named = set(re.findall(r"\b(?:SLACK|NOD|DATABASE|OPENAI)_[A-Z_]+\b", PROSE))
    assert named <= set(setting_names())
    assert {name for name in setting_names() if name.startswith("SLACK_")} <= named


def test_every_command_of_nod_that_it_names_is_one():
    named = [line for line in CODE if re.match(r"(?:\.venv/bin/)?nod ", line)]
    assert len(named) >= 6
    for line in named:
        command: click.Command = nod
        _, *words = shlex.split(line)
        while isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        command.make_context("nod", words)  # raises for options that it does not have


def test_every_target_of_make_that_it_names_is_one():
    named = [line.split()[1] for line in CODE if line.startswith("make ")]
    assert named
    assert all(re.search(rf"^{name}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE) for name in named)


@pytest.mark.parametrize("line", sorted({line for line in CODE if line.startswith(f"{COMMAND} ")}))
def test_every_word_after_the_command_means_what_it_says(line: str):
    meant = {
        "runs": ListRuns,
        "schedules": ListSchedules,
        "help": Help,
        "stop": Stop,
        "policy": ShowPolicy,
        "policy side-effects": SetPolicy,
        "GOAL": SubmitGoal,
        "write a blog about AI": SubmitGoal,
    }
    words = line.removeprefix(f"{COMMAND} ")
    if words.startswith(("failed", "is not")):  # what Slack says of the command
        return
    assert isinstance(parse_goal_command(words), meant[words])


def test_the_words_that_decide_in_a_thread_do():
    meant = {"approve": Approve, "yes": Approve, "同意": Approve, "stop": Stop}
    meant |= {"!stop": Stop, "!pause": Pause, "!approve": Approve}
    for word, command in meant.items():
        assert word in CODE
        assert isinstance(parse_reply(word), command)


def test_addresses_events_and_scopes_are_those_that_there_are():
    assert f"https://nod.example.com{REDIRECT}" in CODE
    assert "connections:write" in CODE  # of the app-level token, which no manifest asks for
    named = {code for code in CODE if re.fullmatch(r"[a-z]+(?:_[a-z]+)+|[a-z]+:[a-z]+", code)} - {"connections:write"}
    logged = {"slack_request_refused"}
    said_by_slack = {"dispatch_failed", "redirect_uri", "invalid_team_for_non_distributed_app"}
    assert named <= set(EVENTS) | set(SCOPES) | logged | said_by_slack
