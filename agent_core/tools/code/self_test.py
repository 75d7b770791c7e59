"""Tries a handful of ways out of a sandbox before any code runs in it: where one is open, no code runs at all."""

import json
import os
import secrets
import socket
import sys
import tempfile
import threading
from contextlib import ExitStack
from inspect import getsource
from pathlib import Path

from agent_core.errors import CodeRefused, SandboxOpen
from agent_core.i18n import N_, Phrase
from agent_core.tools.code import escapes
from agent_core.tools.code.sandbox import Limits, Sandbox, Work

_LIMITS = Limits(seconds=20.0, cpu_seconds=10)


def self_test(sandbox: Sandbox) -> None:
    """Try to get out of the sandbox. Blocks.

    Raises:
        SandboxOpen: a way out is open.
        CodeRefused: the attempts could not be made, so nothing else can be run either.
    """
    with ExitStack() as stack:
        outside = _outside(stack)
        command = ("python", "-I", "-c", getsource(escapes), json.dumps(outside))
        ended = sandbox.run(Work(command, limits=_LIMITS), threading.Event())
    try:
        found = json.loads(ended.out.text)
    except ValueError:
        last = (ended.err.text.strip().splitlines() or [f"exit code {ended.code}"])[-1]
        reason = Phrase(N_("the attempts to get out could not be made ({said})."), said=last)
        raise CodeRefused(tool=sandbox.name, reason=reason) from None
    if found:
        raise SandboxOpen(tool=sandbox.name, sandbox=sandbox.name, ways=", ".join(found))


def _outside(stack: ExitStack) -> dict[str, str | int]:
    """Put up what code would find if it got out: a file, a variable, two sockets, and this process."""
    mark = f"nod-{secrets.token_hex(8)}"
    file = stack.enter_context(tempfile.NamedTemporaryFile("w", prefix="nod-"))  # noqa: SIM115
    file.write(mark)
    file.flush()
    Path(file.name).chmod(0o644)
    tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    if sys.platform == "linux":  # no other system has sockets without a file
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind(f"\0{mark}")
        unix.listen()
    os.environ[mark] = mark  # whoever starts a program with Nod's environment shows it this
    stack.callback(os.environ.pop, mark, None)
    command = Path("/proc/self/cmdline")
    return {
        "file": file.name,
        "variable": mark,
        "port": tcp.getsockname()[1],
        "socket": mark,
        "pid": os.getpid(),
        "command": command.read_text(errors="replace") if command.exists() else mark,
    }
