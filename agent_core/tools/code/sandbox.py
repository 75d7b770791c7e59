"""What code is run with, and what came of it: the values that every sandbox takes and returns."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from agent_core.errors import WorkspaceError
from agent_core.tools.paths import DEPTH
from agent_core.tools.workspace import FILE_BYTES, WORKSPACE_BYTES, WORKSPACE_FILES

MEGABYTE = 1024 * 1024
PORTS = frozenset({80, 443})  # of hosts that code may reach


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run of code may use. Bytes and seconds; `seconds` is the wall clock, `cpu_seconds` a process's own."""

    seconds: float = 120.0
    cpu_seconds: int = 120
    memory: int = 1024 * MEGABYTE  #: of all processes together
    processes: int = 64
    workspace: int = 256 * MEGABYTE  #: of all files; memory while the code runs
    file: int = 64 * MEGABYTE
    temporary: int = 64 * MEGABYTE  #: of /tmp, and again of /dev/shm
    files: int = 20_000  #: names in all three together: each takes memory that no size counts
    output: int = 16 * 1024  #: of stdout, and again of stderr: about 4,000 tokens; more is counted, not kept


@dataclass(frozen=True, slots=True)
class Ceilings:
    """How much of what code left is taken. Bytes; `depth` counts the names in a path."""

    file: int = FILE_BYTES
    total: int = WORKSPACE_BYTES
    files: int = WORKSPACE_FILES
    depth: int = DEPTH


@dataclass(frozen=True, slots=True)
class Allowed:
    """Whom code may reach: hosts by name, `*.` for all below one. `inner`: at private addresses, too, and any port."""

    hosts: tuple[str, ...]
    inner: bool = False

    def admits(self, host: str, port: int) -> bool:
        """Say whether a name may be reached; its address is looked at apart."""
        name = host.lower().rstrip(".")
        by_name = any(matches(name, pattern) for pattern in self.hosts)
        return by_name and (self.inner or port in PORTS)


def matches(name: str, pattern: str) -> bool:
    """Say whether a host's name is the one of the pattern, or one below it if that begins with `*.`."""
    return name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern


@dataclass(frozen=True, slots=True)
class Work:
    """One run of code: the command, and the files it finds in its folder, each a checked path with its content.

    `environment` is a folder of packages made for it, `network` whom it may reach, `ceilings` how much is kept of
    what it leaves.
    """

    command: tuple[str, ...]
    files: Iterable[tuple[str, bytes]] = ()
    limits: Limits = field(default_factory=Limits)
    environment: Path | None = None
    network: Allowed | None = None
    ceilings: Ceilings = field(default_factory=Ceilings)


class Cut(StrEnum):
    """Why code was ended before its own end."""

    TIME = "time"  #: the wall clock
    MEMORY = "memory"  #: all its processes together
    FILES = "files"  #: more names than there may be
    STOPPED = "stopped"  #: Nod itself is ending, or gave up waiting


@dataclass(frozen=True, slots=True)
class Said:
    """What a stream said: its beginning and its end, and how many bytes between them were not kept."""

    head: bytes = b""
    tail: bytes = b""
    dropped: int = 0

    @property
    def text(self) -> str:
        """What was kept, as text, with a line for what was not."""
        cut = f"\n[… {self.dropped:,} bytes …]\n".encode() if self.dropped else b""
        return (self.head + cut + self.tail).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Left:
    """What code left in its folder: plain files that are new or changed, and what was not taken, each with the reason.

    `gone` are files that it found and did not leave.
    """

    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    refused: Sequence[WorkspaceError] = ()
    more_refused: int = 0
    gone: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How code ended. `code` is its exit status, 128 and more for the signal that ended it, as a shell has it.

    `reached` are the hosts to which a connection came about.
    """

    code: int
    out: Said = field(default_factory=Said)
    err: Said = field(default_factory=Said)
    left: Left = field(default_factory=Left)
    cut: Cut | None = None
    seconds: float = 0.0
    reached: Sequence[str] = ()

    @property
    def well(self) -> bool:
        """Whether it ended by itself and says that all went well."""
        return self.code == 0 and self.cut is None


class Sandbox(Protocol):
    """Runs code apart from this machine. Every method blocks; call it in a thread that lives as long as the call."""

    @property
    def name(self) -> str:
        """What people know it by, for example bubblewrap."""
        ...

    @property
    def commands(self) -> bool:
        """Whether it runs any command, pytest for one, or Python programs alone."""
        ...

    @property
    def connects(self) -> bool:
        """Whether it can let code reach some hosts and no others."""
        ...

    def run(self, work: Work, stop: threading.Event) -> Ended:
        """Run `work` to its end, or until `stop` is set; nothing of it is alive when this returns.

        Raises:
            CodeRefused: it could not be begun; the sentence says what to do.
        """
        ...
