"""Packages that code wants beside those it finds: installed for one Run, from the index that the settings name.

They are installed in the sandbox, which reaches the index and nothing else, and are then files that code can only read.
Only wheels are taken, for building from source runs whatever is in it.
"""

import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import StringConstraints

from agent_core.domain import canonical_json, digest_of
from agent_core.errors import CodeRefused
from agent_core.i18n import N_, Phrase
from agent_core.tools.code.packages import open_to_all
from agent_core.tools.code.packing import spread
from agent_core.tools.code.sandbox import MEGABYTE, Allowed, Ceilings, Limits, Sandbox, Work

#: a package by its name, with a version if it matters; never an address or an option
Wanted = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._-]+\])?([=<>!~]=?[\w.*+!,=<>~]+)?$")
]

_CEILINGS = Ceilings(file=200 * MEGABYTE, total=500 * MEGABYTE, files=20_000, depth=24)
_LIMITS = Limits(
    seconds=300.0,
    cpu_seconds=300,
    workspace=600 * MEGABYTE,
    temporary=600 * MEGABYTE,
    file=400 * MEGABYTE,
    files=60_000,
)
_PIP = ("python", "-m", "pip", "install", "--no-input", "--no-cache-dir", "--disable-pip-version-check", "--no-compile")


@dataclass(frozen=True, slots=True)
class Installer:
    """Installs packages by pip, from `index`; `hosts` are others that its files lie on. Kept in `folder`."""

    sandbox: Sandbox
    index: str
    hosts: tuple[str, ...]
    folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def installed(self, run_id: str, wanted: tuple[str, ...], stop: threading.Event) -> Path:
        """Return a folder that holds the packages, made for this Run. Blocks.

        Raises:
            CodeRefused: they could not be installed.
        """
        target = self.folder / digest_of(canonical_json([run_id, sorted(wanted)]))[:32]
        with self._lock:
            if target.is_dir():
                return target
            host = urlsplit(self.index).hostname or ""
            command = (*_PIP, "--only-binary", ":all:", "--target", "/work", "--index-url", self.index, "--", *wanted)
            if urlsplit(self.index).scheme == "http":
                command = (*command[: -len(wanted) - 1], "--trusted-host", host, "--", *wanted)
            network = Allowed((host, *self.hosts), inner=True)  # the index is the settings' word, not the code's
            ended = self.sandbox.run(Work(command, limits=_LIMITS, network=network, ceilings=_CEILINGS), stop)
            if not ended.well or ended.left.refused:
                last = (ended.err.text.strip().splitlines() or [f"exit code {ended.code}"])[-1]
                pattern = N_("{packages} could not be installed ({said}).")
                raise CodeRefused(tool="pip", reason=Phrase(pattern, packages=", ".join(wanted), said=last.rstrip(".")))
            part = self.folder / f".{target.name}-{secrets.token_hex(4)}"
            spread(ended.left.files.items(), part)
            open_to_all(part)
            part.rename(target)
        return target
