"""A Sandbox that is a container, of Docker or Podman: for where there is no bubblewrap, by setting.

Source of the options: docker run and podman run, of which those are used that mean the same in both, but for one.
"""

import base64
import json
import secrets
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from inspect import getsource
from typing import Any, BinaryIO

from agent_core.domain import digest_of
from agent_core.errors import CodeRefused, WorkspaceError
from agent_core.i18n import N_, Phrase
from agent_core.tools.code import inmate
from agent_core.tools.code.jail import OPEN_FILES
from agent_core.tools.code.leftovers import Gathered
from agent_core.tools.code.packing import packed
from agent_core.tools.code.sandbox import Ceilings, Cut, Ended, Limits, Said, Work
from agent_core.tools.code.seccomp import filter_for
from agent_core.tools.code.syscalls import ARCHITECTURES

_NOBODY = "65534:65534"
_TICK = 0.1  # seconds
_START = 60.0  # seconds beyond the wall clock: the engine may have to make the container first
_HEADER = 64 * 1024  # bytes of a line in the answer


@dataclass(frozen=True, slots=True)
class Container:
    """Runs code in containers of `image`. `engine` is docker or podman, `program` where it lies."""

    engine: str
    program: str
    image: str
    root: str = inmate.WORKSPACE
    commands: bool = True
    connects: bool = False

    @property
    def name(self) -> str:
        """What people know it by."""
        return f"{self.engine} ({self.image})"

    def run(self, work: Work, stop: threading.Event) -> Ended:
        """Run the code to its end. Blocks; raises as Sandbox.run says."""
        called = f"nod-code-{secrets.token_hex(8)}"
        begun = time.monotonic()
        with tempfile.TemporaryFile() as files, tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as problem:
            given = packed(work.files, files)
            files.write(b"0 \n")
            files.flush()
            files.seek(0)
            command = command_line(self, called, work)
            process = subprocess.Popen(command, stdin=files, stdout=answer, stderr=problem)  # noqa: S603
            try:
                cut = _watch(process, begun + work.limits.seconds + _START, stop)
            finally:
                process.kill()
                process.wait()
                subprocess.run((self.program, "rm", "--force", called), capture_output=True, check=False)  # noqa: S603
            if cut is not None:
                return Ended(137, cut=cut, seconds=time.monotonic() - begun)
            answer.seek(0)
            problem.seek(0)
            return self._ended(answer, problem.read(_HEADER), given, time.monotonic() - begun)

    def _ended(self, answer: BinaryIO, problem: bytes, given: Mapping[str, str], seconds: float) -> Ended:
        try:
            _, said = _record(answer, _HEADER * 64)
            told = json.loads(said)
            code, out, err = int(told["code"]), _said(told["out"]), _said(told["err"])
            cut = Cut.TIME if told["timed_out"] else None
            gathered = _refused(told["others"], int(told["more"]))
        except (ValueError, KeyError, TypeError, IndexError):
            last = (problem.decode("utf-8", "replace").strip().splitlines() or ["no answer"])[-1]
            reason = Phrase(N_("{engine} says: {said}."), engine=self.engine, said=last.rstrip("."))
            raise CodeRefused(tool=self.engine, reason=reason) from None
        with_ceilings(answer, gathered, given)
        return Ended(code, out, err, gathered.left(given), cut, seconds)


def find_engine(engine: str, image: str) -> Container:
    """Return the container engine of that name. Raises CodeRefused if it is not installed."""
    program = shutil.which(engine)
    if program is None:
        reason = Phrase(N_("{engine} is missing; install it, or choose another sandbox in [code]."), engine=engine)
        raise CodeRefused(tool=engine, reason=reason)
    return Container(engine, program, image)


def command_line(container: Container, called: str, work: Work) -> Sequence[str]:
    """Return the command that runs the work apart. Pure."""
    limits = work.limits
    memory = str(limits.memory)
    return (
        container.program,
        "run",
        "--rm",
        "--interactive",
        *("--name", called, "--pull", "missing"),
        *("--network", "none", "--read-only", "--init=false"),
        *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", _NOBODY),
        *("--pids-limit", str(limits.processes), "--memory", memory, "--memory-swap", memory),
        *("--ulimit", f"cpu={limits.cpu_seconds}", "--ulimit", f"fsize={limits.file}", "--ulimit", "core=0"),
        *("--ulimit", f"nofile={OPEN_FILES}"),
        *("--tmpfs", f"{container.root}:{_disk(container, limits.workspace, limits)}"),
        *("--tmpfs", f"/tmp:{_disk(container, limits.temporary, limits)}"),  # noqa: S108
        *("--shm-size", str(limits.temporary)),
        *("--env", "HOME=/tmp", "--env", "PYTHONDONTWRITEBYTECODE=1", "--env", "PYTHONUNBUFFERED=1"),
        *("--env", "PYTEST_ADDOPTS=-p no:cacheprovider"),
        # no --workdir: an engine would make that folder first, and older ones then give the disk that folder's mode
        *("--entrypoint", "python"),
        container.image,
        *("-I", "-c", _source()),
        *(container.root, str(limits.seconds), str(Ceilings().file), str(limits.output), _filters()),
        *work.command,
    )


def _disk(container: Container, size: int, limits: Limits) -> str:
    # podman knows no such option; there, what names take counts as memory of the container
    names = "" if container.engine == "podman" else f",nr_inodes={limits.files}"
    return f"rw,exec,nosuid,nodev,size={size}{names},mode=1777"


def with_ceilings(answer: BinaryIO, gathered: Gathered, given: Mapping[str, str]) -> None:
    """Take the files of an answer; it is the code's word, so each name and size is looked at."""
    ceilings = Ceilings()
    while gathered.names < ceilings.files * 2:
        try:
            path, content = _record(answer, ceilings.file)
        except ValueError:
            return
        gathered.names += 1
        gathered.seen.add(path)
        try:
            if given.get(path) != digest_of(content):
                gathered.keep(path, content, ceilings)
        except WorkspaceError as error:
            gathered.refuse(path, error.fields["reason"])


def _refused(paths: Sequence[Any], more: int) -> Gathered:
    gathered = Gathered(more_refused=more)
    for path in map(str, paths):
        gathered.seen.add(path)
        gathered.refuse(path, N_("it is no plain file, or too large to be kept."))
    return gathered


def _record(answer: BinaryIO, most: int) -> tuple[str, bytes]:
    """Return the next name and content. Raises ValueError when there is none, or it is not one."""
    size, _, path = answer.readline(_HEADER).decode("utf-8", "surrogateescape").rstrip("\n").partition(" ")
    length = int(size)
    if not 0 <= length <= most:
        raise ValueError
    content = answer.read(length)
    if len(content) < length:
        raise ValueError
    return path, content


def _said(parts: Sequence[Any]) -> Said:
    head, tail, dropped = parts
    return Said(base64.b64decode(head), base64.b64decode(tail), int(dropped))


def _watch(process: subprocess.Popen[bytes], end: float, stop: threading.Event) -> Cut | None:
    while True:
        try:
            process.wait(_TICK)
        except subprocess.TimeoutExpired:
            if stop.is_set():
                return Cut.STOPPED
            if time.monotonic() > end:
                return Cut.TIME
        else:
            return None


@cache
def _filters() -> str:
    # for each machine: the image's may be another than this one
    found = {machine: filter_for(machine) or b"" for machine in ARCHITECTURES}
    return json.dumps({machine: base64.b64encode(program).decode() for machine, program in found.items()})


@cache
def _source() -> str:
    return getsource(inmate)
