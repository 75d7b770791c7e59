"""Starts `nod` by forking a process that has imported it already: a command then takes as long as what it does.

All else is as of a program that was started: its folder, environment, pipes, and how it ends.
"""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from pathlib import Path
from socket import recv_fds, send_fds, socket, socketpair

ROOT = Path(__file__).parents[2]
IMPORTED = ("bot.doctor", "bot.logs", "bot.looking", "bot.schedule_commands", "bot.terminal", "openai")
AT_ONCE = 1 << 16  # bytes


def run(
    arguments: list[str], *, cwd: Path, env: dict[str, str], typed: str, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run `nod` with these arguments to its end, and to the end of what it prints; `typed` is what its input holds."""
    forking, control = _forking()
    (stdin, typing), (out, stdout), (err, stderr) = os.pipe(), os.pipe(), os.pipe()
    with os.fdopen(typing, "w") as pipe:
        pipe.write(typed)  # a pipe holds more than anybody types here
    request = json.dumps({"arguments": arguments, "cwd": str(cwd), "env": env})
    send_fds(control, [request.encode() + b"\n"], [stdin, stdout, stderr])
    for number in (stdin, stdout, stderr):
        os.close(number)
    with os.fdopen(out) as outs, os.fdopen(err) as errs, ThreadPoolExecutor(3) as threads:
        waited = [threads.submit(outs.read), threads.submit(errs.read), threads.submit(control.recv, AT_ONCE)]
        try:
            printed, complained, code = (each.result(timeout) for each in waited)
        except TimeoutError:
            _forking.cache_clear()
            os.killpg(forking.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(arguments, int(code), printed, complained)


@cache
def _forking() -> tuple[subprocess.Popen[bytes], socket]:
    """The process that forks, and the socket that tells it to; it ends when this process does."""
    ours, theirs = socketpair()
    with theirs:
        command = [sys.executable, "-m", __name__]
        forking = subprocess.Popen(command, cwd=ROOT, stdin=theirs.fileno(), start_new_session=True)
    atexit.register(_end, forking, ours)
    return forking, ours


def _end(forking: subprocess.Popen[bytes], control: socket) -> None:
    control.close()
    forking.wait()


# --- the process that forks --------------------------------------------------------------------------------------


def _fork() -> None:
    """Fork for each request, and answer with the exit code. Returns in each child; the process ends with its input."""
    control = socket(fileno=0)
    while True:
        request, pipes = b"", list[int]()
        while not request.endswith(b"\n"):
            part, more, *_ = recv_fds(control, AT_ONCE, 3)
            if not part:
                sys.exit()
            request += part
            pipes += more
        child = os.fork()
        if child == 0:
            control.detach()
            _become(pipes, **json.loads(request))
            return
        for number in pipes:
            os.close(number)
        control.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())


def _become(pipes: list[int], arguments: list[str], cwd: str, env: dict[str, str]) -> None:
    """Make this process one that was started so."""
    for number, pipe in enumerate(pipes):
        os.dup2(pipe, number)
        os.close(pipe)
    # new ones, for those there are know what kind of file they were made for
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv[1:] = arguments


if __name__ == "__main__":
    from bot.cli import main

    for name in IMPORTED:
        import_module(name)
    gc.freeze()  # what is there stays, so no child goes through it, which would copy all of it
    _fork()
    main()
