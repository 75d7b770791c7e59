"""The packages that code finds in any case: pytest and what that needs, copied from Nod's own, and nothing else of it.

A folder apart, because Nod's own site-packages hold Nod, and whatever else is installed beside it.
"""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from agent_core.domain import digest_of
from agent_core.tools.code.bubblewrap import PROGRAMS

TESTING = ("pytest",)
INSTALLING = ("pip",)
_FORM = "1"  # of the folder; another, and it is made anew
_COMPILED = "__pycache__"
# by content, for times are not kept; some files are there to be wrong, so an error is none
_COMPILE = ("-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash")


def closure(names: Iterable[str]) -> tuple[Distribution, ...]:
    """Return the installed distributions of these names and of all that they need, sorted by name.

    Raises:
        PackageNotFoundError: one is not installed.
    """
    found: dict[str, Distribution] = {}
    waiting = [*names]
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name not in found:
            found[name] = distribution(name)
            waiting += _needed(found[name])
    return tuple(found[name] for name in sorted(found))


def _needed(package: Distribution) -> Iterator[str]:
    for line in package.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.name


def prepared(folder: Path, python: str, names: Iterable[str]) -> Path | None:
    """Return a folder, below `folder`, that holds the packages, compiled for `python`; None if one is not installed.

    It is made if it is not there, which takes seconds.

    Raises:
        OSError: the disk failed.
    """
    try:
        distributions = closure(names)
    except PackageNotFoundError:
        return None
    versions = "\n".join((_FORM, python, *(f"{each.name} {each.version}" for each in distributions)))
    target = folder / f"packages-{digest_of(versions)[:16]}"
    if target.is_dir():
        return target
    part = folder / f".{target.name}-{secrets.token_hex(4)}"
    try:
        for each in distributions:
            _copy(each, part)
            _make_programs(each, part / "bin")
        subprocess.run((python, *_COMPILE, str(part)), check=False, capture_output=True)  # noqa: S603
        open_to_all(part)
        part.rename(target)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        if not target.is_dir():  # else another process was faster
            raise
    return target


def _copy(package: Distribution, target: Path) -> None:
    for file in package.files or ():
        if ".." in file.parts or _COMPILED in file.parts:  # programs for bin, and what each Python compiles itself
            continue
        copy = target / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(file.locate()), copy)


def _make_programs(package: Distribution, folder: Path) -> None:
    """Write the programs that a package names, as the sandbox can run them."""
    for point in package.entry_points.select(group="console_scripts"):
        folder.mkdir(parents=True, exist_ok=True)
        call = f"import sys\nfrom {point.module} import {point.attr}\nsys.exit({point.attr}())\n"
        (folder / point.name).write_text(f"#!{PROGRAMS}/python\n{call}", encoding="utf-8")


def open_to_all(folder: Path) -> None:
    """Let every user read, and run what is a program: the code may run as another than Nod."""
    for where, _, files in os.walk(folder):
        Path(where).chmod(0o755)
        for file in files:
            Path(where, file).chmod(0o755 if Path(where).name == "bin" else 0o644)
