"""Finds what of this machine code needs to run under bubblewrap, and what of it must not be seen."""

import grp
import os
import platform
import pwd
import shutil
import stat
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

from agent_core.errors import CodeRefused
from agent_core.i18n import N_, Phrase
from agent_core.tools.code.bubblewrap import SYSTEM, Host
from agent_core.tools.code.jail import Bubblewrap, User
from agent_core.tools.code.seccomp import filter_for

NAME = "bubblewrap"
SYSTEM_PYTHON = Path("/usr/bin/python3")
_OPEN_TO_ALL = {stat.S_IFDIR: stat.S_IROTH | stat.S_IXOTH, stat.S_IFREG: stat.S_IROTH}
_OTHERS_PACKAGES = ("python3*/dist-packages", "python3*/site-packages")  # below a folder of libraries


def find_bubblewrap(user: str, hidden: Iterable[Path]) -> Bubblewrap:
    """Return bubblewrap, with nothing but what code needs; `user` is as whom code runs if Nod is root.

    Raises:
        CodeRefused: something is missing; the sentence says what, and how to get it.
    """
    program, seccomp = shutil.which("bwrap"), filter_for(platform.machine())
    if sys.platform != "linux" or seccomp is None:
        reason = Phrase(N_("bubblewrap runs on Linux, on x86_64 and aarch64, and this is {what}."), what=_machine())
        raise CodeRefused(tool=NAME, reason=reason)
    if program is None:
        raise CodeRefused(tool=NAME, reason=N_("bubblewrap is missing; install the package bubblewrap."))
    lesser = lesser_user(user) if os.geteuid() == 0 else None
    python, needs = find_python(lesser)
    shown = (*SYSTEM, *needs)
    covered = (*_foreign_packages(shown), *(str(path.absolute()) for path in hidden))
    host = Host(program, str(python), shown, tuple(dict.fromkeys(covered)))
    return Bubblewrap(host, seccomp, lesser)


def lesser_user(name: str) -> User:
    """Return the user that code runs as when Nod is root. Raises CodeRefused."""
    try:
        found = pwd.getpwnam(name)
        if found.pw_uid == 0:
            raise CodeRefused(tool=NAME, reason=N_("code never runs as root; name another user in [code]."))
        grp.getgrgid(found.pw_gid)
    except KeyError:
        pattern = N_(
            "Nod is root, and there is no user {name} to run code as; name one in [code], or start Nod as one."
        )
        raise CodeRefused(tool=NAME, reason=Phrase(pattern, name=name)) from None
    return User(found.pw_uid, found.pw_gid)


def find_python(user: User | None) -> tuple[Path, tuple[str, ...]]:
    """Return an interpreter that the user can read, and what it needs beside the system: Nod's own, or the system's.

    Raises:
        CodeRefused: there is none.
    """
    own = Path(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))
    needs = tuple(str(each) for each in _needs(own))
    if user is None or all(readable_by_all(Path(each)) for each in needs):
        return own, needs
    if SYSTEM_PYTHON.exists():
        return Path(os.path.realpath(SYSTEM_PYTHON)), ()
    pattern = N_("Nod is root, and Nod's Python in {folder} can be read by root alone; install the package python3.")
    raise CodeRefused(tool=NAME, reason=Phrase(pattern, folder=str(own.parent)))


def readable_by_all(path: Path) -> bool:
    """Say whether any user of this machine can read a file or folder: it and all folders on the way are open."""
    real = Path(os.path.realpath(path))
    for each in (real, *real.parents):
        mode = each.stat().st_mode
        wanted = _OPEN_TO_ALL.get(stat.S_IFMT(mode), stat.S_IROTH) if each == real else stat.S_IXOTH
        if mode & wanted != wanted:
            return False
    return True


def _needs(python: Path) -> Iterator[Path]:
    """Yield what this process's Python consists of, as far as the system's folders do not hold it."""
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix, "installed_base": sys.base_prefix}
    folders = {Path(sysconfig.get_path(which, vars=base)) for which in ("stdlib", "platstdlib")}
    library = Path(sysconfig.get_config_var("LIBDIR") or "", sysconfig.get_config_var("LDLIBRARY") or "")
    parts = {python, *(Path(os.path.realpath(each)) for each in folders)}
    if library.suffix != ".a" and library.is_file():
        parts |= {library, *library.parent.glob(f"{library.name}.*")}
    yield from (each for each in sorted(parts) if not any(each.is_relative_to(shown) for shown in SYSTEM))


def _foreign_packages(shown: Iterable[str]) -> Iterator[str]:
    """Yield the folders of installed packages: other people's, and maybe Nod itself with its settings."""
    for folder in shown:
        path = Path(folder)
        for pattern in _OTHERS_PACKAGES:
            yield from (str(found) for found in path.glob(pattern) if found.is_dir() and not found.is_symlink())
        yield from (str(inner) for name in ("site-packages", "dist-packages") if (inner := path / name).is_dir())


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}"
