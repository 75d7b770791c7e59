"""A Sandbox that is a language: Monty, a Python in Rust that has no way to the machine but what it is given.

It starts in milliseconds anywhere, and knows a part of Python: some of its standard library, and no packages.
"""

import os
import signal
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic_monty import Monty as Pool
from pydantic_monty import MontyCrashedError, MontyError, MontyRuntimeError, MontySession, MountDir, ResourceLimits

from agent_core.errors import CodeRefused
from agent_core.i18n import N_, Phrase
from agent_core.tools.code.leftovers import gather
from agent_core.tools.code.packing import spread
from agent_core.tools.code.sandbox import Cut, Ended, Limits, Work
from agent_core.tools.code.streams import Kept
from agent_core.tools.folders import FOLDER, empty

CALLS = 5_000  # of code to its files: each may make one, and is answered by this process
PROGRAMS_ALONE = N_("only Python programs run here; for other commands, tests among them, install bubblewrap.")
_WORDS = 2  # of a command: python and its file
_FOLDER = "/work"
_CANNOT_OPEN = 2  # as python says it
_SLICE = 0.1  # seconds between two looks whether it must stop
_GRACE = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Monty:
    """Runs Python programs, with their files and nothing else."""

    name: str = N_("monty (a restricted Python, without packages)")
    commands: bool = False
    connects: bool = False

    def run(self, work: Work, stop: threading.Event) -> Ended:
        """Run a program to its end. Blocks; raises as Sandbox.run says."""
        program, script = work.command[0], work.command[1] if len(work.command) > 1 else ""
        if program != "python" or script.startswith("-"):
            raise CodeRefused(tool=self.name, reason=PROGRAMS_ALONE)
        if len(work.command) > _WORDS:
            reason = N_("programs take no arguments here; write them into the code, or install bubblewrap.")
            raise CodeRefused(tool=self.name, reason=reason)
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nod-code-")))
            root = os.open(folder, FOLDER)
            stack.callback(os.close, root)
            stack.callback(empty, root)
            given = spread(work.files, folder)
            out, err = Kept(work.limits.output), Kept(work.limits.output)
            if script not in given:  # whatever else that path leads to is no file of the workspace
                err.add(f"python: can't open file '{script}'\n".encode("utf-8", "replace"))
                return Ended(_CANNOT_OPEN, out.said, err.said)
            code = (folder / script).read_text(encoding="utf-8", errors="replace")
            begun = time.monotonic()
            status, cut = _ran(code, work, folder, (out, err), stop)
            return Ended(status, out.said, err.said, gather(root, given), cut, time.monotonic() - begun)


def _ran(code: str, work: Work, folder: Path, said: tuple[Kept, Kept], stop: threading.Event) -> tuple[int, Cut | None]:
    """Run the code; return its exit status, and why it was ended if it was."""
    limits = work.limits
    out, err = said

    def hear(stream: str, text: str) -> None:
        (err if stream == "stderr" else out).add(text.encode("utf-8", "replace"))

    mount = MountDir(host_path=folder, virtual_path=_FOLDER, mode="read-write", write_bytes_limit=limits.workspace)
    try:
        with (
            Pool(max_processes=1, request_timeout=limits.seconds + 2 * _GRACE) as pool,
            pool.checkout(script_name=work.command[1], limits=_limits(limits)) as session,
            _stopping(session, stop),
        ):
            session.feed_run(code, print_callback=hear, mount=mount, cwd=_FOLDER)
    except MontyRuntimeError as error:
        told = error.display("traceback")
        err.add(f"{told}\n".encode("utf-8", "replace"))
        return 1, Cut.TIME if told.startswith("TimeoutError: feed time limit") else None
    except MontyCrashedError as error:
        cut = Cut.STOPPED if stop.is_set() else Cut.TIME if error.timed_out else None
        return 128 + signal.SIGKILL, cut
    except MontyError as error:  # it is not Python, or not the part of it that is known
        err.add(f"{error}\n".encode("utf-8", "replace"))
        return 1, None
    except OSError as error:
        raise CodeRefused(
            tool="monty", reason=Phrase(N_("monty cannot be started ({said})."), said=str(error))
        ) from None
    return 0, None


def _limits(limits: Limits) -> ResourceLimits:
    return ResourceLimits(
        max_feed_duration_secs=limits.seconds,
        max_total_sleep_secs=limits.seconds,
        max_memory=limits.memory,
        max_suspensions=CALLS,
    )


@contextmanager
def _stopping(session: MontySession, stop: threading.Event) -> Generator[None]:
    """End the worker when `stop` is set while this is entered."""
    done, worker = threading.Event(), session.worker_pid  # which it does not tell while it works

    def look() -> None:
        while not done.wait(_SLICE):
            if stop.is_set() and worker is not None:
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
                return

    looking = threading.Thread(target=look, name="code-stop", daemon=True)
    looking.start()
    try:
        yield
    finally:
        done.set()
        looking.join()
