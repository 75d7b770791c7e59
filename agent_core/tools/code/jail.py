"""Runs code under bubblewrap: begins it, watches it, ends all of it, and takes what it left.

`--die-with-parent` ends the code when the *thread* that began it ends, so `run` begins, waits and ends in one thread.
"""

import json
import os
import selectors
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import cache
from inspect import getsource
from typing import IO

from agent_core.errors import CodeRefused
from agent_core.i18n import N_, Phrase
from agent_core.tools.code import launcher
from agent_core.tools.code.bubblewrap import GROUP, PASSWD, Descriptors, Host, command_line
from agent_core.tools.code.leftovers import gather
from agent_core.tools.code.packing import held, packed
from agent_core.tools.code.proxy import serving
from agent_core.tools.code.sandbox import Cut, Ended, Limits, Work
from agent_core.tools.code.streams import Ear
from agent_core.tools.code.watching import excess

OPEN_FILES = 256  # descriptors of one process; what waits in sockets counts nowhere, and is bound by this
_ADDRESSES = 2  # times the memory limit that one process may reserve: more than it uses, for threads and libraries
_START = 20.0  # seconds until the code must have begun, on a machine however busy
_END = 20.0  # seconds until killed processes must be gone; whoever waits longer hangs in the kernel
_TICK = 0.05  # seconds between two looks
_OWN = "own"  # inside, the folder of the packages made for this run


@dataclass(frozen=True, slots=True)
class User:
    """The unprivileged user that code runs as when Nod itself is root, for whom no process limit holds."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """A Sandbox of namespaces, on Linux. `user` is None when Nod is an ordinary user, as whom the code then runs."""

    host: Host
    seccomp: bytes
    user: User | None = None
    name: str = "bubblewrap"
    commands: bool = True
    connects: bool = True

    def run(self, work: Work, stop: threading.Event) -> Ended:
        """Run the code to its end. Blocks; raises as Sandbox.run says."""
        begun = time.monotonic()
        with ExitStack() as stack:
            proxy = stack.enter_context(serving(work.network)) if work.network else None
            given, started = self._start(work, str(proxy.path) if proxy else "", stack)
            cut = _watch(started, work.limits, begun + work.limits.seconds, stop)
            started.end()
            reached = proxy.end() if proxy else ()
            left = gather(started.disks[0], given, work.ceilings)
            code = started.process.returncode
            seconds = time.monotonic() - begun
            return Ended(code, started.out.said, started.err.said, left, cut, seconds, reached)

    def _start(self, work: Work, proxy: str, stack: ExitStack) -> tuple[Mapping[str, str], "_Started"]:
        files = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        given = packed(work.files, files)
        files.seek(0)
        ours, theirs = socket.socketpair()
        told, telling = os.pipe()
        stack.callback(ours.close)
        stack.callback(os.close, told)
        data = [held(each) for each in (self.seccomp, PASSWD, GROUP)]
        handed = [theirs.fileno(), files.fileno(), telling, *data]
        descriptors = Descriptors(seccomp=data[0], info=telling, passwd=data[1], group=data[2])
        inner = _inner(self.host.python, work, theirs.fileno(), files.fileno())
        host = self.host
        if work.environment:
            host = replace(host, packages={**host.packages, _OWN: str(work.environment)})
        try:
            process = subprocess.Popen(  # noqa: S603  (what code may do is what this whole file is about)
                command_line(host, work.limits, descriptors, inner, proxy),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={},  # --clearenv clears what the code sees; bwrap's own memory would keep it
                cwd="/",
                pass_fds=handed,
                user=self.user.uid if self.user else None,
                group=self.user.gid if self.user else None,
                extra_groups=() if self.user else None,
                start_new_session=True,  # what a terminal sends to Nod is not for the code
            )
        except OSError as error:
            reason = Phrase(N_("{program} cannot be started ({said})."), program=self.host.program, said=error.strerror)
            raise CodeRefused(tool=self.name, reason=reason) from None
        finally:
            theirs.close()
            for each in (telling, *data):
                os.close(each)
        started = _Started(process, work.limits.output)
        stack.callback(started.close)
        started.meet(told, ours)
        return given, started


class _Started:
    """A process of bwrap, and what of its inside is held: its first process, and its folders."""

    def __init__(self, process: subprocess.Popen[bytes], output: int) -> None:
        self.process = process
        self.outer = os.pidfd_open(process.pid)
        self.first = -1
        self.folders: Sequence[int] = ()
        self.out = Ear(_number(process.stdout), output)
        self.err = Ear(_number(process.stderr), output)

    @property
    def disks(self) -> Sequence[int]:
        """The folders that the code may write to, the workspace first."""
        return self.folders[:3]

    @property
    def processes(self) -> int:
        """The folder /proc of the code."""
        return self.folders[3]

    def meet(self, told: int, ours: socket.socket) -> None:
        """Take what the inside hands out before it becomes the code. Raises CodeRefused if it does not come so far."""
        with suppress(ValueError):  # bwrap ended before it told
            self.first = os.pidfd_open(int(json.loads(_line(told))["child-pid"]))
        ours.settimeout(_START)
        try:
            _, numbers, _, _ = socket.recv_fds(ours, 1, len(launcher.FOLDERS), socket.MSG_CMSG_CLOEXEC)
        except OSError:
            numbers = []
        self.folders = tuple(numbers)
        if len(numbers) < len(launcher.FOLDERS):
            self.end()
            last = (self.err.said.text.strip().splitlines() or ["bwrap"])[-1]
            raise CodeRefused(tool="bubblewrap", reason=Phrase(N_("bubblewrap says: {said}."), said=last.rstrip(".")))

    def end(self) -> None:
        """Kill whatever is still alive of it, and return when nothing is; then take the rest of what it said."""
        if self.first >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.first, signal.SIGKILL)
            _wait(self.first)  # the first process of a namespace ends after all others in it
        else:
            self.process.kill()
        self.process.wait(_END)
        self.out.rest()
        self.err.rest()

    def close(self) -> None:
        """Let go of everything; what an error left alive is killed first."""
        self.process.kill()
        self.process.wait(_END)
        for each in (self.first, self.outer, *self.folders):
            if each >= 0:
                os.close(each)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def _watch(started: _Started, limits: Limits, end: float, stop: threading.Event) -> Cut | None:
    """Listen until the code ends by itself (None), or say why it must end."""
    with selectors.DefaultSelector() as selector:
        selector.register(started.outer, selectors.EVENT_READ)
        for ear in (started.out, started.err):
            selector.register(ear.descriptor, selectors.EVENT_READ, ear)
        look = 0.0
        while True:
            for key, _ in selector.select(_TICK):
                if key.fd == started.outer:
                    return None
                if not key.data.hear():
                    selector.unregister(key.fd)
            now = time.monotonic()
            if stop.is_set():
                return Cut.STOPPED
            if now >= end:
                return Cut.TIME
            if now >= look:
                look = now + _TICK
                if cut := excess(started.processes, started.disks, limits):
                    return cut


def _inner(python: str, work: Work, control: int, files: int) -> Sequence[str]:
    limits = work.limits
    memory = limits.memory * _ADDRESSES
    numbers = (
        control,
        files,
        int(work.network is not None),
        limits.cpu_seconds,
        memory,
        limits.processes,
        limits.file,
        OPEN_FILES,
    )
    # what this Python runs itself finds its packages; what becomes another program need not know of any
    flags = () if launcher.runs_file(list(work.command)) else ("-I", "-S")
    return (python, *flags, "-c", _source(), ",".join(map(str, numbers)), *work.command)


@cache
def _source() -> str:
    return getsource(launcher)


def _number(stream: IO[bytes] | None) -> int:
    return stream.fileno() if stream else -1


def _line(descriptor: int) -> bytes:
    """Return what bwrap tells of the start, whole: it closes the descriptor behind it."""
    said = b""
    while chunk := os.read(descriptor, 4096):
        said += chunk
    return said


def _wait(process: int) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(process, selectors.EVENT_READ)
        selector.select(_END)
