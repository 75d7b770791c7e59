"""`nod` as people have it: a process of its own, in a folder of its own, at a terminal or in a pipe."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect

from bot.settings import Settings, load_settings
from tests.bot import forked

SECONDS = 60  # a bound, not a wait: the machine may be busy
ASKED = r"\[\?\] Help\r?\n"
LINK = re.compile(r"http://\S+/sign-in\?token=\S+")
COMMAND = [sys.executable, "-m", "bot"]


def environment(**more: str) -> dict[str, str]:
    """The environment of a terminal that draws no colours, without an editor."""
    kept = {name: value for name, value in os.environ.items() if name not in ("EDITOR", "VISUAL", "NO_COLOR")}
    return {**kept, "TERM": "dumb", "COLUMNS": "120", "LINES": "40", "PORT": "0", **more}


def nod(folder: Path, *arguments: str, typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; `typed` is what its input holds. No command shows a traceback."""
    ended = forked.run([*arguments], cwd=folder, env=environment(**more), typed=typed, timeout=SECONDS)
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended


def started_nod(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command as `nod` does, but from nothing: it has what it imports itself."""
    ended = subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended


@contextmanager
def at_terminal(folder: Path, *arguments: str, **more: str) -> Iterator[pexpect.spawn]:
    """Run a command at a terminal; whatever is left of it at the end is killed."""
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *arguments],
        cwd=str(folder),
        env=environment(**more),
        encoding="utf-8",
        dimensions=(40, 120),
        timeout=SECONDS,
    )
    try:
        yield child
    finally:
        child.close(force=True)


def code(child: pexpect.spawn) -> int:
    """Wait until the command ends, and return its exit code."""
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus if child.exitstatus is not None else -child.signalstatus


def asked(child: pexpect.spawn) -> str:
    """Wait until something is asked, and return what was printed before."""
    child.expect(ASKED)
    return child.before


def approve_all(child: pexpect.spawn) -> int:
    """Press y whenever something is asked, and return the exit code."""
    while child.expect([ASKED, pexpect.EOF]) == 0:
        child.send("y")
    child.close()
    return child.exitstatus


@contextmanager
def running(folder: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `nod run`, and give it with its sign-in link."""
    process = subprocess.Popen(
        [*COMMAND, "run"],
        cwd=folder,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        found = LINK.search(line)
        assert found, line + process.stderr.read()
        yield process, found[0]
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str], number: signal.Signals) -> int:
    """Send a signal, and return the exit code."""
    process.send_signal(number)
    return process.wait(SECONDS)


def settings_in(folder: Path, **values: str) -> Settings:
    """Return settings whose data lies in `folder`."""
    env_file = folder / "settings.env"
    lines = {"DATABASE_URL": f"sqlite:///{folder}/nod.db", "NOD_DATA": str(folder), "NOD_OWNER": "alice", **values}
    env_file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    return load_settings(env_file)
